import Testing

@testable import AEAD

/// SP 800-38D §6.3, algorithm 1, a bit at a time.
private func definedProduct(_ x: UInt128, _ y: UInt128) -> UInt128 {
    var z: UInt128 = 0
    var v = y
    for i in 0..<128 {
        if (x >> UInt128(127 - i)) & 1 == 1 { z ^= v }
        v = v & 1 == 1 ? (v >> 1) ^ (0xE1 << 120) : v >> 1
    }
    return z
}

/// GHASH agrees with the bit-by-bit definition of SP 800-38D (AUDIT 17, 47).
@Suite struct GHASHTests {
    @Test func productsAgreeWithTheDefinition() {
        var generator = Lehmer(seed: 38)
        let special: [UInt128] = [0, 1, .max, 1 << 127, 1 << 64, 0xE1 << 120, UInt128(UInt64.max)]
        var operands = special
        for _ in 0..<40 { operands.append(UInt128(generator.next()) << 64 | UInt128(generator.next())) }
        for key in operands {
            for block in operands {
                var hash = GHASH(
                    keyHigh: UInt64(truncatingIfNeeded: key >> 64), keyLow: UInt64(truncatingIfNeeded: key))
                hash.absorb(UInt64(truncatingIfNeeded: block >> 64), UInt64(truncatingIfNeeded: block))
                let value = UInt128(hash.value.high) << 64 | UInt128(hash.value.low)
                #expect(value == definedProduct(block, key))
            }
        }
    }
}
