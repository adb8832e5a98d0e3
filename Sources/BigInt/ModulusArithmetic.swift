// ModulusArithmetic.swift - products, squares and powers of numbers of any length, modulo an odd number.
//
// Spec:    Handbook of Applied Cryptography, §14.6.1 (algorithm 14.82 with a window of 4).
// Secret:  no. Time depends on every operand; do not use it with a private exponent.
// Reads:   Modulus, Natural, NaturalForms, Division. Read by: Conformance.

extension Modulus {
    /// - Throws: `evenModulus`, `modulusTooSmall`.
    public init(_ value: Natural) throws(BigIntError) {
        try self.init(bigEndianBytes: value.bigEndianBytes.span)
    }

    /// The modulus as a number.
    public var value: Natural { Natural(limbs: limbs) }

    /// `a mod n`.
    public func reduce(_ a: Natural) -> Natural {
        guard a >= value else { return a }
        // The modulus is never zero, so the default value is never used.
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

    /// `base^exponent mod n`, for exponents of any length. The power 0 of any base is 1.
    @export(interface)
    public func powerVariableTime(_ base: Natural, _ exponent: Natural) -> Natural {
        if exponent.isZero { return Natural(1) }
        var power = padded(reduce(base), to: limbs.count)
        if exponent.limbs.count == 1 {
            raise(&power, to: UInt64(exponent.limbs[0]))
        } else {
            raise(&power, toLong: exponent)
        }
        return canonical(&power)
    }

    /// power = power^exponent, with input and result not in Montgomery form, four bits at a time (§14.82).
    ///
    /// - Requires: `power < n`. - Ensures: `power < 2 n`.
    private func raise(_ power: inout [Limb], toLong exponent: Natural) {
        var work = newWork()
        // table[i] = base^i in Montgomery form.
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
            let window = Int(exponent.limbs[bit / Limb.bitWidth] >> Limb(bit % Limb.bitWidth) & 15)
            if window != 0 { scaledMultiply(&power, by: table[window], &work) }
        }
        scaledMultiply(&power, by: one, &work)
    }

    private func canonical(_ a: inout [Limb]) -> Natural {
        makeCanonical(&a)
        return Natural(limbs: a)
    }
}

/// The limbs of `value`, padded with zeros to `count` limbs.
///
/// - Requires: `value.limbs.count <= count`.
private func padded(_ value: Natural, to count: Int) -> [Limb] {
    var limbs = value.limbs
    limbs.reserveCapacity(count)
    while limbs.count < count { limbs.append(0) }
    return limbs
}
