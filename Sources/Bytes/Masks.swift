// Masks.swift - choices without branches, on 64-bit limbs.
//
// Spec:    none; two's complement identities.
// Secret:  all operands may be secret. Nothing here branches or indexes.
// Reads:   nothing. Read by: ByteComparison, EllipticCurves, KeyAgreement, AEAD, TLS.

/// All ones when `value` is not 0, else 0.
@inline(always)
public func nonZeroMask(_ value: UInt64) -> UInt64 {
    // The top bit of (value | -value) is set exactly when value is not 0.
    0 &- ((value | (0 &- value)) >> 63)
}

/// All ones when `value` is 0, else 0.
@inline(always)
public func zeroMask(_ value: UInt64) -> UInt64 {
    ~nonZeroMask(value)
}

/// All ones when `a == b`, else 0.
@inline(always)
public func equalityMask(_ a: UInt64, _ b: UInt64) -> UInt64 {
    zeroMask(a ^ b)
}

/// `a` where `mask` is all ones, `b` where it is 0.
///
/// - Requires: `mask` is 0 or all ones.
@inline(always)
public func select(_ mask: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    b ^ (mask & (a ^ b))
}
