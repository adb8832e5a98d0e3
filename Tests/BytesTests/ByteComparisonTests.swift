import Bytes
import Testing

@Suite struct ByteComparisonTests {
    @Test func equalityAndItsMaskAgreeOnEverySingleBitFlip() {
        let original = (0..<33).map { UInt8($0 &* 7) }
        #expect(bytesEqual(original.span, original.span))
        #expect(equalityMask(original.span, original.span) == 0xFF)
        for bit in 0..<(8 * original.count) {
            var changed = original
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!bytesEqual(original.span, changed.span))
            #expect(equalityMask(original.span, changed.span) == 0)
        }
    }

    @Test func lengthsMatter() {
        let longer: [UInt8] = [1, 2, 3]
        let shorter: [UInt8] = [1, 2]
        #expect(!bytesEqual(longer.span, shorter.span))
        #expect(equalityMask(longer.span, shorter.span) == 0)
        #expect(!bytesEqual(shorter.span, "abc"))
    }

    @Test func literalsCompareByTheirBytes() {
        #expect(bytesEqual(Array("kid".utf8).span, "kid"))
        #expect(bytesEqual(Array("é".utf8).span, "é"))
        #expect(bytesEqual([UInt8]().span, ""))
        #expect(bytesStart(Array("Bearer x".utf8).span, with: "Bearer "))
        #expect(!bytesStart(Array("Bear".utf8).span, with: "Bearer"))
    }

    @Test func onlyASCIILettersFold() {
        #expect(bytesEqualIgnoringASCIICase(Array("AUTHORIZATION".utf8).span, "authorization"))
        // 0x40/0x60 and 0x5B/0x7B differ in the same bit as the letters do.
        #expect(!bytesEqualIgnoringASCIICase(Array("@[".utf8).span, "`{"))
        // The Kelvin sign folds to k in Unicode; a header name must not.
        #expect(!bytesEqualIgnoringASCIICase(Array("\u{212A}id".utf8).span, "kid"))
    }

    @Test(arguments: [0, 1, 2, 0x8000_0000_0000_0000, UInt64.max, 0xFFFF_FFFF])
    func masks(value: UInt64) {
        #expect(nonZeroMask(value) == (value == 0 ? 0 : .max))
        #expect(zeroMask(value) == (value == 0 ? .max : 0))
        #expect(equalityMask(value, value) == UInt64.max)
        #expect(equalityMask(value, value ^ 1) == UInt64(0))
        #expect(select(.max, value, 7) == value)
        #expect(select(0, value, 7) == 7)
    }
}
