import JSON
import TestSupport
import Testing

@testable import JOSE

/// RFC 7638's own example is in Vectors/jose-rfc.
@Suite struct JWKThumbprintTests {
    private func thumbprint(_ json: String) throws(JOSEError) -> [UInt8] {
        guard let document = try? JSONDocument(parsing: bytes(json)) else { throw .keySetForm }
        return try JWKThumbprint.sha256(document.root)
    }

    private func refusal(_ json: String) -> JOSEError? {
        thrown { () throws(JOSEError) in try thumbprint(json) }
    }

    @Test func requiredMembers() {
        for (json, member) in [
            ("{}", JOSEError.KeyMember.kty), (#"{"kty":1}"#, .kty), (#"{"kty":"oct","k":"AA"}"#, .kty),
            ("[]", .kty), (#"{"kty":"RSA","n":"AQ"}"#, .e), (#"{"kty":"RSA","e":"AQ"}"#, .n),
            (#"{"kty":"RSA","e":"AQ","n":1}"#, .n), (#"{"kty":"EC","x":"AQ","y":"AQ"}"#, .crv),
            (#"{"kty":"EC","crv":"P-256","y":"AQ"}"#, .x), (#"{"kty":"EC","crv":"P-256","x":"AQ"}"#, .y),
            (#"{"kty":"OKP","crv":"Ed25519"}"#, .x), (#"{"kty":"OKP","x":"AQ"}"#, .crv),
        ] {
            #expect(refusal(json) == .keyMember(member), "\(json)")
        }
    }

    /// RFC 8037 appendix A.3.
    @Test func edwardsKey() throws {
        let key =
            #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","use":"sig"}"#
        #expect(base64url(try thumbprint(key)) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
    }

    /// A key of a set has the same thumbprint as its JSON.
    @Test func ofAKey() throws {
        let json = issuer.jwk(#","alg":"RS256","use":"sig""#)
        let set = try KeySet(parsing: bytes(keySet(json)))
        #expect(try set.keys[0].thumbprint == thumbprint(json))
        #expect(set.keys[0].thumbprint != (try KeySet(parsing: otherIssuer.keySet)).keys[0].thumbprint)
    }
}
