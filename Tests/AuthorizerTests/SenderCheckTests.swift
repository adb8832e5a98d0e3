import Bytes
import DecisionSupport
import JOSE
import Keys
import SHA256
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000
private let issuer = TestIssuer.first
private let client = TestIssuer.second
private let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42"

private func hash(_ text: [UInt8]) -> String {
    let digest = SHA256.hash(text.span)
    return base64url([UInt8](digest.span))
}

/// RFC 7638 of the client's key.
private let jkt = hash(bytes(#"{"e":"AQAB","kty":"RSA","n":"\#(client.modulusText)"}"#))

/// RFC 8705 appendix A: a certificate and its x5t#S256 (IETF Trust).
private let certificate = [
    "MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAx",
    "ODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqG",
    "SM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ",
    "/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwID",
    "SQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOV",
    "bUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=",
]
private let thumbprint = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"
private let begin = "-----BEGIN CERTIFICATE-----"
private let end = "-----END CERTIFICATE-----"

private func pem(_ newline: String = #"\n"#) -> String {
    begin + newline + certificate.joined(separator: newline) + newline + end + newline
}

private func token(_ cnf: String?) -> String {
    issuer.token(
        #"{"iss":"iss","aud":"aud","sub":"alice","exp":\#(now + 600)\#(cnf.map { ",\"cnf\":" + $0 } ?? "")}"#)
}

private let bound = token(#"{"jkt":"\#(jkt)"}"#)
private let certified = token(##"{"x5t#S256":"\##(thumbprint)"}"##)
private let unbound = token(nil)

private func proof(
    for token: String, htm: String = "GET", htu: String = "https://api.example.com/prod/orders/42",
    iat: Int64 = now, jti: String = "a", ath: String? = nil, key: TestIssuer = client, further: String = ""
) -> String {
    client.token(
        header: #"{"typ":"dpop+jwt","alg":"RS256","jwk":{"kty":"RSA","n":"\#(key.modulusText)","e":"AQAB"}}"#,
        payload:
            #"{"htm":"\#(htm)","htu":"\#(htu)","iat":\#(iat),"jti":"\#(jti)","ath":"\#(ath ?? hash(bytes(token)))"\#(further)}"#
    )
}

/// A REQUEST event of a REST API.
private func request(_ authorization: String, dpop: String? = nil, certificate: String? = nil) -> String {
    let identity = certificate.map { #","identity":{"clientCert":{"clientCertPem":"\#($0)"}}"# } ?? ""
    return
        #"{"type":"REQUEST","methodArn":"\#(arn)","httpMethod":"GET","headers":{"Authorization":"\#(authorization)"\#(dpop.map { ",\"DPoP\":\"" + $0 + "\"" } ?? "")},"requestContext":{"path":"/prod/orders/42","domainName":"api.example.com"\#(identity)}}"#
}

private func rules(_ dpop: SenderPolicy.Mode = .off, _ mtls: SenderPolicy.Mode = .off) -> Rules {
    var rules = Rules(resources: [bytes("*")])
    rules.sender.dpop = dpop
    rules.sender.mtls = mtls
    return rules
}

private func decision(_ event: String, _ rules: Rules, at now: Int64 = now) throws -> Decision {
    let trusted = TrustedIssuer(
        claims: ClaimRules(issuers: [bytes("iss")], audiences: [bytes("aud")], clockSkewSeconds: 10))
    var keys = KeyRing([.oneFile], policy: KeyCachePolicy())
    _ = keys[0].receive(try KeySet(parsing: issuer.keySet), nowSeconds: now)
    var authorization = Authorization(event: bytes(event), issuers: [trusted], rules: rules)
    guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now) else {
        throw Refusal.keysUnavailable
    }
    return decision
}

/// Nil: the request is allowed.
private func refusal(_ event: String, _ rules: Rules, at now: Int64 = now) throws -> Refusal? {
    switch try decision(event, rules, at: now).outcome {
    case .allow: return nil
    case .refuse(let refusal): return refusal
    }
}

/// Bound tokens are accepted only with a valid proof of possession: proofs, certificates, modes (AUDIT 37, 38, 40, 41).
@Suite struct SenderCheckTests {
    typealias Fault = Refusal.SenderFault

    // MARK: Tokens that need a proof

    @Test func tokensThatEachModeAccepts() throws {
        let withProof = request("DPoP " + bound, dpop: proof(for: bound))
        for (event, off, ignore, accept, require) in [
            (request("Bearer " + unbound), nil, nil, nil, Refusal.sender(.dpopRequired)),
            (
                request("Bearer " + bound), .sender(.dpopOff), nil, .sender(.dpopDowngrade),
                .sender(.dpopDowngrade)
            ),
            (withProof, .event(.schemeNotBearer), .event(.schemeNotBearer), nil, nil),
            (
                request("DPoP " + unbound, dpop: proof(for: unbound)), .event(.schemeNotBearer),
                .event(.schemeNotBearer),
                .sender(.dpopNotBound), .sender(.dpopNotBound)
            ),
            // A header that the settings do not use.
            (request("Bearer " + unbound, dpop: "x"), nil, nil, nil, .sender(.dpopRequired)),
        ] as [(String, Refusal?, Refusal?, Refusal?, Refusal?)] {
            #expect(try refusal(event, rules(.off)) == off)
            #expect(try refusal(event, rules(.ignore)) == ignore)
            #expect(try refusal(event, rules(.accept)) == accept)
            #expect(try refusal(event, rules(.require)) == require)
        }
        let withCertificate = request("Bearer " + certified, certificate: pem())
        for (event, off, accept, require) in [
            (request("Bearer " + unbound), nil, nil, Refusal.sender(.mtlsNotBound)),
            (request("Bearer " + unbound, certificate: pem()), nil, nil, .sender(.mtlsNotBound)),
            (withCertificate, .sender(.mtlsOff), nil, nil),
            (
                request("Bearer " + certified), .sender(.mtlsOff), .sender(.certificateMissing),
                .sender(.certificateMissing)
            ),
        ] as [(String, Refusal?, Refusal?, Refusal?)] {
            #expect(try refusal(event, rules(.off, .off)) == off)
            #expect(try refusal(event, rules(.off, .ignore)) == nil)
            #expect(try refusal(event, rules(.off, .accept)) == accept)
            #expect(try refusal(event, rules(.off, .require)) == require)
        }
        // Every refusal for the sender concerns the token: 401.
        #expect(Refusal.sender(.dpopOff).kind == .unauthorized)
    }

    /// AUDIT 4: a confirmation of another type is refused and not ignored.
    @Test func theConfirmation() throws {
        for cnf in ["1", "null", #""x""#, "[]", #"{"jkt":1}"#, #"{"jkt":null}"#, ##"{"x5t#S256":[]}"##] {
            for mode in [SenderPolicy.Mode.off, .ignore, .accept, .require] {
                #expect(
                    try refusal(request("Bearer " + token(cnf)), rules(mode, mode))
                        == .sender(.confirmationType), "\(cnf)")
            }
        }
        // RFC 7800 §3.1: unknown members are ignored.
        #expect(try refusal(request("Bearer " + token(#"{"kid":"x","jwk":{}}"#)), rules()) == nil)
    }

    @Test func bothAtOnce() throws {
        let both = token(##"{"jkt":"\##(jkt)","x5t#S256":"\##(thumbprint)"}"##)
        let proof = proof(for: both)
        #expect(
            try refusal(request("DPoP " + both, dpop: proof, certificate: pem()), rules(.require, .require))
                == nil)
        #expect(
            try refusal(request("DPoP " + both, dpop: proof), rules(.require, .require))
                == .sender(.certificateMissing))
        #expect(
            try refusal(request("Bearer " + both, certificate: pem()), rules(.accept, .accept))
                == .sender(.dpopDowngrade))
        #expect(
            try refusal(request("DPoP " + both, dpop: proof, certificate: pem()), rules(.accept, .off))
                == .sender(.mtlsOff))
    }

    /// An expired token is reported as expired, whatever its sender: the token's own checks come first.
    @Test func theTokenIsCheckedFirst() throws {
        #expect(
            try refusal(request("DPoP " + bound), rules(.accept), at: now + 700)
                == .token(.expired(secondsAgo: 100)))
    }

    // MARK: The proof

    @Test func everyFieldOfTheProof() throws {
        let rules = rules(.accept)
        func refused(_ proof: String) throws -> Refusal? {
            try refusal(request("DPoP " + bound, dpop: proof), rules)
        }
        #expect(try refused(proof(for: bound)) == nil)
        #expect(try refusal(request("dpop " + bound, dpop: proof(for: bound)), rules) == nil)
        #expect(try refusal(request("DPoP " + bound), rules) == .sender(.proofMissing))
        #expect(try refused("") == .sender(.proof(.form(.tokenPartCount(1)))))
        #expect(try refused(bound) == .sender(.proof(.type)))
        for method in ["get", "POST", "GET "] {
            #expect(try refused(proof(for: bound, htm: method)) == .sender(.proofMethod))
        }
        for uri in [
            "https://api.example.com/orders/42", "https://api.example.com/prod/orders/42/",
            "https://api.example.org/prod/orders/42", "http://api.example.com/prod/orders/42",
            "https://api.example.com/prod/orders%2F42", "https://api.example.com:444/prod/orders/42", "x",
        ] {
            #expect(try refused(proof(for: bound, htu: uri)) == .sender(.proofURI), "\(uri)")
        }
        for uri in [
            "https://API.example.com:443/prod/orders/42", "https://api.example.com/prod/orders/42?x=y#z",
            "https://api.example.com/prod/./%6frders/x/../42",
        ] {
            #expect(try refused(proof(for: bound, htu: uri)) == nil, "\(uri)")
        }
        #expect(try refused(proof(for: bound, ath: hash(bytes(unbound)))) == .sender(.proofTokenHash))
        #expect(try refused(proof(for: bound, ath: hash(bytes(bound)) + "=")) == .sender(.proofTokenHash))
        // Signed with the client's key, but contains the issuer's public key.
        guard case .sender(.proof(.signature)) = try refused(proof(for: bound, key: issuer)) else {
            Issue.record("another key")
            return
        }
        // A valid proof with another key: the token is bound to a different client.
        let stolen = token(#"{"jkt":"\#(hash(bytes("x")))"}"#)
        #expect(
            try refusal(request("DPoP " + stolen, dpop: proof(for: stolen)), rules) == .sender(.proofKey))
        // A thumbprint is compared as a whole.
        let cut = token(#"{"jkt":"\#(jkt.dropLast())"}"#)
        #expect(try refusal(request("DPoP " + cut, dpop: proof(for: cut)), rules) == .sender(.proofKey))
    }

    @Test func theAgeOfAProof() throws {
        var rules = rules(.accept)
        rules.sender.proofMaximumAgeSeconds = 30
        for (offset, expected) in [
            (0, nil), (-40, nil), (-41, Fault.proofTooOld(secondsAgo: 41)), (10, nil),
            (11, .proofInFuture(secondsAhead: 11)),
        ] as [(Int64, Fault?)] {
            let event = request("DPoP " + bound, dpop: proof(for: bound, iat: now + offset))
            #expect(try refusal(event, rules) == expected.map { .sender($0) }, "\(offset)")
        }
    }

    /// A proof may expire before, or become valid after, the times that its age would allow.
    @Test func theLimitsOfAProof() throws {
        for (claims, expected) in [
            (#","exp":\#(now + 1),"nbf":\#(now)"#, nil), (#","exp":\#(now - 9)"#, nil),
            (#","exp":\#(now - 10)"#, DPoPError.expired(secondsAgo: 10)),
            (#","exp":\#(now - 86400)"#, .expired(secondsAgo: 86400)),
            (#","nbf":\#(now + 10)"#, nil), (#","nbf":\#(now + 11)"#, .notYetValid(secondsAhead: 11)),
            (#","exp":"tomorrow""#, .claimType(.exp)), (#","nbf":null"#, .claimType(.nbf)),
        ] as [(String, DPoPError?)] {
            let event = request("DPoP " + bound, dpop: proof(for: bound, further: claims))
            #expect(try refusal(event, rules(.accept)) == expected.map { .sender(.proof($0)) }, "\(claims)")
        }
    }

    @Test func exactlyOneHeader() throws {
        let good = proof(for: bound)
        let two =
            #"{"type":"REQUEST","methodArn":"\#(arn)","httpMethod":"GET","headers":{"Authorization":"DPoP \#(bound)","DPoP":"\#(good)"},"multiValueHeaders":{"dpop":["\#(good)","\#(good)"]},"requestContext":{"path":"/prod/orders/42","domainName":"api.example.com"}}"#
        #expect(try refusal(two, rules(.accept)) == .sender(.proofRepeated(count: 2)))
        func http(_ dpop: String) -> String {
            #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)","headers":{"authorization":"DPoP \#(bound)","dpop":"\#(dpop)"},"requestContext":{"domainName":"api.example.com","http":{"method":"GET","path":"/prod/orders/42"}}}"#
        }
        #expect(try refusal(http(good), rules(.accept)) == nil)
        #expect(try refusal(http(good + "," + good), rules(.accept)) == .sender(.proofRepeated(count: 2)))
        #expect(
            try refusal(
                http(good),
                {
                    var r = rules(.accept)
                    r.sender.origins = [bytes("https://x.org")]
                    return r
                }())
                == .sender(.proofURI))
    }

    @Test func callersWithoutProofs() throws {
        let value = "DPoP " + bound
        for event in [
            Shape.token(value), Shape.webSocket(#""headers":{"Authorization":"\#(value)","DPoP":"x"}"#),
        ] {
            #expect(try refusal(event, rules(.accept)) == .sender(.dpopHeaderUnavailable))
            #expect(try refusal(event, rules(.require)) == .senderProofUnavailable)
        }
        // A TOKEN authorizer still accepts bearer tokens, unless tokens must be bound.
        #expect(try refusal(Shape.token("Bearer " + unbound), rules(.accept, .accept)) == nil)
        #expect(
            try refusal(Shape.token("Bearer " + unbound), rules(.off, .require)) == .senderProofUnavailable)
        #expect(try refusal(Shape.appSync(unbound), rules(.require)) == .senderProofUnavailable)
        #expect(Refusal.senderProofUnavailable.kind == .eventError)
        let said = String(decoding: Refusal.senderProofUnavailable.eventMessage, as: UTF8.self)
        #expect(said.contains("REQUEST"))
        let hostless = request(value, dpop: proof(for: bound)).replacing("domainName", with: "x")
        #expect(try refusal(hostless, rules(.accept)) == .sender(.proofURIUnknown))
    }

    @Test func aProofIsAcceptedOnce() throws {
        var memo = ProofMemo()
        func reason(_ event: String, _ rules: Rules, at now: Int64 = now) throws -> String {
            "\(try decision(event, rules, at: now).spendingProof(&memo).reasonCode)"
        }
        let event = request("DPoP " + bound, dpop: proof(for: bound))
        #expect(try reason(event, rules(.accept)) == "allowed")
        #expect(try reason(event, rules(.accept)) == "dpop_replayed")
        #expect(try reason(event, rules(.accept), at: now + 70) == "dpop_replayed")
        #expect(try reason(event, rules(.accept), at: now + 71) == "dpop_too_old")
        #expect(
            try reason(request("DPoP " + bound, dpop: proof(for: bound, jti: "b")), rules(.accept))
                == "allowed")
        // A proof that is valid for its request is recorded as used, even if the token lacks a permission. Bearer tokens have
        // no proof.
        var strict = rules(.accept)
        strict.requiredScopes = [bytes("x")]
        let other = request("DPoP " + bound, dpop: proof(for: bound, jti: "c"))
        #expect(try reason(other, strict) == "scope_missing")
        #expect(try reason(other, rules(.accept)) == "dpop_replayed")
        for _ in 0..<2 { #expect(try reason(request("Bearer " + unbound), rules(.accept)) == "allowed") }
        #expect(memo.count == 3)
    }

    /// An answer that the gateway caches for a proof allows only the called route. A replayed proof gets no policy that allows
    /// the token's other calls.
    @Test func answersToProofs() throws {
        func policy(_ event: String, _ rules: Rules) throws -> String {
            String(decoding: rules.answer(to: try decision(event, rules)).body, as: UTF8.self)
        }
        var kept = rules(.accept)
        kept.resources = [bytes("arn:aws:execute-api:*:*:a1b2c3d4e5/prod/*")]
        let event = request("DPoP " + bound, dpop: proof(for: bound))
        #expect(try policy(event, kept).contains(#""Resource":"arn:aws:execute-api:*:*:a1b2c3d4e5/prod/*""#))
        kept.sender.resultCache = .keyed
        #expect(try policy(event, kept).contains(#""Resource":"\#(arn)""#))
        #expect(try policy(request("Bearer " + unbound), kept).contains("prod/*"))
        kept.resources = [bytes("arn:aws:execute-api:*:*:a1b2c3d4e5/test/*")]
        #expect(try refusal(event, kept) == .resourceNotCovered)
        // AUDIT 28: characters that a policy would interpret as a wildcard.
        kept.resources = [bytes("*")]
        for path in ["*", "a?", "$b", "\\u0001", String(repeating: "x", count: 512)] {
            let uri = "https://api.example.com/prod/x"
            let other = request("DPoP " + bound, dpop: proof(for: bound, htu: uri)).replacing(
                "/orders/42", with: "/" + path
            )
            .replacing(#""path":"/prod/\#(path)""#, with: #""path":"/prod/x""#)
            #expect(try refusal(other, kept) == .route(.notExpressible), "\(path)")
        }

        var routed = rules(.accept)
        routed.routes = try RulesDocument(
            parsing: bytes(#"{"routes":[{"route":"GET /orders/{id}","allow":"any_token"}]}"#)
        ).routes
        let http =
            #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)","headers":{"authorization":"DPoP \#(bound)","dpop":"\#(proof(for: bound))"},"requestContext":{"domainName":"api.example.com","http":{"method":"GET","path":"/prod/orders/42"}}}"#
        var memo = ProofMemo()
        let first = try decision(http, routed).spendingProof(&memo)
        let again = try decision(http, routed).spendingProof(&memo)
        #expect(String(decoding: routed.answer(to: first).body, as: UTF8.self).contains(#""Effect":"Allow""#))
        let refused = String(decoding: routed.answer(to: again).body, as: UTF8.self)
        #expect(refused.contains("dpop_replayed") && !refused.contains("Allow"))
    }

    // MARK: The certificate

    @Test(arguments: [
        pem(), pem(#"\r\n"#), begin + certificate.joined() + end, pem() + #"\n\r\n"#,
    ]) func aCertificateInPEM(text: String) throws {
        #expect(try refusal(request("Bearer " + certified, certificate: text), rules(.off, .accept)) == nil)
    }

    @Test func otherCertificates() throws {
        let der = certificate.joined()
        for text in [
            "", "x", begin, begin + end, begin + #"\n"# + end, der, pem() + pem(), " " + pem(), pem() + "x",
            begin + der + #"\n "# + end, begin + der.dropLast() + end, begin + "=" + der + end,
            pem().replacing("BEGIN CERT", with: "BEGIN X509 CERT"), pem().replacing("+", with: "-"),
        ] {
            #expect(
                try refusal(request("Bearer " + certified, certificate: text), rules(.off, .accept))
                    == .sender(.certificateForm), "\(text)")
        }
        // Another certificate, which differs in one bit of the signature.
        #expect(
            try refusal(
                request("Bearer " + certified, certificate: pem().replacing("L+SY=", with: "L+SU=")),
                rules(.off, .accept)) == .sender(.certificateMismatch))
        let cut = token(##"{"x5t#S256":"\##(thumbprint.dropLast())"}"##)
        #expect(
            try refusal(request("Bearer " + cut, certificate: pem()), rules(.off, .accept))
                == .sender(.certificateMismatch))
        // RFC 8705 §3.1's own example ends in a character with nonzero unused bits, so it is not the encoding of a digest.
        let sample = token(##"{"x5t#S256":"bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"}"##)
        #expect(
            try refusal(request("Bearer " + sample, certificate: pem()), rules(.off, .accept))
                == .sender(.certificateMismatch))
        let http =
            #"{"version":"2.0","type":"REQUEST","routeArn":"\#(arn)","headers":{"authorization":"Bearer \#(certified)"},"requestContext":{"authentication":{"clientCert":{"clientCertPem":"\#(pem())"}}}}"#
        #expect(try refusal(http, rules(.off, .require)) == nil)
        let wrong = request("Bearer " + certified, certificate: "x").replacing(#""x""#, with: "1")
        #expect(try refusal(wrong, rules(.off, .accept)) == .event(.member(.clientCert)))
    }
}
