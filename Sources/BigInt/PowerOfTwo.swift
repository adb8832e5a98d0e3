// PowerOfTwo.swift - a power of two modulo an odd number, without long division.
//
// Spec:    none; shifts, and subtracts a multiple of the modulus that is never too large.
// Secret:  no: the time depends on the values.
// Reads:   LimbArithmetic, LimbBytes (isLess). Read by: Modulus.
//
// With limbs of W bits, each step multiplies the value by up to 2^(W - 4) and reduces it below n again. Subtracting any
// multiple of n keeps the value modulo n. The multiple is rounded down, so the value does not become negative. The last
// loop reduces it below n.

/// `2^exponent mod n`.
///
/// - Parameters:
///   - exponent: `bitCount - 1` or more.
///   - n: odd, at least 3; leading zero limbs are allowed.
///   - bitCount: the number of bits of `n`.
/// - Returns: the same number of limbs as `n`.
func powerOfTwo(_ exponent: Int, modulo n: Span<Limb>, bitCount: Int) -> [Limb] {
    precondition(bitCount >= 2 && bitCount <= Limb.bitWidth * n.count && exponent >= bitCount - 1)
    let digitBits = Limb.bitWidth / 2 - 2
    let halfBits = Limb.bitWidth / 2
    // The integer part of n 2^(W - bitCount), plus one, so that n < divisor 2^offset. The top bit of the divisor is
    // set, or the divisor is 2^W.
    let offset = bitCount - Limb.bitWidth
    let divisor = DoubleLimb(bits(of: n, from: offset)) + 1
    let half = Limb(truncatingIfNeeded: divisor >> halfBits) + 1
    // 2^(bitCount - 1) is less than n, because n has this bit and is odd.
    var done = bitCount - 1
    var value = [Limb](repeating: 0, count: n.count)
    value[done / Limb.bitWidth] = 1 << Limb(done % Limb.bitWidth)
    while done < exponent {
        let step = min(2 * digitBits, exponent - done)
        // floor(value 2^step / 2^offset). It is less than divisor 2^(W - 4), because value < n.
        let window =
            DoubleLimb(bits(of: value.span, from: offset - step + Limb.bitWidth)) << Limb.bitWidth
            | DoubleLimb(bits(of: value.span, from: offset - step))
        // Its quotient by the divisor in two digits of W/2 - 2 bits, each rounded down, and less than three below it in all: 2^(W/2 - 1) is at
        // most half, so the one in half counts for less than one in each digit.
        let high = Limb(truncatingIfNeeded: window >> (digitBits + halfBits)) / half
        let rest = window - DoubleLimb(high) * divisor << digitBits
        let multiple = high << digitBits + Limb(truncatingIfNeeded: rest >> halfBits) / half
        var target = value.mutableSpan
        shift(&target, by: step, subtracting: multiple, times: n)
        done += step
    }
    return value
}

/// value = value 2^bitCount - multiple n, then subtracts n until the value is below n.
///
/// - Requires: `value < n`, `multiple * n <= value * 2^bitCount`, `0 < bitCount < W`.
private func shift(
    _ value: inout MutableSpan<Limb>, by bitCount: Int, subtracting multiple: Limb, times n: Span<Limb>
) {
    precondition(value.count == n.count)
    let (left, right) = (Limb(bitCount), Limb(Limb.bitWidth - bitCount))
    var shiftedOut: Limb = 0
    // The amount to subtract from the limbs above: the high part of the product, which is less than `multiple`, and a
    // borrow.
    var carry: Limb = 0
    for index in n.indices {
        let limb = value[index]
        let product = multiplyAdd(multiple, n[index], 0, &carry)
        var borrow: Limb = 0
        value[index] = subtractBorrow(limb &<< left | shiftedOut, product, &borrow)
        carry &+= borrow
        shiftedOut = limb &>> right
    }
    // The part above the limbs. The result is below 4 n, so this is at most 3.
    var top = shiftedOut &- carry
    while top > 0 || !isLess(value.span, n) {
        var borrow: Limb = 0
        for index in n.indices { value[index] = subtractBorrow(value[index], n[index], &borrow) }
        top &-= borrow
    }
}

/// One limb of bits of a number, starting at a bit position. Bits outside of the number are 0.
private func bits(of number: Span<Limb>, from position: Int) -> Limb {
    let limb = position >> Limb.bitWidth.trailingZeroBitCount
    let inner = Limb(position & (Limb.bitWidth - 1))
    let low = limb >= 0 && limb < number.count ? number[limb] : 0
    let high = limb + 1 >= 0 && limb + 1 < number.count ? number[limb + 1] : 0
    // In Swift a shift by the width of a limb gives zero.
    return low >> inner | high << (Limb(Limb.bitWidth) - inner)
}
