import Bytes
import TestSupport
import Testing

@testable import JOSE

/// A token has three strict parts and a limited length (AUDIT 1, 2, 10).
@Suite struct UnverifiedTokenTests {
    private static let header = base64url(#"{"alg":"RS256"}"#)

    private func refusal(_ token: String) -> JOSEError? {
        thrown { () throws(JOSEError) in try UnverifiedToken(bytes(token)) }
    }

    /// AUDIT 1: the length is checked first.
    @Test func length() {
        let room = JOSELimits.tokenByteCount - Self.header.count - 2
        func token(_ payloadCount: Int) -> String {
            Self.header + "." + String(repeating: "A", count: payloadCount) + ".AAAA"
        }
        #expect(refusal(token(room - 4)) == nil)
        #expect(refusal(token(room - 3)) == .tokenTooLong(limit: 16384, actual: 16385))
        // Not a token at all, but the length is reported first.
        #expect(
            refusal(String(repeating: ".", count: 1 << 20)) == .tokenTooLong(limit: 16384, actual: 1 << 20))
    }

    /// AUDIT 1: exactly two dots, however many there are.
    @Test func partCount() {
        for (token, count) in [
            ("", 1), ("a", 1), (Self.header, 1), (".", 2), ("a.b", 2), ("a.b.c.d", 4), ("...", 4),
            (String(repeating: ".", count: 16384), 16385),
        ] {
            #expect(refusal(token) == .tokenPartCount(count))
        }
    }

    /// AUDIT 10: five parts are an encrypted token.
    @Test func encryptedTokens() {
        let header = base64url(#"{"alg":"RSA-OAEP","enc":"A256GCM"}"#)
        #expect(refusal("\(header).a.b.c.d") == .tokenPartCount(5))
        #expect(refusal("\(header)....") == .tokenPartCount(5))
    }

    /// AUDIT 1: no part is empty; RFC 7515 appendix F (detached) is not for tokens.
    @Test func emptyParts() {
        for token in [
            "..", ".b.c", "\(Self.header)..c", "\(Self.header).b.", "..c", ".b.", "\(Self.header)..",
        ] {
            #expect(refusal(token) == .tokenPartEmpty)
        }
    }

    /// AUDIT 2: only base64url is accepted.
    @Test func headerEncoding() {
        let h = Self.header  // 20 characters, no bits left over.
        let cases: [(String, BytesError)] = [
            ("\(h)=", .invalidLength(count: 21)),
            ("\(h)====", .invalidCharacter(offset: 20)),
            ("\(h)A", .invalidLength(count: 21)),
            (" \(h.dropFirst())", .invalidCharacter(offset: 0)),
            ("\(h.dropLast())\n", .invalidCharacter(offset: 19)),
            ("\(h.dropLast())+", .invalidCharacter(offset: 19)),
            ("\(h.dropLast())/", .invalidCharacter(offset: 19)),
            ("\(h.dropLast(2))é", .invalidCharacter(offset: 18)),
            ("\(h)AB", .nonCanonicalTrailingBits),
            ("\(h)AAB", .nonCanonicalTrailingBits),
        ]
        for (header, error) in cases {
            #expect(refusal("\(header).e30.AAAA") == .headerEncoding(error), "\(header)")
        }
    }

    /// AUDIT 2: one signature has one spelling.
    @Test func signatureEncoding() {
        let token = issuer.token("{}")
        let parts = token.split(separator: ".").map(String.init)
        func refusal(_ signature: String) -> JOSEError? {
            JOSETests.refusal("\(parts[0]).\(parts[1]).\(signature)")
        }
        // 256 bytes are 342 characters; the last one has four unused bits.
        #expect(refusal(parts[2]) == nil)
        #expect(parts[2].count == 342)
        let last = parts[2].last.flatMap { "AQgw".firstIndex(of: $0) }
        #expect(last != nil)
        for letter in "BRhx" {
            #expect(
                refusal(parts[2].dropLast() + String(letter)) == .signatureEncoding(.nonCanonicalTrailingBits)
            )
        }
        #expect(refusal(parts[2] + "==") == .signatureEncoding(.invalidCharacter(offset: 342)))
        #expect(refusal(parts[2] + "=") == .signatureEncoding(.invalidCharacter(offset: 342)))
        #expect(refusal(parts[2] + " ") == .signatureEncoding(.invalidCharacter(offset: 342)))
        #expect(refusal(parts[2] + "AAA") == .signatureEncoding(.invalidLength(count: 345)))
    }

    /// AUDIT 2: a payload that was signed with another encoding is refused too.
    @Test func payloadEncoding() {
        func refusal(_ payload: String) -> JOSEError? {
            JOSETests.refusal(issuer.token(parts: base64url(#"{"alg":"RS256"}"#) + "." + payload))
        }
        #expect(refusal("e30") == nil)
        #expect(refusal("e30=") == .payloadEncoding(.invalidCharacter(offset: 3)))
        #expect(refusal("e31") == .payloadEncoding(.nonCanonicalTrailingBits))
        #expect(refusal("e30AA") == .payloadEncoding(.invalidLength(count: 5)))
        #expect(refusal("e3 0") == .payloadEncoding(.invalidCharacter(offset: 2)))
    }
}
