// HiddenText.swift - writes control, format and other invisible characters as escapes.
//
// Spec:    Unicode 17.0: general categories Cc, Cf, Zl and Zp; Default_Ignorable_Code_Point. RFC 8259 §7 for \uXXXX.
// Secret:  no.
// Reads:   UTF8Validation; Bytes. Read by: JSONWriter; LambdaRuntime, the commands, Settings.
//
// Log lines and terminals show text from requests before it is verified. Control characters U+0080 to U+009F start
// terminal sequences as ESC does. Bidirectional controls reorder the text on the screen. Some log viewers treat
// U+2028 as the end of a line. Responses keep such characters, because a program reads them.

import Bytes

/// Inclusive ranges of code points that are escaped, in ascending order. C0 controls and U+007F are ASCII; each writer
/// escapes them itself.
private let invisibleRanges: [(first: UInt32, last: UInt32)] = [
    (0x80, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD),
    (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD),
    (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
]

/// Whether a code point from U+0080 up is a control or format character, a line or paragraph separator, or otherwise
/// displayed as nothing.
func isInvisible(_ codePoint: UInt32) -> Bool {
    for range in invisibleRanges {
        if codePoint < range.first { return false }
        if codePoint <= range.last { return true }
    }
    return false
}

/// Appends the UTF-8 sequence at `offset`, or its escape if it is invisible. An ill-formed byte is written as `\ufffd`.
///
/// - Requires: the byte at `offset` is 0x80 or greater.
///
/// - Returns: the offset after it.
func appendVisible(_ text: Span<UInt8>, at offset: Int, to bytes: inout [UInt8]) -> Int {
    guard let count = utf8SequenceByteCount(text, at: offset) else {
        appendUnicodeEscape(0xFFFD, to: &bytes)
        return offset + 1
    }
    let codePoint = scalar(text, at: offset, byteCount: count)
    if isInvisible(codePoint) {
        appendUnicodeEscape(codePoint, to: &bytes)
    } else {
        bytes.append(text.extracting(offset..<(offset + count)))
    }
    return offset + count
}

/// A complete text with its invisible characters as \uXXXX; bytes below 0x80 are unchanged. JSON text keeps its value,
/// because non-ASCII characters occur only inside strings.
public func withVisibleCharacters(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count)
    let bytes = text.span
    var offset = 0
    while offset < bytes.count {
        if bytes[offset] < 0x80 {
            result.append(bytes[offset])
            offset += 1
        } else {
            offset = appendVisible(bytes, at: offset, to: &result)
        }
    }
    return result
}

/// Appends untrusted text to a line that people read. Invisible characters and ASCII control characters are written
/// as \uXXXX.
public func appendPrintable(_ line: inout [UInt8], _ outside: [UInt8]) {
    let bytes = outside.span
    var offset = 0
    while offset < bytes.count {
        let byte = bytes[offset]
        if byte >= 0x80 {
            offset = appendVisible(bytes, at: offset, to: &line)
            continue
        }
        if byte < 0x20 || byte == 0x7F {
            appendUnicodeEscape(UInt32(byte), to: &line)
        } else {
            line.append(byte)
        }
        offset += 1
    }
}

/// Invisible content of a text; used to check values that people paste.
public enum HiddenText: Sendable, Equatable {
    /// A byte below 0x20, or U+007F.
    case controlCharacter
    /// Bytes that are not valid UTF-8.
    case illFormed
    /// A character that is displayed as nothing, or a space other than U+0020.
    case invisibleCharacter

    /// - Returns: the first of these cases, in their order of declaration, that the text contains; otherwise nil.
    public init?(in text: [UInt8]) {
        let bytes = text.span
        var isIllFormed = false
        var hasInvisible = false
        var offset = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            guard byte >= 0x80 else {
                if byte < 0x20 || byte == 0x7F {
                    self = .controlCharacter
                    return
                }
                offset += 1
                continue
            }
            guard let count = utf8SequenceByteCount(bytes, at: offset) else {
                isIllFormed = true
                offset += 1
                continue
            }
            let codePoint = scalar(bytes, at: offset, byteCount: count)
            hasInvisible = hasInvisible || isInvisible(codePoint) || Self.isOtherSpace(codePoint)
            offset += count
        }
        if isIllFormed {
            self = .illFormed
        } else if hasInvisible {
            self = .invisibleCharacter
        } else {
            return nil
        }
    }

    /// The general category Zs without U+0020.
    private static func isOtherSpace(_ codePoint: UInt32) -> Bool {
        switch codePoint {
        case 0xA0, 0x1680, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }
}

/// The code point of a well-formed UTF-8 sequence.
private func scalar(_ text: Span<UInt8>, at offset: Int, byteCount: Int) -> UInt32 {
    // The payload bits of the lead byte: 7 in a sequence of one byte, then 5, 4 and 3.
    var codePoint = UInt32(text[offset]) & (byteCount == 1 ? 0x7F : 0xFF >> UInt32(byteCount + 1))
    for index in 1..<max(1, byteCount) { codePoint = codePoint << 6 | UInt32(text[offset + index] & 0x3F) }
    return codePoint
}

/// §7: a character outside the Basic Multilingual Plane is a surrogate pair.
private func appendUnicodeEscape(_ codePoint: UInt32, to bytes: inout [UInt8]) {
    if codePoint >= 0x10000 {
        let offset = codePoint - 0x10000
        appendUnicodeEscape(0xD800 + offset >> 10, to: &bytes)
        appendUnicodeEscape(0xDC00 + offset & 0x3FF, to: &bytes)
        return
    }
    bytes.append("\\u")
    for shift in [12, 8, 4, 0] as [UInt32] {
        bytes.append(Hex.digit(UInt8(truncatingIfNeeded: codePoint >> shift & 0xF)))
    }
}
