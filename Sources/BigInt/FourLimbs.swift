// FourLimbs.swift - the inner loop of multiplication: four rows in one pass.
//
// Spec:    none; schoolbook multiplication, four rows in one pass over the columns.
// Secret:  no branch depends on a limb, but BigInt as a whole does not promise constant time.
// Reads:   LimbArithmetic. Read by: Montgomery.
//
// With one row at a time, each limb of the sum is loaded and stored once per product. Four rows share each load and
// store, and their four carry chains run in parallel.

/// Four limbs, least significant first.
struct FourLimbs: Equatable, Sendable {
    var w0: Limb
    var w1: Limb
    var w2: Limb
    var w3: Limb

    init(_ w0: Limb, _ w1: Limb, _ w2: Limb, _ w3: Limb) {
        (self.w0, self.w1, self.w2, self.w3) = (w0, w1, w2, w3)
    }

    static var zero: FourLimbs { FourLimbs(0, 0, 0, 0) }
}

/// Adds `a * b + window` to the limbs of `sum` from `offset` on.
///
/// Only `b.count` limbs of `sum` are changed. The four limbs above them are returned; the caller adds them to the limbs
/// of `sum` at that position.
///
/// - Requires: `offset + b.count <= sum.count`.
@inline(never)
func addFourRows(
    _ a: FourLimbs, _ b: Span<Limb>, to sum: inout MutableSpan<Limb>, at offset: Int, window: FourLimbs
) -> FourLimbs {
    precondition(offset >= 0 && offset <= sum.count && b.count <= sum.count - offset)
    var (w0, w1, w2, w3) = (window.w0, window.w1, window.w2, window.w3)
    for j in b.indices {
        // Window and sum are less than 2^256 and 2^64, and the row product is at most (2^256 - 1)(2^64 - 1). The total
        // is less than 2^320 and fits into five limbs. The high halves come one limb above the low ones: two chains of
        // carries in place of one for each product.
        let limb = b[j]
        let p0 = a.w0.multipliedFullWidth(by: limb)
        let p1 = a.w1.multipliedFullWidth(by: limb)
        let p2 = a.w2.multipliedFullWidth(by: limb)
        let p3 = a.w3.multipliedFullWidth(by: limb)
        var carry: Limb = 0
        let s0 = addCarry(w0, p0.low, &carry)
        let s1 = addCarry(w1, p1.low, &carry)
        let s2 = addCarry(w2, p2.low, &carry)
        let s3 = addCarry(w3, p3.low, &carry)
        let s4 = carry
        carry = 0
        sum[offset + j] = addCarry(s0, sum[offset + j], &carry)
        w0 = addCarry(s1, p0.high, &carry)
        w1 = addCarry(s2, p1.high, &carry)
        w2 = addCarry(s3, p2.high, &carry)
        w3 = s4 &+ p3.high &+ carry
    }
    return FourLimbs(w0, w1, w2, w3)
}

/// `a * b mod 2^256`.
func lowProduct(_ a: FourLimbs, _ b: FourLimbs) -> FourLimbs {
    var carry: Limb = 0
    let r0 = multiplyAdd(a.w0, b.w0, 0, &carry)
    var r1 = multiplyAdd(a.w0, b.w1, 0, &carry)
    var r2 = multiplyAdd(a.w0, b.w2, 0, &carry)
    var r3 = a.w0 &* b.w3 &+ carry
    carry = 0
    r1 = multiplyAdd(a.w1, b.w0, r1, &carry)
    r2 = multiplyAdd(a.w1, b.w1, r2, &carry)
    r3 = r3 &+ a.w1 &* b.w2 &+ carry
    carry = 0
    r2 = multiplyAdd(a.w2, b.w0, r2, &carry)
    r3 = r3 &+ a.w2 &* b.w1 &+ a.w3 &* b.w0 &+ carry
    return FourLimbs(r0, r1, r2, r3)
}

/// `-1 / a mod 2^256`.
///
/// - Requires: `a` is odd.
func negatedInverse(_ a: FourLimbs) -> FourLimbs {
    // Newton's iteration x = x (2 - a x) doubles the number of correct bits. An odd a is its own inverse modulo 8,
    // which is 3 bits. Seven iterations give 384 correct bits; 256 are needed.
    var x = a
    for _ in 0..<7 { x = lowProduct(x, twoMinus(lowProduct(a, x))) }
    var borrow: Limb = 0
    return FourLimbs(
        subtractBorrow(0, x.w0, &borrow), subtractBorrow(0, x.w1, &borrow),
        subtractBorrow(0, x.w2, &borrow), subtractBorrow(0, x.w3, &borrow))
}

/// `2 - a mod 2^256`.
private func twoMinus(_ a: FourLimbs) -> FourLimbs {
    var borrow: Limb = 0
    return FourLimbs(
        subtractBorrow(2, a.w0, &borrow), subtractBorrow(0, a.w1, &borrow),
        subtractBorrow(0, a.w2, &borrow), subtractBorrow(0, a.w3, &borrow))
}
