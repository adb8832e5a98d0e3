// Division.swift - quotient and remainder.
//
// Spec:    Knuth, The Art of Computer Programming 2, §4.3.1, algorithm D, with b = 2^64.
// Secret:  no: the time depends on the values.
// Reads:   Natural, LimbArithmetic, BigIntError. Read by: NaturalText, Modulus.

extension Natural {
    /// Computes `quotient` and `remainder` such that `self == quotient * divisor + remainder` and `remainder <
    /// divisor`.
    ///
    /// - Throws: `divisionByZero`.
    public func quotientAndRemainder(
        dividingBy divisor: Natural
    ) throws(BigIntError) -> (quotient: Natural, remainder: Natural) {
        guard !divisor.isZero else { throw .divisionByZero }
        if self < divisor { return (Natural(0), self) }
        if divisor.limbs.count == 1 {
            let (quotient, remainder) = dividedByLimb(divisor.limbs[0])
            return (quotient, Natural(remainder))
        }
        return dividedByLimbs(divisor)
    }

    /// Division by one limb, from the most significant limb down (Knuth's exercise 16).
    ///
    /// - Requires: `divisor` is not zero.
    func dividedByLimb(_ divisor: Limb) -> (quotient: Natural, remainder: Limb) {
        var quotient = limbs
        var remainder: Limb = 0
        for index in limbs.indices.reversed() {
            // remainder < divisor, so the quotient digit fits into a limb.
            (quotient[index], remainder) = divideTwoLimbs(remainder, limbs[index], by: divisor)
        }
        return (Natural(limbs: quotient), remainder)
    }

    /// Algorithm D.
    ///
    /// - Requires: `divisor` has two limbs or more, and `self >= divisor`.
    private func dividedByLimbs(_ divisor: Natural) -> (quotient: Natural, remainder: Natural) {
        // D1: normalise, so that the top bit of v is set. u gets one more limb.
        let shift = divisor.limbs[divisor.limbs.count - 1].leadingZeroBitCount
        let v = (divisor << shift).limbs
        var u = (self << shift).limbs
        let n = v.count
        while u.count <= limbs.count { u.append(0) }
        var quotient = [Limb](repeating: 0, count: u.count - n)

        // D2, D7: from the most significant quotient digit down.
        for j in quotient.indices.reversed() {
            // D3: the estimate is the quotient digit or one more.
            var digit = estimateDigit(u[j + n], u[j + n - 1], u[j + n - 2], v[n - 1], v[n - 2])
            // D4: u[j...j+n] -= digit * v.
            var carry: Limb = 0
            var borrow: Limb = 0
            for i in 0..<n {
                let product = multiplyAdd(digit, v[i], 0, &carry)
                u[j + i] = subtractBorrow(u[j + i], product, &borrow)
            }
            u[j + n] = subtractBorrow(u[j + n], carry, &borrow)
            // D5, D6: if the estimate was one too large, add v back. The carry cancels the borrow.
            if borrow != 0 {
                digit -= 1
                carry = 0
                for i in 0..<n { u[j + i] = addCarry(u[j + i], v[i], &carry) }
                u[j + n] &+= carry
            }
            quotient[j] = digit
        }
        // D8: undo the normalisation.
        return (Natural(limbs: quotient), Natural(limbs: u) >> shift)
    }
}

/// Step D3: the quotient digit of (u2, u1, u0, …) divided by (v1, v0, …), or one more.
///
/// - Requires: the top bit of `v1` is set, and `(u2, u1) <= (v1, v0)`, which is an invariant of algorithm D.
private func estimateDigit(
    _ u2: Limb, _ u1: Limb, _ u0: Limb, _ v1: Limb, _ v0: Limb
) -> Limb {
    var digit: Limb
    var remainder: Limb
    if u2 >= v1 {
        // Here u2 == v1. The estimate b is reduced to b - 1, so the remainder is u1 + v1.
        digit = .max
        let sum = DoubleLimb(u1) + DoubleLimb(v1)
        if sum >> Limb.bitWidth != 0 { return digit }
        remainder = Limb(truncatingIfNeeded: sum)
    } else {
        (digit, remainder) = divideTwoLimbs(u2, u1, by: v1)
    }
    // At most two iterations: after them remainder >= b, because v1 >= b / 2.
    while DoubleLimb(digit) * DoubleLimb(v0) > DoubleLimb(remainder) << Limb.bitWidth | DoubleLimb(u0) {
        digit -= 1
        let sum = DoubleLimb(remainder) + DoubleLimb(v1)
        if sum >> Limb.bitWidth != 0 { break }
        remainder = Limb(truncatingIfNeeded: sum)
    }
    return digit
}

/// Divides two limbs by one: algorithm D for b of half a limb, unrolled. `dividingFullWidth` has the same result, but
/// calls a function of the compiler's run-time library that is not in the release binary.
///
/// - Requires: `high < divisor`, so that the quotient fits into a limb.
func divideTwoLimbs(
    _ high: Limb, _ low: Limb, by divisor: Limb
) -> (quotient: Limb, remainder: Limb) {
    precondition(high < divisor)
    // D1. In Swift a shift by the width of a limb gives zero.
    let shift = Limb(divisor.leadingZeroBitCount)
    let v = divisor << shift
    let u = high << shift | low >> (Limb(Limb.bitWidth) - shift)
    let rest = low << shift
    let (upper, middle) = divideThreeHalves(u, rest >> halfLimb, by: v)
    let (lower, last) = divideThreeHalves(middle, rest & lowHalf, by: v)
    return (upper << halfLimb | lower, last >> shift)
}

/// One quotient digit of `(u b + next) / v`, with b of half a limb, and its remainder.
///
/// - Requires: `u < v`, `next < b`, and the top bit of `v` is set.
private func divideThreeHalves(
    _ u: Limb, _ next: Limb, by v: Limb
) -> (digit: Limb, remainder: Limb) {
    let v1 = v >> halfLimb
    let v0 = v & lowHalf
    // D3: the estimate is at most two too large. As u < v, the digit is at most b + 1, and neither product overflows.
    var digit = u / v1
    var remainder = u % v1
    while remainder >> halfLimb == 0, digit >> halfLimb != 0 || digit * v0 > remainder << halfLimb | next {
        digit -= 1
        remainder += v1
    }
    // D4, modulo b^2: the result is the true remainder, because that is below v.
    return (digit, (u << halfLimb | next) &- digit &* v)
}

private let halfLimb = Limb(Limb.bitWidth / 2)
private let lowHalf = Limb.max >> halfLimb
