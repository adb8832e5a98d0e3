// Modulus.swift - arithmetic modulo an odd number, in Montgomery form.
//
// Spec:    Handbook of Applied Cryptography, §14.3.2, §14.6.1 (algorithm 14.79); RFC 8017 §5.2.2 for the public operation.
// Secret:  no. Time depends on every operand; do not use it with a private exponent.
// Reads:   LimbBytes, PowerOfTwo, Montgomery, FourLimbs, BigIntError. Read by: ModulusArithmetic; RSA, Conformance.

/// An odd modulus of at least 3, with precomputed values that depend only on it.
public struct Modulus: Equatable, Sendable {
    /// The limbs of n, least significant first, padded with zeros to a multiple of four limbs. R is 2^(64 *
    /// limbs.count).
    let limbs: [Limb]
    public let bitCount: Int
    /// R^2 mod n, which converts a number into Montgomery form.
    let radixSquared: [Limb]
    /// -1 / n mod 2^256.
    let inverse: FourLimbs

    /// - Parameter bytes: the number, big-endian, without leading zeros.
    /// - Throws: `evenModulus`, `modulusTooSmall`.
    public init(bigEndianBytes bytes: Span<UInt8>) throws(BigIntError) {
        guard bytes.count > 0, bytes[bytes.count - 1] & 1 == 1 else { throw .evenModulus }
        bitCount = 8 * bytes.count - bytes[0].leadingZeroBitCount
        guard bitCount > 1, bytes[0] != 0 else { throw .modulusTooSmall }
        var limbs = [Limb](
            repeating: 0, count: (bytes.count + 4 * limbByteCount - 1) / (4 * limbByteCount) * 4)
        var target = limbs.mutableSpan
        readLimbs(bigEndianBytes: bytes, into: &target)
        self.limbs = limbs
        // R^2.
        radixSquared = powerOfTwo(2 * Limb.bitWidth * limbs.count, modulo: limbs.span, bitCount: bitCount)
        inverse = negatedInverse(FourLimbs(limbs[0], limbs[1], limbs[2], limbs[3]))
    }

    public var byteCount: Int { (bitCount + 7) / 8 }

    /// `base^exponent mod n` on bytes, for public exponents such as 65537 and 3.
    ///
    /// - Parameters:
    ///   - base: big-endian, less than n. Leading zeros are allowed up to `byteCount` bytes.
    ///   - exponent: 1 or more.
    /// - Returns: exactly `byteCount` big-endian bytes.
    /// - Throws: `doesNotFit`, `notBelowModulus`.
    /// - Source: RFC 8017 §5.2.2, between §4.2 and §4.1.
    @export(interface)
    public func powerVariableTime(
        bigEndianBytes base: Span<UInt8>, _ exponent: UInt64
    ) throws(BigIntError) -> [UInt8] {
        precondition(exponent > 0)
        guard base.count <= byteCount else { throw .doesNotFit(needed: base.count, available: byteCount) }
        var power = [Limb](repeating: 0, count: limbs.count)
        var target = power.mutableSpan
        readLimbs(bigEndianBytes: base, into: &target)
        guard isLess(power.span, limbs.span) else { throw .notBelowModulus }
        raise(&power, to: exponent)
        makeCanonical(&power)
        return writeBigEndianBytes(power.span, count: byteCount)
    }
}

// MARK: Montgomery steps. "Scaled" is Montgomery form: x is stored as x R mod n, below R.

extension Modulus {
    /// power = power^exponent, with input and result not in Montgomery form, by squaring and multiplying from the top
    /// bit down (§14.79).
    ///
    /// - Requires: `exponent > 0`, `power < n`. - Ensures: `power < 2 n`.
    func raise(_ power: inout [Limb], to exponent: UInt64) {
        if exponent == 1 { return }
        let base = power
        var work = newWork()
        scaledMultiply(&power, by: radixSquared, &work)
        let topBit = 63 - exponent.leadingZeroBitCount
        let innerBits = exponent & ~1 & ~(1 << UInt64(topBit))
        let scaledBase = innerBits == 0 ? [] : power
        var bit = topBit
        while bit > 0 {
            bit -= 1
            scaledSquare(&power, &work)
            if innerBits >> UInt64(bit) & 1 == 1 { scaledMultiply(&power, by: scaledBase, &work) }
        }
        // The last product also removes the factor R: it multiplies by base / R for an odd exponent and by 1 / R for an
        // even one. The exponent 65537 costs 16 squarings and 2 products in total.
        scaledMultiply(&power, by: exponent & 1 == 1 ? base : one, &work)
    }

    /// a = a b / R. The result is below 2 n if at least one of the two was below n.
    func scaledMultiply(_ a: inout [Limb], by b: [Limb], _ work: inout [Limb]) {
        var product = work.mutableSpan
        BigInt.multiply(a.span, b.span, into: &product)
        var target = a.mutableSpan
        BigInt.reduce(&product, modulo: limbs.span, inverse: inverse, into: &target)
    }

    /// a = a^2 / R.
    func scaledSquare(_ a: inout [Limb], _ work: inout [Limb]) {
        var product = work.mutableSpan
        BigInt.square(a.span, into: &product)
        var target = a.mutableSpan
        BigInt.reduce(&product, modulo: limbs.span, inverse: inverse, into: &target)
    }

    /// Reduces `a` to less than n.
    ///
    /// - Requires: `a < 2 n`.
    func makeCanonical(_ a: inout [Limb]) {
        var target = a.mutableSpan
        subtractModulusOnce(&target, modulo: limbs.span)
    }

    /// Working memory for the product of two numbers.
    func newWork() -> [Limb] { [Limb](repeating: 0, count: 2 * limbs.count) }

    var one: [Limb] {
        var one = [Limb](repeating: 0, count: limbs.count)
        one[0] = 1
        return one
    }
}
