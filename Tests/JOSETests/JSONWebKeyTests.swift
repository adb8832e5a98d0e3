import Bytes
import JSON
import RSA
import TestSupport
import Testing

@testable import JOSE

@Suite struct JSONWebKeyTests {
    /// The members of a good key behind `kty`.
    private static let material = #""n":"\#(issuer.modulusText)","e":"AQAB""#

    private func parse(_ json: String) throws(SkipReason) -> JSONWebKey {
        guard let document = try? JSONDocument(parsing: bytes(json)) else { throw .notAnObject }
        return try JSONWebKey(document.root)
    }

    /// Why a key is passed over, or nil. A key set says the same.
    private func skip(_ json: String) -> SkipReason? {
        var reason: SkipReason?
        do throws(SkipReason) { _ = try parse(json) } catch { reason = error }
        let set = try? KeySet(parsing: bytes(keySet(json)))
        #expect(set?.skipped.first?.reason == reason)
        #expect(set?.keys.count == (reason == nil ? 1 : 0))
        return reason
    }

    /// A good key with further members.
    private func skip(with members: String) -> SkipReason? {
        skip(#"{"kty":"RSA",\#(members),\#(Self.material)}"#)
    }

    @Test func whatIsRead() throws {
        let key = try parse(issuer.jwk(#","alg":"PS256","use":"sig","key_ops":["sign","verify"],"x5c":1"#))
        #expect(key.kid == bytes("key-1"))
        #expect(key.algorithm == .ps256)
        #expect(!key.holdsPrivateMembers)
        #expect(key.typeText == bytes("RSA 2048"))
        let least = try parse(#"{\#(Self.material),"kty":"RSA"}"#)
        #expect(least.kid == nil && least.algorithm == nil)
    }

    @Test func notAnObject() {
        for json in ["[]", "null", "1", #""RSA""#, "true"] { #expect(skip(json) == .notAnObject) }
    }

    /// Security-checklist 4: a known member of the wrong type, never "absent".
    @Test func memberTypes() {
        for wrong in ["null", "1", "[]", "{}", "false"] {
            #expect(skip(#"{"kty":\#(wrong),\#(Self.material)}"#) == .memberType)
            for name in ["kid", "use", "alg"] {
                #expect(skip(with: #""\#(name)":\#(wrong)"#) == .memberType, "\(name)")
            }
            #expect(skip(#"{"kty":"RSA","n":\#(wrong),"e":"AQAB"}"#) == .memberType)
            #expect(skip(#"{"kty":"RSA","n":"\#(issuer.modulusText)","e":\#(wrong)}"#) == .memberType)
        }
        for wrong in ["null", "1", "{}", #""verify""#, #"["verify",1]"#, #"[["verify"]]"#] {
            #expect(skip(with: #""key_ops":\#(wrong)"#) == .memberType, "\(wrong)")
        }
    }

    /// Security-checklist 6: a shared secret in a key set verifies nothing.
    /// Security-checklist 20: symmetric keys are ignored.
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

    /// Security-checklist 20: keys for something else.
    @Test func usesAndOperations() {
        for use in ["enc", "Sig", "SIG", "", "sig "] {
            #expect(skip(with: #""use":"\#(use)""#) == .notForSignatures, "\(use)")
        }
        for operations in ["[]", #"["sign"]"#, #"["encrypt","wrapKey"]"#, #"["Verify"]"#] {
            #expect(skip(with: #""key_ops":\#(operations)"#) == .notForVerification, "\(operations)")
        }
        #expect(skip(with: #""use":"sig","key_ops":["verify"]"#) == nil)
    }

    @Test func algorithms() {
        for alg in ["HS256", "none", "RSA-OAEP", "rs256", "", "RS1"] {
            #expect(skip(with: #""alg":"\#(alg)""#) == .algorithmNotSupported, "\(alg)")
        }
    }

    /// Security-checklist 9.
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

    /// Security-checklist 2: also the numbers of a key.
    @Test func encodings() {
        func key(_ n: String, _ e: String) -> String { #"{"kty":"RSA","n":"\#(n)","e":"\#(e)"}"# }
        let n = issuer.modulusText
        #expect(skip(key(n, "AQAB====")) == .encoding(.invalidCharacter(offset: 4)))
        #expect(skip(key(n, "AQA+")) == .encoding(.invalidCharacter(offset: 3)))
        #expect(skip(key(n, "AQABA")) == .encoding(.invalidLength(count: 5)))
        #expect(skip(key(n, "AR")) == .encoding(.nonCanonicalTrailingBits))
        #expect(skip(key(n + "==", "AQAB")) == .encoding(.invalidCharacter(offset: 342)))
    }

    /// Security-checklist 13: sizes at the limit and one past it, no leading zeros, odd, exponents.
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
        #expect(skip([0] + n, [1, 0, 1]) == .rsa(.leadingZero))
        #expect(skip(n, [0, 1, 0, 1]) == .rsa(.leadingZero))
        #expect(skip([], [1, 0, 1]) == .rsa(.emptyInteger))
        #expect(skip(n, []) == .rsa(.emptyInteger))
        #expect(skip(n.dropLast() + [0xC6], [1, 0, 1]) == .rsa(.evenModulus))
        #expect(skip(n, [1]) == .rsa(.exponentTooSmall))
        #expect(skip(n, [2]) == .rsa(.evenExponent))
        #expect(skip(n, [1, 0, 0]) == .rsa(.evenExponent))
        #expect(skip(n, [1, 0, 0, 0, 1]) == .rsa(.exponentTooLarge(byteCount: 5)))
        for e: [UInt8] in [[3], [17], [0xA8, 0x8B], [0xFF, 0xFF, 0xFF, 0xFF]] { #expect(skip(n, e) == nil) }
    }

    /// Security-checklist 14: optional, and not done: no fingerprint of weak generators, no search
    /// for small factors. This modulus is divisible by 3.
    @Test func noFactorsAreLookedFor() {
        var n = [UInt8](repeating: 0xFF, count: 256)
        n[255] = 0xFF
        #expect(n.reduce(0) { ($0 * 256 + Int($1)) % 3 } == 0)
        #expect(skip(#"{"kty":"RSA","n":"\#(base64url(n))","e":"AQAB"}"#) == nil)
    }

    /// Security-checklist 20: private parts are noticed; the key is still one.
    @Test func privateMembers() throws {
        for member in ["d", "p", "q"] {
            let key = try parse(issuer.jwk(#","\#(member)":"AQAB""#))
            #expect(key.holdsPrivateMembers, "\(member)")
        }
        // Whatever its form.
        #expect(try parse(issuer.jwk(#","d":null"#)).holdsPrivateMembers)
    }

    @Test func reasonCodesAreDistinct() {
        let all: [SkipReason] = [
            .notAnObject, .memberType, .symmetric, .keyTypeNotSupported, .notForSignatures,
            .notForVerification, .algorithmNotSupported, .kidTooLong, .missingMember,
            .encoding(.invalidPadding), .rsa(.leadingZero),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
    }
}
