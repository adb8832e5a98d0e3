import Testing

@testable import ASN1

/// Tags and lengths are strict, depth is limited, and a failed read moves nothing (AUDIT 32, 48).
@Suite struct DERReaderTests {
    /// Identifier and length octets: each form that DER has, and each that it has not.
    @Test(arguments: [
        ("0400", nil),
        ("04 01 AA", nil),
        ("", DERError.truncated(offset: 0)),
        ("04", .truncated(offset: 0)),
        ("04 02 AA", .truncated(offset: 0)),
        ("04 81", .truncated(offset: 0)),
        ("04 82 01", .truncated(offset: 0)),
        ("1F 01 00", .highTagNumber(offset: 0)),
        ("BF 21 00", .highTagNumber(offset: 0)),
        ("30 80 00 00", .indefiniteLength(offset: 0)),
        ("04 81 7F", .nonMinimalLength(offset: 0)),
        ("04 81 00", .nonMinimalLength(offset: 0)),
        ("04 82 00 FF", .nonMinimalLength(offset: 0)),
        ("04 83 00 FF FF", .nonMinimalLength(offset: 0)),
        ("04 84 00 00 00 01", .lengthTooLong(limit: 3, offset: 0)),
        ("04 84 7F FF FF FF", .lengthTooLong(limit: 3, offset: 0)),
        ("04 FF 00", .lengthTooLong(limit: 3, offset: 0)),
        ("04 83 FF FF FF", .truncated(offset: 0)),
    ]) func header(_ text: String, _ expected: DERError?) {
        #expect(fault(hex(text)) { reader throws(DERError) in _ = try reader.readValue() } == expected)
    }

    @Test(arguments: [0, 1, 127, 128, 255, 256, 65535, 65536, 70000])
    func contentLengths(_ count: Int) {
        let bytes = value(0x04, [UInt8](repeating: 0xAB, count: count))
        var seen = -1
        let thrown = fault(bytes) { reader throws(DERError) in
            let string = try reader.readOctetString()
            seen = string.content.count
            try reader.expectEnd()
        }
        #expect(thrown == nil)
        #expect(seen == count)
    }

