// Limbs.swift - integers with a fixed number of 64-bit limbs: arithmetic with carries, conversion from and to bytes.
//
// Spec:    none; base-2^64 schoolbook arithmetic, least significant limb first.
// Secret:  limbs, carries and bytes may be secret; counts are not. Functions whose names end in VariableTime are for
//          public data only.
// Reads:   Bytes (literals). Read by: the rest of EllipticCurves.
//
// Why DoubleLimb is used: the compiler turned a carry in a Bool into a conditional jump. The three functions are
// the same as in BigInt. They are repeated here because the two modules do not import each other.
//
// Why the two types have names: Scripts/check-small-words compiles these sources with 8-bit limbs, for which all
// operands can be tested.

import Bytes

#if SMALL_LIMBS
    /// A digit of an integer.
    typealias Limb = UInt8
    /// Fits the product of two limbs plus two more limbs.
    typealias DoubleLimb = UInt16
#else
    /// A digit of an integer.
    typealias Limb = UInt64
    /// Fits the product of two limbs plus two more limbs.
    typealias DoubleLimb = UInt128
#endif

private let limbByteCount = Limb.bitWidth / 8

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

extension InlineArray where Element == Limb {
    @inline(__always)
    static var zero: Self { Self(repeating: 0) }

    /// The integer with these big-endian bytes.
    ///
    /// - Requires: at most `limbByteCount * count` bytes.
    init(bigEndian bytes: Span<UInt8>) {
        precondition(bytes.count <= limbByteCount * Self.count)
        self = .zero
        for index in bytes.indices {
            let place = bytes.count - 1 - index
            self[place / limbByteCount] |= Limb(bytes[index]) << Limb(8 * (place % limbByteCount))
        }
    }

    /// The integer with these little-endian bytes.
    ///
    /// - Requires: at most `limbByteCount * count` bytes.
    init(littleEndian bytes: Span<UInt8>) {
        precondition(bytes.count <= limbByteCount * Self.count)
        self = .zero
        for index in bytes.indices {
            self[index / limbByteCount] |= Limb(bytes[index]) << Limb(8 * (index % limbByteCount))
        }
    }

    /// The integer with these hexadecimal digits, as printed in the standards. White space is ignored.
    @inline(never)
    init(hexadecimal text: StaticString) {
        self = .zero
        for index in 0..<text.utf8ByteCount {
            let digit: Limb
            switch text.utf8Byte(at: index) {
            case let byte where (0x30...0x39).contains(byte): digit = Limb(byte - 0x30)
            case let byte where (0x61...0x66).contains(byte): digit = Limb(byte - 0x61 + 10)
            default: continue
            }
            for limb in (1..<Self.count).reversed() {
                self[limb] = self[limb] << 4 | self[limb - 1] >> (Limb.bitWidth - 4)
            }
            self[0] = self[0] << 4 | digit
        }
    }

    /// The byte of weight 2^(8 index).
    @inline(__always)
    func byte(_ index: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: self[index / limbByteCount] >> Limb(8 * (index % limbByteCount)))
    }

    /// The bit of weight 2^index; 0 above the top.
    @inline(__always)
    func bit(_ index: Int) -> Limb {
        index < Limb.bitWidth * Self.count
            ? self[index / Limb.bitWidth] >> Limb(index % Limb.bitWidth) & 1 : 0
    }

    func isLessVariableTime(than other: Self) -> Bool {
        var borrow: Limb = 0
        for index in 0..<Self.count { _ = subtractBorrow(self[index], other[index], &borrow) }
        return borrow == 1
    }

    /// `self + other` without the final carry, and the carry.
    @inline(__always)
    func adding(_ other: Self) -> (sum: Self, carry: Limb) {
        var sum = Self.zero
        var carry: Limb = 0
        for index in 0..<Self.count { sum[index] = addCarry(self[index], other[index], &carry) }
        return (sum, carry)
    }

    /// `self - other` modulo 2^(Limb.bitWidth count), and whether the difference was negative.
    @inline(__always)
    func subtracting(_ other: Self) -> (difference: Self, borrow: Limb) {
        var difference = Self.zero
        var borrow: Limb = 0
        for index in 0..<Self.count { difference[index] = subtractBorrow(self[index], other[index], &borrow) }
        return (difference, borrow)
    }
}
