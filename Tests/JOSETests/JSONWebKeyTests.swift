import Bytes
import JSON
import RSA
import TestSupport
import Testing

@testable import JOSE

/// Which keys of a set are used, and why others are skipped (AUDIT 2, 4, 6, 9, 13, 14, 20).
@Suite struct JSONWebKeyTests {
    /// The members of a valid key, after `kty`.
    private static let material = #""n":"\#(issuer.modulusText)","e":"AQAB""#

    private func parse(_ json: String) throws(SkipReason) -> JSONWebKey {
        guard let document = try? JSONDocument(parsing: bytes(json)) else { throw .notAnObject }
        return try JSONWebKey(document.root)
    }

    /// The reason why a key is skipped, or nil. A key set reports the same.
    private func skip(_ json: String) -> SkipReason? {
        var reason: SkipReason?
        do throws(SkipReason) { _ = try parse(json) } catch { reason = error }
        let set = try? KeySet(parsing: bytes(keySet(json)))
        #expect(set?.skipped.first?.reason == reason)
        #expect(set?.keys.count == (reason == nil ? 1 : 0))
        return reason
    }

    /// A valid key with these members.
    private func skip(with members: String) -> SkipReason? {
        skip(#"{"kty":"RSA",\#(members),\#(Self.material)}"#)
    }

    @Test func membersAreParsed() throws {
        let key = try parse(issuer.jwk(#","alg":"PS256","use":"sig","key_ops":["sign","verify"],"x5c":1"#))
        #expect(key.kid == bytes("key-1"))
        #expect(key.algorithm == .ps256)
        #expect(key.typeText == bytes("RSA 2048"))
        let least = try parse(#"{\#(Self.material),"kty":"RSA"}"#)
        #expect(least.kid == nil && least.algorithm == nil)
    }

    @Test func notAnObject() {
        for json in ["[]", "null", "1", #""RSA""#, "true"] { #expect(skip(json) == .notAnObject) }
    }

    /// AUDIT 4: a known member of the wrong type, never "absent".
    @Test func memberTypes() {
        for wrong in ["1", "[]", "{}", "false"] {
            #expect(skip(#"{"kty":\#(wrong),\#(Self.material)}"#) == .memberType)
            for name in ["kid", "use", "alg"] {
                #expect(skip(with: #""\#(name)":\#(wrong)"#) == .memberType, "\(name)")
            }
            #expect(skip(#"{"kty":"RSA","n":\#(wrong),"e":"AQAB"}"#) == .memberType)
            #expect(skip(#"{"kty":"RSA","n":"\#(issuer.modulusText)","e":\#(wrong)}"#) == .memberType)
        }
        for wrong in ["1", "{}", #""verify""#, #"["verify",1]"#, #"[["verify"]]"#] {
            #expect(skip(with: #""key_ops":\#(wrong)"#) == .memberType, "\(wrong)")
        }
    }

    /// A serializer may write null for absent members: an optional member is then absent, a required one is missing.
    @Test func nullIsAbsent() throws {
        let key = try parse(
            #"{"kty":"RSA","kid":null,"use":null,"alg":null,"key_ops":null,"d":null,\#(Self.material)}"#)
        #expect(key.kid == nil && key.algorithm == nil)
        #expect(skip(#"{"kty":null,\#(Self.material)}"#) == .missingMember)
        #expect(skip(#"{"kty":"RSA","n":null,"e":"AQAB"}"#) == .missingMember)
        #expect(skip(#"{"kty":"RSA","n":"\#(issuer.modulusText)","e":null}"#) == .missingMember)
    }

    /// .NET writes empty lists and strings: they do not restrict the key.
    @Test func anEmptyMemberDoesNotRestrict() throws {
        let key = try parse(
            issuer.jwk(#","use":"","alg":"","key_ops":[],"oth":[],"x5c":[],"d":"","p":"""#))
        #expect(key.kid == bytes("key-1") && key.algorithm == nil)
        // An empty name is a name.
        #expect(try parse(#"{"kty":"RSA","kid":"",\#(Self.material)}"#).kid == [])
    }

    /// AUDIT 6: a shared secret in a key set is not used.
    /// AUDIT 20: symmetric keys are ignored.
    @Test func symmetric() {
        #expect(skip(#"{"kty":"oct","k":"AAAA"}"#) == .symmetric)
        #expect(skip(#"{"kty":"oct","k":"AAAA","alg":"HS256","use":"enc"}"#) == .symmetric)
    }

    @Test func keyTypes() {
        // RFC 7518 §6.1: the names are case-sensitive.
        for kty in ["rsa", "Rsa", "RSA ", "", "DH", "OCT"] {
            #expect(skip(#"{"kty":"\#(kty)",\#(Self.material)}"#) == .keyTypeNotSupported, "\(kty)")
        }
    }

    /// AUDIT 20: keys for other purposes.
    @Test func usesAndOperations() {
        for use in ["enc", "Sig", "SIG", "jwt-svid", "sig "] {
            #expect(skip(with: #""use":"\#(use)""#) == .notForSignatures, "\(use)")
        }
        for operations in [#"[""]"#, #"["sign"]"#, #"["encrypt","wrapKey"]"#, #"["Verify"]"#] {
            #expect(skip(with: #""key_ops":\#(operations)"#) == .notForVerification, "\(operations)")
        }
        #expect(skip(with: #""use":"sig","key_ops":["verify"]"#) == nil)
    }

    @Test func algorithms() {
        // An unknown name restricts the key to an unknown purpose, so the key is skipped.
        for alg in ["HS256", "none", "RSA-OAEP", "rs256", " ", "RS1", "SHA256withRSA"] {
            #expect(skip(with: #""alg":"\#(alg)""#) == .algorithmNotSupported, "\(alg)")
        }
    }

    /// AUDIT 9.
    @Test func keyIDs() {
        let longest = String(repeating: "k", count: 256)
        #expect(skip(with: #""kid":"\#(longest)""#) == nil)
        #expect(skip(with: #""kid":"\#(longest)k""#) == .kidTooLong)
    }

    @Test func missingMembers() {
        #expect(skip("{}") == .missingMember)
        #expect(skip("{\(Self.material)}") == .missingMember)
        #expect(skip(#"{"kty":"RSA","e":"AQAB"}"#) == .missingMember)
        #expect(skip(#"{"kty":"RSA","n":"\#(issuer.modulusText)"}"#) == .missingMember)
    }

    /// AUDIT 2: also the numbers of a key.
    @Test func encodings() {
        func key(_ n: String, _ e: String) -> String { #"{"kty":"RSA","n":"\#(n)","e":"\#(e)"}"# }
        let n = issuer.modulusText
        #expect(skip(key(n, "AQAB====")) == .encoding(.invalidCharacter(offset: 4)))
        #expect(skip(key(n, "AQA+")) == .encoding(.invalidCharacter(offset: 3)))
        #expect(skip(key(n, "AQABA")) == .encoding(.invalidLength(count: 5)))
        #expect(skip(key(n, "AR")) == .encoding(.nonCanonicalTrailingBits))
        #expect(skip(key(n + "==", "AQAB")) == .encoding(.invalidCharacter(offset: 342)))
        // Standard base64, padded or not.
        let standard = String(n.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        #expect(standard != n)
        for text in [standard, standard + "=="] {
            guard case .encoding = skip(key(text, "AQAB")) else {
                Issue.record("accepted: \(text)")
                continue
            }
        }
    }

    /// AUDIT 13: sizes at the limit and one past it, no leading zeros, odd, exponents.
    @Test func keyPolicy() {
        func skip(_ n: [UInt8], _ e: [UInt8]) -> SkipReason? {
            self.skip(#"{"kty":"RSA","n":"\#(base64url(n))","e":"\#(base64url(e))"}"#)
        }
        func modulus(bits: Int) -> [UInt8] {
            var bytes = [UInt8](repeating: 0xC7, count: (bits + 7) / 8)
            let top = UInt8(1) << UInt8((bits - 1) % 8)
            bytes[0] = top | bytes[0] & (top - 1)
            return bytes
        }
        for bits in [2048, 8192] { #expect(skip(modulus(bits: bits), [1, 0, 1]) == nil) }
        for bits in [512, 1024, 2047, 8193] {
            #expect(
                skip(modulus(bits: bits), [1, 0, 1])
                    == .rsa(.modulusSize(bitCount: bits, minimum: 2048, maximum: 8192)))
        }
        let n = modulus(bits: 2048)
        #expect(skip([0], [1, 0, 1]) == .rsa(.leadingZero) && skip(n, [0, 0]) == .rsa(.leadingZero))
        // The size is the number's: zeros do not make a short modulus longer.
        #expect(
            skip([0] + modulus(bits: 2047), [1, 0, 1])
                == .rsa(.modulusSize(bitCount: 2047, minimum: 2048, maximum: 8192)))
        #expect(skip([], [1, 0, 1]) == .rsa(.emptyInteger))
        #expect(skip(n, []) == .rsa(.emptyInteger))
        #expect(skip(n.dropLast() + [0xC6], [1, 0, 1]) == .rsa(.evenModulus))
        #expect(skip(n, [1]) == .rsa(.exponentTooSmall))
        #expect(skip(n, [2]) == .rsa(.evenExponent))
        #expect(skip(n, [1, 0, 0]) == .rsa(.evenExponent))
        #expect(skip(n, [1, 0, 0, 0, 1]) == .rsa(.exponentTooLarge(byteCount: 5)))
        for e: [UInt8] in [[3], [17], [0xA8, 0x8B], [0xFF, 0xFF, 0xFF, 0xFF]] { #expect(skip(n, e) == nil) }
    }

    /// Java's BigInteger writes a zero byte before a number whose highest bit is set. RFC 7518 §6.3.1.1 forbids it, but
    /// the number is the same: no signature verifies that would not without the zero.
    @Test func leadingZerosOfNumbers() throws {
        let n = try Base64URL.decode(bytes(issuer.modulusText).span)
        let plain = try parse(issuer.jwk())
        for (modulus, exponent) in [
            ([0] + n, [1, 0, 1]), (n, [0, 1, 0, 1]), ([0, 0, 0] + n, [0, 0, 1, 0, 1]),
        ]
            as [([UInt8], [UInt8])]
        {
            let text =
                #"{"kty":"RSA","kid":"key-1","n":"\#(base64url(modulus))","e":"\#(base64url(exponent))"}"#
            let key = try parse(text)
            // One key has one thumbprint (RFC 7638 §7: the canonical form).
            #expect(key.thumbprint == plain.thumbprint && key.typeText == bytes("RSA 2048"))
            #expect(JOSETests.refusal(issuer.token("{}"), keySet(text)) == nil)
            #expect(
                JOSETests.refusal(
                    otherIssuer.token(header: #"{"alg":"RS256","kid":"key-1"}"#, payload: "{}"), keySet(text))
                    == .signatureMismatch(.rsa(.encodedMessageMismatch)))
        }
    }

    /// AUDIT 14: optional, and not implemented: neither a fingerprint of weak generators nor a search
    /// for small factors. This modulus is divisible by 3.
    @Test func noFactorsAreLookedFor() {
        var n = [UInt8](repeating: 0xFF, count: 256)
        n[255] = 0xFF
        #expect(n.reduce(0) { ($0 * 256 + Int($1)) % 3 } == 0)
        #expect(skip(#"{"kty":"RSA","n":"\#(base64url(n))","e":"AQAB"}"#) == nil)
    }

    /// AUDIT 20: every reader of a key set that contains a private key can sign tokens. Such a key is skipped.
    @Test func privateMembers() throws {
        for member in ["d", "p", "q", "dp", "dq", "qi"] {
            for value in [#""AQAB""#, "1", #"["A"]"#, #"{"a":1}"#, "true"] {
                #expect(skip(issuer.jwk(#","\#(member)":\#(value)"#)) == .privateKey, "\(member) \(value)")
            }
        }
        #expect(skip(issuer.jwk(#","oth":[{"r":"A","d":"A","t":"A"}]"#)) == .privateKey)
        // This reason takes precedence over every other one.
        #expect(skip(issuer.jwk(#","use":"enc","d":"AQAB""#)) == .privateKey)
        #expect(skip(#"{"kty":"oct","k":"AAAA","d":"AQAB"}"#) == .symmetric)
        // Under another ID, or with another exponent, it is the same key.
        let public3 = #"{"kty":"RSA","kid":"again","n":"\#(issuer.modulusText)","e":"Aw"}"#
        let twice = keySet(public3, issuer.jwk(#","use":"enc","d":"AQAB""#), otherIssuer.jwk(), issuer.jwk())
        #expect(try KeySet(parsing: bytes(twice)).keys.map(\.kid) == [bytes("key-2")])
        #expect(
            try KeySet(parsing: bytes(twice)).skipped.map(\.reason) == [
                .privateKey, .privateKey, .privateKey,
            ])
        // The tokens of such a key are refused, and those of the others are not.
        let keys = keySet(issuer.jwk(#","d":"AQAB""#), otherIssuer.jwk())
        #expect(JOSETests.refusal(issuer.token("{}"), keys) == .unknownKey)
        #expect(JOSETests.refusal(otherIssuer.token("{}"), keys) == nil)
    }

    @Test func reasonCodesAreDistinct() {
        let all: [SkipReason] = [
            .notAnObject, .memberType, .symmetric, .keyTypeNotSupported, .notForSignatures,
            .notForVerification, .privateKey, .curveNotSupported, .algorithmNotSupported, .kidTooLong,
            .missingMember,
            .encoding(.invalidPadding), .rsa(.leadingZero),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
        #expect(Set(all.map { $0.meaning }).count == all.count)
        let short = SkipReason.rsa(.modulusSize(bitCount: 1024, minimum: 2048, maximum: 8192))
        #expect(short.meaning == bytes("its modulus has 1024 bits, and 2048 to 8192 are accepted"))
    }
}
