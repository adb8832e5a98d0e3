// LimbArithmetic.swift - 64-bit limbs with carries: the steps everything else is made of.
//
// Spec:    none; base-2^64 schoolbook arithmetic.
// Secret:  nothing here branches on a limb, but BigInt as a whole makes no promise.
// Reads:   nothing. Read by: NaturalArithmetic, Division, NaturalText, Montgomery.
//
// Why UInt128: a carry that passes through Bool was compiled to a conditional jump. In
// this form the compiler makes add and adc of it.

/// Returns the low limb of `a + b + carry` and leaves the high one in `carry`.
///
/// - Requires: `carry` is 0 or 1. - Ensures: `carry` is 0 or 1.
@inline(__always)
func addCarry(_ a: UInt64, _ b: UInt64, _ carry: inout UInt64) -> UInt64 {
    let sum = UInt128(a) &+ UInt128(b) &+ UInt128(carry)
    carry = UInt64(truncatingIfNeeded: sum >> 64)
    return UInt64(truncatingIfNeeded: sum)
}

/// Returns the low limb of `a - b - borrow` and leaves in `borrow` whether it went below zero.
///
/// - Requires: `borrow` is 0 or 1. - Ensures: `borrow` is 0 or 1.
@inline(__always)
func subtractBorrow(_ a: UInt64, _ b: UInt64, _ borrow: inout UInt64) -> UInt64 {
    let difference = UInt128(a) &- UInt128(b) &- UInt128(borrow)
    borrow = UInt64(truncatingIfNeeded: difference >> 64) & 1
    return UInt64(truncatingIfNeeded: difference)
}

/// Returns the low limb of `a * b + c + carry` and leaves the high one in `carry`.
///
/// It fits: (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1.
@inline(__always)
func multiplyAdd(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ carry: inout UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    let sum =
        (UInt128(product.high) << 64 | UInt128(product.low)) &+ UInt128(c) &+ UInt128(carry)
    carry = UInt64(truncatingIfNeeded: sum >> 64)
    return UInt64(truncatingIfNeeded: sum)
}
