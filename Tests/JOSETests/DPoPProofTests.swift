import Foundation
import TestSupport
import Testing

@testable import JOSE

/// RFC 9449's own examples: the proofs of §4.1 (figure 2) and §7.1 (figure 12), the thumbprint of §6.1, the
/// access token of §7.1. Their text is the RFC's (IETF Trust).
private enum RFC9449 {
    static let header =
        "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik"
        + "VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR"
        + "nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE"
        + "QSIsImNydiI6IlAtMjU2In19"
    static let tokenRequest =
        header + ".eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj"
        + "oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia"
        + "WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg"
        + "4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
    static let resourceRequest =
        header + ".eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIj"
        + "oiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0Z"
        + "WRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNF"
        + "c05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71E"
        + "OptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
    static let thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
}

private func refusal(_ proof: String, _ algorithms: [Algorithm] = Algorithm.allCases) -> DPoPError? {
    thrown { () throws(DPoPError) in
        _ = try DPoPProof(verifying: bytes(proof), algorithms: algorithms)
    }
}

private let client = TestIssuer.first

private func jwk(_ further: String = "") -> String {
    #"{"kty":"RSA","n":"\#(client.modulusText)","e":"AQAB"\#(further)}"#
}

private func header(typ: String = #""dpop+jwt""#, alg: String = #""RS256""#, key: String = jwk()) -> String {
    #"{"typ":\#(typ),"alg":\#(alg),"jwk":\#(key)}"#
}

