// Integer25519.swift - integers modulo 2^255 - 19, for X25519.
//
// Spec:    RFC 7748 §4.1 (the prime), §5 (decodeLittleEndian, encodeUCoordinate).
// Secret:  all values. No branch and no index depends on them.
// Reads:   Bytes (masks, words). Read by: MontgomeryLadder.
//
// An integer is l0 + l1·2^51 + l2·2^102 + l3·2^153 + l4·2^204. Limbs may exceed 51 bits, so an addition needs no carries.
// Two ranges occur:
//   reduced   below 2^51 + 2^14: decoded numbers, products, squares. The results of add and subtract are wide.
//   wide      below 2^54: what products and squares accept.
// A column of a product of wide integers is the sum of at most five products, four of them times 19:
// 77 · 2^108 < 2^115. See `Columns` for the carries.

import Bytes

private let mask51: UInt64 = (1 << 51) - 1

/// An integer modulo p = 2^255 - 19.
struct Integer25519 {
    var l0, l1, l2, l3, l4: UInt64

    init(_ l0: UInt64, _ l1: UInt64 = 0, _ l2: UInt64 = 0, _ l3: UInt64 = 0, _ l4: UInt64 = 0) {
        (self.l0, self.l1, self.l2, self.l3, self.l4) = (l0, l1, l2, l3, l4)
    }

    /// Decodes 32 bytes, little-endian. Bit 255 is ignored. Values of at least p are accepted.
    init(littleEndian bytes: Span<UInt8>) {
        precondition(bytes.count == 32)
        let (w0, w1, w2, w3) = (
            bytes.littleEndianWord(at: 0), bytes.littleEndianWord(at: 8),
            bytes.littleEndianWord(at: 16), bytes.littleEndianWord(at: 24)
        )
        self.init(
            w0 & mask51, (w0 >> 51 | w1 << 13) & mask51, (w1 >> 38 | w2 << 26) & mask51,
            (w2 >> 25 | w3 << 39) & mask51, (w3 >> 12) & mask51)
    }

    /// Writes 32 bytes, little-endian, of the representative below p.
    ///
    /// - Requires: this integer is reduced or wide.
    func encode(into output: inout MutableSpan<UInt8>) {
        precondition(output.count == 32)
        var a = self
        // Round one leaves less than 2^255 + 2^8, because the highest carry is below 2^3. Round two leaves less than
        // 2^255 + 19; every limb is then below 2^51, except l0, which is below 2^51 + 19.
        a.carry()
        a.carry()
        // The quotient by p is 0 or 1: it is the carry out of the highest limb of a + 19.
        var quotient = (a.l0 &+ 19) >> 51
        quotient = (a.l1 &+ quotient) >> 51
        quotient = (a.l2 &+ quotient) >> 51
        quotient = (a.l3 &+ quotient) >> 51
        quotient = (a.l4 &+ quotient) >> 51
        // a - quotient · p = a + 19 · quotient - quotient · 2^255. The mask removes the last term.
        a.l0 &+= 19 &* quotient
        a.l1 &+= a.l0 >> 51
        a.l2 &+= a.l1 >> 51
        a.l3 &+= a.l2 >> 51
        a.l4 &+= a.l3 >> 51
        let (l0, l1, l2, l3, l4) = (
            a.l0 & mask51, a.l1 & mask51, a.l2 & mask51, a.l3 & mask51, a.l4 & mask51
        )
        store(l0 | l1 << 51, at: 0, in: &output)
        store(l1 >> 13 | l2 << 38, at: 8, in: &output)
        store(l2 >> 26 | l3 << 25, at: 16, in: &output)
        store(l3 >> 39 | l4 << 12, at: 24, in: &output)
    }

    /// One round of carries, the highest one into l0 times 19.
    private mutating func carry() {
        l1 &+= l0 >> 51
        l2 &+= l1 >> 51
        l3 &+= l2 >> 51
        l4 &+= l3 >> 51
        l0 = (l0 & mask51) &+ 19 &* (l4 >> 51)
        l1 &= mask51
        l2 &= mask51
        l3 &= mask51
        l4 &= mask51
    }

    /// This integer if `mask` is all ones, `other` if it is 0.
    @inline(__always)
    func selected(_ mask: UInt64, else other: Self) -> Self {
        Self(
            select(mask, l0, other.l0), select(mask, l1, other.l1), select(mask, l2, other.l2),
            select(mask, l3, other.l3), select(mask, l4, other.l4))
    }

    /// - Requires: both operands are reduced.
    /// - Returns: a wide integer, below 2^52 + 2^15 in each limb.
    @inline(__always)
    static func + (a: Self, b: Self) -> Self {
        Self(a.l0 &+ b.l0, a.l1 &+ b.l1, a.l2 &+ b.l2, a.l3 &+ b.l3, a.l4 &+ b.l4)
    }

    /// a + 2p - b. Each limb of 2p (2^52 - 38 and 2^52 - 2) exceeds the one of b, so no limb becomes negative.
    ///
    /// - Requires: both operands are reduced.
    /// - Returns: a wide integer, below 2^53 in each limb.
    @inline(__always)
    static func - (a: Self, b: Self) -> Self {
        let (low, other) = ((1 << 52) as UInt64 &- 38, (1 << 52) as UInt64 &- 2)
        return Self(
            a.l0 &+ low &- b.l0, a.l1 &+ other &- b.l1, a.l2 &+ other &- b.l2, a.l3 &+ other &- b.l3,
            a.l4 &+ other &- b.l4)
    }

