import Testing

@testable import ASN1

/// The two numbers of a signature, in DER and no other form (AUDIT 48).
@Suite struct ECDSASignatureValueTests {
    private func read(_ text: String) -> (r: [UInt8], s: [UInt8], thrown: DERError?) {
        let der = hex(text)
        var (r, s): ([UInt8], [UInt8]) = ([], [])
        do throws(DERError) {
            let signature = try ECDSASignatureValue(der: der.span)
            for index in signature.r.indices { r.append(signature.r[index]) }
            for index in signature.s.indices { s.append(signature.s[index]) }
            return (r, s, nil)
        } catch {
            return (r, s, error)
        }
    }

    @Test func numbersWithoutLeadingZeros() {
        let got = read("3009 0203008001 0202 7F02")
        #expect(got.thrown == nil)
        #expect(got.r == [0x80, 0x01])
        #expect(got.s == [0x7F, 0x02])
        #expect(read("3006 020100 020100").r == [0])
    }

    @Test(arguments: [
        ("", DERError.missing(tag: 0x30, offset: 0)),
        ("3003 020101", .missing(tag: 0x02, offset: 5)),
        ("3009 020101 020102 020103", .trailingBytes(offset: 8)),
        ("3006 020101 020102 00", .trailingBytes(offset: 8)),
        ("3006 0201FF 020102", .integerNegative(offset: 2)),
        ("3007 02020001 020102", .integerNotMinimal(offset: 2)),
        ("3005 0200 020102", .integerEmpty(offset: 2)),
        ("308106 020101 020102", .nonMinimalLength(offset: 0)),
        ("3080 020101 020102 0000", .indefiniteLength(offset: 0)),
        ("3006 020101 040102", .unexpectedTag(expected: 0x02, actual: 0x04, offset: 5)),
    ]) func faults(_ text: String, _ expected: DERError) {
        #expect(read(text).thrown == expected)
    }
}
