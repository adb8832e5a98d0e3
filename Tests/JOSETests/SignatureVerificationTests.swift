import Bytes
import JSON
import RSA
import TestSupport
import Testing

@testable import JOSE

/// The received bytes are verified, with the key's algorithm, and no changed bit is accepted (AUDIT 3, 5, 6,
/// 12, 15).
@Suite struct SignatureVerificationTests {
    /// The encoded message of a good signature for each algorithm.
    private static let encodings: [(String, RSAHash, Bool)] = [
        ("RS256", .sha256, false), ("RS384", .sha384, false), ("RS512", .sha512, false),
        ("PS256", .sha256, true), ("PS384", .sha384, true), ("PS512", .sha512, true),
    ]

    private static func good(_ alg: String, _ hash: RSAHash, _ isPSS: Bool) -> String {
        issuer.token(alg: alg) { input in
            isPSS
                ? encodePSS(hash, input, saltByteCount: hash.digestByteCount) : encodePKCS1v15(hash, input)
        }
    }

    @Test func everyAlgorithm() throws {
        for (alg, hash, isPSS) in Self.encodings {
            let token = try verify(Self.good(alg, hash, isPSS))
            #expect("\(token.header.algorithm.name)" == alg)
            #expect(token.key.kid == bytes("key-1"))
            #expect(token.claims.root.count == 0)
        }
    }

