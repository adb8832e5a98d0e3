// Limbs.swift - integers of a fixed number of 64-bit limbs: steps with carries, bytes in and out.
//
// Spec:    none; base-2^64 schoolbook arithmetic, least significant limb first.
// Secret:  limbs, carries and bytes may be secret; counts are not. The functions that end in
//          VariableTime are for public data.
// Reads:   Bytes (literals). Read by: the rest of EllipticCurves.
//
// Why UInt128: a carry that passes through Bool was compiled to a conditional jump. The
// three steps are BigInt's too; that module imports nothing and lends nothing.

import Bytes

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

extension InlineArray where Element == UInt64 {
    @inline(__always)
    static var zero: Self { Self(repeating: 0) }

    /// The integer of big-endian bytes.
    ///
    /// - Requires: at most `8 * count` bytes.
    init(bigEndian bytes: Span<UInt8>) {
        precondition(bytes.count <= 8 * Self.count)
        self = .zero
        for index in bytes.indices {
            let place = bytes.count - 1 - index
            self[place / 8] |= UInt64(bytes[index]) << UInt64(8 * (place % 8))
        }
    }

    /// The integer of little-endian bytes.
    ///
    /// - Requires: at most `8 * count` bytes.
    init(littleEndian bytes: Span<UInt8>) {
        precondition(bytes.count <= 8 * Self.count)
        self = .zero
        for index in bytes.indices {
            self[index / 8] |= UInt64(bytes[index]) << UInt64(8 * (index % 8))
        }
    }

    /// The integer of hexadecimal digits, as the standards print them: white space is passed over.
    @inline(never)
    init(hexadecimal text: StaticString) {
        self = .zero
        for index in 0..<text.utf8ByteCount {
            let digit: UInt64
            switch text.utf8Byte(at: index) {
            case let byte where (0x30...0x39).contains(byte): digit = UInt64(byte - 0x30)
            case let byte where (0x61...0x66).contains(byte): digit = UInt64(byte - 0x61 + 10)
            default: continue
            }
            for limb in (1..<Self.count).reversed() { self[limb] = self[limb] << 4 | self[limb - 1] >> 60 }
            self[0] = self[0] << 4 | digit
        }
    }

    /// The byte of weight 2^(8 index).
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: self[index / 8] >> UInt64(8 * (index % 8)))
    }

    /// The bit of weight 2^index; 0 above the top.
    @inline(__always)
    func bit(_ index: Int) -> UInt64 {
        index < 64 * Self.count ? self[index / 64] >> UInt64(index % 64) & 1 : 0
    }

    func isLessVariableTime(than other: Self) -> Bool {
        var borrow: UInt64 = 0
        for index in 0..<Self.count { _ = subtractBorrow(self[index], other[index], &borrow) }
        return borrow == 1
    }

    /// `self + other` without the carry out of the top, and that carry.
    @inline(__always)
    func adding(_ other: Self) -> (sum: Self, carry: UInt64) {
        var sum = Self.zero
        var carry: UInt64 = 0
        for index in 0..<Self.count { sum[index] = addCarry(self[index], other[index], &carry) }
        return (sum, carry)
    }

    /// `self - other` modulo 2^(64 count), and whether it went below zero.
    @inline(__always)
    func subtracting(_ other: Self) -> (difference: Self, borrow: UInt64) {
        var difference = Self.zero
        var borrow: UInt64 = 0
        for index in 0..<Self.count { difference[index] = subtractBorrow(self[index], other[index], &borrow) }
        return (difference, borrow)
    }
}
