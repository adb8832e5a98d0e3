// StaticText.swift - the bytes of a literal.
//
// Spec:    none.
// Secret:  no: literals are in the binary.
// Reads:   nothing. Read by: ByteWriter, ByteComparison.
//
// A StaticString gives its bytes only through a pointer, so this is one of the two
// places outside Platform that touch one (the other is Wiping.swift). A literal is part
// of the binary and lives as long as the program: the span that is made of the pointer can
// outlive anything. (A StaticString could hold one scalar instead of a pointer; a literal
// never does, and the precondition would stop the program.)

extension StaticString {
    /// How many UTF-8 bytes the literal has.
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
