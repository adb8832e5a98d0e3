// JWKSet.swift - fuzz target: any text is a key set or is refused; every key is used or reported.

import JOSE
import JSON

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJWKSet(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    do {
        let set = try KeySet(parsing: bytes)
        require(set.keys.count + set.skipped.count <= JOSELimits.keyCount, "no more keys than the limit")
        for key in set.keys {
            require(key.thumbprint.count == 32, "a thumbprint has 32 bytes")
            require(!key.typeText.isEmpty, "a key has a type")
            if let kid = key.kid { require(set.hasKey(kid: kid.span), "a key is found by its ID") }
        }
        for skipped in set.skipped { require(!skipped.reason.meaning.isEmpty, "a reason has words") }
    } catch { _ = error.reasonCode }
    // The thumbprint of a lone key.
    do {
        let document = try JSONDocument(parsing: bytes)
        _ = try? JWKThumbprint.sha256(document.root)
    } catch {}
    return 0
}
