import Testing

@testable import ASN1

/// Object identifiers have one form and are compared byte by byte (AUDIT 48).
@Suite struct ObjectIdentifierTests {
    private func read(_ text: String) throws -> ObjectIdentifier {
        var found: ObjectIdentifier?
        let thrown = fault(hex(text)) { reader throws(DERError) in
            found = try reader.readObjectIdentifier()
        }
        if let thrown { throw thrown }
        return try #require(found)
    }

    @Test(arguments: [
        ("0603 550403", "2.5.4.3"), ("0609 2A864886F70D01010B", "1.2.840.113549.1.1.11"),
        ("0601 00", "0.0"), ("0601 27", "0.39"), ("0601 28", "1.0"), ("0601 78", "2.40"),
        ("0603 883703", "2.999.3"), ("0602 2A00", "1.2.0"),
        // 15 bytes fit the packed form, 16 do not.
        ("060F 2A868886F70D010101010101010101", "1.2.1627503501.1.1.1.1.1.1.1.1.1"),
        ("0610 2A864886F70D01010101010101010101", "1.2.840.113549.1.1.1.1.1.1.1.1.1.1"),
        // 2^63 - 1 is written, 2^63 is not.
        ("060A 2A FFFFFFFFFFFFFFFF7F", "1.2.9223372036854775807"),
        ("060B 2A 81808080808080808000", "1.2.?"),
        ("060C 81FFFFFFFFFFFFFFFFFF7F 05", "2.?.5"),
    ]) func dottedText(_ encoded: String, _ dotted: String) throws {
        let identifier = try read(encoded)
        #expect(String(decoding: identifier.dottedText, as: UTF8.self) == dotted)
        #expect(identifier.content == Array(hex(encoded).dropFirst(2)))
    }

    /// X.690 §8.19.2.
    @Test(arguments: ["0600", "0601 80", "0602 8001", "0603 2A8001", "0602 2A86", "0603 550483"])
    func form(_ text: String) {
        #expect(
            fault(hex(text)) { reader throws(DERError) in _ = try reader.readObjectIdentifier() }
                == .objectIdentifierForm(offset: 0))
    }

    @Test func equality() throws {
        let commonName = try read("0603 550403")
        #expect(commonName == ObjectIdentifier(content: 0x550403))
        #expect(commonName != ObjectIdentifier(content: 0x550404))
        // The count is part of the value: a leading zero byte is not padding.
        let padded = try read("0604 00550403")
        #expect(padded != commonName)
        let long = "0610 2A864886F70D01010101010101010101"
        #expect(try read(long) == read(long))
        #expect(try read(long) != read("0610 2A864886F70D01010101010101010102"))
    }
}
