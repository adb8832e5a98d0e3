import Foundation
import JSON
import Testing

/// The escaper of all output: another parser reads the same value back (AUDIT 28).
@Suite struct JSONWriterTests {
    @Test func structuresAreSeparatedRightly() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.beginArray()
        writer.integer(1)
        writer.bool(true)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.endArray()
        writer.key("b")
        writer.string("x")
        writer.endObject()
        #expect(writer.bytes == Array("{\"a\":[1,true,null,{}],\"b\":\"x\"}".utf8))
    }

    /// AUDIT 28: one escaper, right for U+0000 to U+001F. Foundation reads back what it writes.
    @Test func everyCharacterComesBackThroughAnotherParser() throws {
        var text = ""
        for value in 0..<0x300 { text.unicodeScalars.append(Unicode.Scalar(UInt32(value))!) }
        text += "\u{2028}\u{2029}\u{FFFF}\u{10FFFF}😀"
        var writer = JSONWriter()
        writer.beginArray()
        writer.string(Array(text.utf8).span)
        writer.endArray()
        for byte in writer.bytes { #expect(byte >= 0x20 && byte != 0x7F) }
        let decoded = try JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String]
        #expect(decoded?.first.map { Array($0.utf8) } == Array(text.utf8))
        let own = try JSONDocument(parsing: writer.bytes)
        #expect(own.root.elements?.first?.stringBytes == Array(text.utf8))
    }

    @Test func illFormedBytesBecomeReplacementCharacters() {
        var writer = JSONWriter()
        let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0x62, 0xED, 0xA0, 0x80]
        writer.string(bytes.span)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == "\"a\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}\"")
    }
}
