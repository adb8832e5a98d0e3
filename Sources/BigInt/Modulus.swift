// Modulus.swift - arithmetic modulo an odd number, in Montgomery form.
//
// Spec:    Handbook of Applied Cryptography, §14.3.2, §14.6.1 (algorithm 14.79, and 14.82 with
//          a window of 4); RFC 8017 §5.2.2 for the public operation.
// Secret:  no. Time depends on every operand; do not use it with a private exponent.
// Reads:   Natural, Montgomery, FourRows, BigIntError. Read by: RSA.

/// An odd number of 3 or more to compute modulo, with what depends on it alone worked out once.
public struct Modulus: Equatable, Sendable {
    /// The number itself.
    public let value: Natural
    /// `value` with zeros on top up to a multiple of four limbs; R is 2^(64 * limbs.count).
    let limbs: [UInt64]
    /// R^2 mod n, which brings a number into Montgomery form.
    let radixSquared: [UInt64]
    /// -1 / n mod 2^256.
    let inverse: FourLimbs

    /// - Throws: `evenModulus`, `modulusTooSmall`.
    public init(_ value: Natural) throws(BigIntError) {
        guard value.isOdd else { throw .evenModulus }
        guard value > Natural(1) else { throw .modulusTooSmall }
        self.value = value
        let count = (value.limbs.count + 3) / 4 * 4
        limbs = padded(value, to: count)
        let square = Natural(1) << (128 * count)
        radixSquared = padded(try square.quotientAndRemainder(dividingBy: value).remainder, to: count)
        inverse = negatedInverse(FourLimbs(limbs[0], limbs[1], limbs[2], limbs[3]))
    }

    public var bitCount: Int { value.bitCount }

    public var byteCount: Int { value.byteCount }

    /// `a mod n`.
    public func reduce(_ a: Natural) -> Natural {
        guard a >= value else { return a }
        // The modulus is never zero: the default is out of reach.
        return (try? a.quotientAndRemainder(dividingBy: value).remainder) ?? a
    }

    /// `a b mod n`.
    public func multiply(_ a: Natural, _ b: Natural) -> Natural {
        var work = newWork()
        var product = padded(reduce(a), to: limbs.count)
        scaledMultiply(&product, by: padded(reduce(b), to: limbs.count), &work)
        scaledMultiply(&product, by: radixSquared, &work)
        return canonical(&product)
    }

    /// `a^2 mod n`.
    public func square(_ a: Natural) -> Natural {
        var work = newWork()
        var product = padded(reduce(a), to: limbs.count)
        scaledSquare(&product, &work)
        scaledMultiply(&product, by: radixSquared, &work)
        return canonical(&product)
    }

    /// `base^exponent mod n`, for any exponent; anything to the power 0 is 1.
    @export(interface)
    public func powerVariableTime(_ base: Natural, _ exponent: Natural) -> Natural {
        if exponent.isZero { return Natural(1) }
        var power = padded(reduce(base), to: limbs.count)
        if exponent.limbs.count == 1 {
            raise(&power, to: exponent.limbs[0])
        } else {
            raise(&power, toLong: exponent)
        }
        return canonical(&power)
    }

    /// `base^exponent mod n` from bytes to bytes, for public exponents such as 65537 and 3.
    ///
    /// - Parameters:
    ///   - base: big-endian, below n; leading zeros are allowed up to `byteCount` bytes.
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
        var power = [UInt64](repeating: 0, count: limbs.count)
        var target = power.mutableSpan
        readLimbs(bigEndianBytes: base, into: &target)
        guard isLess(power.span, limbs.span) else { throw .notBelowModulus }
        raise(&power, to: exponent)
        makeCanonical(&power)
        return writeBigEndianBytes(power.span, count: byteCount)
    }
}

// MARK: Montgomery steps. "Scaled" is Montgomery form: x is held as x R mod n, below R.

extension Modulus {
    /// power = power^exponent, neither of them scaled, by squaring and multiplying from the
    /// top bit down (§14.79).
    ///
    /// - Requires: `exponent > 0`, `power < n`. - Ensures: `power < 2 n`.
    private func raise(_ power: inout [UInt64], to exponent: UInt64) {
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
        // The last product takes the scale away as well: times base / R for an odd exponent,
        // times 1 / R for an even one. 65537 costs 16 squarings and 2 products in all.
        scaledMultiply(&power, by: exponent & 1 == 1 ? base : one, &work)
    }

    /// power = power^exponent, neither of them scaled, four bits at a time (§14.82).
    ///
    /// - Requires: `power < n`. - Ensures: `power < 2 n`.
    private func raise(_ power: inout [UInt64], toLong exponent: Natural) {
        var work = newWork()
        // table[i] = base^i, scaled.
        var table = [one, power]
        scaledMultiply(&table[0], by: radixSquared, &work)
        scaledMultiply(&table[1], by: radixSquared, &work)
        for index in 2..<16 {
            var next = table[index - 1]
            scaledMultiply(&next, by: table[1], &work)
            table.append(next)
        }
        power = table[0]
        var bit = (exponent.bitCount + 3) / 4 * 4
        while bit > 0 {
            bit -= 4
            for _ in 0..<4 { scaledSquare(&power, &work) }
            let window = Int(exponent.limbs[bit / 64] >> UInt64(bit % 64) & 15)
            if window != 0 { scaledMultiply(&power, by: table[window], &work) }
        }
        scaledMultiply(&power, by: one, &work)
    }

    /// a = a b / R. Below 2 n if one of the two was below n.
    private func scaledMultiply(_ a: inout [UInt64], by b: [UInt64], _ work: inout [UInt64]) {
        var product = work.mutableSpan
        BigInt.multiply(a.span, b.span, into: &product)
        var target = a.mutableSpan
        BigInt.reduce(&product, modulo: limbs.span, inverse: inverse, into: &target)
    }

    /// a = a^2 / R.
    private func scaledSquare(_ a: inout [UInt64], _ work: inout [UInt64]) {
        var product = work.mutableSpan
        BigInt.square(a.span, into: &product)
        var target = a.mutableSpan
        BigInt.reduce(&product, modulo: limbs.span, inverse: inverse, into: &target)
    }

    /// Brings `a` below n.
    ///
    /// - Requires: `a < 2 n`.
    private func makeCanonical(_ a: inout [UInt64]) {
        var target = a.mutableSpan
        subtractModulusOnce(&target, modulo: limbs.span)
    }

    private func canonical(_ a: inout [UInt64]) -> Natural {
        makeCanonical(&a)
        return Natural(limbs: a)
    }

    /// Room for a product of two numbers.
    private func newWork() -> [UInt64] { [UInt64](repeating: 0, count: 2 * limbs.count) }

    private var one: [UInt64] { padded(Natural(1), to: limbs.count) }
}

/// The limbs of `value` with zeros on top.
///
/// - Requires: `value.limbs.count <= count`.
private func padded(_ value: Natural, to count: Int) -> [UInt64] {
    var limbs = value.limbs
    limbs.reserveCapacity(count)
    while limbs.count < count { limbs.append(0) }
    return limbs
}
