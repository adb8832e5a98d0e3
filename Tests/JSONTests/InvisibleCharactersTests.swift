import Foundation
import TestSupport
import Testing

@testable import JSON

/// Invisible characters and those that control a terminal are escaped in logs (AUDIT 29).
@Suite struct InvisibleCharactersTests {
    /// Every code point, compared with the standard library's tables.
    @Test func theTableAgreesWithUnicode() {
        var wrong: [String] = []
        for value in UInt32(0x80)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let expected =
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: true
                default: scalar.properties.isDefaultIgnorableCodePoint
                }
            if isInvisible(value) != expected { wrong.append(String(value, radix: 16)) }
        }
        #expect(wrong == [])
    }

    /// Every code point, written for logs: ASCII only if it is invisible, and the same value for a parser.
    @Test func controlCharactersAreEscapedInLogs() throws {
        var hostile = ""
        for value in UInt32(0)...0x10FFFF where value < 0x80 || isInvisible(value) {
            // Tags are many and alike.
            if value > 0xE0100 && value < 0xE0FF0 { continue }
            if let scalar = Unicode.Scalar(value) { hostile.unicodeScalars.append(scalar) }
        }
        let whole = "Zoë 😀 \(hostile) 漢字"
        var writer = JSONWriter(escapingInvisible: true)
        writer.beginArray()
        writer.string(Array(whole.utf8).span)
        writer.endArray()
        for scalar in text(writer.bytes).unicodeScalars {
            #expect(scalar.value >= 0x20 && scalar.value != 0x7F && !isInvisible(scalar.value))
        }
        #expect(text(writer.bytes).contains("Zoë 😀") && text(writer.bytes).contains("漢字"))
        let decoded = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String]
        #expect(decoded?.first.map { Array($0.utf8) } == Array(whole.utf8))
        #expect(
            try JSONDocument(parsing: writer.bytes).root.elements?.first?.stringBytes == Array(whole.utf8))
    }

    @Test(
        arguments: [
            ([0xC2, 0x9B], #"\u009b"#), ([0xE2, 0x80, 0xA8], #"\u2028"#), ([0xE2, 0x80, 0xAE], #"\u202e"#),
            ([0xF3, 0xA0, 0x81, 0x81], #"\udb40\udc41"#), ([0xFF, 0x61], #"\ufffda"#),
            ([0xE2, 0x80], #"\ufffd\ufffd"#), ([0xED, 0xA0, 0x80], #"\ufffd\ufffd\ufffd"#),
            ([0xEF, 0xBF, 0xBD], "\u{FFFD}"), ([0xC3, 0xA9], "é"),
        ] as [([UInt8], String)]) func escapesAreThoseOfJSON(bytes: [UInt8], shown: String)
    {
        var writer = JSONWriter(escapingInvisible: true)
        writer.string(bytes.span)
        #expect(text(writer.bytes) == "\"\(shown)\"")
        #expect(text(withVisibleCharacters(bytes)) == shown)
        var line: [UInt8] = []
        appendPrintable(&line, bytes)
        #expect(text(line) == shown)
    }

    /// A finished text keeps its line feeds and colours; in a value from outside they are escaped.
    @Test func asciiControlsAreEscapedOnlyInValues() {
        let bytes: [UInt8] = [0x1B, 0x5B, 0x0A, 0x09, 0x7F, 0x5C]
        #expect(withVisibleCharacters(bytes) == bytes)
        var line: [UInt8] = []
        appendPrintable(&line, bytes)
        #expect(text(line) == #"\u001b[\u000a\u0009\u007f\"#)
    }

    /// The bytes of an answer are not changed.
    @Test func answersAreUnchanged() {
        let bytes = Array("\u{9B}\u{202E}\u{2028}é".utf8)
        var writer = JSONWriter()
        writer.string(bytes.span)
        #expect(writer.bytes == [0x22] + bytes + [0x22])
    }

    @Test(
        arguments: [
            ("plain é 漢", nil), ("a\nb", .controlCharacter), ("\u{200B}\u{7F}", .controlCharacter),
            ("a\u{A0}", .invisibleCharacter), ("\u{202F}a", .invisibleCharacter),
            ("a\u{200B}b", .invisibleCharacter),
            ("\u{3000}", .invisibleCharacter), ("", nil),
        ] as [(String, HiddenText?)]) func hiddenCharactersAreFound(text: String, found: HiddenText?)
    {
        #expect(HiddenText(in: Array(text.utf8)) == found)
        #expect(HiddenText(in: [0xC2] + Array("\u{A0}".utf8)) == .illFormed)
    }
}
