// ByteComparison.swift - are two runs of bytes equal?
//
// Spec:    none. RFC 7515 §5.3 and RFC 8259 §8.3 compare names code point by code point:
//          for valid UTF-8 that is byte by byte.
// Secret:  `equalityMask` may see secrets: its time depends on the counts alone.
//          `bytesEqual` and its kin are for public data.
// Reads:   StaticText. Read by: every module above.

/// Whether two spans hold the same bytes. Stops at the first difference.
@inline(never) @_optimize(speed)
public func bytesEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    let count = a.count
    guard b.count == count else { return false }
    var index = 0
    while count - index >= 8 {
        guard a.littleEndianWord(at: index) == b.littleEndianWord(at: index) else { return false }
        index += 8
    }
    while index < count {
        guard a[index] == b[index] else { return false }
        index += 1
    }
    return true
}

/// Whether a span holds exactly the bytes of a literal. Stops at the first difference.
public func bytesEqual(_ a: Span<UInt8>, _ text: StaticString) -> Bool {
    bytesEqual(a, text.utf8Span)
}

/// Whether two spans hold the same bytes when ASCII letters of either case are one.
@inline(never) @_optimize(speed)
public func bytesEqualIgnoringASCIICase(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in a.indices where asciiLowercased(a[index]) != asciiLowercased(b[index]) { return false }
    return true
}

/// Whether a span holds the bytes of a literal when ASCII letters of either case are one.
public func bytesEqualIgnoringASCIICase(_ a: Span<UInt8>, _ text: StaticString) -> Bool {
    bytesEqualIgnoringASCIICase(a, text.utf8Span)
}

/// Whether a span begins with the bytes of a literal.
public func bytesStart(_ a: Span<UInt8>, with text: StaticString) -> Bool {
    a.count >= text.utf8ByteCount && bytesEqual(a.extracting(0..<text.utf8ByteCount), text)
}

/// An ASCII capital as its small letter; every other byte as it is.
public func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}

/// 0xFF when both spans hold the same bytes, else 0x00. Time depends on the counts alone.
///
/// - Parameters a, b: of any length; different lengths are unequal (lengths are public).
public func equalityMask(_ a: Span<UInt8>, _ b: Span<UInt8>) -> UInt8 {
    guard a.count == b.count else { return 0 }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return ~UInt8(truncatingIfNeeded: nonZeroMask(UInt64(difference)))
}
