// StaticText.swift - the bytes of a literal, read by index.
//
// Spec:    none.
// Secret:  no: literals are in the binary.
// Reads:   nothing. Read by: ByteWriter, ByteComparison.
//
// A StaticString gives its bytes only through a pointer, so this is one of the two
// places outside Platform that touch one (the other is Wiping.swift). The index is
// checked before the pointer is read.

extension StaticString {
    /// How many UTF-8 bytes the literal has.
    @inline(__always)
    public var utf8ByteCount: Int {
        hasPointerRepresentation ? utf8CodeUnitCount : scalarByteCount
    }

    /// One UTF-8 byte of the literal. A literal of one character may be stored as a
    /// scalar instead of a pointer; both forms read the same.
    ///
    /// - Requires: `0 <= index < utf8ByteCount`.
    @inline(__always)
    public func utf8Byte(at index: Int) -> UInt8 {
        precondition(index >= 0 && index < utf8ByteCount)
        if hasPointerRepresentation { return unsafe utf8Start[index] }
        return scalarByte(at: index)
    }

    private var scalarByteCount: Int { UTF8.width(unicodeScalar) }

    private func scalarByte(at index: Int) -> UInt8 {
        guard let encoded = UTF8.encode(unicodeScalar) else { return 0 }
        return encoded[encoded.index(encoded.startIndex, offsetBy: index)]
    }
}
