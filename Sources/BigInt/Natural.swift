// Natural.swift - non-negative integers of any length.
//
// Spec:    none; positional notation in base 2^64. Bytes: RFC 8017 §4.2 (OS2IP).
// Secret:  no: lengths depend on values, and comparisons stop at the first difference.
// Reads:   LimbBytes. Read by: NaturalForms, NaturalArithmetic, Division, NaturalText, ModulusArithmetic; Conformance.
//
// This module has no limit on length. Callers must limit the length of untrusted numbers before parsing them.

/// A non-negative integer of any length.
public struct Natural: Equatable, Sendable {
    /// The limbs in base 2^64, least significant first, without leading zeros. Zero has an empty array.
    public private(set) var limbs: [Limb]

    /// The value of limbs, least significant first. Leading zeros are removed.
    public init(limbs: [Limb]) {
        self.limbs = limbs
        while let top = self.limbs.last, top == 0 { self.limbs.removeLast() }
    }

    /// The value of big-endian bytes. Leading zeros are allowed; an empty span is zero.
    ///
    /// - Source: RFC 8017 §4.2 (OS2IP).
    public init(bigEndianBytes bytes: Span<UInt8>) {
        var limbs = [Limb](repeating: 0, count: (bytes.count + (limbByteCount - 1)) / limbByteCount)
        var target = limbs.mutableSpan
        readLimbs(bigEndianBytes: bytes, into: &target)
        self.init(limbs: limbs)
    }

    /// The number of bits up to the highest one bit; 0 for zero.
    public var bitCount: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * Limb.bitWidth - top.leadingZeroBitCount
    }

    /// The number of bytes of the value; 0 for zero.
    public var byteCount: Int { (bitCount + 7) / 8 }

    public var isOdd: Bool { !limbs.isEmpty && limbs[0] & 1 == 1 }
}
