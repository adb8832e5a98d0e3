// JSONWriter.swift - writes JSON text from values; the only code that escapes JSON strings.
//
// Spec:    RFC 8259 §2, §7.
// Secret:  no.
// Reads:   UTF8Validation, HiddenText; Bytes. Read by: JSONWriterValues; Authorizer, LambdaRuntime, the commands,
//          JOSE, Routes, Reports.

import Bytes

/// Writes one JSON value without white space. It inserts commas and colons itself.
public struct JSONWriter: Sendable {
    /// The bytes written so far.
    public internal(set) var bytes: [UInt8] = []
    var needsComma = false
    private let escapesInvisible: Bool

    /// - Parameter escapingInvisible: whether to write characters that control a terminal or are invisible as \uXXXX,
    ///   for logs. The value of the text stays the same, except that ill-formed bytes become U+FFFD.
    public init(escapingInvisible: Bool = false) {
        escapesInvisible = escapingInvisible
        // Most responses and log lines fit without a second allocation.
        bytes.reserveCapacity(512)
    }

    @inline(never)
    public mutating func beginObject() { begin(0x7B) }
    @inline(never)
    public mutating func endObject() { end(0x7D) }
    @inline(never)
    public mutating func beginArray() { begin(0x5B) }
    @inline(never)
    public mutating func endArray() { end(0x5D) }

    /// Writes the name of the next member. Its value must follow.
    @inline(never)
    public mutating func key(_ name: StaticString) {
        separate()
        appendQuoted(name)
        bytes.append(0x3A)
    }

    @inline(never)
    public mutating func string(_ text: StaticString) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    /// Writes a string from UTF-8; ill-formed sequences are written as U+FFFD.
    @inline(never)
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    // MARK: Inside

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = false
    }

    private mutating func appendQuoted(_ text: StaticString) {
        appendQuoted(text.utf8Span)
    }

    mutating func appendQuoted(_ text: Span<UInt8>) {
        bytes.append(0x22)
        var offset = 0
        while offset < text.count {
            // Most text is a run of characters that need no escape.
            let end = text.plainTextEnd(from: offset)
            if end > offset {
                bytes.append(text.extracting(offset..<end))
                offset = end
            } else if text[offset] < 0x80 {
                appendEscaped(text[offset])
                offset += 1
            } else if escapesInvisible {
                offset = appendVisible(text, at: offset, to: &bytes)
            } else if let count = utf8SequenceByteCount(text, at: offset) {
                bytes.append(text.extracting(offset..<(offset + count)))
                offset += count
            } else {
                appendUTF8(0xFFFD, to: &bytes)
                offset += 1
            }
        }
        bytes.append(0x22)
    }

    /// §7: quotation mark, reverse solidus and U+0000 to U+001F must be escaped. U+007F is escaped too, because it is a
    /// control character for terminals.
    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case 0x22, 0x5C:
            bytes.append(0x5C)
            bytes.append(byte)
        case 0x0A: bytes.append("\\n")
        case 0x0D: bytes.append("\\r")
        case 0x09: bytes.append("\\t")
        case 0..<0x20, 0x7F:
            bytes.append("\\u00")
            bytes.append(Hex.digit(byte >> 4))
            bytes.append(Hex.digit(byte & 0x0F))
        default: bytes.append(byte)
        }
    }
}
