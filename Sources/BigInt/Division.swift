// Division.swift - quotient and remainder.
//
// Spec:    Knuth, The Art of Computer Programming 2, §4.3.1, algorithm D, with b = 2^64.
// Secret:  no: time follows the values.
// Reads:   Natural, LimbArithmetic, BigIntError. Read by: NaturalText, Modulus.

extension Natural {
    /// `quotient` and `remainder` with `self == quotient * divisor + remainder`, `remainder < divisor`.
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

    /// Division by one limb, from the top down (Knuth's exercise 16).
    ///
    /// - Requires: `divisor` is not zero.
    func dividedByLimb(_ divisor: UInt64) -> (quotient: Natural, remainder: UInt64) {
        var quotient = limbs
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            // remainder < divisor, so the quotient digit fits a limb.
            (quotient[index], remainder) = divideTwoLimbs(remainder, limbs[index], by: divisor)
        }
        return (Natural(limbs: quotient), remainder)
    }

    /// Algorithm D.
    ///
    /// - Requires: `divisor` has two limbs or more, and `self >= divisor`.
    private func dividedByLimbs(_ divisor: Natural) -> (quotient: Natural, remainder: Natural) {
        // D1: normalise, so that the top bit of v is set; u gets one limb more.
        let shift = divisor.limbs[divisor.limbs.count - 1].leadingZeroBitCount
        let v = (divisor << shift).limbs
        var u = (self << shift).limbs
        let n = v.count
        while u.count <= limbs.count { u.append(0) }
        var quotient = [UInt64](repeating: 0, count: u.count - n)

        // D2, D7: from the top quotient digit down.
        for j in quotient.indices.reversed() {
            // D3: estimate. The estimate is never below the digit, and at most one above.
            var digit = estimateDigit(u[j + n], u[j + n - 1], u[j + n - 2], v[n - 1], v[n - 2])
            // D4: u[j...j+n] -= digit * v.
            var carry: UInt64 = 0
            var borrow: UInt64 = 0
            for i in 0..<n {
                let product = multiplyAdd(digit, v[i], 0, &carry)
                u[j + i] = subtractBorrow(u[j + i], product, &borrow)
            }
            u[j + n] = subtractBorrow(u[j + n], carry, &borrow)
            // D5, D6: it was one too large: add v back, and drop the carry against the borrow.
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

/// Step D3: the quotient digit of (u2, u1, u0, …) by (v1, v0, …), or one more than it.
///
/// - Requires: the top bit of `v1` is set, and `(u2, u1) <= (v1, v0)` as the loop of algorithm D keeps it.
private func estimateDigit(
    _ u2: UInt64, _ u1: UInt64, _ u0: UInt64, _ v1: UInt64, _ v0: UInt64
) -> UInt64 {
    var digit: UInt64
    var remainder: UInt64
    if u2 >= v1 {
        // Then u2 == v1, and the estimate b is cut to b - 1: remainder = u1 + v1.
        digit = .max
        let sum = UInt128(u1) + UInt128(v1)
        if sum >> 64 != 0 { return digit }
        remainder = UInt64(truncatingIfNeeded: sum)
    } else {
        (digit, remainder) = divideTwoLimbs(u2, u1, by: v1)
    }
    // Runs at most twice: then remainder >= b, as v1 >= b / 2.
    while UInt128(digit) * UInt128(v0) > UInt128(remainder) << 64 | UInt128(u0) {
        digit -= 1
        let sum = UInt128(remainder) + UInt128(v1)
        if sum >> 64 != 0 { break }
        remainder = UInt64(truncatingIfNeeded: sum)
    }
    return digit
}

/// Two limbs by one: algorithm D with b = 2^32, written out. `dividingFullWidth` would do the
/// same by a function of the compiler's run-time library, which the release binary lacks.
///
/// - Requires: `high < divisor`, so that the quotient fits a limb.
func divideTwoLimbs(
    _ high: UInt64, _ low: UInt64, by divisor: UInt64
) -> (quotient: UInt64, remainder: UInt64) {
    precondition(high < divisor)
    // D1. A shift by 64 gives zero.
    let shift = UInt64(divisor.leadingZeroBitCount)
    let v = divisor << shift
    let u = high << shift | low >> (64 - shift)
    let rest = low << shift
    let (upper, middle) = divideThreeHalves(u, rest >> 32, by: v)
    let (lower, last) = divideThreeHalves(middle, rest & 0xFFFF_FFFF, by: v)
    return (upper << 32 | lower, last >> shift)
}

/// `(u 2^32 + next) / v`, one digit of 32 bits, and its remainder.
///
/// - Requires: `u < v`, `next < 2^32`, the top bit of `v` is set.
private func divideThreeHalves(
    _ u: UInt64, _ next: UInt64, by v: UInt64
) -> (digit: UInt64, remainder: UInt64) {
    let v1 = v >> 32
    let v0 = v & 0xFFFF_FFFF
    // D3: at most two too large. u < v, so digit <= 2^32 + 1, and neither product overflows.
    var digit = u / v1
    var remainder = u % v1
    while remainder >> 32 == 0, digit >> 32 != 0 || digit * v0 > remainder << 32 | next {
        digit -= 1
        remainder += v1
    }
    // D4, modulo 2^64: the true remainder is below v.
    return (digit, (u << 32 | next) &- digit &* v)
}
