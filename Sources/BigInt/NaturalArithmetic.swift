// NaturalArithmetic.swift - addition, subtraction, multiplication and shifts.
//
// Spec:    schoolbook: Knuth, The Art of Computer Programming 2, §4.3.1, algorithms A, S, M.
// Secret:  no: lengths depend on values.
// Reads:   Natural, LimbArithmetic, BigIntError. Read by: Division, NaturalText, Modulus.

extension Natural {
    /// The sum.
    public static func + (a: Natural, b: Natural) -> Natural {
        let (long, short) = a.limbs.count >= b.limbs.count ? (a.limbs, b.limbs) : (b.limbs, a.limbs)
        var sum: [Limb] = []
        sum.reserveCapacity(long.count + 1)
        var carry: Limb = 0
        for index in long.indices {
            sum.append(addCarry(long[index], index < short.count ? short[index] : 0, &carry))
        }
        sum.append(carry)
        return Natural(limbs: sum)
    }

    /// The difference.
    ///
    /// - Throws: `negativeDifference` when `a < b`.
    public static func - (a: Natural, b: Natural) throws(BigIntError) -> Natural {
        guard a.limbs.count >= b.limbs.count else { throw .negativeDifference }
        var difference: [Limb] = []
        difference.reserveCapacity(a.limbs.count)
        var borrow: Limb = 0
        for index in a.limbs.indices {
            difference.append(
                subtractBorrow(a.limbs[index], index < b.limbs.count ? b.limbs[index] : 0, &borrow))
        }
        guard borrow == 0 else { throw .negativeDifference }
        return Natural(limbs: difference)
    }

    /// The product.
    public static func * (a: Natural, b: Natural) -> Natural {
        var product = [Limb](repeating: 0, count: a.limbs.count + b.limbs.count)
        for row in a.limbs.indices {
            var carry: Limb = 0
            for column in b.limbs.indices {
                product[row + column] = multiplyAdd(
                    a.limbs[row], b.limbs[column], product[row + column], &carry)
            }
            product[row + b.limbs.count] = carry
        }
        return Natural(limbs: product)
    }

    /// The value times 2^`bits`.
    ///
    /// - Requires: `bits >= 0`.
    public static func << (a: Natural, bits: Int) -> Natural {
        precondition(bits >= 0)
        var shifted = [Limb](repeating: 0, count: bits / Limb.bitWidth)
        let inner = Limb(bits % Limb.bitWidth)
        var carried: Limb = 0
        for limb in a.limbs {
            shifted.append(limb << inner | carried)
            // In Swift a shift by the width of a limb gives zero, so inner == 0 needs no special case.
            carried = limb >> (Limb(Limb.bitWidth) - inner)
        }
        shifted.append(carried)
        return Natural(limbs: shifted)
    }

    /// The value divided by 2^`bits`, rounded down.
    ///
    /// - Requires: `bits >= 0`.
    public static func >> (a: Natural, bits: Int) -> Natural {
        precondition(bits >= 0)
        let inner = Limb(bits % Limb.bitWidth)
        var shifted: [Limb] = []
        var index = bits / Limb.bitWidth
        while index < a.limbs.count {
            let above = index + 1 < a.limbs.count ? a.limbs[index + 1] : 0
            shifted.append(a.limbs[index] >> inner | above << (Limb(Limb.bitWidth) - inner))
            index += 1
        }
        return Natural(limbs: shifted)
    }
}
