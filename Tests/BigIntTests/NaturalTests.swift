import TestSupport
import Testing

@testable import BigInt

// Spans cannot pass through #expect, so these functions wrap the calls under test with arrays and strings.
func hex(_ text: String) throws(BigIntError) -> Natural { try Natural(hexadecimal: Array(text.utf8).span) }
func decimal(_ text: String) throws(BigIntError) -> Natural { try Natural(decimal: Array(text.utf8).span) }
func fromBytes(_ bytes: [UInt8]) -> Natural { Natural(bigEndianBytes: bytes.span) }
func hexText(_ value: Natural) -> String { String(decoding: value.hexadecimal, as: UTF8.self) }
func decimalText(_ value: Natural) -> String { String(decoding: value.decimal, as: UTF8.self) }

/// 2^(64 * count) - 1.
func allOnes(_ count: Int) -> Natural { Natural(limbs: [UInt64](repeating: .max, count: count)) }

/// Numbers from bytes and text and back, and their order (AUDIT 12, 51).
@Suite struct NaturalTests {
    @Test func zeroHasAnEmptyArrayOfLimbs() throws {
        #expect(Natural(0).limbs == [])
        #expect(Natural(0).isZero && !Natural(0).isOdd && Natural(0).bitCount == 0)
        #expect(Natural(limbs: [0, 0]) == Natural(0))
        #expect(try hex("000") == Natural(0))
        #expect(fromBytes([]) == Natural(0) && fromBytes([0, 0]) == Natural(0))
        #expect(hexText(Natural(0)) == "0" && decimalText(Natural(0)) == "0")
        #expect(Natural(0).bigEndianBytes == [0])
        #expect(try Natural(0).bigEndianBytes(count: 0) == [])
    }

    @Test func hexadecimalBothCasesAndLimbEdges() throws {
        #expect(try hex("fFeE") == Natural(0xFFEE))
        #expect(try hex("10000000000000000").limbs == [0, 1])
        #expect(try hex("ffffffffffffffff").limbs == [.max])
        #expect(try hexText(hex("0123456789abcdef0123456789abcdef0")) == "123456789abcdef0123456789abcdef0")
        #expect(thrown { () throws(BigIntError) in try hex("") } == .emptyText)
        #expect(thrown { () throws(BigIntError) in try hex("12g4") } == .invalidDigit(offset: 2))
        #expect(thrown { () throws(BigIntError) in try hex("-1") } == .invalidDigit(offset: 0))
    }

    @Test func decimalChunkEdges() throws {
        for text in [
            "1", "9999999999999999999", "10000000000000000000", "10000000000000000001",
            "18446744073709551615", "18446744073709551616", "100000000000000000000000000000000000000",
            "340282366920938463463374607431768211456", "99999999999999999999999999999999999999",
        ] {
            #expect(try decimalText(decimal(text)) == text)
        }
        #expect(try decimal("00000000000000000000000000000000000000000000017") == Natural(17))
        #expect(try decimal("18446744073709551616").limbs == [0, 1])
        #expect(thrown { () throws(BigIntError) in try decimal("") } == .emptyText)
        #expect(thrown { () throws(BigIntError) in try decimal("12a") } == .invalidDigit(offset: 2))
        // The first digit of the second chunk.
        #expect(
            thrown { () throws(BigIntError) in try decimal("1234567890123456789f") }
                == .invalidDigit(offset: 19))
    }

    @Test func bytesOfEveryLength() throws {
        for count in 0...40 {
            let bytes = (0..<count).map { UInt8($0 + 1) }
            let value = fromBytes(bytes)
            #expect(try value.bigEndianBytes(count: count) == bytes)
            #expect(try value.bigEndianBytes(count: count + 9) == [UInt8](repeating: 0, count: 9) + bytes)
            #expect(fromBytes([0, 0, 0] + bytes) == value)
            #expect(value.byteCount == count)
            if count > 0 {
                #expect(value.bigEndianBytes == bytes)
                #expect(
                    thrown { () throws(BigIntError) in try value.bigEndianBytes(count: count - 1) }
                        == .doesNotFit(needed: count, available: count - 1))
            }
        }
    }

    @Test func bits() {
        let value = Natural(limbs: [1, 1 << 63])
        #expect(value.bitCount == 128)
        #expect(value.bit(0) == 1 && value.bit(1) == 0 && value.bit(127) == 1 && value.bit(128) == 0)
        #expect(value.bit(100_000) == 0)
    }

    @Test func order() {
        let ascending = [
            Natural(0), Natural(1), Natural(2), Natural(.max), Natural(limbs: [0, 1]),
            Natural(limbs: [.max, 1]),
            Natural(limbs: [0, 2]), Natural(limbs: [0, 0, 1]), allOnes(3),
        ]
        for (i, a) in ascending.enumerated() {
            for (j, b) in ascending.enumerated() {
                #expect((a < b) == (i < j))
                #expect((a == b) == (i == j))
            }
        }
    }
}
