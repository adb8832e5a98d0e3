import TestSupport
import Testing

@testable import JOSE

/// README, "Known differences": where the decision differs from that of a verifier which reads less of keys and tokens
/// (AUDIT 20).
@Suite struct KnownDifferencesTests {
    private let now: Int64 = 1_000_000

    private func skip(_ members: String) throws -> SkipReason? {
        try KeySet(parsing: bytes(keySet(issuer.jwk(members)))).skipped.first?.reason
    }

    private func claims(_ members: String, skew: Int64 = 60, typ: String = #""JWT""#) throws(JOSEError) {
        let header = #"{"alg":"RS256","kid":"key-1","typ":\#(typ)}"#
        let token = try verify(issuer.token(header: header, payload: "{\(members)}"))
        var rules = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: skew)
        rules.refusesIDTokens = false
        _ = try rules.check(token, nowSeconds: now)
    }

    private func refusal(_ members: String, skew: Int64 = 60, typ: String = #""JWT""#) -> JOSEError? {
        thrown { () throws(JOSEError) in try claims(members, skew: skew, typ: typ) }
    }

    @Test func keysThatAreUsed() throws {
        for members in [
            #","alg":null"#, #","alg":"""#, #","use":null"#, #","use":"""#, #","key_ops":null"#,
            #","key_ops":[]"#,
        ] {
            #expect(try skip(members) == nil, "\(members)")
        }
    }

    @Test func keysThatAreSkipped() throws {
        for alg in ["SHA256withRSA", "RSA-OAEP", "unknown", "rs256"] {
            #expect(try skip(#","alg":"\#(alg)""#) == .algorithmNotSupported, "\(alg)")
        }
        #expect(try skip(#","use":"enc""#) == .notForSignatures)
        #expect(try skip(#","key_ops":["sign"]"#) == .notForVerification)
    }

    @Test func aSetOfMoreThanAHundredKeysIsRefused() {
        let keys = (0...100).map { _ in issuer.jwk() }
        #expect(
            thrown { () throws(JOSEError) in
                try KeySet(parsing: bytes(keySet(keys.joined(separator: ","))))
            } == .keySetTooManyKeys(limit: 100, actual: 101))
    }

    /// RFC 8725 §3.1: a key is only used with the algorithm that it names.
    @Test func aKeyForAnotherAlgorithm() {
        #expect(
            JOSETests.refusal(issuer.token("{}"), keySet(issuer.jwk(#","alg":"RS512""#)))
                == .keyAlgorithmMismatch)
    }

    /// Accepted here up to CLOCK_SKEW_SECONDS after the end; 0 is exact.
    @Test func clockSkew() {
        #expect(refusal(#""exp":999941"#) == nil)
        #expect(refusal(#""exp":999940"#) == .expired(secondsAgo: 60))
        #expect(refusal(#""exp":1000001"#, skew: 0) == nil)
        #expect(refusal(#""exp":1000000"#, skew: 0) == .expired(secondsAgo: 0))
    }

    /// A claim that is null is not an absent claim.
    @Test func nullClaims() {
        let exp = #""exp":1000100"#
        #expect(refusal(exp) == nil)
        #expect(refusal(#"\#(exp),"aud":null"#) == .claimType(.aud))
        #expect(refusal(#"\#(exp),"iss":null"#) == .claimType(.iss))
        #expect(refusal(#"\#(exp),"jti":null"#) == .claimType(.jti))
        #expect(refusal(#"\#(exp),"sub":null"#) == .claimType(.sub))
        #expect(refusal(#"\#(exp),"nbf":null"#) == .claimType(.nbf))
        #expect(refusal(#""exp":null"#) == .claimType(.exp))
    }

    @Test func headerMembersThatAreNotStrings() {
        #expect(refusal(#""exp":1000100"#, typ: "1") == .headerType(.typ))
        #expect(refusal(#""exp":1000100"#, typ: "null") == .headerType(.typ))
        for cty in ["1", "null", "[]"] {
            let header = #"{"alg":"RS256","kid":"key-1","cty":\#(cty)}"#
            #expect(
                JOSETests.refusal(issuer.token(header: header, payload: "{}")) == .headerType(.cty), "\(cty)")
        }
    }

    /// Negative, or 2^53 and more.
    @Test func datesOutOfRange() {
        for date in ["-1", "9007199254740992", "1e300"] {
            #expect(refusal(#""exp":\#(date)"#) == .claimRange(.exp), "\(date)")
            #expect(refusal(#""exp":1000100,"nbf":\#(date)"#) == .claimRange(.nbf), "\(date)")
        }
        #expect(refusal(#""exp":9007199254740991"#) == nil)
    }
}
