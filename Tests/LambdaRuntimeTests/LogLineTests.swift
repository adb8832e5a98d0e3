import Bytes
import Foundation
import Testing

@testable import LambdaRuntime

/// A line is valid JSON whatever its values are, and values are truncated between characters (AUDIT 29).
@Suite struct LogLineTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"), (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
            (1_767_227_400_000, "2026-01-01T00:30:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_514_096_007, "2026-11-24T09:54:56.007Z"),
        ] as [(Int64, String)]) func timestampsAreRFC3339(milliseconds: Int64, text: String)
    {
        #expect(String(decoding: timestampText(milliseconds), as: UTF8.self) == text)
    }

    private func line(_ value: [UInt8], cutAt limit: Int) throws -> (text: String, value: String) {
        var line = LogLine(.info, "m", wallMilliseconds: 0)
        line.field("kid", value, cutAt: limit)
        let bytes = line.finished()
        let object = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
        return (String(decoding: bytes, as: UTF8.self), try #require(object["kid"] as? String))
    }

    /// Unverified text with terminal controls and invisible characters.
    @Test func untrustedTextIsEscaped() throws {
        let kid = "a\u{9B}31m\u{2028}\u{202E}\u{200B}\u{FEFF}\u{E0041}\u{7F}é"
        let (text, value) = try line(Array(kid.utf8), cutAt: 64)
        #expect(value.unicodeScalars.elementsEqual(kid.unicodeScalars))
        #expect(text.contains(#""kid":"a\u009b31m\u2028\u202e\u200b\ufeff\udb40\udc41\u007fé"}"#))
    }

    @Test func bytesThatAreNotUTF8AreEscaped() throws {
        let (text, _) = try line([0x61, 0xFF, 0xC3, 0x62], cutAt: 64)
        #expect(text.contains(#""kid":"a\ufffd\ufffdb"}"#))
    }

    /// A limit within a character truncates the value before it.
    @Test func aValueIsCutBetweenCharacters() throws {
        for (value, limit, cut) in [
            ("aé", 2, "a"), ("aé", 3, "aé"), ("漢漢", 4, "漢"), ("漢漢", 5, "漢"), ("漢漢", 6, "漢漢"), ("😀", 3, ""),
            ("abc", 2, "ab"), ("", 2, ""),
        ] as [(String, Int, String)] {
            #expect(try line(Array(value.utf8), cutAt: limit).value == cut)
        }
        // A character has at most four bytes. Continuation bytes without a first byte are truncated at the limit.
        #expect(try line([UInt8](repeating: 0x80, count: 9), cutAt: 8).value.unicodeScalars.count == 5)
    }
}
