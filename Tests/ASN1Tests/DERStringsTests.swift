import Testing

@testable import ASN1

/// Each string type has its characters and no other (AUDIT 48).
@Suite struct DERStringsTests {
    private func check(_ tag: UInt8, _ content: [UInt8]) -> DERError? {
        fault(value(tag, content)) { reader throws(DERError) in
            let string = try reader.readValue()
            try string.checkCharacters()
        }
    }

    @Test(arguments: [
        (0x0C, "", true), (0x0C, "41C3BC", true), (0x0C, "E28298", true), (0x0C, "F09D849E", true),
        (0x0C, "F48FBFBF", true), (0x0C, "00", true),
        (0x0C, "C080", false), (0x0C, "E08080", false), (0x0C, "F0808080", false), (0x0C, "EDA080", false),
        (0x0C, "F4908080", false), (0x0C, "80", false), (0x0C, "C3", false), (0x0C, "E282", false),
        (0x0C, "C341", false), (0x0C, "F8", false), (0x0C, "FF", false),
        (0x12, "30 39 20", true), (0x12, "41", false),
        (0x13, "41 7A 30 20 27 28 29 2B 2C 2D 2E 2F 3A 3D 3F", true), (0x13, "26 2A 40 5F", true),
        (0x13, "00", false), (0x13, "21", false), (0x13, "3B", false), (0x13, "C3BC", false),
        (0x16, "00 7F 40", true), (0x16, "80", false),
        (0x1A, "20 7E", true), (0x1A, "1F", false), (0x1A, "7F", false),
        (0x1C, "00000041", true), (0x1C, "000041", false),
        (0x1E, "0041", true), (0x1E, "41", false),
        (0x14, "FF 00 80", true),
    ]) func characters(_ tag: UInt8, _ content: String, _ isValid: Bool) {
        #expect(check(tag, hex(content)) == (isValid ? nil : .stringCharacter(offset: 0)))
    }

    @Test func stringTypes() {
        for tag in UInt8(1)...0x1E {
            let bytes = value(tag, [])
            var reader = DERReader(bytes.span)
            var isString = false
            do throws(DERError) {
                let string = try reader.readValue()
                isString = string.isString
            } catch { Issue.record(error) }
            #expect(isString == [0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x1C, 0x1E].contains(tag))
        }
    }
}
