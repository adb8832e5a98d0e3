// UTF8Validation.swift - validates and encodes one UTF-8 sequence.
//
// Spec:    RFC 3629 §4: no overlong forms, no surrogates, nothing past U+10FFFF.
// Secret:  no.
// Reads:   nothing. Read by: JSONParser, JSONWriter.

/// The length in bytes of the well-formed sequence at `offset`; nil if the bytes there are ill-formed.
///
/// - Requires: `offset` is within the bytes.
func utf8SequenceByteCount(_ bytes: Span<UInt8>, at offset: Int) -> Int? {
    let first = bytes[offset]
    if first < 0x80 { return 1 }
    let count: Int
    // The second byte's range is narrower after E0, ED, F0 and F4 (RFC 3629 §4).
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
/// - Requires: `codePoint` is a scalar value: not a surrogate, at most U+10FFFF.
func appendUTF8(_ codePoint: UInt32, to bytes: inout [UInt8]) {
    let count = utf8ByteCount(of: codePoint)
    for place in 0..<count { bytes.append(utf8Byte(of: codePoint, at: place, of: count)) }
}

/// The length of a code point in UTF-8, in bytes.
@inline(__always)
func utf8ByteCount(of codePoint: UInt32) -> Int {
    codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
}

/// One byte of the UTF-8 form of a code point.
///
/// - Requires: `0 <= place < count`, and `count` is the code point's length in bytes.
@inline(__always)
func utf8Byte(of codePoint: UInt32, at place: Int, of count: Int) -> UInt8 {
    let bits = UInt8(truncatingIfNeeded: codePoint >> UInt32(6 * (count - 1 - place)))
    if place > 0 { return 0x80 | bits & 0x3F }
    // §3: the first byte begins with as many one bits as the sequence has bytes, except for ASCII.
    return switch count {
    case 1: bits
    case 2: 0xC0 | bits
    case 3: 0xE0 | bits
    default: 0xF0 | bits
    }
}
