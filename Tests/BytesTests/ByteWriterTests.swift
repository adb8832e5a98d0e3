import Bytes
import Testing

/// Numbers and literals as bytes (AUDIT 47).
@Suite struct ByteWriterTests {
    @Test(arguments: [0, 9, 10, -1, 1_234_567_890, Int64.max, Int64.min]) func decimals(value: Int64) {
        var bytes: [UInt8] = []
        bytes.append(decimal: value)
        #expect(String(decoding: bytes, as: UTF8.self) == String(value))
    }

    @Test func bigEndianIntegers() {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: 0x0102_0304, byteCount: 4)
        bytes.append(bigEndian: 0xABCDEF, byteCount: 3)
        bytes.append(bigEndian: .max, byteCount: 8)
        bytes.append(bigEndian: 5, byteCount: 0)
        #expect(bytes == [1, 2, 3, 4, 0xAB, 0xCD, 0xEF] + [UInt8](repeating: 0xFF, count: 8))
    }

    @Test func literals() {
        #expect([UInt8]("kid" as StaticString) == Array("kid".utf8))
        #expect([UInt8]("é" as StaticString) == Array("é".utf8))
        #expect([UInt8]("" as StaticString).isEmpty)
    }
}
