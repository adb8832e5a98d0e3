// Poly1305.swift - the one-time authenticator.
//
// Spec:    RFC 8439 §2.5.
// Secret:  the key, the accumulator and the message. No branch and no index depends on them.
// Reads:   AESKey (loads); Bytes. Read by: ChaCha20Poly1305.
//
// Numbers modulo 2^130 - 5 are stored in limbs of 44, 44 and 42 bits. Bounds: after a partial reduction the limbs are
// below 2^45, 2^45 and 2^43. A column of a product is the sum of at most three products of 2^45 and 20·2^44. It is
// below 2^96, and so below 2^128.

import Bytes

private let mask44: UInt64 = (1 << 44) - 1
private let mask42: UInt64 = (1 << 42) - 1

/// A running authenticator. Each key may be used only once.
struct Poly1305 {
    private let r0, r1, r2: UInt64
    /// 20·r1 and 20·r2: a product with weight 2^132 or more is reduced by multiplying it by 4·5.
    private let r1Folded, r2Folded: UInt64
    private let padLow, padHigh: UInt64
    private var h0: UInt64 = 0
    private var h1: UInt64 = 0
    private var h2: UInt64 = 0

    /// - Parameter key: 32 bytes, r and then s (§2.5).
    init(key: Span<UInt8>) {
        precondition(key.count == 32)
        let low = loadBigEndian64(key, 0).byteSwapped
        let high = loadBigEndian64(key, 8).byteSwapped
        // §2.5: r &= 0x0ffffffc0ffffffc0ffffffc0fffffff.
        let clampedLow = low & 0x0FFF_FFFC_0FFF_FFFF
        let clampedHigh = high & 0x0FFF_FFFC_0FFF_FFFC
        r0 = clampedLow & mask44
        r1 = (clampedLow >> 44 | clampedHigh << 20) & mask44
        r2 = clampedHigh >> 24
        r1Folded = r1 &* 20
        r2Folded = r2 &* 20
        padLow = loadBigEndian64(key, 16).byteSwapped
        padHigh = loadBigEndian64(key, 24).byteSwapped
    }

    /// Absorbs bytes; the last block is padded with zeros to 16 bytes (§2.8, pad16).
    mutating func absorbPadded(_ bytes: Span<UInt8>) {
        var offset = 0
        while bytes.count - offset >= 16 {
            absorb(loadBigEndian64(bytes, offset).byteSwapped, loadBigEndian64(bytes, offset + 8).byteSwapped)
            offset += 16
        }
        guard offset < bytes.count else { return }
        var block = InlineArray<16, UInt8>(repeating: 0)
        for index in offset..<bytes.count { block[index - offset] = bytes[index] }
        absorb(
            loadBigEndian64(block.span, 0).byteSwapped, loadBigEndian64(block.span, 8).byteSwapped)
    }

    /// §2.5: a = (a + block) · r mod p, for a block of two little-endian words and 2^128.
    @inline(__always)
    mutating func absorb(_ low: UInt64, _ high: UInt64) {
        let a0 = h0 &+ (low & mask44)
        let a1 = h1 &+ ((low >> 44 | high << 20) & mask44)
        let a2 = h2 &+ (high >> 24 | 1 << 40)

        let d0 = product(a0, r0) &+ product(a1, r2Folded) &+ product(a2, r1Folded)
        var d1 = product(a0, r1) &+ product(a1, r0) &+ product(a2, r2Folded)
        var d2 = product(a0, r2) &+ product(a1, r1) &+ product(a2, r0)

        h0 = UInt64(truncatingIfNeeded: d0) & mask44
        d1 &+= d0 >> 44
        h1 = UInt64(truncatingIfNeeded: d1) & mask44
        d2 &+= d1 >> 44
        h2 = UInt64(truncatingIfNeeded: d2) & mask42
        h0 &+= UInt64(truncatingIfNeeded: d2 >> 42) &* 5
        h1 &+= h0 >> 44
        h0 &= mask44
    }

    /// §2.5: (a mod p + s) mod 2^128, little-endian.
    mutating func finalize() -> InlineArray<16, UInt8> {
        // Two rounds of carries bring every limb into its range.
        for _ in 0..<2 {
            h2 &+= h1 >> 44
            h1 &= mask44
            h0 &+= (h2 >> 42) &* 5
            h2 &= mask42
            h1 &+= h0 >> 44
            h0 &= mask44
        }
        h2 &+= h1 >> 44
        h1 &= mask44

        // a - p = a + 5 - 2^130, which is used if it is not negative.
        var g0 = h0 &+ 5
        var g1 = h1 &+ g0 >> 44
        g0 &= mask44
        let g2 = h2 &+ g1 >> 44 &- (1 << 42)
        g1 &= mask44
        // All ones if g2 is negative.
        let keep = 0 &- (g2 >> 63)
        h0 = select(keep, h0, g0)
        h1 = select(keep, h1, g1)
        h2 = select(keep, h2, g2 & mask42)

        let low = UInt128(h0 | h1 << 44)
        let high = UInt128(h1 >> 20 | h2 << 24)
        let sum = (high << 64 | low) &+ (UInt128(padHigh) << 64 | UInt128(padLow))
        var tag = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 { tag[index] = UInt8(truncatingIfNeeded: sum >> UInt128(8 * index)) }
        return tag
    }
}

@inline(__always)
private func product(_ a: UInt64, _ b: UInt64) -> UInt128 {
    UInt128(a) &* UInt128(b)
}