    /// - Requires: both operands are reduced or wide.
    /// - Returns: a reduced integer.
    @inline(never)
    @_optimize(speed)
    static func * (a: Self, b: Self) -> Self {
        // 2^255 = 19 modulo p: a product of weight 2^255 or more is multiplied by 19 and added 255 bits lower.
        let (b1, b2, b3, b4) = (19 &* b.l1, 19 &* b.l2, 19 &* b.l3, 19 &* b.l4)
        return Columns(
            sum(
                product(a.l0, b.l0), product(a.l1, b4), product(a.l2, b3), product(a.l3, b2),
                product(a.l4, b1)),
            sum(
                product(a.l0, b.l1), product(a.l1, b.l0), product(a.l2, b4), product(a.l3, b3),
                product(a.l4, b2)),
            sum(
                product(a.l0, b.l2), product(a.l1, b.l1), product(a.l2, b.l0), product(a.l3, b4),
                product(a.l4, b3)),
            sum(
                product(a.l0, b.l3), product(a.l1, b.l2), product(a.l2, b.l1), product(a.l3, b.l0),
                product(a.l4, b4)),
            sum(
                product(a.l0, b.l4), product(a.l1, b.l3), product(a.l2, b.l2), product(a.l3, b.l1),
                product(a.l4, b.l0))
        ).reduced
    }

    /// - Requires: the operand is reduced or wide.
    /// - Returns: a reduced integer.
    @inline(never)
    @_optimize(speed)
    var squared: Self {
        let (twice0, twice1, twice2) = (2 &* l0, 2 &* l1, 2 &* l2)
        let (l3Folded, l4Folded) = (19 &* l3, 19 &* l4)
        return Columns(
            sum(product(l0, l0), product(twice1, l4Folded), product(twice2, l3Folded)),
            sum(product(twice0, l1), product(twice2, l4Folded), product(l3, l3Folded)),
            sum(product(twice0, l2), product(l1, l1), product(2 &* l3, l4Folded)),
            sum(product(twice0, l3), product(twice1, l2), product(l4, l4Folded)),
            sum(product(twice0, l4), product(twice1, l3), product(l2, l2))
        ).reduced
    }

    /// The product with a number below 2^17.
    ///
    /// - Requires: this integer is reduced or wide.
    /// - Returns: a reduced integer.
    @inline(__always)
    func times(_ small: UInt64) -> Self {
        Columns(
            product(l0, small), product(l1, small), product(l2, small), product(l3, small), product(l4, small)
        ).reduced
    }

    /// The integer raised to the power 2^count.
    private func squared(_ count: Int) -> Self {
        var result = self
        for _ in 0..<count { result = result.squared }
        return result
    }

    /// z^(p - 2) = z^(2^255 - 21), which is 1/z, or 0 for 0.
    ///
    /// - Returns: a reduced integer.
    /// - Source: RFC 7748 §5.
    var inverse: Self {
        // The names are exponents; `onesN` is 2^N - 1.
        let power2 = squared(1)
        let power9 = power2.squared(2) * self
        let power11 = power9 * power2
        let ones5 = power11.squared(1) * power9
        let ones10 = ones5.squared(5) * ones5
        let ones20 = ones10.squared(10) * ones10
        let ones40 = ones20.squared(20) * ones20
        let ones50 = ones40.squared(10) * ones10
        let ones100 = ones50.squared(50) * ones50
        let ones200 = ones100.squared(100) * ones100
        let ones250 = ones200.squared(50) * ones50
        // (2^250 - 1) · 2^5 + 11 = 2^255 - 21.
        return ones250.squared(5) * power11
    }
}

/// The sums of products of equal weight, before their carries.
private struct Columns {
    private let c0, c1, c2, c3, c4: UInt128

    @inline(__always)
    init(_ c0: UInt128, _ c1: UInt128, _ c2: UInt128, _ c3: UInt128, _ c4: UInt128) {
        (self.c0, self.c1, self.c2, self.c3, self.c4) = (c0, c1, c2, c3, c4)
    }

    /// Bounds: c0 to c3 are below 2^115, so a carry is below 2^64. c4 contains no product times 19: with its carry it is
    /// below 5 · 2^108 + 2^64 < 2^110.5, so 19 times the highest carry is below 19 · 2^59.5 < 2^64. The carry from l0 to
    /// l1 is then below 2^13.
    @inline(__always)
    var reduced: Integer25519 {
        let d1 = c1 &+ c0 >> 51
        let d2 = c2 &+ d1 >> 51
        let d3 = c3 &+ d2 >> 51
        let d4 = c4 &+ d3 >> 51
        let l0 = (low(c0) & mask51) &+ 19 &* low(d4 >> 51)
        return Integer25519(
            l0 & mask51, (low(d1) & mask51) &+ l0 >> 51, low(d2) & mask51, low(d3) & mask51,
            low(d4) & mask51)
    }
}

@inline(__always)
private func product(_ a: UInt64, _ b: UInt64) -> UInt128 {
    UInt128(a) &* UInt128(b)
}

@inline(__always)
private func sum(_ a: UInt128, _ b: UInt128, _ c: UInt128, _ d: UInt128 = 0, _ e: UInt128 = 0) -> UInt128 {
    a &+ b &+ c &+ d &+ e
}

/// The low 64 bits.
@inline(__always)
private func low(_ value: UInt128) -> UInt64 {
    UInt64(truncatingIfNeeded: value)
}

/// Stores eight bytes, little-endian.
@inline(__always)
private func store(_ value: UInt64, at offset: Int, in output: inout MutableSpan<UInt8>) {
    for index in 0..<8 { output[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
}