    /// AUDIT 6: one algorithm's signature is not another's.
    @Test func algorithmsAreNotMixed() {
        for (made, hash, isPSS) in Self.encodings {
            for (said, _, saidPSS) in Self.encodings where said != made {
                let token = issuer.token(alg: said) { input in
                    isPSS
                        ? encodePSS(hash, input, saltByteCount: hash.digestByteCount)
                        : encodePKCS1v15(hash, input)
                }
                guard case .signatureMismatch(let error) = refusal(token) else {
                    Issue.record("\(made) as \(said)")
                    continue
                }
                if !saidPSS { #expect(error == .rsa(.encodedMessageMismatch)) }
            }
        }
    }

    /// AUDIT 6: the list decides before the key does.
    @Test func allowList() {
        for (alg, hash, isPSS) in Self.encodings {
            let token = Self.good(alg, hash, isPSS)
            let rest = Algorithm.allCases.filter { "\($0.name)" != alg }
            #expect(refusal(token, nil, rest) == .algNotAllowed, "\(alg)")
            #expect(refusal(token, nil, []) == .algNotAllowed, "\(alg)")
            #expect(refusal(token, nil, Algorithm.allCases.filter { "\($0.name)" == alg }) == nil, "\(alg)")
            // Also if no key would be found.
            #expect(refusal(token, keySet(), rest) == .algNotAllowed, "\(alg)")
        }
    }

    /// AUDIT 6: the public key is not used as an HMAC secret, and "none" is rejected
    /// before any signature is read.
    @Test func keyConfusion() {
        for header in [#"{"alg":"HS256","kid":"key-1"}"#, #"{"alg":"none","kid":"key-1"}"#] {
            for token in [
                issuer.token(header: header, payload: "{}"), base64url(header) + ".e30.AAAA",
            ] {
                #expect(refusal(token) == .algNotAllowed)
            }
        }
        // "none" as RFC 7519 writes it, with nothing after the last dot.
        #expect(refusal(base64url(#"{"alg":"none"}"#) + ".e30.") == .tokenPartEmpty)
        // A symmetric key in the set is skipped, not used.
        let keys = keySet(#"{"kty":"oct","kid":"s","k":"AAAA"}"#, issuer.jwk())
        let token = base64url(#"{"alg":"HS256","kid":"s"}"#) + ".e30.AAAA"
        #expect(refusal(token, keys) == .algNotAllowed)
        #expect(
            refusal(issuer.token(header: #"{"alg":"RS256","kid":"s"}"#, payload: "{}"), keys) == .unknownKey)
    }

    /// AUDIT 5: the signature covers the bytes as they were received.
    @Test func receivedBytes() throws {
        // In an unusual spelling: white space, escapes, members in another order.
        let header = " {\n\t\"kid\" : \"key\\u002d1\" ,\r\"alg\": \"\\u0052S256\"} "
        let payload = "{ \"b\":1.50e1 ,\"a\" : \"\\u00e4\\/\" }\n"
        let token = issuer.token(header: header, payload: payload)
        let verified = try verify(token)
        let claims = verified.claims.root
        #expect(claims.member("a")?.stringBytes == bytes("ä/"))
        // The same members in other bytes are not signed.
        let signature = token.split(separator: ".")[2]
        for (h, p) in [
            (#"{"kid":"key-1","alg":"RS256"}"#, payload), (header, #"{"b":15,"a":"ä/"}"#),
            (header, payload + " "), (" " + header, payload),
        ] {
            let changed = "\(base64url(h)).\(base64url(p)).\(signature)"
            #expect(refusal(changed) == .signatureMismatch(.rsa(.encodedMessageMismatch)))
        }
        // The signature covers the dot: the parts cannot be divided at another position.
        #expect(refusal(issuer.token(parts: base64url(#"{"alg":"RS256"}"#) + ".e30")) == nil)
    }

    /// AUDIT 12: exactly the modulus's length, below the modulus.
    @Test func signatureForm() throws {
        let input = base64url(#"{"alg":"RS256","kid":"key-1"}"#) + ".e30"
        let signature = issuer.sign(bytes(input))
        func refusal(_ signature: [UInt8]) -> JOSEError? {
            JOSETests.refusal(input + "." + base64url(signature))
        }
        #expect(refusal(signature) == nil)
        #expect(
            refusal([0] + signature) == .signatureMismatch(.rsa(.signatureLength(expected: 256, actual: 257)))
        )
        #expect(
            refusal(signature + [0]) == .signatureMismatch(.rsa(.signatureLength(expected: 256, actual: 257)))
        )
        #expect(
            refusal(Array(signature.dropFirst()))
                == .signatureMismatch(.rsa(.signatureLength(expected: 256, actual: 255))))
        #expect(refusal([1]) == .signatureMismatch(.rsa(.signatureLength(expected: 256, actual: 1))))
        let text = bytes(issuer.modulusText)
        let modulus = try Base64URL.decode(text.span)
        #expect(refusal(modulus) == .signatureMismatch(.rsa(.signatureNotBelowModulus)))
        #expect(
            refusal([UInt8](repeating: 0xFF, count: 256))
                == .signatureMismatch(.rsa(.signatureNotBelowModulus)))
        #expect(
            refusal([UInt8](repeating: 0, count: 256)) == .signatureMismatch(.rsa(.encodedMessageMismatch)))
        #expect(
            refusal([UInt8](repeating: 0, count: 255) + [1])
                == .signatureMismatch(.rsa(.encodedMessageMismatch)))
    }

    /// AUDIT 12: the whole encoded message, built and compared; forgeries made with
    /// the private key, as a lenient parser would take them.
    @Test func encodedMessage() {
        let withoutNULL = "302f300b0609608648016503040201" + "0420"
        let longForm = "308131300d060960864801650304020105000420"
        let sha384 = "3041300d060960864801650304020205000430"
        let forgeries: [(String, @Sendable ([UInt8]) -> [UInt8])] = [
            ("DigestInfo without NULL", { encodePKCS1v15(.sha256, $0, info: withoutNULL) }),
            ("length in long form", { encodePKCS1v15(.sha256, $0, info: longForm) }),
            ("no DigestInfo", { encodePKCS1v15(.sha256, $0, info: "") }),
            ("another hash's name", { encodePKCS1v15(.sha256, $0, info: sha384) }),
            (
                "garbage behind the digest",
                { encodePKCS1v15(.sha256, $0, behind: [UInt8](repeating: 7, count: 100)) }
            ),
            ("block type 2", { encodePKCS1v15(.sha256, $0, start: [0, 2]) }),
            ("block type 0", { encodePKCS1v15(.sha256, $0, start: [0, 0], padding: 0) }),
            ("padding of FE", { encodePKCS1v15(.sha256, $0, padding: 0xFE) }),
            ("another message", { encodePKCS1v15(.sha256, $0 + [0]) }),
        ]
        for (what, encode) in forgeries {
            #expect(
                refusal(issuer.token(alg: "RS256", encode: encode))
                    == .signatureMismatch(.rsa(.encodedMessageMismatch)), "\(what)")
        }
    }

    /// RFC 7518 §3.5: the salt is exactly as long as the hash.
    @Test func pssSalt() {
        for (alg, hash, isPSS) in Self.encodings where isPSS {
            let count = hash.digestByteCount
            for salt in [0, count - 1, count + 1, 20] where salt <= 254 - count {
                let token = issuer.token(alg: alg) { encodePSS(hash, $0, saltByteCount: salt) }
                #expect(refusal(token) == .signatureMismatch(.rsa(.pssPadding)), "\(alg), salt \(salt)")
            }
            let trailer = issuer.token(alg: alg) { encodePSS(hash, $0, saltByteCount: count, trailer: 0xCC) }
            #expect(refusal(trailer) == .signatureMismatch(.rsa(.pssTrailer)))
            let other = issuer.token(alg: alg) { encodePSS(hash, $0 + [0], saltByteCount: count) }
            #expect(refusal(other) == .signatureMismatch(.rsa(.pssHashMismatch)))
        }
    }