    @Test func wrongOrMissingTag() {
        #expect(
            fault(hex("0201 05")) { reader throws(DERError) in _ = try reader.readOctetString() }
                == .unexpectedTag(expected: 0x04, actual: 0x02, offset: 0))
        #expect(
            fault([]) { reader throws(DERError) in _ = try reader.readOctetString() }
                == .missing(tag: 0x04, offset: 0))
        // A SEQUENCE must be constructed, a primitive must not be.
        #expect(
            fault(hex("1000")) { reader throws(DERError) in _ = try reader.readSequence() }
                == .unexpectedTag(expected: 0x30, actual: 0x10, offset: 0))
        #expect(
            fault(hex("2403 0401AA")) { reader throws(DERError) in _ = try reader.readOctetString() }
                == .unexpectedTag(expected: 0x04, actual: 0x24, offset: 0))
    }

    @Test func trailingBytes() {
        #expect(
            fault(hex("0500 00")) { reader throws(DERError) in
                try reader.readNull()
                try reader.expectEnd()
            } == .trailingBytes(offset: 2))
        #expect(
            fault(hex("3003 0101FF")) { reader throws(DERError) in
                let sequence = try reader.readSequence()
                try sequence.expectEnd()
            } == .trailingBytes(offset: 2))
    }

    /// Offsets and ranges count from the outermost start, in any depth.
    @Test func placesAreAbsolute() {
        let bytes = hex("3009 0201 07 A004 0402 BEEF")
        var ranges: [Range<Int>] = []
        let thrown = fault(bytes) { reader throws(DERError) in
            var sequence = try reader.readSequence()
            _ = try sequence.readInteger()
            var tagged = try sequence.readConstructed(.contextConstructed(0))
            let string = try tagged.readOctetString()
            ranges = [string.encodedRange, string.contentRange]
            try tagged.expectEnd()
            _ = try tagged.readBoolean()
        }
        #expect(ranges == [7..<11, 9..<11])
        #expect(thrown == .missing(tag: 0x01, offset: 11))
    }

    @Test func startsAtTheGivenOffset() {
        let bytes = hex("0101 02")
        var reader = DERReader(bytes.span, at: 40)
        var thrown: DERError?
        do throws(DERError) { _ = try reader.readBoolean() } catch { thrown = error }
        #expect(thrown == .booleanForm(offset: 40))
    }

    /// A failed read leaves the position where it was: the caller may try another type.
    @Test func failureMovesNothing() {
        var after: [Int] = []
        let thrown = fault(hex("0200 0500")) { reader throws(DERError) in
            do throws(DERError) { _ = try reader.readSequence() } catch { after.append(reader.offset) }
            do throws(DERError) { _ = try reader.readOctetString() } catch { after.append(reader.offset) }
            _ = try reader.readValue()
            after.append(reader.offset)
            try reader.readNull()
        }
        #expect(after == [0, 0, 2])
        #expect(thrown == nil)
    }

    @Test func depthLimit() {
        func descend(_ levels: Int) -> DERError? {
            var bytes: [UInt8] = []
            for _ in 0..<levels { bytes = value(0x30, bytes) }
            return fault(bytes) { reader throws(DERError) in
                var inner = try reader.readSequence()
                for _ in 1..<levels { inner = try inner.readSequence() }
            }
        }
        #expect(descend(DERLimits.depth) == nil)
        #expect(descend(DERLimits.depth + 1) == .tooDeep(limit: 16, offset: 32))
    }

    @Test func contextTags() {
        var seen: [Bool] = []
        let thrown = fault(hex("8001FF A103 020105")) { reader throws(DERError) in
            seen.append(reader.nextIs(.contextConstructed(0)))
            seen.append(reader.nextIs(.contextPrimitive(0)))
            seen.append(try reader.readBoolean(.contextPrimitive(0)))
            var explicit = try reader.readConstructed(.contextConstructed(1))
            seen.append(try explicit.readSmallNatural() == 5)
            seen.append(reader.nextIs(.null))
        }
        #expect(thrown == nil)
        #expect(seen == [false, true, true, true, false])
    }

    /// X.690 §11.6.
    @Test(arguments: [
        ("3100", nil),
        ("3103 020101", nil),
        ("3106 020101 020102", nil),
        ("3106 020101 020101", nil),
        ("3107 020101 0202 0100", nil),
        ("3106 020102 020101", DERError.setOrder(offset: 5)),
        ("3109 020101 020103 020102", .setOrder(offset: 8)),
        ("3106 040101 020101", .setOrder(offset: 5)),
        ("3103 020201", .truncated(offset: 2)),
        ("3006 020101 020102", .unexpectedTag(expected: 0x31, actual: 0x30, offset: 0)),
    ]) func setOrder(_ text: String, _ expected: DERError?) {
        #expect(fault(hex(text)) { reader throws(DERError) in _ = try reader.readSetOf() } == expected)
    }

    @Test func everyPrefixOfAValueIsRefused() {
        let whole = value(0x30, value(0x04, [UInt8](repeating: 7, count: 300)))
        for count in 0..<whole.count {
            let thrown = fault(Array(whole[0..<count])) { reader throws(DERError) in
                _ = try reader.readValue()
            }
            #expect(thrown == .truncated(offset: 0))
        }
    }

    @Test func reasonCodesAreDistinct() {
        let all: [DERError] = [
            .truncated(offset: 0), .missing(tag: 0, offset: 0),
            .unexpectedTag(expected: 0, actual: 0, offset: 0), .trailingBytes(offset: 0),
            .highTagNumber(offset: 0), .indefiniteLength(offset: 0), .nonMinimalLength(offset: 0),
            .lengthTooLong(limit: 0, offset: 0), .tooDeep(limit: 0, offset: 0), .defaultEncoded(offset: 0),
            .setOrder(offset: 0), .booleanForm(offset: 0), .integerEmpty(offset: 0),
            .integerNotMinimal(offset: 0), .integerNegative(offset: 0), .integerTooLarge(offset: 0),
            .nullForm(offset: 0), .bitStringUnusedBits(offset: 0), .bitStringPadding(offset: 0),
            .bitStringTrailingZeros(offset: 0), .objectIdentifierForm(offset: 0), .timeForm(offset: 0),
            .timeRange(offset: 0), .stringCharacter(offset: 0),
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
    }
}
