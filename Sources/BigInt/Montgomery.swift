// Montgomery.swift - product, square and Montgomery reduction of limb arrays.
//
// Spec:    Menezes, van Oorschot, Vanstone, Handbook of Applied Cryptography, §14.3.2
//          (algorithm 14.32, four digits of base 2^64 at a time) and §14.2.4 (squaring).
// Secret:  no: the final subtraction depends on the value.
// Reads:   FourLimbs, LimbArithmetic. Read by: Modulus.
//
// All numbers have the same limb count L, a multiple of 4, and R = 2^(64 L). Operands are below R, but not always below
// n. Each function states its bounds.

/// Writes `a * b` into `product`.
///
/// - Requires: `a.count == b.count == L`, `product.count == 2 L`.
func multiply(_ a: Span<Limb>, _ b: Span<Limb>, into product: inout MutableSpan<Limb>) {
    let count = a.count
    precondition(count % 4 == 0 && b.count == count && product.count == 2 * count)
    for index in 0..<count { product[index] = 0 }
    var row = 0
    while row < count {
        let limbs = FourLimbs(a[row], a[row + 1], a[row + 2], a[row + 3])
        let top = addFourRows(limbs, b, to: &product, at: row, window: .zero)
        // The previous rows end below this position, so there are no limbs to add to.
        store(top, into: &product, at: row + count)
        row += 4
    }
}

/// Writes `a * a` into `product`: half of the products of `multiply`, doubled, plus the squares.
///
/// - Requires: `a.count == L`, `product.count == 2 L`.
func square(_ a: Span<Limb>, into product: inout MutableSpan<Limb>) {
    let count = a.count
    precondition(count % 4 == 0 && product.count == 2 * count)
    for index in 0..<count { product[index] = 0 }
    var row = 0
    while row < count {
        // The products a[i] a[j] with i < j: first those with both indices in these four rows, then those with j above
        // them.
        let limbs = FourLimbs(a[row], a[row + 1], a[row + 2], a[row + 3])
        let window = addCrossProducts(limbs, to: &product, at: 2 * row)
        let above = a.extracting((row + 4)..<count)
        let top = addFourRows(limbs, above, to: &product, at: 2 * row + 4, window: window)
        store(top, into: &product, at: row + count)
        row += 4
    }
    doubleAndAddSquares(of: a, to: &product)
}

/// Adds the six products of two different limbs of `a` to `sum` from `offset` on. The part from `offset + 4` on is
/// returned instead.
private func addCrossProducts(
    _ a: FourLimbs, to sum: inout MutableSpan<Limb>, at offset: Int
) -> FourLimbs {
    var carry = sum[offset + 1]
    sum[offset + 1] = multiplyAdd(a.w0, a.w1, 0, &carry)
    let s2 = multiplyAdd(a.w0, a.w2, sum[offset + 2], &carry)
    sum[offset + 2] = s2
    var s3 = multiplyAdd(a.w0, a.w3, sum[offset + 3], &carry)
    var s4 = carry
    carry = 0
    s3 = multiplyAdd(a.w1, a.w2, s3, &carry)
    sum[offset + 3] = s3
    s4 = multiplyAdd(a.w1, a.w3, s4, &carry)
    var s5 = carry
    carry = 0
    s5 = multiplyAdd(a.w2, a.w3, s5, &carry)
    return FourLimbs(s4, s5, carry, 0)
}

/// `sum = 2 sum + a[0]^2 + a[1]^2 2^128 + …`
///
/// The result is the square of `a`, so it fits.
private func doubleAndAddSquares(of a: Span<Limb>, to sum: inout MutableSpan<Limb>) {
    precondition(sum.count == 2 * a.count)
    var carry: Limb = 0
    var shiftedOut: Limb = 0
    for index in a.indices {
        let low = sum[2 * index]
        let high = sum[2 * index + 1]
        let product = a[index].multipliedFullWidth(by: a[index])
        sum[2 * index] = addCarry(low << 1 | shiftedOut, product.low, &carry)
        sum[2 * index + 1] = addCarry(high << 1 | low >> (Limb.bitWidth - 1), product.high, &carry)
        shiftedOut = high >> (Limb.bitWidth - 1)
    }
}

/// Writes `t / R mod n` into `result`, which is below R but not always below n. Destroys `t`.
///
/// If t < R R: t / R + n < 2 R before the last step, which subtracts n if the value is R or more.
/// If t < R n: the result is below 2 n.
///
/// - Requires: `n.count == result.count == L`, `t.count == 2 L`, `inverse == -1 / n mod 2^256`.
func reduce(
    _ t: inout MutableSpan<Limb>, modulo n: Span<Limb>, inverse: FourLimbs,
    into result: inout MutableSpan<Limb>
) {
    let count = n.count
    precondition(count % 4 == 0 && t.count == 2 * count && result.count == count)
    var carry: Limb = 0
    var row = 0
    while row < count {
        // §14.32 step 2: adds the multiple of n that clears four limbs. Later steps do not read these limbs.
        let limbs = FourLimbs(t[row], t[row + 1], t[row + 2], t[row + 3])
        let multiple = lowProduct(limbs, inverse)
        let top = addFourRows(multiple, n, to: &t, at: row, window: .zero)
        let end = row + count
        t[end] = addCarry(t[end], top.w0, &carry)
        t[end + 1] = addCarry(t[end + 1], top.w1, &carry)
        t[end + 2] = addCarry(t[end + 2], top.w2, &carry)
        t[end + 3] = addCarry(t[end + 3], top.w3, &carry)
        row += 4
    }
    // §14.32 steps 3 and 4. The data is public, so a branch is allowed. It is rarely taken.
    if carry == 0 {
        for index in 0..<count { result[index] = t[count + index] }
    } else {
        var borrow: Limb = 0
        for index in 0..<count { result[index] = subtractBorrow(t[count + index], n[index], &borrow) }
    }
}

/// Subtracts n from `value` once if `value` is n or more.
///
/// - Requires: equal limb counts.
func subtractModulusOnce(_ value: inout MutableSpan<Limb>, modulo n: Span<Limb>) {
    precondition(value.count == n.count)
    if isLess(value.span, n) { return }
    var borrow: Limb = 0
    for index in n.indices { value[index] = subtractBorrow(value[index], n[index], &borrow) }
}

private func store(_ limbs: FourLimbs, into span: inout MutableSpan<Limb>, at offset: Int) {
    span[offset] = limbs.w0
    span[offset + 1] = limbs.w1
    span[offset + 2] = limbs.w2
    span[offset + 3] = limbs.w3
}
