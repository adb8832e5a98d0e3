import JSON
import TestSupport
import Testing

@testable import JOSE

private let now: Int64 = 1_700_000_000
private let arn = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
private let kid = "abb8289f-e3a4-4a34-9472-c2105e2b2482"

/// A JSON text whose base 64 has this many `=`.
private func text(_ text: String, padding: Int) -> [UInt8] {
    var text = text
    while (3 - text.utf8.count % 3) % 3 != padding { text += " " }
    return bytes(text)
}

/// The tokens of x-amzn-oidc-data, except for the algorithm: padding and claims do not depend on it
/// (AUDIT 2, 5, 18).
@Suite struct LoadBalancerTests {
    private let keys = #"{"keys":[\#(issuer.jwk().replacing("key-1", with: kid))]}"#
    private let header = #"{"alg":"RS256","kid":"\#(kid)"}"#

    /// The error for a token of these parts; nil if it is accepted.
    private func verdict(_ parts: String, _ signature: String? = nil, form: TokenForm = .loadBalancer)
        -> JOSEError?
    {
        thrown { () throws(JOSEError) in
            let whole = parts + "." + (signature ?? paddedBase64url(issuer.sign(bytes(parts))))
            return try UnverifiedToken(bytes(whole), form: form).verifySignature(
                keySet: KeySet(parsing: bytes(keys)), algorithms: [.rs256])
        }
    }

