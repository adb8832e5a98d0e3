// Discovery.swift - fuzz target: an issuer's document leads to https addresses of that issuer alone.
//
// The first line is the issuer, the rest its document.

import Keys
import URI

@testable import KeyFetching

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDiscovery(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let issuer = IssuerAddress([UInt8](parts[0])) else { return 0 }
    let text = [UInt8](parts[0])
    let own: URL
    do { own = try URL(text.span) } catch { fatalError("an issuer's address is a URL") }
    for form in DiscoveryForm.allCases {
        guard let url = try? issuer.document(form) else { continue }
        require(
            url.scheme == own.scheme && url.host == own.host && url.port == own.port,
            "the document is the issuer's")
    }
    do {
        let keys = try issuer.keys(from: [UInt8](parts[1]))
        require(keys.scheme == .https || (own.scheme == .http && keys.isLoopback), "keys come over https")
    } catch { _ = FetchFailure(KeyFetchError.discovery(error)) }
    return 0
}
