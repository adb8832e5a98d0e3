// ByteList.swift - searches a list of byte strings for a byte string.
//
// Spec:    none; ByteComparison explains why bytes are compared.
// Secret:  no: times depend on the contents.
// Reads:   ByteComparison. Read by: JOSE, Routes, Authorizer, Settings.

extension [[UInt8]] {
    /// The index of the first entry that equals `bytes`.
    public func firstIndex(of bytes: Span<UInt8>) -> Int? {
        for (index, entry) in enumerated() where bytesEqual(entry.span, bytes) { return index }
        return nil
    }

    /// Whether an entry equals `bytes`.
    public func contains(_ bytes: Span<UInt8>) -> Bool { firstIndex(of: bytes) != nil }

    /// Whether an entry equals the bytes of a literal.
    public func contains(_ text: StaticString) -> Bool { contains(text.utf8Span) }
}
