// P256Product.swift - products modulo the prime of P-256.
//
// Spec:    SP 800-186 §3.2.1.3 (the prime); Handbook of Applied Cryptography, algorithm 14.36, one limb at a time.
// Secret:  the operands. No branch and no index depends on them.
// Reads:   Limbs. Read by: PrimeField.
//
// p = 2^256 - 2^224 + 2^192 + 2^96 - 1. With w bits in a limb (64; 8 under Scripts/check-small-words) and h = w / 2 its
// limbs are 2^w - 1, 2^h - 1, 0 and 2^w - 2^h + 1. Since -1 / p mod 2^w = 1, the multiple of p that clears the
// lowest limb m is m p, and its product with each limb is shifts and a subtraction:
//   m + m (2^w - 1)       = m 2^w
//   m + m (2^h - 1)       = m 2^h, the second limb with what the first one carries
//   m (2^w - 2^h + 1)     = (m - m / 2^h) 2^w + (m - 2^h m), with a borrow from the right to the left

/// Whether an odd modulus has the form of the prime of P-256.
func isP256Form<let limbCount: Int>(_ modulus: InlineArray<limbCount, Limb>) -> Bool {
    let half = Limb.bitWidth / 2
    return limbCount == 4 && modulus[0] == .max && modulus[1] == .max >> half && modulus[2] == 0
        && modulus[3] == (.max << half) + 1
}

/// a b / R modulo p as `top R + value`, which is below 2 p.
///
/// - Requires: four limbs; b is below p, a below R; p has the form of the prime of P-256.
@inline(__always)
func p256Product<let limbCount: Int>(
    _ a: InlineArray<limbCount, Limb>, _ b: InlineArray<limbCount, Limb>
) -> (value: InlineArray<limbCount, Limb>, top: Limb) {
    let half = Limb.bitWidth / 2
    var (t0, t1, t2, t3, top): (Limb, Limb, Limb, Limb, Limb) = (0, 0, 0, 0, 0)
    for row in 0..<4 {
        // (top, t) is below 2 p before each row, as in `PrimeField.multiply`. The low and the high halves of the products
        // are added in two chains of carries.
        let limb = a[row]
        let p0 = limb.multipliedFullWidth(by: b[0])
        let p1 = limb.multipliedFullWidth(by: b[1])
        let p2 = limb.multipliedFullWidth(by: b[2])
        let p3 = limb.multipliedFullWidth(by: b[3])
        var carry: Limb = 0
        let m = addCarry(t0, p0.low, &carry)
        t1 = addCarry(t1, p1.low, &carry)
        t2 = addCarry(t2, p2.low, &carry)
        t3 = addCarry(t3, p3.low, &carry)
        let above = DoubleLimb(top) &+ DoubleLimb(p3.high) &+ DoubleLimb(carry)
        carry = 0
        t1 = addCarry(t1, p0.high, &carry)
        t2 = addCarry(t2, p1.high, &carry)
        t3 = addCarry(t3, p2.high, &carry)
        let upper = above &+ DoubleLimb(carry)
        // §14.36 step 2.2: adds m p, and shifts by one limb.
        var borrow: Limb = 0
        let low = subtractBorrow(m, m << half, &borrow)
        let high = m &- m >> half &- borrow
        carry = 0
        t0 = addCarry(t1, m << half, &carry)
        t1 = addCarry(t2, m >> half, &carry)
        t2 = addCarry(t3, low, &carry)
        let sum = upper &+ DoubleLimb(high) &+ DoubleLimb(carry)
        t3 = Limb(truncatingIfNeeded: sum)
        top = Limb(truncatingIfNeeded: sum >> Limb.bitWidth)
    }
    var value = InlineArray<limbCount, Limb>.zero
    value[0] = t0
    value[1] = t1
    value[2] = t2
    value[3] = t3
    return (value, top)
}
