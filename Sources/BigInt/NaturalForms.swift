// NaturalForms.swift - conversions of natural numbers from a limb and to bytes, access to bits, and comparison.
//
// Spec:    RFC 8017 §4.1 (I2OSP).
// Secret:  no: lengths depend on values, and comparisons stop at the first difference.
// Reads:   Natural, BigIntError. Read by: the rest of BigInt, Conformance.

extension Natural {
    /// The value of one limb.
    public init(_ value: Limb) {
        self.init(limbs: [value])
    }

    /// Exactly `count` big-endian bytes, padded with leading zeros.
    ///
    /// - Throws: `doesNotFit`.
    /// - Source: RFC 8017 §4.1 (I2OSP).
    public func bigEndianBytes(count: Int) throws(BigIntError) -> [UInt8] {
        guard byteCount <= count else { throw .doesNotFit(needed: byteCount, available: count) }
        return writeBigEndianBytes(limbs.span, count: count)
    }

    /// The shortest big-endian bytes; zero is one zero byte.
    public var bigEndianBytes: [UInt8] {
        writeBigEndianBytes(limbs.span, count: max(byteCount, 1))
    }

    public var isZero: Bool { limbs.isEmpty }

    /// The bit of weight 2^`index`, 0 or 1; 0 above the highest bit.
    ///
    /// - Requires: `index >= 0`.
    public func bit(_ index: Int) -> Limb {
        precondition(index >= 0)
        guard index < limbs.count * Limb.bitWidth else { return 0 }
        return limbs[index / Limb.bitWidth] >> Limb(index % Limb.bitWidth) & 1
    }
}

extension Natural: Comparable {
    public static func < (a: Natural, b: Natural) -> Bool {
        isLess(a.limbs.span, b.limbs.span)
    }
}
