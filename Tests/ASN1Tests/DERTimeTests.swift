import Testing

@testable import ASN1

/// Times have the one form of RFC 5280 and its range (AUDIT 48).
@Suite struct DERTimeTests {
    private func read(_ tag: UInt8, _ text: String) -> (seconds: Int64?, thrown: DERError?) {
        var seconds: Int64?
        let thrown = fault(value(tag, Array(text.utf8))) { reader throws(DERError) in
            seconds = try reader.readTime()
        }
        return (seconds, thrown)
    }

    /// The seconds are those of `date -u -d … +%s`.
    @Test(arguments: [
        (0x17, "700101000000Z", 0), (0x17, "691231235959Z", -1), (0x17, "500101000000Z", -631_152_000),
        (0x17, "491231235959Z", 2_524_607_999), (0x17, "000229120000Z", 951_825_600),
        (0x17, "260731112233Z", 1_785_496_953), (0x18, "19700101000000Z", 0),
        (0x18, "20500101000000Z", 2_524_608_000), (0x18, "20000301000000Z", 951_868_800),
        (0x18, "21000301000000Z", 4_107_542_400), (0x18, "20491231235959Z", 2_524_607_999),
        (0x18, "99991231235959Z", 253_402_300_799), (0x18, "00000101000000Z", -62_167_219_200),
        (0x18, "00010101000000Z", -62_135_596_800), (0x18, "16000229000000Z", -11_670_998_400),
    ]) func seconds(_ tag: UInt8, _ text: String, _ expected: Int64) {
        let got = read(tag, text)
        #expect(got.thrown == nil)
        #expect(got.seconds == expected)
    }

    /// RFC 5280 §4.1.2.5.1, §4.1.2.5.2: seconds always, no fraction, zone Z.
    @Test(arguments: [
        (0x17, "2607311122Z"), (0x17, "260731112233"), (0x17, "260731112233+0000"),
        (0x17, "260731112233z"), (0x17, "20260731112233Z"), (0x17, "26073111223:Z"),
        (0x17, "-10731112233Z"), (0x17, ""), (0x18, "260731112233Z"), (0x18, "20260731112233"),
        (0x18, "20260731112233.5Z"), (0x18, "202607311122Z"), (0x18, "2026 731112233Z"),
    ]) func form(_ tag: UInt8, _ text: String) {
        #expect(read(tag, text).thrown == .timeForm(offset: 0))
    }

    @Test(arguments: [
        (0x17, "260001000000Z"), (0x17, "261301000000Z"), (0x17, "260100000000Z"),
        (0x17, "260132000000Z"), (0x17, "260431000000Z"), (0x17, "260229000000Z"),
        (0x17, "260101240000Z"), (0x17, "260101006000Z"), (0x17, "260101000060Z"),
        (0x18, "21000229000000Z"), (0x18, "19000229000000Z"),
    ]) func range(_ tag: UInt8, _ text: String) {
        #expect(read(tag, text).thrown == .timeRange(offset: 0))
    }

    @Test func otherTypes() {
        #expect(
            read(0x16, "260101000000Z").thrown
                == .unexpectedTag(expected: 0x17, actual: 0x16, offset: 0))
    }
}
