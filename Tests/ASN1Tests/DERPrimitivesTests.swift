import Testing

@testable import ASN1

/// The primitive types of certificates in their only DER form (AUDIT 48).
@Suite struct DERPrimitivesTests {
    /// X.690 §8.2, §11.1.
    @Test(arguments: [
        ("0101FF", nil), ("010100", nil),
        ("010101", DERError.booleanForm(offset: 0)), ("010180", .booleanForm(offset: 0)),
        ("0100", .booleanForm(offset: 0)), ("0102FFFF", .booleanForm(offset: 0)),
    ]) func boolean(_ text: String, _ expected: DERError?) {
        var seen = false
        let thrown = fault(hex(text)) { reader throws(DERError) in seen = try reader.readBoolean() }
        #expect(thrown == expected)
        #expect(seen == (text == "0101FF"))
    }

    /// X.690 §11.5: a value equal to its default is not written.
    @Test(arguments: [
        ("", nil), ("0500", nil), ("0101FF", nil), ("010100", DERError.defaultEncoded(offset: 0)),
        ("010101", .booleanForm(offset: 0)),
    ]) func booleanDefaultFalse(_ text: String, _ expected: DERError?) {
        var seen = false
        let thrown = fault(hex(text)) { reader throws(DERError) in
            seen = try reader.readBooleanDefaultFalse()
        }
        #expect(thrown == expected)
        #expect(seen == (text == "0101FF"))
    }

    /// X.690 §8.3: contents there, in their shortest form.
    @Test(arguments: [
        ("020100", "00", nil), ("02017F", "7f", nil), ("02020080", "0080", nil), ("020180", "80", nil),
        ("0202FF7F", "ff7f", nil), ("0200", "", DERError.integerEmpty(offset: 0)),
        ("02020000", "", .integerNotMinimal(offset: 0)), ("0202007F", "", .integerNotMinimal(offset: 0)),
        ("0202FF80", "", .integerNotMinimal(offset: 0)), ("0202FFFF", "", .integerNotMinimal(offset: 0)),
    ]) func integer(_ text: String, _ content: String, _ expected: DERError?) {
        var seen: [UInt8] = []
        let thrown = fault(hex(text)) { reader throws(DERError) in
            let integer = try reader.readInteger()
            for index in integer.indices { seen.append(integer[index]) }
        }
        #expect(thrown == expected)
        #expect(seen == hex(content))
    }

    @Test(arguments: [
        ("020100", "00", nil), ("02020080", "80", nil), ("0203008000", "8000", nil),
        ("020180", "", DERError.integerNegative(offset: 0)), ("0201FF", "", .integerNegative(offset: 0)),
        ("0202007F", "", .integerNotMinimal(offset: 0)),
    ]) func natural(_ text: String, _ content: String, _ expected: DERError?) {
        var seen: [UInt8] = []
        let thrown = fault(hex(text)) { reader throws(DERError) in
            let integer = try reader.readNatural()
            for index in integer.indices { seen.append(integer[index]) }
        }
        #expect(thrown == expected)
        #expect(seen == hex(content))
    }

    @Test(arguments: [
        ("020100", 0, nil), ("020109", 9, nil), ("02010A", -1, DERError.integerTooLarge(offset: 0)),
        ("02047FFFFFFF", -1, .integerTooLarge(offset: 0)),
        ("02050100000000", -1, .integerTooLarge(offset: 0)), ("0201FF", -1, .integerNegative(offset: 0)),
    ]) func smallNatural(_ text: String, _ number: Int, _ expected: DERError?) {
        var seen = -1
        let thrown = fault(hex(text)) { reader throws(DERError) in
            seen = try reader.readSmallNatural(maximum: 9)
        }
        #expect(thrown == expected)
        #expect(seen == number)
    }

    @Test func smallNaturalUpToItsDefaultMaximum() {
        #expect(
            fault(hex("02047FFFFFFF")) { reader throws(DERError) in _ = try reader.readSmallNatural() }
                == nil)
        #expect(
            fault(hex("02050080000000")) { reader throws(DERError) in _ = try reader.readSmallNatural() }
                == .integerTooLarge(offset: 0))
    }

    @Test func null() {
        #expect(fault(hex("0500")) { reader throws(DERError) in try reader.readNull() } == nil)
        #expect(
            fault(hex("050100")) { reader throws(DERError) in try reader.readNull() } == .nullForm(offset: 0))
    }

    /// X.690 §8.6.2, §11.2.1.
    @Test(arguments: [
        ("030100", nil), ("0302 00 AA", nil), ("0302 04 A0", nil), ("0302 07 80", nil),
        ("0300", DERError.bitStringUnusedBits(offset: 0)), ("030101", .bitStringUnusedBits(offset: 0)),
        ("0302 08 00", .bitStringUnusedBits(offset: 0)), ("0302 04 A8", .bitStringPadding(offset: 0)),
        ("0302 01 01", .bitStringPadding(offset: 0)),
        ("2305 0303 00AABB", .unexpectedTag(expected: 0x03, actual: 0x23, offset: 0)),
    ]) func bitString(_ text: String, _ expected: DERError?) {
        #expect(fault(hex(text)) { reader throws(DERError) in _ = try reader.readBitString() } == expected)
    }

    @Test func bitStringOfBytes() {
        var seen: [UInt8] = []
        #expect(
            fault(hex("0303 00 AABB")) { reader throws(DERError) in
                let bytes = try reader.readBitStringOfBytes()
                for index in bytes.indices { seen.append(bytes[index]) }
            } == nil)
        #expect(seen == [0xAA, 0xBB])
        #expect(
            fault(hex("0302 04 A0")) { reader throws(DERError) in _ = try reader.readBitStringOfBytes() }
                == .bitStringUnusedBits(offset: 0))
    }

    /// X.690 §11.2.2. keyUsage: bit 0 is digitalSignature, 5 keyCertSign, 8 decipherOnly.
    @Test(arguments: [
        ("030100", 0, nil), ("0302 07 80", 1, nil), ("0302 01 06", 0x60, nil), ("0303 07 80 80", 0x101, nil),
        ("0305 00 80 80 80 81", 0x101, nil),
        ("0302 00 00", 0, DERError.bitStringTrailingZeros(offset: 0)),
        ("0302 00 06", 0, .bitStringTrailingZeros(offset: 0)),
        ("0303 00 80 00", 0, .bitStringTrailingZeros(offset: 0)),
        ("0302 02 06", 0, .bitStringPadding(offset: 0)),
    ]) func namedBits(_ text: String, _ bits: UInt16, _ expected: DERError?) {
        var seen: UInt16 = 0
        let thrown = fault(hex(text)) { reader throws(DERError) in seen = try reader.readNamedBits() }
        #expect(thrown == expected)
        #expect(seen == bits)
    }

    /// Two public roots end keyUsage with a byte of zeros.
    @Test func namedBitsWithTrailingZeros() {
        var seen: UInt16 = 0
        let thrown = fault(hex("0303 07 06 00")) { reader throws(DERError) in
            seen = try reader.readNamedBits(allowsTrailingZeros: true)
        }
        #expect(thrown == nil)
        #expect(seen == 0x60)
    }
}
