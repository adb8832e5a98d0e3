// LimbArithmetic.swift - 64-bit limbs, and their sums and products with carries.
//
// Spec:    none; base-2^64 schoolbook arithmetic.
// Secret:  no branch depends on a limb, but BigInt as a whole does not promise constant time.
// Reads:   nothing. Read by: NaturalArithmetic, Division, NaturalText, Montgomery.
//
// Why DoubleLimb is used: the compiler turned a carry in a Bool into a conditional jump. It compiles this form to add
// and adc instructions.
//
// Why the two types have names: Scripts/check-small-words compiles these sources with 8-bit limbs, for which all
// operands can be tested.

#if SMALL_LIMBS
    /// A digit of a number.
    public typealias Limb = UInt8
    /// Fits the product of two limbs plus two more limbs.
    typealias DoubleLimb = UInt16
#else
    /// A digit of a number.
    public typealias Limb = UInt64
    /// Fits the product of two limbs plus two more limbs.
    typealias DoubleLimb = UInt128
#endif

/// Returns the low limb of `a + b + carry` and stores the carry-out in `carry`.
///
/// - Requires: `carry` is 0 or 1. - Ensures: `carry` is 0 or 1.
@inline(__always)
func addCarry(_ a: Limb, _ b: Limb, _ carry: inout Limb) -> Limb {
    let sum = DoubleLimb(a) &+ DoubleLimb(b) &+ DoubleLimb(carry)
    carry = Limb(truncatingIfNeeded: sum >> Limb.bitWidth)
    return Limb(truncatingIfNeeded: sum)
}

/// Returns the low limb of `a - b - borrow` and stores in `borrow` whether the difference was negative.
///
/// - Requires: `borrow` is 0 or 1. - Ensures: `borrow` is 0 or 1.
@inline(__always)
func subtractBorrow(_ a: Limb, _ b: Limb, _ borrow: inout Limb) -> Limb {
    let difference = DoubleLimb(a) &- DoubleLimb(b) &- DoubleLimb(borrow)
    borrow = Limb(truncatingIfNeeded: difference >> Limb.bitWidth) & 1
    return Limb(truncatingIfNeeded: difference)
}

/// Returns the low limb of `a * b + c + carry` and stores the high limb in `carry`.
///
/// The result fits into two limbs: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
@inline(__always)
func multiplyAdd(_ a: Limb, _ b: Limb, _ c: Limb, _ carry: inout Limb) -> Limb {
    let product = a.multipliedFullWidth(by: b)
    let sum =
        (DoubleLimb(product.high) << Limb.bitWidth | DoubleLimb(product.low)) &+ DoubleLimb(c)
        &+ DoubleLimb(carry)
    carry = Limb(truncatingIfNeeded: sum >> Limb.bitWidth)
    return Limb(truncatingIfNeeded: sum)
}
