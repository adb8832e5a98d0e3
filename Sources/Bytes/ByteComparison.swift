// ByteComparison.swift - equality of byte strings.
//
// Spec:    none. RFC 7515 §5.3 and RFC 8259 §8.3 compare names code point by code point. For valid UTF-8 this is the
//          same as byte by byte.
// Secret:  no: each comparison stops at the first difference. For secrets use `equalityMask` (Masks).
// Reads:   StaticText, ByteRuns. Read by: every module above.

/// Whether two spans contain the same bytes. Stops at the first difference.
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

/// Whether a span contains exactly the bytes of a literal. Stops at the first difference.
public func bytesEqual(_ a: Span<UInt8>, _ text: StaticString) -> Bool {
    bytesEqual(a, text.utf8Span)
}

/// Whether two spans contain the same bytes, without regard to ASCII case.
@inline(never) @_optimize(speed)
public func bytesEqualIgnoringASCIICase(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in a.indices where asciiLowercased(a[index]) != asciiLowercased(b[index]) { return false }
    return true
}

/// Whether a span contains the bytes of a literal, without regard to ASCII case.
public func bytesEqualIgnoringASCIICase(_ a: Span<UInt8>, _ text: StaticString) -> Bool {
    bytesEqualIgnoringASCIICase(a, text.utf8Span)
}

/// Whether a span begins with the bytes of a literal.
public func bytesStart(_ a: Span<UInt8>, with text: StaticString) -> Bool {
    a.count >= text.utf8ByteCount && bytesEqual(a.extracting(0..<text.utf8ByteCount), text)
}

/// The byte in lower case if it is an ASCII capital; any other byte unchanged.
public func asciiLowercased(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
}
