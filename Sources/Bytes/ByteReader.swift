// ByteReader.swift - a cursor over bytes that cannot run past their end.
//
// Spec:    none; integers are big-endian, as in every protocol we read.
// Secret:  the bytes may be secret; counts and positions are not.
// Reads:   BytesError. Read by: ASN1, TLS, HTTP, Platform.

/// Reads big-endian integers and sub-spans from a borrowed span, front to back.
///
/// A failed read does not change the position.
public struct ByteReader: ~Escapable {
    private let bytes: Span<UInt8>
    /// The number of bytes read so far.
    public private(set) var offset: Int

    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) {
        self.bytes = bytes
        self.offset = 0
    }

    /// The number of bytes not read yet.
    public var remaining: Int { bytes.count - offset }

    /// Whether all bytes have been read.
    public var isAtEnd: Bool { offset == bytes.count }

    /// The next byte. The position does not change.
    public func peekUInt8() throws(BytesError) -> UInt8 {
        guard remaining >= 1 else { throw .truncated(expected: 1, remaining: 0) }
        return bytes[offset]
    }

    public mutating func readUInt8() throws(BytesError) -> UInt8 {
        UInt8(truncatingIfNeeded: try readInteger(byteCount: 1))
    }

    public mutating func readUInt16() throws(BytesError) -> UInt16 {
        UInt16(truncatingIfNeeded: try readInteger(byteCount: 2))
    }

    /// A 24-bit integer, which TLS uses for lengths.
    public mutating func readUInt24() throws(BytesError) -> UInt32 {
        UInt32(truncatingIfNeeded: try readInteger(byteCount: 3))
    }

    public mutating func readUInt32() throws(BytesError) -> UInt32 {
        UInt32(truncatingIfNeeded: try readInteger(byteCount: 4))
    }

    public mutating func readUInt64() throws(BytesError) -> UInt64 {
        try readInteger(byteCount: 8)
    }

    /// The next `count` bytes, borrowed from the reader's input.
    @_lifetime(copy self)
    public mutating func readSpan(_ count: Int) throws(BytesError) -> Span<UInt8> {
        guard count >= 0, count <= remaining else {
            throw .truncated(expected: count, remaining: remaining)
        }
        let span = bytes.extracting(offset..<(offset + count))
        offset += count
        return span
    }

    /// All remaining bytes.
    @_lifetime(copy self)
    public mutating func readRest() -> Span<UInt8> {
        let span = bytes.extracting(offset..<bytes.count)
        offset = bytes.count
        return span
    }

    /// Throws if bytes remain. A complete structure is not followed by other bytes.
    public func expectEnd() throws(BytesError) {
        guard isAtEnd else { throw .trailingBytes(count: remaining) }
    }

    private mutating func readInteger(byteCount: Int) throws(BytesError) -> UInt64 {
        guard byteCount <= remaining else {
            throw .truncated(expected: byteCount, remaining: remaining)
        }
        var value: UInt64 = 0
        for index in offset..<(offset + byteCount) {
            value = value << 8 | UInt64(bytes[index])
        }
        offset += byteCount
        return value
    }
}
