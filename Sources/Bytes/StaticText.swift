// StaticText.swift - the bytes of a literal.
//
// Spec:    none.
// Secret:  no: literals are in the binary.
// Reads:   nothing. Read by: ByteWriter, ByteComparison.
//
// A StaticString exposes its bytes only through a pointer. This file and Wiping.swift are therefore the only ones
// outside Platform that use pointers. A literal is part of the binary and exists as long as the process, so the span
// made from the pointer is always valid. (A StaticString can also contain a single scalar instead of a pointer. A
// literal never does, and the precondition would stop the process.)

extension StaticString {
    /// The number of UTF-8 bytes of the literal.
    @inline(__always)
    public var utf8ByteCount: Int { utf8CodeUnitCount }

    /// The UTF-8 bytes of the literal.
    @inline(__always)
    public var utf8Span: Span<UInt8> {
        @_lifetime(immortal)
        get {
            precondition(hasPointerRepresentation)
            let bytes = unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
            return unsafe _overrideLifetime(bytes.span, copying: ())
        }
    }

    /// One UTF-8 byte of the literal.
    ///
    /// - Requires: `0 <= index < utf8ByteCount`.
    @inline(__always)
    public func utf8Byte(at index: Int) -> UInt8 { utf8Span[index] }
}
