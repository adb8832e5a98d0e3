// JSONStringText.swift - checks and decodes the escapes of a string.
//
// Spec:    RFC 8259 §7; RFC 7493 §2.1.
// Secret:  no.
// Reads:   JSONNode, UTF8Validation; Bytes. Read by: JSONParser, JSONDocument.

import Bytes

/// Checks the escape that starts with the backslash at `offset`, and returns the offset after it. A surrogate pair
/// counts as one escape.
@_optimize(speed)
func skipEscape(_ bytes: Span<UInt8>, at offset: Int) throws(JSONError) -> Int {
    guard offset + 1 < bytes.count else { throw .unexpectedEnd }
    switch bytes[offset + 1] {
    case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return offset + 2
    case 0x75: break
    default: throw .invalidEscape(offset: offset)
    }
    let unit = try hexUnit(bytes, at: offset)
    switch unit {
    case 0xD800..<0xDC00:
        // The low surrogate must follow immediately.
        guard offset + 6 < bytes.count else { throw .unexpectedEnd }
        guard bytes[offset + 6] == 0x5C else { throw .loneSurrogate(offset: offset) }
        guard offset + 7 < bytes.count else { throw .unexpectedEnd }
        guard bytes[offset + 7] == 0x75 else { throw .loneSurrogate(offset: offset) }
        guard (0xDC00..<0xE000).contains(try hexUnit(bytes, at: offset + 6)) else {
            throw .loneSurrogate(offset: offset)
        }
        return offset + 12
    case 0xDC00..<0xE000: throw .loneSurrogate(offset: offset)
    default: return offset + 6
    }
}

/// Reads the four hexadecimal digits of the \u escape at `offset`.
@inline(__always)
private func hexUnit(_ bytes: Span<UInt8>, at offset: Int) throws(JSONError) -> UInt32 {
    guard offset + 5 < bytes.count else { throw .unexpectedEnd }
    let digits = bytes.extracting((offset + 2)..<(offset + 6))
    let (first, second) = (hexDigit(digits[0]), hexDigit(digits[1]))
    let (third, fourth) = (hexDigit(digits[2]), hexDigit(digits[3]))
    guard first | second | third | fourth < 16 else { throw .invalidEscape(offset: offset) }
    return first << 12 | second << 8 | third << 4 | fourth
}

/// The value of a hexadecimal digit in either case; 255 for any other byte.
@inline(__always)
private func hexDigit(_ byte: UInt8) -> UInt32 {
    let digit = byte &- 0x30
    if digit < 10 { return UInt32(digit) }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? UInt32(letter) + 10 : 255
}

/// The value of a string node in UTF-8.
func unescaped(_ node: JSONNode, _ bytes: Span<UInt8>) -> [UInt8] {
    var value: [UInt8] = []
    value.reserveCapacity(Int(node.end - node.start))
    appendUnescaped(node, bytes, to: &value)
    return value
}

/// Appends the value of a string node in UTF-8. The value is never longer than the text.
@_optimize(speed)
func appendUnescaped(_ node: JSONNode, _ bytes: Span<UInt8>, to value: inout [UInt8]) {
    let text = bytes.extracting(Int(node.start)..<Int(node.end))
    var offset = 0
    guard node.hasEscapes else {
        value.append(text)
        return
    }
    while offset < text.count {
        if text[offset] == 0x5C {
            let escape = checkedEscape(text, at: offset)
            offset += escape.byteCount
            if escape.codePoint < 0x80 {
                value.append(UInt8(truncatingIfNeeded: escape.codePoint))
            } else {
                appendUTF8(escape.codePoint, to: &value)
            }
        } else {
            // The bytes up to the next escape are copied unchanged.
            let end = text.firstIndex(of: 0x5C, from: offset)
            value.append(text.extracting(offset..<end))
            offset = end
        }
    }
}

/// Whether the value of a string node equals these bytes. Nothing is copied, and at most six bytes of the text are
/// read for each byte of `expected`.
///
/// - Parameter ignoringCase: whether ASCII letters are compared without regard to case.
@_optimize(speed)
func isUnescaped(
    _ node: JSONNode, _ bytes: Span<UInt8>, equalTo expected: Span<UInt8>, ignoringCase: Bool = false
) -> Bool {
    let text = bytes.extracting(Int(node.start)..<Int(node.end))
    guard node.hasEscapes else {
        return ignoringCase ? bytesEqualIgnoringASCIICase(text, expected) : bytesEqual(text, expected)
    }
    // The longest escape of one byte has six bytes.
    guard text.count <= 6 * expected.count else { return false }
    var offset = 0
    var position = 0
    while offset < text.count {
        var byte = text[offset]
        if byte == 0x5C {
            let escape = checkedEscape(text, at: offset)
            offset += escape.byteCount
            guard escape.codePoint < 0x80 else {
                let count = utf8ByteCount(of: escape.codePoint)
                guard expected.count - position >= count else { return false }
                for place in 0..<count
                where expected[position + place] != utf8Byte(of: escape.codePoint, at: place, of: count) {
                    return false
                }
                position += count
                continue
            }
            byte = UInt8(truncatingIfNeeded: escape.codePoint)
        } else {
            offset += 1
        }
        guard position < expected.count else { return false }
        let isEqual =
            ignoringCase
            ? asciiLowercased(byte) == asciiLowercased(expected[position]) : byte == expected[position]
        guard isEqual else { return false }
        position += 1
    }
    return position == expected.count
}

/// Decodes the escape at `offset`, which the parser has checked: its code point and its length.
@inline(__always)
private func checkedEscape(_ text: Span<UInt8>, at offset: Int) -> (codePoint: UInt32, byteCount: Int) {
    switch text[offset + 1] {
    case 0x62: return (0x08, 2)
    case 0x66: return (0x0C, 2)
    case 0x6E: return (0x0A, 2)
    case 0x72: return (0x0D, 2)
    case 0x74: return (0x09, 2)
    case 0x75: break
    default: return (UInt32(text[offset + 1]), 2)
    }
    let unit = checkedUnit(text, at: offset)
    guard (0xD800..<0xDC00).contains(unit) else { return (unit, 6) }
    // §7: the code point of a pair is 0x10000 + (high - 0xD800) · 0x400 + (low - 0xDC00).
    let low = checkedUnit(text, at: offset + 6)
    return (0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00), 12)
}

/// The value of the four digits of an escape that the parser has checked.
@inline(__always)
private func checkedUnit(_ text: Span<UInt8>, at offset: Int) -> UInt32 {
    let digits = text.extracting((offset + 2)..<(offset + 6))
    return checkedDigit(digits[0]) << 12 | checkedDigit(digits[1]) << 8 | checkedDigit(digits[2]) << 4
        | checkedDigit(digits[3])
}

/// The value of a hexadecimal digit in either case. Letters have bit 6 set, and their low four bits count from 1.
@inline(__always)
private func checkedDigit(_ digit: UInt8) -> UInt32 {
    UInt32(digit & 0x0F) + UInt32(digit >> 6) * 9
}
