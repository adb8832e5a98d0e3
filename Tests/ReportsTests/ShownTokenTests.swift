import JSON
import TestSupport
import Testing

@testable import Reports

/// The printed parts of a token, escaped and cut (AUDIT 29).
@Suite struct ShownTokenTests {
    @Test func itsParts() {
        for (value, parts) in [
            ("", [String]()), ("a", ["a"]), ("a.b.c", ["a", "b", "c"]), ("Bearer a.b", ["a", "b"]),
            ("x y \"a.b\"", ["a", "b"]), ("a..b", ["a", "", "b"]), (".", [""]),
        ] {
            #expect(ShownToken(bytes(value)).parts.map { text($0) } == parts, "\(value)")
        }
        let token = ShownToken(bytes("\(base64url(bytes(#"{"kid":"k"}"#)))==.*.c"))
        #expect(token.header.member("kid")?.isString("k") == true)
        #expect(token.payload.bytes == nil && token.payload.document == nil && token.payload.fault == nil)
        let broken = ShownToken(bytes("\(base64url(bytes("[]"))).\(base64url(bytes("{")))"))
        #expect(broken.header.document == nil && broken.header.fault == nil)
        #expect(broken.payload.document == nil && broken.payload.fault == .unexpectedEnd)
    }

    @Test func aValueAsItIsShown() throws {
        for (json, expected) in [
            (#""a""#, "a"), (#"["a","b"]"#, "a, b"), (#"["a",1]"#, "a, 1"),
            ("1", "1"), ("true", "true"), ("null", "null"), ("{}", "(an object)"),
            (#"["a",[]]"#, "a, (an array)"),
            ("[]", ""),
            (
                "[" + (0..<17).map { "\"\($0)\"" }.joined(separator: ",") + "]",
                (0..<16).map { "\($0)" }.joined(separator: ", ") + ", ..."
            ),
        ] {
            var shown: [UInt8] = []
            ShownToken.append(
                try JSONDocument(parsing: bytes(json)).root, to: &shown, limit: 256)
            #expect(text(shown) == expected)
        }
    }

    /// At the limit, one past it, and within a character.
    @Test func aLongOneIsCut() {
        for (value, expected) in [
            ("abcd", "abcd"), ("abcde", "abcd..."), ("abcéd", "abc..."), ("a\nb", "a\\u000ab"), ("", ""),
        ] {
            var shown: [UInt8] = []
            ShownToken.appendCut(bytes(value), to: &shown, limit: 4)
            #expect(text(shown) == expected)
        }
    }
}
