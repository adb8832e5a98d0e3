// Masks.swift - comparison and selection without branches.
//
// Spec:    none; two's complement identities.
// Secret:  all operands may be secret. No function branches on them or uses them as an index.
// Reads:   nothing. Read by: EllipticCurves, KeyAgreement, AEAD, TLS.

/// All ones if `value` is not 0, else 0.
@inline(always)
public func nonZeroMask(_ value: UInt64) -> UInt64 {
    // The top bit of (value | -value) is set exactly if value is not 0.
    0 &- ((value | (0 &- value)) >> 63)
}

/// All ones if `value` is 0, else 0.
@inline(always)
public func zeroMask(_ value: UInt64) -> UInt64 {
    ~nonZeroMask(value)
}

/// All ones if `a == b`, else 0.
@inline(always)
public func equalityMask(_ a: UInt64, _ b: UInt64) -> UInt64 {
    zeroMask(a ^ b)
}

/// `a` if `mask` is all ones, `b` if it is 0.
///
/// - Requires: `mask` is 0 or all ones.
@inline(always)
public func select(_ mask: UInt64, _ a: UInt64, _ b: UInt64) -> UInt64 {
    b ^ (mask & (a ^ b))
}

/// 0xFF if both spans contain the same bytes, else 0x00. The time depends only on the counts.
///
/// - Parameters a, b: of any length. Spans of different lengths are unequal; the lengths are public.
public func equalityMask(_ a: Span<UInt8>, _ b: Span<UInt8>) -> UInt8 {
    guard a.count == b.count else { return 0 }
    var difference: UInt8 = 0
    for index in a.indices { difference |= a[index] ^ b[index] }
    return ~UInt8(truncatingIfNeeded: nonZeroMask(UInt64(difference)))
}
