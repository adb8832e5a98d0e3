// GHASH.swift - the universal hash of GCM, without tables.
//
// Spec:    SP 800-38D §6.3 (multiplication), §6.4 (GHASH).
// Secret:  the hash key and the state. The code uses no table, and no index and no branch depends on them.
// Reads:   AESKey (loads); Bytes. Read by: AESGCM.
//
// Carry-less multiplication with integer multiplication: only every fourth bit of each operand is kept, so that the sum
// of the products at a kept position fits into four bits, and does not reach the next kept position. At position 4k at
// most k + 1 products are added. Only at k = 15 can the sum reach 16 and overflow, and that overflow is beyond the 64
// bits. The upper half of a product is the reversed lower half of the product of the reversed operands.
//
// On x86_64 and arm64 the time of an integer multiplication does not depend on the operands.

import Bytes

/// A multiplier in GF(2)[x], split into four parts: part i contains every fourth bit, from bit i on.
private struct HoledWord {
    let part0, part1, part2, part3: UInt64

    @inline(__always)
    init(_ x: UInt64) {
        part0 = x & 0x1111_1111_1111_1111
        part1 = x & 0x2222_2222_2222_2222
        part2 = x & 0x4444_4444_4444_4444
        part3 = x & 0x8888_8888_8888_8888
    }

    /// The low 64 bits of the carry-less product.
    @inline(__always)
    func multipliedLow(by y: HoledWord) -> UInt64 {
        let z0 = part0 &* y.part0 ^ part1 &* y.part3 ^ part2 &* y.part2 ^ part3 &* y.part1
        let z1 = part0 &* y.part1 ^ part1 &* y.part0 ^ part2 &* y.part3 ^ part3 &* y.part2
        let z2 = part0 &* y.part2 ^ part1 &* y.part1 ^ part2 &* y.part0 ^ part3 &* y.part3
        let z3 = part0 &* y.part3 ^ part1 &* y.part2 ^ part2 &* y.part1 ^ part3 &* y.part0
        return z0 & 0x1111_1111_1111_1111 | z1 & 0x2222_2222_2222_2222 | z2 & 0x4444_4444_4444_4444
            | z3 & 0x8888_8888_8888_8888
    }
}

/// The running hash. `high` and `low` are the first and the last eight bytes of a block, big-endian.
struct GHASH {
    private let keyLow, keyHigh, keySum: HoledWord
    private let keyLowReversed, keyHighReversed, keySumReversed: HoledWord
    private var high: UInt64 = 0
    private var low: UInt64 = 0

    /// - Parameters high, low: the hash key H = CIPH_K(0^128).
    init(keyHigh high: UInt64, keyLow low: UInt64) {
        keyLow = HoledWord(low)
        keyHigh = HoledWord(high)
        keySum = HoledWord(low ^ high)
        keyLowReversed = HoledWord(reverseBits(low))
        keyHighReversed = HoledWord(reverseBits(high))
        keySumReversed = HoledWord(reverseBits(low ^ high))
    }

    /// Absorbs bytes; the last block is padded with zeros (§7.1 step 4).
    mutating func absorbPadded(_ bytes: Span<UInt8>) {
        var offset = 0
        while bytes.count - offset >= 16 {
            absorb(loadBigEndian64(bytes, offset), loadBigEndian64(bytes, offset + 8))
            offset += 16
        }
        guard offset < bytes.count else { return }
        var block = InlineArray<16, UInt8>(repeating: 0)
        for index in offset..<bytes.count { block[index - offset] = bytes[index] }
        absorb(loadBigEndian64(block.span, 0), loadBigEndian64(block.span, 8))
    }

    /// §6.4 step 3: Y = (Y xor X) · H.
    @inline(never)
    mutating func absorb(_ blockHigh: UInt64, _ blockLow: UInt64) {
        high ^= blockHigh
        low ^= blockLow
        multiplyByKey()
    }

    /// The current hash value.
    var value: (high: UInt64, low: UInt64) { (high, low) }

    /// §6.3, with the bits of the blocks in reverse order: block bit 0 is the coefficient of x^0 and the most
    /// significant bit of `high`.
    @inline(__always)
    private mutating func multiplyByKey() {
        let sum = low ^ high
        // Karatsuba: three products of 64-bit words, each computed in two halves.
        let lowLow = HoledWord(low).multipliedLow(by: keyLow)
        let highLow = HoledWord(high).multipliedLow(by: keyHigh)
        let middleLow = HoledWord(sum).multipliedLow(by: keySum) ^ lowLow ^ highLow
        let lowReversed = HoledWord(reverseBits(low)).multipliedLow(by: keyLowReversed)
        let highReversed = HoledWord(reverseBits(high)).multipliedLow(by: keyHighReversed)
        let middleReversed =
            HoledWord(reverseBits(sum)).multipliedLow(by: keySumReversed) ^ lowReversed ^ highReversed
        // The product of reversed words is the reversed product, which has 127 bits: one bit less than two words.
        var v0 = lowLow
        var v1 = reverseBits(lowReversed) >> 1 ^ middleLow
        var v2 = highLow ^ reverseBits(middleReversed) >> 1
        var v3 = reverseBits(highReversed) >> 1
        // Both operands are reversed strings of 128 bits, and their product has 255 bits. A shift by one bit aligns it
        // with 256 bits.
        v3 = v3 << 1 | v2 >> 63
        v2 = v2 << 1 | v1 >> 63
        v1 = v1 << 1 | v0 >> 63
        v0 = v0 << 1
        // Reduction modulo x^128 + x^7 + x^2 + x + 1, one word at a time.
        v2 ^= v0 ^ v0 >> 1 ^ v0 >> 2 ^ v0 >> 7
        v1 ^= v0 << 63 ^ v0 << 62 ^ v0 << 57
        v3 ^= v1 ^ v1 >> 1 ^ v1 >> 2 ^ v1 >> 7
        v2 ^= v1 << 63 ^ v1 << 62 ^ v1 << 57
        low = v2
        high = v3
    }
}

@inline(__always)
private func reverseBits(_ word: UInt64) -> UInt64 {
    var x = word
    x = (x & 0x5555_5555_5555_5555) << 1 | (x >> 1) & 0x5555_5555_5555_5555
    x = (x & 0x3333_3333_3333_3333) << 2 | (x >> 2) & 0x3333_3333_3333_3333
    x = (x & 0x0F0F_0F0F_0F0F_0F0F) << 4 | (x >> 4) & 0x0F0F_0F0F_0F0F_0F0F
    return x.byteSwapped
}