private let claims: [(name: String, value: String)] = [
    ("htm", #""GET""#), ("htu", #""https://api.example.com/orders""#), ("iat", "1800000000"),
    ("jti", #""a""#),
    ("ath", #""b""#),
]

/// The usual claims, with one changed or omitted.
private func payload(_ name: String = "", _ value: String? = nil) -> String {
    var members: [String] = []
    for claim in claims {
        let changed = claim.name == name ? value : claim.value
        if let changed { members.append(#""\#(claim.name)":\#(changed)"#) }
    }
    return "{\(members.joined(separator: ","))}"
}

private func proof(_ header: String = header(), _ payload: String = payload()) -> String {
    client.token(header: header, payload: payload)
}

/// Every check of RFC 9449 §4.3, each with its own error (AUDIT 7, 8, 38).
@Suite struct DPoPProofTests {
    @Test func theExampleOfTheRFC() throws {
        let proof = try DPoPProof(verifying: bytes(RFC9449.resourceRequest))
        #expect(
            text(proof.htm) == "GET" && text(proof.htu) == "https://resource.example.org/protectedresource")
        #expect(text(proof.jti) == "e1j3V_bKic8-LAEB" && proof.issuedAtSeconds == 1_562_262_618)
        // §7.1: of the access token Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU.
        #expect(text(proof.ath) == "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
        // §6.1: cnf.jkt.
        #expect(base64url(proof.thumbprint) == RFC9449.thumbprint)
        // The proof for a token request is valid, and does not have ath: it is not for a request with a token.
        #expect(refusal(RFC9449.tokenRequest) == .claimMissing(.ath))
    }

    /// Every third character of the RFC's proof, with a bit flipped: the proof is rejected.
    @Test func changedExamplesAreRejected() {
        let good = bytes(RFC9449.resourceRequest)
        var count = 0
        for index in stride(from: 0, to: good.count, by: 3) {
            var changed = good
            changed[index] ^= 1 << UInt8(index % 7)
            #expect(refusal(text(changed)) != nil, "\(index)")
            count += 1
        }
        #expect(count == 175)
    }

    /// The hash was made with Python's hashlib.
    @Test func theHashOfAToken() throws {
        let token = try UnverifiedToken(bytes("eyJhbGciOiJFUzI1NiJ9.e30.AA"))
        #expect(text(token.accessTokenHash) == "nfvdC4Ip83nRUd-0MzfzwoXvqBvLIcadxhfh_kEQ7G8")
    }

    @Test func everyHeader() {
        #expect(refusal(proof()) == nil)
        for typ in [#""JWT""#, #""dpop""#, #""DPOP+JWT""#, #""application/dpop+jwt""#, #""""#] {
            #expect(refusal(proof(header(typ: typ))) == .type, "\(typ)")
        }
        #expect(refusal(proof(#"{"alg":"RS256","jwk":\#(jwk())}"#)) == .type)
        #expect(refusal(proof(header(typ: "1"))) == .form(.headerType(.typ)))
        for alg in [#""none""#, #""HS256""#, #""rs256""#, #""ES256K""#] {
            #expect(refusal(proof(header(alg: alg))) == .algorithm, "\(alg)")
        }
        #expect(refusal(proof(#"{"typ":"dpop+jwt","jwk":\#(jwk())}"#)) == .algorithm)
        #expect(refusal(proof(header(alg: "1"))) == .form(.headerType(.alg)))
        #expect(refusal(proof(), [.es256]) == .algorithm)
        // AUDIT 8.
        #expect(
            refusal(proof(#"{"typ":"dpop+jwt","alg":"RS256","crit":[],"jwk":\#(jwk())}"#))
                == .form(.headerNotSupported(.crit)))
    }

    @Test func everyKey() {
        #expect(refusal(proof(#"{"typ":"dpop+jwt","alg":"RS256"}"#)) == .keyMissing)
        // A key ID does not replace a key, nor does an address (AUDIT 7).
        #expect(
            refusal(proof(#"{"typ":"dpop+jwt","alg":"RS256","kid":"key-1","jku":"https://x/"}"#))
                == .keyMissing)
        for secret in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            #expect(refusal(proof(header(key: jwk(#","\#(secret)":"AQ""#)))) == .privateKey, "\(secret)")
        }
        for (key, reason) in [
            ("1", SkipReason.notAnObject), ("[]", .notAnObject), ("{}", .missingMember),
            (#"{"kty":"oct"}"#, .symmetric),
            (
                #"{"kty":"RSA","n":"AQ","e":"AQAB"}"#,
                .rsa(.modulusSize(bitCount: 1, minimum: 2048, maximum: 8192))
            ),
            (jwk(#","use":"enc""#), .notForSignatures), (jwk(#","key_ops":["sign"]"#), .notForVerification),
        ] {
            #expect(refusal(proof(header(key: key))) == .key(reason), "\(key)")
        }
        // The output of a browser's exportKey.
        #expect(refusal(proof(header(key: jwk(#","ext":true,"key_ops":["verify"]"#)))) == nil)
        let ec =
            #"{"kty":"EC","crv":"P-256","x":"\#(CurveAlgorithmTests.ecX)","y":"\#(CurveAlgorithmTests.ecY)"}"#
        #expect(refusal(proof(header(key: ec))) == .keyAlgorithmMismatch)
        #expect(refusal(proof(header(key: jwk(#","alg":"PS256""#)))) == .keyAlgorithmMismatch)
        // Another key than the one that signed.
        let other = #"{"kty":"RSA","n":"\#(TestIssuer.second.modulusText)","e":"AQAB"}"#
        guard case .signature(.signatureMismatch) = refusal(proof(header(key: other))) else {
            Issue.record("another key's signature")
            return
        }
    }

    @Test func everyClaim() {
        for (name, claim) in [
            ("htm", DPoPError.Claim.htm), ("htu", .htu), ("iat", .iat), ("jti", .jti), ("ath", .ath),
        ] {
            #expect(refusal(proof(header(), payload(name))) == .claimMissing(claim), "\(name)")
            for wrong in ["null", "true", "[]", name == "iat" ? #""1""# : "1"] {
                #expect(
                    refusal(proof(header(), payload(name, wrong))) == .claimType(claim), "\(name) \(wrong)")
            }
            if name != "iat" {
                #expect(refusal(proof(header(), payload(name, #""""#))) == .claimMissing(claim))
            }
        }
        for date in ["-1", "9007199254740992"] {
            #expect(refusal(proof(header(), payload("iat", date))) == .claimType(.iat))
        }
        #expect(refusal(proof(header(), "[]")) == .form(.payloadNotObject))
        // Nonces are not required, so a nonce is not compared.
        #expect(refusal(proof(header(), #"{"nonce":1,"# + payload().dropFirst())) == nil)
    }

    @Test func everyForm() {
        let parts = proof().split(separator: ".").map(String.init)
        #expect(refusal("") == .form(.tokenPartCount(1)))
        #expect(refusal(parts[0] + "." + parts[1]) == .form(.tokenPartCount(2)))
        #expect(refusal(proof() + "." + parts[2]) == .form(.tokenPartCount(4)))
        #expect(refusal(parts[0] + "." + parts[1] + ".") == .form(.tokenPartEmpty))
        #expect(
            refusal(parts[0] + "." + parts[1] + ".A")
                == .signature(.signatureEncoding(.invalidLength(count: 1))))
        #expect(refusal(proof() + " ") != nil)
        // The limit: a proof with one byte more is not parsed.
        let long = String(repeating: "A", count: JOSELimits.proofByteCount)
        #expect(refusal(long) == .form(.tokenPartCount(1)))
        #expect(
            refusal(long + "A")
                == .form(
                    .tokenTooLong(limit: JOSELimits.proofByteCount, actual: JOSELimits.proofByteCount + 1)))
    }

    /// AUDIT 7: a key in its header never verifies an access token.
    @Test func anAccessTokensOwnKeyIsIgnored() throws {
        let own = client.token(header: #"{"alg":"RS256","kid":"key-2","jwk":\#(jwk())}"#, payload: "{}")
        let set = try KeySet(parsing: TestIssuer.second.keySet)
        let token = try UnverifiedToken(bytes(own))
        #expect(throws: JOSEError.self) {
            _ = try token.verifySignature(keySet: set, algorithms: Algorithm.allCases)
        }
        let alone = client.token(header: #"{"alg":"RS256","jwk":\#(jwk())}"#, payload: "{}")
        let empty = try KeySet(parsing: bytes(#"{"keys":[]}"#))
        do throws(JOSEError) {
            _ = try UnverifiedToken(bytes(alone)).verifySignature(keySet: empty, algorithms: [.rs256])
            Issue.record("verified with its own key")
        } catch { #expect(error == .unknownKey) }
    }

    @Test func codes() {
        let errors: [DPoPError] = [
            .form(.headerNotObject), .type, .algorithm, .keyMissing, .privateKey, .key(.symmetric),
            .keyAlgorithmMismatch, .signature(.unknownKey), .claimMissing(.htm), .claimType(.htm),
        ]
        let codes = errors.map { "\($0.reasonCode)" }
        #expect(Set(codes).count == 10 && codes.allSatisfy { $0.hasPrefix("dpop_") })
        let names = [DPoPError.Claim.htm, .htu, .iat, .jti, .ath].map { "\($0.name)" }
        #expect(names == ["htm", "htu", "iat", "jti", "ath"])
    }

    /// RFC 7519 §4.1.4, §4.1.5: a proof with exp or nbf is only accepted within these times, with the clock skew.
    @Test(
        arguments: [
            ("exp", "1800000000", 1_800_000_009, nil),
            ("exp", "1800000000", 1_800_000_010, .expired(secondsAgo: 10)),
            ("exp", "1800000000.5", 1_800_000_010, nil),
            ("exp", "1", 1_800_000_000, .expired(secondsAgo: 1_799_999_999)),
            ("nbf", "1800000000", 1_799_999_990, nil),
            ("nbf", "1800000000", 1_799_999_989, .notYetValid(secondsAhead: 11)),
            ("nbf", "1800000000.5", 1_799_999_990, .notYetValid(secondsAhead: 10)),
        ] as [(String, String, Int64, DPoPError?)]) func limitsOfItsOwn(
            claim: String, value: String, now: Int64, expected: DPoPError?
        ) throws
    {
        let text = payload().dropLast() + ",\"\(claim)\":\(value)}"
        let proof = try DPoPProof(verifying: bytes(proof(header(), String(text))))
        var found: DPoPError?
        do throws(DPoPError) { try proof.checkDates(nowSeconds: now, clockSkewSeconds: 10) } catch {
            found = error
        }
        #expect(found == expected)
    }

    @Test func invalidDates() throws {
        for (claim, error) in [("exp", DPoPError.Claim.exp), ("nbf", .nbf)] {
            for value in [#""1800000000""#, "null", "[]", "-1", "1e30", "true"] {
                let text = payload().dropLast() + ",\"\(claim)\":\(value)}"
                #expect(refusal(proof(header(), String(text))) == .claimType(error), "\(claim) \(value)")
            }
        }
        // Without them a proof is not limited further.
        let plain = try DPoPProof(verifying: bytes(proof()))
        try plain.checkDates(nowSeconds: 1 << 40, clockSkewSeconds: 0)
        #expect(DPoPError.expired(secondsAgo: 1).reasonCode.description == "dpop_expired")
        #expect(DPoPError.notYetValid(secondsAhead: 1).reasonCode.description == "dpop_not_yet_valid")
    }
}
