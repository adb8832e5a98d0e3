import Bytes
import Testing

// Spans cannot pass through #expect, so these functions wrap the calls under test with arrays.
private func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool { bytesEqual(a.span, b.span) }
private func equal(_ a: String, _ text: StaticString) -> Bool { bytesEqual(Array(a.utf8).span, text) }
private func mask(_ a: [UInt8], _ b: [UInt8]) -> UInt8 { equalityMask(a.span, b.span) }
private func starts(_ a: String, with text: StaticString) -> Bool {
    bytesStart(Array(a.utf8).span, with: text)
}
private func equalFolded(_ a: String, _ text: StaticString) -> Bool {
    bytesEqualIgnoringASCIICase(Array(a.utf8).span, text)
}

/// Equality and its mask agree, and only ASCII letters fold (AUDIT 9).
@Suite struct ByteComparisonTests {
    @Test func equalityAndItsMaskAgreeOnEverySingleBitFlip() {
        let original = (0..<33).map { UInt8($0 &* 7) }
        #expect(equal(original, original))
        #expect(mask(original, original) == 0xFF)
        for bit in 0..<(8 * original.count) {
            var changed = original
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!equal(original, changed))
            #expect(mask(original, changed) == 0)
        }
    }

    @Test func lengthsMatter() {
        let longer: [UInt8] = [1, 2, 3]
        let shorter: [UInt8] = [1, 2]
        #expect(!equal(longer, shorter))
        #expect(mask(longer, shorter) == 0)
        #expect(!equal("ab", "abc"))
    }

    @Test func literalsCompareByTheirBytes() {
        #expect(equal("kid", "kid"))
        #expect(equal("é", "é"))
        #expect(equal("", ""))
        #expect(starts("Bearer x", with: "Bearer "))
        #expect(!starts("Bear", with: "Bearer"))
    }

    @Test func onlyASCIILettersFold() {
        #expect(equalFolded("AUTHORIZATION", "authorization"))
        // 0x40/0x60 and 0x5B/0x7B differ in the same bit as the letters do.
        #expect(!equalFolded("@[", "`{"))
        // The Kelvin sign folds to k in Unicode; a header name must not.
        #expect(!equalFolded("\u{212A}id", "kid"))
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
