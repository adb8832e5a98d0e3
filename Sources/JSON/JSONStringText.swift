// JSONStringText.swift - the escapes of a string, checked and taken away.
//
// Spec:    RFC 8259 §7; RFC 7493 §2.1.
// Secret:  no.
// Reads:   JSONNode, UTF8Validation. Read by: JSONParser, JSONValue.

import Bytes

/// Checks the escape at `offset`, a backslash, and returns the offset behind it. A surrogate
/// pair is one escape.
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
        // The other half must follow at once.
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

/// The four hexadecimal digits of a \u escape at `offset`.
private func hexUnit(_ bytes: Span<UInt8>, at offset: Int) throws(JSONError) -> UInt32 {
    guard offset + 5 < bytes.count else { throw .unexpectedEnd }
    var unit: UInt32 = 0
    for index in (offset + 2)...(offset + 5) {
        guard let digit = Hex.value(bytes[index]) else { throw .invalidEscape(offset: offset) }
        unit = unit << 4 | UInt32(digit)
    }
    return unit
}

/// The value of a string node in UTF-8.
func unescaped(_ node: JSONNode, _ bytes: Span<UInt8>) -> [UInt8] {
    let text = bytes.extracting(Int(node.start)..<Int(node.end))
    guard node.hasEscapes else { return [UInt8](text) }
    var value: [UInt8] = []
    value.reserveCapacity(text.count)
    var offset = 0
    while offset < text.count {
        guard text[offset] == 0x5C else {
            value.append(text[offset])
            offset += 1
            continue
        }
        switch text[offset + 1] {
        case 0x62: value.append(0x08)
        case 0x66: value.append(0x0C)
        case 0x6E: value.append(0x0A)
        case 0x72: value.append(0x0D)
        case 0x74: value.append(0x09)
        case 0x75:
            var codePoint = checkedUnit(text, at: offset)
            if (0xD800..<0xDC00).contains(codePoint) {
                // §7: a pair is 0x10000 + (high - 0xD800) · 0x400 + (low - 0xDC00).
                let low = checkedUnit(text, at: offset + 6)
                codePoint = 0x10000 + (codePoint - 0xD800) << 10 + (low - 0xDC00)
                offset += 6
            }
            appendUTF8(codePoint, to: &value)
            offset += 4
        default: value.append(text[offset + 1])
        }
        offset += 2
    }
    return value
}

/// The digits of an escape that the parser has checked.
private func checkedUnit(_ text: Span<UInt8>, at offset: Int) -> UInt32 {
    var unit: UInt32 = 0
    for index in (offset + 2)...(offset + 5) { unit = unit << 4 | UInt32(Hex.value(text[index]) ?? 0) }
    return unit
}

/// Whether two string nodes have one value.
func sameText(_ a: JSONNode, _ b: JSONNode, _ bytes: Span<UInt8>) -> Bool {
    if !a.hasEscapes && !b.hasEscapes {
        return bytesEqual(
            bytes.extracting(Int(a.start)..<Int(a.end)), bytes.extracting(Int(b.start)..<Int(b.end)))
    }
    return bytesEqual(unescaped(a, bytes).span, unescaped(b, bytes).span)
}