    /// The payload is read after the signature held, and only then.
    @Test func payload() throws {
        let usual = base64url(#"{"alg":"RS256"}"#)
        for (payload, error) in [
            ("[]", JOSEError.payloadNotObject), ("null", .payloadNotObject), (#""text""#, .payloadNotObject),
            ("1", .payloadNotObject), ("text", .payloadJSON(.unexpectedByte(offset: 1))),
            ("{", .payloadJSON(.unexpectedEnd)), ("{}x", .payloadJSON(.trailingBytes(offset: 2))),
            // AUDIT 3: duplicate names at every level.
            (#"{"exp":1,"exp":2}"#, .payloadJSON(.duplicateMember(offset: 9))),
            (#"{"a":[{"b":0,"b":0}]}"#, .payloadJSON(.duplicateMember(offset: 13))),
            (#"{"exp":NaN}"#, .payloadJSON(.unexpectedByte(offset: 7))),
            (#"{"exp":01}"#, .payloadJSON(.invalidNumber(offset: 7))),
        ] {
            #expect(refusal(issuer.token(payload)) == error, "\(payload)")
            // Under an invalid signature the payload's error is not reported.
            let unsigned = "\(usual).\(base64url(payload)).\(String(repeating: "A", count: 342))"
            #expect(refusal(unsigned) == .signatureMismatch(.rsa(.encodedMessageMismatch)), "\(payload)")
        }
        // Bytes that are not UTF-8.
        let parts = usual + "." + base64url([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x30, 0x7D])
        #expect(refusal(issuer.token(parts: parts)) == .payloadJSON(.invalidUTF8(offset: 2)))
    }

    /// AUDIT 3: the caps of the claims, at the bound and one past it.
    @Test func claimLimits() {
        func nested(_ depth: Int) -> String {
            #"{"a":\#(String(repeating: "[", count: depth - 1))\#(String(repeating: "]", count: depth - 1))}"#
        }
        #expect(refusal(issuer.token(nested(16))) == nil)
        #expect(refusal(issuer.token(nested(17))) == .payloadJSON(.tooDeep(limit: 16)))
        func members(_ count: Int) -> String {
            "{\((0..<count).map { #""m\#($0)":0"# }.joined(separator: ","))}"
        }
        #expect(refusal(issuer.token(members(256))) == nil)
        #expect(refusal(issuer.token(members(257))) == .payloadJSON(.tooManyMembers(limit: 256)))
        func lists(_ counts: [Int]) -> String {
            let lists = counts.enumerated().map { index, count in
                #""l\#(index)":[\#(Array(repeating: "0", count: count).joined(separator: ","))]"#
            }
            return "{\(lists.joined(separator: ","))}"
        }
        #expect(refusal(issuer.token(lists([1024]))) == nil)
        #expect(refusal(issuer.token(lists([1025]))) == .payloadJSON(.tooManyElements(limit: 1024)))
        // One object, and two nodes more than elements for each list: 1 + 8 + 4087.
        #expect(refusal(issuer.token(lists([1022, 1022, 1022, 1021]))) == nil)
        #expect(
            refusal(issuer.token(lists([1022, 1022, 1022, 1022]))) == .payloadJSON(.tooManyNodes(limit: 4096))
        )
    }

    /// AUDIT 15: whatever is changed, it is refused and nothing traps.
    @Test func flippedBits() throws {
        let token = bytes(issuer.token(#"{"sub":"alice","exp":2000000000}"#))
        let keys = try KeySet(parsing: issuer.keySet)
        var generator = SystemRandomNumberGenerator()
        var accepted = 0
        for _ in 0..<2000 {
            var changed = token
            let place = Int.random(in: 0..<token.count, using: &generator)
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            let error = thrown { () throws(JOSEError) in
                try UnverifiedToken(changed).verifySignature(keySet: keys, algorithms: Algorithm.allCases)
            }
            if error == nil { accepted += 1 }
        }
        #expect(accepted == 0)
    }

    /// For objects other than tokens: RFC 7520 signs prose.
    @Test func payloadWithoutClaims() throws {
        let token = try UnverifiedToken(bytes(issuer.token("It's a dangerous business")))
        let keys = try KeySet(parsing: issuer.keySet)
        #expect(
            try token.verifiedPayload(keySet: keys, algorithms: [.rs256])
                == bytes("It's a dangerous business"))
        let forged = try UnverifiedToken(
            bytes(otherIssuer.token(header: #"{"alg":"RS256","kid":"key-1"}"#, payload: "text")))
        #expect(
            thrown { () throws(JOSEError) in
                try forged.verifiedPayload(keySet: keys, algorithms: [.rs256])
            } == .signatureMismatch(.rsa(.encodedMessageMismatch)))
    }
}
