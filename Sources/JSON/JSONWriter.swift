// JSONWriter.swift - JSON text from values, with the one escaper of the product.
//
// Spec:    RFC 8259 §2, §7.
// Secret:  no.
// Reads:   UTF8Validation. Read by: Authorizer, LambdaRuntime, the commands.

import Bytes

/// Writes one JSON value without white space. Commas and colons come by themselves.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init() {
        // Most answers and log lines fit without a second piece of memory.
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

    /// The name of the member whose value is written next.
    @inline(never)
    public mutating func key(_ name: StaticString) {
        separate()
        appendQuoted(name)
        bytes.append(0x3A)
    }

    /// The name of the member whose value is written next, in UTF-8.
    @inline(never)
    public mutating func key(_ name: Span<UInt8>) {
        separate()
        appendQuoted(name)
        bytes.append(0x3A)
    }

    /// A member and its value.
    @inline(never)
    public mutating func member(_ name: StaticString, _ text: StaticString) {
        key(name)
        string(text)
    }

    /// A member and its value, in UTF-8.
    @inline(never)
    public mutating func member(_ name: StaticString, _ text: [UInt8]) {
        key(name)
        string(text.span)
    }

    /// A member and its value.
    @inline(never)
    public mutating func member(_ name: StaticString, _ number: Int64) {
        key(name)
        integer(number)
    }

    @inline(never)
    public mutating func string(_ text: StaticString) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    /// A string from UTF-8; ill-formed sequences are written as U+FFFD.
    @inline(never)
    public mutating func string(_ text: Span<UInt8>) {
        separate()
        appendQuoted(text)
        needsComma = true
    }

    @inline(never)
    public mutating func integer(_ value: Int64) {
        separate()
        bytes.append(decimal: value)
        needsComma = true
    }

    public mutating func integer(_ value: Int) {
        integer(Int64(value))
    }

    @inline(never)
    public mutating func bool(_ value: Bool) {
        raw(value ? "true" : "false")
    }

    public mutating func null() {
        raw("null")
    }

    /// A value that is JSON already.
    public mutating func raw(_ json: StaticString) {
        separate()
        bytes.append(json)
        needsComma = true
    }

    /// A value that is JSON already.
    @inline(never)
    public mutating func raw(_ json: Span<UInt8>) {
        separate()
        bytes.append(json)
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

    private mutating func separate() {
        if needsComma { bytes.append(0x2C) }
        needsComma = false
    }

    private mutating func appendQuoted(_ text: StaticString) {
        appendQuoted(text.utf8Span)
    }

    private mutating func appendQuoted(_ text: Span<UInt8>) {
        bytes.append(0x22)
        var offset = 0
        while offset < text.count {
            // Most of a text is a run that stands for itself.
            let end = text.plainTextEnd(from: offset)
            if end > offset {
                bytes.append(text.extracting(offset..<end))
                offset = end
            } else if text[offset] < 0x80 {
                appendEscaped(text[offset])
                offset += 1
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

    /// §7: quotation mark, reverse solidus and U+0000 to U+001F must be escaped. U+007F need
    /// not, but a terminal would act on it.
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
