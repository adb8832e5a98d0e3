// DPoPProof.swift - fuzz target: only a proof that its key signed is accepted; normalising a URI twice changes nothing.
//
// The first byte selects the kind of input: a whole proof; a header's `jwk`, which is read before
// the signature; a payload, which the tests' key signs; a certificate; a URI.

import JOSE
import TestSupport
import URI

@testable import Authorizer

private let goodKey = #"{"kty":"RSA","n":"\#(TestIssuer.first.modulusText)","e":"AQAB"}"#

private func header(_ key: String) -> String { #"{"typ":"dpop+jwt","alg":"RS256","jwk":\#(key)}"# }

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDPoPProof(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    guard let kind = bytes.first else { return 0 }
    let rest = [UInt8](bytes.dropFirst())
    let text = String(decoding: rest, as: UTF8.self)
    switch kind % 5 {
    case 0: check(rest)
    case 1: check([UInt8]("\(base64url([UInt8](header(text).utf8))).e30.AA".utf8))
    case 2: check([UInt8](TestIssuer.first.token(header: header(goodKey), payload: text).utf8))
    case 3: _ = onlyCertificate(in: rest)
    default:
        if let once = normalURI(of: rest.span) {
            require(normalURI(of: once.span).map { $0 == once } == true, "a normal form is its own")
            require(once.count <= 3 * rest.count + 8, "a normal form is not much longer")
        }
    }
    return 0
}

private func check(_ compact: [UInt8]) {
    do throws(DPoPError) {
        let proof = try DPoPProof(verifying: compact)
        require(proof.thumbprint.count == 32, "a thumbprint has 32 bytes")
        require(!proof.jti.isEmpty && !proof.htu.isEmpty, "no claim is empty")
        require(proof.issuedAtSeconds >= 0, "a date is not negative")
        var memo = ProofMemo()
        let use = ProofUse(thumbprint: proof.thumbprint, jti: proof.jti, lastSecond: 0)
        require(memo.use(use, nowSeconds: 0) && !memo.use(use, nowSeconds: 0), "a proof is used once")
    } catch { _ = error.reasonCode }
}
