import JSON
import TestSupport
import Testing

@testable import JOSE

private let now: Int64 = 1_700_000_000
private let domain = "spiffe://example.org"

/// The test issuer's key as an entry of a bundle.
private func entry(_ members: String = #""use":"jwt-svid""#, kid: String = "key-1") -> String {
    let jwk = issuer.jwk().replacing("key-1", with: kid)
    return "{" + members + (members.isEmpty ? "" : ",") + jwk.dropFirst()
}

private func bundle(_ keys: String..., further: String = "") throws(JOSEError) -> KeySet {
    try KeySet(parsingBundle: bytes(#"{"keys":[\#(keys.joined(separator: ","))]\#(further)}"#))
}

/// SPIFFE JWT-SVID and Trust Domain and Bundle.
@Suite struct SPIFFETokenTests {
    private func refusal(
        _ sub: String?, header: String = "", further: String = #","aud":"api""#
    ) -> JOSEError? {
        var rules = ClaimRules(issuers: [bytes(domain)], audiences: [bytes("api")], clockSkewSeconds: 0)
        rules.form = .svid
        return thrown { () throws(JOSEError) in
            let sub = sub.map { #","sub":\#($0)"# } ?? ""
            let text = issuer.token(
                header: #"{"alg":"RS256","kid":"key-1"\#(header)}"#,
                payload: #"{"exp":\#(now + 60)\#(sub)\#(further)}"#)
            let token = try UnverifiedToken(bytes(text), form: .svid).verifySignature(
                keySet: bundle(entry()), algorithms: [.rs256])
            return try rules.check(token, nowSeconds: now)
        }
    }

    @Test func theSubjectIsAWorkloadOfTheTrustDomain() {
        #expect(refusal(#""spiffe://example.org/ns/shop/sa/api""#) == nil)
        #expect(
            refusal(#""spiffe://example.org/a""#, further: #","aud":["x","api"],"iss":"https://oidc""#) == nil
        )
        #expect(refusal(#""spiffe://example.org/a..b/...""#) == nil)
        for sub in [
            "spiffe://example.org", "spiffe://example.org/", "spiffe://example.org/a/",
            "spiffe://example.org//a",
            "spiffe://example.org/./a", "spiffe://example.org/a/..", "spiffe://example.org/%61",
            "spiffe://example.org/a?b",
            "spiffe://example.org/a#b", "spiffe://example.org:443/a", "spiffe://x@example.org/a",
            "spiffe://Example.org/a",
            "spiffe://example.com/a", "spiffe://example.org.evil/a", "spiffe:///a", "spiffe://",
            "SPIFFE://example.org/a",
            "https://example.org/a", "", "example.org/a", "spiffe://example.org/ä",
        ] {
            #expect(refusal("\"\(sub)\"") == .issuerMismatch, "\(sub)")
        }
        #expect(refusal(nil) == .claimMissing(.sub) && refusal("7") == .claimType(.sub))
        #expect(refusal(#""spiffe://example.org/a""#, further: "") == .claimMissing(.aud))
        #expect(refusal(#""spiffe://example.org/a""#, further: #","aud":"x""#) == .audienceMismatch)
    }

    /// 2,048 bytes, and a trust domain of 255.
    @Test func limits() {
        let long = "spiffe://example.org/" + String(repeating: "a", count: 2048 - 21)
        #expect(trustDomain(of: bytes(long)).map(text) == domain && trustDomain(of: bytes(long + "a")) == nil)
        for (count, isValid) in [(255, true), (256, false)] {
            let id = "spiffe://" + String(repeating: "d", count: count)
            #expect((trustDomain(of: bytes(id + "/a")).map(text) == id) == isValid)
        }
    }

    @Test func theHeaderHasThreeMembers() {
        let sub = #""spiffe://example.org/a""#
        for header in [#","typ":"JWT""#, #","typ":"JOSE""#] { #expect(refusal(sub, header: header) == nil) }
        for header in [#","typ":"jwt""#, #","typ":"at+jwt""#, #","typ":"""#] {
            #expect(refusal(sub, header: header) == .tokenTypeMismatch, "\(header)")
        }
        for header in [#","x5t":"a""#, #","jku":"https://x""#, #","KID":"a""#, #","cty":"x""#, #","":1"#] {
            #expect(refusal(sub, header: header) == .headerNotSupported(.other), "\(header)")
        }
        #expect(text(JOSEError.headerNotSupported(.other).reasonCode) == "header_member")
        // Other tokens may have them.
        #expect(
            thrown { () throws(JOSEError) in
                try UnverifiedToken(bytes(issuer.token(header: #"{"alg":"RS256","x5t":"a"}"#, payload: "{}")))
            } == nil)
        // No padding, which only load balancers write.
        let padded = issuer.token(header: #"{"alg":"RS256"}"#, payload: "{}") + "="
        #expect(thrown { () throws(JOSEError) in try UnverifiedToken(bytes(padded), form: .svid) } != nil)
    }

    @Test func theUnverifiedTrustDomain() throws {
        func found(_ payload: String) throws -> String? {
            let token = issuer.token(header: #"{"alg":"RS256"}"#, payload: payload)
            return try UnverifiedToken(bytes(token)).unverifiedTrustDomain.map(text)
        }
        #expect(try found(#"{"sub":"spiffe://example.org/a"}"#) == domain)
        for payload in [#"{"sub":"spiffe://example.org"}"#, "{}", #"{"sub":7}"#, "[]", "x"] {
            #expect(try found(payload) == nil, "\(payload)")
        }
    }

    // MARK: Bundles

    @Test func onlyKeysForSVIDsWithAnID() throws {
        let set = try bundle(
            entry(), entry(#""use":"x509-svid""#), entry(#""use":"sig""#), entry(""), entry(#""use":"""#),
            entry(kid: ""), #"{"kty":"new","use":"jwt-svid"}"#, entry(#""use":"JWT-SVID""#), entry(kid: "b"))
        #expect(set.keys.map { $0.kid.map(text) } == ["key-1", "b"])
        #expect(set.skipped.map(\.index) == [1, 2, 3, 4, 5, 6, 7])
        #expect(
            set.skipped.map(\.reason) == [
                .notForSignatures, .notForSignatures, .notForSignatures, .notForSignatures, .missingMember,
                .keyTypeNotSupported, .notForSignatures,
            ])
        let unnamed = issuer.jwk().replacing(#""kid":"key-1""#, with: #""use":"jwt-svid""#)
        let without = try bundle(unnamed)
        #expect(without.keys.isEmpty && without.skipped.count == 1)
        // Such a key is for nothing else.
        let plain = try KeySet(parsing: bytes(keySet(entry())))
        #expect(
            plain.keys.isEmpty && plain.skipped.map(\.reason) == [.notForSignatures]
                && plain.refreshSeconds == nil)
    }

    @Test func theRefreshHint() throws {
        for (further, seconds) in [
            ("", 300), (#","spiffe_refresh_hint":60,"spiffe_sequence":7"#, 60),
            (#","spiffe_refresh_hint":0"#, 300),
            (#","spiffe_refresh_hint":-5"#, 300), (#","spiffe_refresh_hint":"60""#, 300),
            (#","spiffe_refresh_hint":1e99"#, 300),
            (#","spiffe_refresh_hint":null"#, 300),
            (#","spiffe_refresh_hint":9223372036854775807"#, Int64.max),
        ] as [(String, Int64)] {
            #expect(try bundle(entry(), further: further).refreshSeconds == seconds, "\(further)")
        }
    }

    @Test func aBundleMayBeEmpty() throws {
        for text in [#"{"keys":[]}"#, #"{"keys":null,"spiffe_refresh_hint":60}"#] {
            let set = try KeySet(parsingBundle: bytes(text))
            #expect(set.keys.isEmpty && set.skipped.isEmpty && set.refreshSeconds != nil)
        }
        for text in ["{}", "[]", #"{"keys":7}"#, #"{"keys":{}}"#] {
            #expect(
                thrown { () throws(JOSEError) in try KeySet(parsingBundle: bytes(text)) } == .keySetForm,
                "\(text)")
        }
        #expect(thrown { () throws(JOSEError) in try KeySet(parsingBundle: []) } != nil)
        let long = [UInt8](repeating: 0x20, count: JOSELimits.keySetByteCount + 1)
        #expect(
            thrown { () throws(JOSEError) in try KeySet(parsingBundle: long) }
                == .keySetTooLong(limit: JOSELimits.keySetByteCount, actual: long.count))
    }
}
