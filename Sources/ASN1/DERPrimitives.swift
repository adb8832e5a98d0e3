// DERPrimitives.swift - reads BOOLEAN, INTEGER, NULL, BIT STRING, OCTET STRING.
//
// Spec:    X.690 §8.2, §8.3, §8.6, §8.7, §8.8 with the restrictions of §11.1, §11.2.
// Secret:  no.
// Reads:   DERReader, DERTag, DERError. Read by: ECDSASignatureValue, X509.
//
// Each function has a tag parameter for values with an implicit tag.

/// The contents of a BIT STRING.
public struct DERBitString: ~Escapable {
    /// The bits. The first bit is the most significant bit of the first byte.
    public let bytes: Span<UInt8>
    /// 0 to 7: the number of low bits of the last byte that do not belong to the value. They are zero.
    public let unusedBitCount: Int

    @_lifetime(copy bytes)
    init(bytes: Span<UInt8>, unusedBitCount: Int) {
        self.bytes = bytes
        self.unusedBitCount = unusedBitCount
    }
}

extension DERReader {
    /// - Throws: `booleanForm`, and what `readValue` throws.
    /// - Source: X.690 §8.2, §11.1.
    public mutating func readBoolean(_ tag: DERTag = .boolean) throws(DERError) -> Bool {
        let start = offset
        let content = try readValue(tag).content
        // §11.1: true is all ones.
        guard content.count == 1, content[0] == 0x00 || content[0] == 0xFF else {
            throw .booleanForm(offset: start)
        }
        return content[0] == 0xFF
    }

    /// A `BOOLEAN DEFAULT FALSE`.
    ///
    /// - Throws: `defaultEncoded` if FALSE is encoded, and what `readBoolean` throws.
    /// - Source: X.690 §11.5.
    public mutating func readBooleanDefaultFalse(_ tag: DERTag = .boolean) throws(DERError) -> Bool {
        guard nextIs(tag) else { return false }
        let start = offset
        guard try readBoolean(tag) else { throw .defaultEncoded(offset: start) }
        return true
    }

    /// An integer of any size in two's complement, big-endian, in its shortest form.
    ///
    /// - Throws: `integerEmpty`, `integerNotMinimal`, and what `readValue` throws.
    /// - Source: X.690 §8.3.
    @_lifetime(copy self)
    public mutating func readInteger(_ tag: DERTag = .integer) throws(DERError) -> Span<UInt8> {
        let start = offset
        let content = try readValue(tag).content
        // §8.3.1: one or more octets.
        guard content.count > 0 else { throw .integerEmpty(offset: start) }
        // §8.3.2: the bits of the first octet and the first bit of the second are neither all ones nor all zeros.
        if content.count > 1 {
            let topBitOfSecond = content[1] & 0x80
            guard !(content[0] == 0x00 && topBitOfSecond == 0), !(content[0] == 0xFF && topBitOfSecond != 0)
            else { throw .integerNotMinimal(offset: start) }
        }
        return content
    }

    /// A non-negative integer, big-endian without leading zeros. The integer 0 is one zero byte.
    ///
    /// - Throws: `integerNegative`, and what `readInteger` throws.
    @_lifetime(copy self)
    public mutating func readNatural(_ tag: DERTag = .integer) throws(DERError) -> Span<UInt8> {
        let start = offset
        let content = try readInteger(tag)
        guard content[0] & 0x80 == 0 else { throw .integerNegative(offset: start) }
        // Remove the zero byte that makes a number with its top bit set positive.
        return content[0] == 0 && content.count > 1 ? content.extracting(1...) : content
    }

    /// An integer from 0 to `maximum`.
    ///
    /// - Throws: `integerTooLarge`, and what `readNatural` throws.
    public mutating func readSmallNatural(
        _ tag: DERTag = .integer, maximum: Int = Int(Int32.max)
    ) throws(DERError) -> Int {
        let start = offset
        let digits = try readNatural(tag)
        guard digits.count <= 4 else { throw .integerTooLarge(offset: start) }
        var value = 0
        for index in digits.indices { value = value << 8 | Int(digits[index]) }
        guard value <= maximum else { throw .integerTooLarge(offset: start) }
        return value
    }

    /// - Throws: `nullForm`, and what `readValue` throws.
    /// - Source: X.690 §8.8.
    public mutating func readNull(_ tag: DERTag = .null) throws(DERError) {
        let start = offset
        guard try readValue(tag).content.count == 0 else { throw .nullForm(offset: start) }
    }

    /// - Throws: `bitStringUnusedBits`, `bitStringPadding`, and what `readValue` throws.
    /// - Source: X.690 §8.6, §11.2.1. (The constructed form is rejected, because it has another tag.)
    @_lifetime(copy self)
    public mutating func readBitString(_ tag: DERTag = .bitString) throws(DERError) -> DERBitString {
        let start = offset
        let content = try readValue(tag).content
        // §8.6.2.2: the first octet is the number of unused bits, 0 to 7. §8.6.2.3: it is 0 if there are no bits.
        guard content.count > 0, content[0] <= 7, content.count > 1 || content[0] == 0 else {
            throw .bitStringUnusedBits(offset: start)
        }
        let unusedBitCount = Int(content[0])
        let bytes = content.extracting(1...)
        if bytes.count > 0 {
            let padding = UInt8(truncatingIfNeeded: (1 << unusedBitCount) - 1)
            guard bytes[bytes.count - 1] & padding == 0 else { throw .bitStringPadding(offset: start) }
        }
        return DERBitString(bytes: bytes, unusedBitCount: unusedBitCount)
    }

    /// A BIT STRING of whole bytes, as in keys and signatures.
    ///
    /// - Throws: `bitStringUnusedBits`, and what `readBitString` throws.
    @_lifetime(copy self)
    public mutating func readBitStringOfBytes(_ tag: DERTag = .bitString) throws(DERError) -> Span<UInt8> {
        let start = offset
        let bits = try readBitString(tag)
        guard bits.unusedBitCount == 0 else { throw .bitStringUnusedBits(offset: start) }
        return bits.bytes
    }

    /// A list of up to 16 named bits. Bit 0 of the list is the lowest bit of the result. Further bits are ignored,
    /// because no supported list is that long.
    ///
    /// - Parameter allowsTrailingZeros: accept zero bits at the end of the list, which only BER allows.
    /// - Throws: `bitStringTrailingZeros`, and what `readBitString` throws.
    /// - Source: X.690 §11.2.2: no zero bits at the end.
    public mutating func readNamedBits(
        _ tag: DERTag = .bitString, allowsTrailingZeros: Bool = false
    ) throws(DERError) -> UInt16 {
        let start = offset
        let bits = try readBitString(tag)
        if bits.bytes.count > 0, !allowsTrailingZeros {
            let lastBit = UInt8(truncatingIfNeeded: 1 << bits.unusedBitCount)
            guard bits.bytes[bits.bytes.count - 1] & lastBit != 0 else {
                throw .bitStringTrailingZeros(offset: start)
            }
        }
        var named: UInt16 = 0
        for index in 0..<min(2, bits.bytes.count) {
            for bit in 0..<8 where bits.bytes[index] & (0x80 >> UInt8(bit)) != 0 {
                named |= 1 << UInt16(8 * index + bit)
            }
        }
        return named
    }

    /// - Throws: what `readValue` throws.
    /// - Source: X.690 §8.7. (The constructed form is rejected, because it has another tag.)
    @_lifetime(copy self)
    public mutating func readOctetString(_ tag: DERTag = .octetString) throws(DERError) -> DERValue {
        try readValue(tag)
    }
}
