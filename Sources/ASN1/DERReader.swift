// DERReader.swift - reads a sequence of DER values.
//
// Spec:    X.690 §8.1 (identifier and length octets) with the restrictions of §10.1; §11.5, §11.6.
// Secret:  no.
// Reads:   DERTag, DERError, Limits, Bytes. Read by: the rest of ASN1, X509.

import Bytes

/// One value: its tag, its contents, and its position in the outermost input.
public struct DERValue: ~Escapable {
    public let tag: DERTag
    /// The identifier, length and contents octets.
    public let encoded: Span<UInt8>
    private let contentByteCount: Int
    private let start: Int

    @_lifetime(copy encoded)
    init(tag: DERTag, encoded: Span<UInt8>, contentByteCount: Int, start: Int) {
        self.tag = tag
        self.encoded = encoded
        self.contentByteCount = contentByteCount
        self.start = start
    }

    public var content: Span<UInt8> {
        @_lifetime(copy self)
        get { encoded.extracting((encoded.count - contentByteCount)...) }
    }

    /// The range of the whole value in the outermost input.
    public var encodedRange: Range<Int> { start..<(start + encoded.count) }

    /// The range of the contents in the outermost input.
    public var contentRange: Range<Int> {
        (start + encoded.count - contentByteCount)..<(start + encoded.count)
    }
}

/// Reads DER values in order. For a constructed value it returns another reader. Callers read known structures, so
/// there is no recursion over the input.
///
/// A failed `readValue` does not change the position. After any other failed read, the position may be after the
/// rejected value.
public struct DERReader: ~Escapable {
    private var reader: ByteReader
    /// The offset of this reader's first byte in the outermost input.
    private let start: Int
    private let depth: Int

    /// - Parameter offset: the offset of the bytes in the outermost input, for errors and ranges.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, at offset: Int = 0) {
        self.init(bytes, start: offset, depth: 0)
    }

    @_lifetime(copy bytes)
    private init(_ bytes: Span<UInt8>, start: Int, depth: Int) {
        self.reader = ByteReader(bytes)
        self.start = start
        self.depth = depth
    }

    /// The offset of the next value in the outermost input.
    public var offset: Int { start + reader.offset }

    public var isAtEnd: Bool { reader.isAtEnd }

    /// Whether there is another value and it has this tag. Used for OPTIONAL and CHOICE.
    public func nextIs(_ tag: DERTag) -> Bool {
        do throws(BytesError) { return try reader.peekUInt8() == tag.octet } catch { return false }
    }

    /// Throws an error if a value remains.
    ///
    /// - Throws: `trailingBytes`.
    public func expectEnd() throws(DERError) {
        guard isAtEnd else { throw .trailingBytes(offset: offset) }
    }

    /// Reads the next value with any tag.
    ///
    /// - Throws: `truncated`, `highTagNumber`, `indefiniteLength`, `nonMinimalLength`, `lengthTooLong`.
    /// - Source: X.690 §8.1.
    @_lifetime(copy self)
    public mutating func readValue() throws(DERError) -> DERValue {
        let valueStart = offset
        var ahead = reader
        let octet = try readOctet(&ahead)
        // §8.1.2.4: all ones mean that the tag number is in the following octets.
        guard octet & 0x1F != 0x1F else { throw .highTagNumber(offset: valueStart) }
        let count = try readLength(&ahead)
        guard count <= ahead.remaining else { throw .truncated(offset: valueStart) }
        let encodedByteCount = ahead.offset - reader.offset + count
        do throws(BytesError) {
            let encoded = try reader.readSpan(encodedByteCount)
            return DERValue(
                tag: DERTag(octet: octet), encoded: encoded, contentByteCount: count, start: valueStart)
        } catch {
            throw .truncated(offset: valueStart)
        }
    }

    /// Reads the next value, which must have this tag.
    ///
    /// - Throws: `missing`, `unexpectedTag`, and what `readValue` throws.
    @_lifetime(copy self)
    public mutating func readValue(_ tag: DERTag) throws(DERError) -> DERValue {
        let octet: UInt8
        do throws(BytesError) { octet = try reader.peekUInt8() } catch {
            throw .missing(tag: tag.octet, offset: offset)
        }
        guard octet == tag.octet else {
            throw .unexpectedTag(expected: tag.octet, actual: octet, offset: offset)
        }
        return try readValue()
    }

    /// Returns a reader of the contents of the next value, which must have this constructed tag.
    ///
    /// - Throws: `missing`, `unexpectedTag`, `tooDeep`, and what `readValue` throws.
    @_lifetime(copy self)
    public mutating func readConstructed(_ tag: DERTag) throws(DERError) -> DERReader {
        precondition(tag.isConstructed)
        guard depth < DERLimits.depth else { throw .tooDeep(limit: DERLimits.depth, offset: offset) }
        let value = try readValue(tag)
        return DERReader(value.content, start: value.contentRange.lowerBound, depth: depth + 1)
    }

    @_lifetime(copy self)
    public mutating func readSequence() throws(DERError) -> DERReader {
        try readConstructed(.sequence)
    }

    /// Returns a reader of the values of a SET OF, after checking that they are in DER order.
    ///
    /// - Throws: `setOrder`, and what `readConstructed` throws.
    /// - Source: X.690 §11.6: ascending order of the encodings. (An encoding is never a prefix of another one, so the
    ///   padding described in §11.6 has no effect.)
    @_lifetime(copy self)
    public mutating func readSetOf() throws(DERError) -> DERReader {
        let before = reader
        let content = try readConstructed(.set)
        var upper = content
        var lower = content
        if !upper.isAtEnd { _ = try upper.readValue() }
        while !upper.isAtEnd {
            let next = try upper.readValue()
            let previous = try lower.readValue()
            guard !ascends(next.encoded, previous.encoded) else {
                reader = before
                throw .setOrder(offset: next.encodedRange.lowerBound)
            }
        }
        return content
    }

    private func readOctet(_ reader: inout ByteReader) throws(DERError) -> UInt8 {
        do throws(BytesError) { return try reader.readUInt8() } catch { throw .truncated(offset: offset) }
    }

    /// Reads the length octets (§8.1.3) in the only form that §10.1 allows.
    private func readLength(_ reader: inout ByteReader) throws(DERError) -> Int {
        let first = try readOctet(&reader)
        // §8.1.3.4: the short form.
        guard first >= 0x80 else { return Int(first) }
        guard first != 0x80 else { throw .indefiniteLength(offset: offset) }
        // §8.1.3.5: the long form. The limit also excludes the reserved value FF.
        let octetCount = Int(first & 0x7F)
        guard octetCount <= DERLimits.lengthByteCount else {
            throw .lengthTooLong(limit: DERLimits.lengthByteCount, offset: offset)
        }
        var length = 0
        for _ in 0..<octetCount { length = length << 8 | Int(try readOctet(&reader)) }
        // §10.1: the fewest octets. The minimum is 128 for one octet, 256 for two and 65536 for three.
        let shortest = octetCount == 1 ? 0x80 : 1 << (8 * (octetCount - 1))
        guard length >= shortest else { throw .nonMinimalLength(offset: offset) }
        return length
    }
}

/// Whether `a` is less than `b` in lexicographic order.
private func ascends(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
    return a.count < b.count
}