    /// AUDIT 2, 5: each part with its padding and without, and the signature over what was received.
    @Test(arguments: [0, 1, 2], [0, 1, 2]) func paddingOfEachPart(_ first: Int, _ second: Int) throws {
        let (head, payload) = (text(header, padding: first), text(#"{"a":1}"#, padding: second))
        let parts = paddedBase64url(head) + "." + paddedBase64url(payload)
        #expect(parts.filter { $0 == "=" }.count == first + second)
        #expect(verdict(parts) == nil)
        #expect(verdict(base64url(head) + "." + base64url(payload)) == nil)
        // One `=` less or more is rejected.
        if first == 2 {
            guard case .headerEncoding(.invalidLength) = verdict(String(parts.replacing("=.", with: ".")))
            else {
                return #expect(Bool(false), "half of the padding")
            }
        }
        let wrong = verdict(parts + "=")
        #expect(wrong == .payloadEncoding(.invalidLength(count: parts.split(separator: ".")[1].count + 1)))
        // A signature over padded parts does not verify without the padding.
        if first + second > 0 {
            #expect(
                verdict(
                    base64url(head) + "." + base64url(payload), paddedBase64url(issuer.sign(bytes(parts))))
                    == .signatureMismatch(.rsa(.encodedMessageMismatch)))
        }
    }

    @Test func paddingIsRejectedElsewhere() {
        let (head, payload) = (text(header, padding: 0), text(#"{"a":1}"#, padding: 0))
        let signed = issuer.sign(bytes(base64url(head) + "." + base64url(payload)))
        #expect(verdict(base64url(head) + "." + base64url(payload), base64url(signed), form: .compact) == nil)
        guard
            case .headerEncoding(.invalidCharacter) = verdict(
                paddedBase64url(text(header, padding: 1)) + "." + base64url(payload), form: .compact)
        else { return #expect(Bool(false), "the header") }
        let paddedPayload = base64url(head) + "." + paddedBase64url(text("{}", padding: 1))
        guard
            case .payloadEncoding(.invalidCharacter) = verdict(
                paddedPayload, base64url(issuer.sign(bytes(paddedPayload))), form: .compact)
        else { return #expect(Bool(false), "the payload") }
        guard
            case .signatureEncoding(.invalidCharacter) = verdict(
                base64url(head) + "." + base64url(payload), paddedBase64url(signed), form: .compact)
        else { return #expect(Bool(false), "the signature") }
    }

    @Test func paddingOfTheSignature() {
        let parts = base64url(text(header, padding: 0)) + "." + base64url("{}")
        let signature = base64url(issuer.sign(bytes(parts)))
        #expect(verdict(parts, signature) == nil && verdict(parts, signature + "==") == nil)
        for wrong in ["=", "===", "===="] {
            guard case .signatureEncoding = verdict(parts, signature + wrong) else {
                return #expect(Bool(false), "\(wrong)")
            }
        }
    }

    @Test func theIssuerOfAPaddedPayload() throws {
        let token = paddedBase64url(bytes(header)) + "." + paddedBase64url(bytes(#"{"iss":"a"}"#)) + ".AAAA"
        #expect(try UnverifiedToken(bytes(token), form: .loadBalancer).unverifiedIssuer() == bytes("a"))
    }

    // MARK: Claims

    private func checked(
        header: String = #""signer":"\#(arn)","client":"c","exp":\#(now + 60)"#, kid: String = kid,
        payload: String = #""sub":"s""#, _ change: (inout ClaimRules) -> Void = { _ in }
    ) throws(JOSEError) -> ValidatedToken {
        var rules = ClaimRules(issuers: [bytes(arn)], audiences: [bytes("c")], clockSkewSeconds: 60)
        rules.kind = TokenKind(
            typeClaim: [], anyOf: [], required: [bytes("sub")], audienceClaim: [], bindsTenant: false)
        rules.form = .loadBalancer
        change(&rules)
        let head = paddedBase64url(bytes(#"{"alg":"RS256","kid":"\#(kid)",\#(header)}"#))
        let parts = head + "." + paddedBase64url(bytes("{\(payload)}"))
        let whole = bytes(parts + "." + paddedBase64url(issuer.sign(bytes(parts))))
        let set = try KeySet(parsing: bytes(keys.replacing(JOSETests.kid, with: kid)))
        return try rules.check(
            UnverifiedToken(whole, form: .loadBalancer).verifySignature(keySet: set, algorithms: [.rs256]),
            nowSeconds: now)
    }

    private func refusal(
        header: String = #""signer":"\#(arn)","client":"c","exp":\#(now + 60)"#, kid: String = kid,
        payload: String = #""sub":"s""#, _ change: (inout ClaimRules) -> Void = { _ in }
    ) -> JOSEError? {
        thrown { () throws(JOSEError) in
            try checked(header: header, kid: kid, payload: payload, change)
        }
    }

    @Test func theSigner() {
        #expect(refusal() == nil)
        let rest = #""client":"c","exp":\#(now + 60)"#
        #expect(refusal(header: rest) == .signerMismatch)
        for other in [
            arn + "x", String(arn.dropLast()), arn.uppercased(), "", arn.replacing("eu", with: "us"),
        ] {
            #expect(refusal(header: #""signer":"\#(other)",\#(rest)"#) == .signerMismatch, "\(other)")
        }
        #expect(refusal(header: #""signer":["\#(arn)"],\#(rest)"#) == .signerMismatch)
        // The payload has the provider's claims about its user.
        #expect(
            refusal(header: rest, payload: #""sub":"s","signer":"\#(arn)","iss":"\#(arn)""#)
                == .signerMismatch)
        // One of several.
        #expect(refusal { $0.issuers.insert(bytes("x"), at: 0) } == nil)
    }

    @Test func theKeyID() {
        for wrong in [
            "", "key-1", kid.uppercased(), kid + "0", String(kid.dropLast()), kid.replacing("-", with: "/"),
            "../../../../../../../../../../../../", "abb8289fe-3a4-4a34-9472-c2105e2b2482",
            kid.replacing("b", with: "g"),
        ] {
            #expect(refusal(kid: wrong) == .kidForm, "\(wrong)")
        }
    }

    @Test func theClientIsTheAudience() {
        let rest = #""signer":"\#(arn)","exp":\#(now + 60)"#
        #expect(refusal(header: rest) == .claimMissing(.aud))
        #expect(refusal(header: rest, payload: #""sub":"s","aud":"c","client":"c""#) == .claimMissing(.aud))
        #expect(refusal(header: rest + #","client":"d""#) == .audienceMismatch)
        #expect(
            refusal(header: rest + #","client":"d""#, payload: #""sub":"s","aud":"c""#) == .audienceMismatch)
        #expect(refusal(header: rest + #","client":7"#) == .claimType(.aud))
        #expect(refusal(payload: #""sub":"s","aud":"another""#) == nil)
    }

    /// The earlier of the two applies, and one is enough.
    @Test func theTwoEnds() throws {
        let rest = #""signer":"\#(arn)","client":"c""#
        func ends(_ header: Int64?, _ payload: Int64?) -> JOSEError? {
            refusal(
                header: header.map { rest + #","exp":\#($0)"# } ?? rest,
                payload: payload.map { #""sub":"s","exp":\#($0)"# } ?? #""sub":"s""#)
        }
        #expect(ends(now - 59, now + 60) == nil && ends(now + 60, now - 59) == nil)
        #expect(ends(now - 60, now + 60) == .expired(secondsAgo: 60))
        #expect(ends(now + 60, now - 60) == .expired(secondsAgo: 60))
        #expect(ends(nil, now + 60) == nil && ends(now + 60, nil) == nil)
        #expect(ends(nil, nil) == .claimMissing(.exp))
        #expect(refusal(header: rest + #","exp":"soon""#) == .claimType(.exp))
        #expect(
            refusal(header: rest + #","exp":"soon""#, payload: #""sub":"s","exp":\#(now + 60)"#)
                == .claimType(.exp))
        #expect(refusal(header: rest + #","exp":-1"#) == .claimRange(.exp))
        #expect(
            try checked(payload: #""sub":"s","exp":\#(now + 30)"#).expirySeconds == now + 30)
        #expect(try checked(payload: #""sub":"s","exp":\#(now + 90)"#).expirySeconds == now + 60)
    }

    @Test func theRestOfThePayload() {
        #expect(refusal(payload: "") == .claimMissing(.sub))
        // The users' provider may be any issuer, in its own form.
        #expect(refusal(payload: #""sub":"s","iss":"https://idp.example.com/""#) == nil)
        #expect(refusal(payload: #""sub":"s","iss":7"#) == .claimType(.iss))
        #expect(refusal(payload: #""sub":"s","nbf":\#(now + 61)"#) == .notYetValid(secondsAhead: 61))
        #expect(refusal { $0.maximumAgeSeconds = 60 } == .claimMissing(.iat))
        // The header of a token in another form is not used.
        #expect(
            thrown { () throws(JOSEError) in
                var rules = ClaimRules(issuers: [bytes(arn)], audiences: [], clockSkewSeconds: 60)
                rules.kind = TokenKind(
                    typeClaim: [], anyOf: [], required: [], audienceClaim: [], bindsTenant: false)
                rules.form = .loadBalancer
                let token = try verify(
                    issuer.token(
                        header: #"{"alg":"RS256","kid":"\#(kid)","signer":"\#(arn)","exp":\#(now + 60)}"#,
                        payload: "{}"), keys)
                return try rules.check(token, nowSeconds: now)
            } == .signerMismatch)
    }

    @Test func aKeyOutOfItsPoint() throws {
        let set = try KeySet(
            parsing: bytes(
                #"{"keys":[{"kty":"EC","crv":"P-256","kid":"k","alg":"ES256","x":"-evkZBR8wQLZIyTQmdknwaUOQtV6CKEW_-wKKYGdjGU","y":"cLr30SiIkCpqDB1nrdEDEjyFmrab-OlDHJOEkw1Lfu4"}]}"#
            ))
        let point = hexBytes(
            "f9ebe464147cc102d92324d099d927c1a50e42d57a08a116ffec0a29819d8c6570baf7d12888902a6a0c1d67add103123c859ab69bf8e9431c9384930d4b7eee"
        )
        let key = try JSONWebKey(kid: bytes("k"), p256: point.span)
        #expect(key.thumbprint == set.keys[0].thumbprint && key.kid == bytes("k") && key.algorithm == .es256)
        #expect(KeySet([key]).hasKey(kid: bytes("k").span) && KeySet([key]).skipped.isEmpty)
        for wrong in [[], Array(point.dropLast()), point + [0], Array(point.reversed())] {
            do throws(SkipReason) {
                _ = try JSONWebKey(kid: [], p256: wrong.span)
                #expect(Bool(false))
            } catch {
                guard case .curve = error else { return #expect(Bool(false), "\(error)") }
            }
        }
    }
}
