// UTF8Validation.swift - one well-formed UTF-8 sequence at a time.
//
// Spec:    RFC 3629 §4: no overlong forms, no surrogates, nothing past U+10FFFF.
// Secret:  no.
// Reads:   nothing. Read by: JSONParser, JSONWriter.

/// The length in bytes of the well-formed sequence at `offset`, or nil if there is none.
///
/// - Requires: `offset` is within the bytes.
func utf8SequenceByteCount(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
    let first = bytes[offset]
    if first < 0x80 { return 1 }
    let count: Int
    // The second byte's range is narrower behind E0, ED, F0 and F4 (RFC 3629 §4).
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch first {
    case 0xC2...0xDF: count = 2
    case 0xE0:
        count = 3
        low = 0xA0
    case 0xED:
        count = 3
        high = 0x9F
    case 0xE1...0xEF: count = 3
    case 0xF0:
        count = 4
        low = 0x90
    case 0xF1...0xF3: count = 4
    case 0xF4:
        count = 4
        high = 0x8F
    default: return nil
    }
    guard bytes.count - offset >= count else { return nil }
    guard bytes[offset + 1] >= low, bytes[offset + 1] <= high else { return nil }
    for index in 2..<max(2, count) where bytes[offset + index] & 0xC0 != 0x80 { return nil }
    return count
}

/// Appends a code point in UTF-8.
///
/// - Requires: a scalar value: no surrogate, at most U+10FFFF.
func appendUTF8(_ codePoint: UInt32, to bytes: inout [UInt8]) {
    switch codePoint {
    case 0..<0x80: bytes.append(UInt8(truncatingIfNeeded: codePoint))
    case 0x80..<0x800:
        bytes.append(0xC0 | UInt8(truncatingIfNeeded: codePoint >> 6))
        bytes.append(continuation(codePoint))
    case 0x800..<0x10000:
        bytes.append(0xE0 | UInt8(truncatingIfNeeded: codePoint >> 12))
        bytes.append(continuation(codePoint >> 6))
        bytes.append(continuation(codePoint))
    default:
        bytes.append(0xF0 | UInt8(truncatingIfNeeded: codePoint >> 18))
        bytes.append(continuation(codePoint >> 12))
        bytes.append(continuation(codePoint >> 6))
        bytes.append(continuation(codePoint))
    }
}

private func continuation(_ bits: UInt32) -> UInt8 {
    0x80 | UInt8(truncatingIfNeeded: bits & 0x3F)
}
