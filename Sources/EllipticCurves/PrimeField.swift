// PrimeField.swift - integers modulo a prime, in Montgomery form.
//
// Spec:    Menezes, van Oorschot, Vanstone, Handbook of Applied Cryptography, §14.3.2
//          (algorithm 14.36, one limb at a time) and §14.6.1 (windows of 4 bits).
// Secret:  elements may be secret: no branch and no index depends on one. The modulus and the
//          exponent of `power` are public. Functions that end in VariableTime are for public data.
// Reads:   Limbs, Bytes (wiping). Read by: the curves, ECDSA, Ed25519PublicKey.
//
// One code in two sizes: 4 limbs for P-256, edwards25519 and curve25519, 9 for P-521 and P-384.
// P-384 leaves the top three limbs zero and skips their rows; a third size would make it a
// quarter faster and the program 20 KB longer. R is 2^(64 rowCount), with rowCount the limbs
// that p has. Elements are always below p, so two are equal exactly when their limbs are.
//
// The module is built for size; the three operations in which its time is spent ask for speed.

import Bytes

/// An integer x modulo a prime p, held as x R mod p. Which p, the context says.
struct FieldElement<let limbCount: Int>: Sendable {
    fileprivate(set) var scaled: InlineArray<limbCount, UInt64>

    /// 0, for every modulus.
    static var zero: Self {
        @inline(__always) get { Self(scaled: .zero) }
    }

    /// `self` where `mask` is all ones, `other` where it is 0.
    @inline(__always)
    func selected(_ mask: UInt64, else other: Self) -> Self {
        var result = other
        for index in 0..<limbCount {
            result.scaled[index] ^= mask & (scaled[index] ^ other.scaled[index])
        }
        return result
    }

    func equalsVariableTime(_ other: Self) -> Bool {
        for index in 0..<limbCount where scaled[index] != other.scaled[index] { return false }
        return true
    }
}

/// An odd prime to compute modulo, with what depends on it alone. A class, as a copy of one is
/// as long as several elements, and the compiler would pass it in pieces.
final class PrimeField<let limbCount: Int>: Sendable {
    /// p itself.
    let modulus: InlineArray<limbCount, UInt64>
    /// How many limbs of p there are up to the highest that is not 0.
    private let rowCount: Int
    /// -1 / p mod 2^64.
    private let negatedInverse: UInt64
    /// R^2 mod p, which brings a number into Montgomery form: as an element, R.
    private let radix: FieldElement<limbCount>
    /// 1, that is R mod p.
    let one: FieldElement<limbCount>

    /// - Requires: `modulus` is odd, and prime where an inverse is asked for.
    @inline(never)
    init(_ modulus: InlineArray<limbCount, UInt64>) {
        self.modulus = modulus
        // Newton's iteration x = x (2 - p x) doubles the number of right bits. An odd p is its
        // own inverse modulo 8: 3 bits, and after five rounds 96, more than the 64 needed.
        var inverse = modulus[0]
        for _ in 0..<5 { inverse = inverse &* (2 &- modulus[0] &* inverse) }
        negatedInverse = 0 &- inverse
        var rowCount = limbCount
        while modulus[rowCount - 1] == 0 { rowCount -= 1 }
        self.rowCount = rowCount
        // R mod p by 64 rowCount doublings of 1, R^2 mod p by as many again.
        var power = FieldElement<limbCount>.zero
        power.scaled[0] = 1
        for _ in 0..<(64 * rowCount) { power = addModulo(power, power, modulus) }
        one = power
        for _ in 0..<(64 * rowCount) { power = addModulo(power, power, modulus) }
        radix = power
    }

    /// a b.
    ///
    /// - Requires: b is below p, as every element is; `element` passes an a that only is below R.
    @inline(never)
    @_optimize(speed)
    func multiply(_ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>) -> FieldElement<limbCount> {
        var t = InlineArray<limbCount, UInt64>.zero
        var top: UInt64 = 0
        for row in 0..<rowCount {
            // (top, t) < 2 p before each row. The row adds at most (2^64 - 1) b and
            // (2^64 - 1) p, with b < p: below 2^65 p, and after the shift below 2 p again.
            let limb = a.scaled[row]
            var carry: UInt64 = 0
            for index in 0..<limbCount { t[index] = multiplyAdd(limb, b.scaled[index], t[index], &carry) }
            let above = UInt128(top) &+ UInt128(carry)
            // §14.36 step 2.1: the multiple of p that clears the lowest limb; shift by it.
            let multiple = t[0] &* negatedInverse
            carry = 0
            _ = multiplyAdd(multiple, modulus[0], t[0], &carry)
            for index in 1..<limbCount {
                t[index &- 1] = multiplyAdd(multiple, modulus[index], t[index], &carry)
            }
            let sum = above &+ UInt128(carry)
            t[limbCount &- 1] = UInt64(truncatingIfNeeded: sum)
            top = UInt64(truncatingIfNeeded: sum >> 64)
        }
        return FieldElement(scaled: subtractOnce(t, top, modulus))
    }

    /// a^2.
    @inline(__always)
    func square(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> { multiply(a, a) }

    /// a + b.
    @inline(never)
    @_optimize(speed)
    func add(_ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>) -> FieldElement<limbCount> {
        addModulo(a, b, modulus)
    }

    /// 2 a.
    @inline(__always)
    func double(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> { add(a, a) }

    /// a - b.
    @inline(never)
    @_optimize(speed)
    func subtract(_ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>) -> FieldElement<limbCount> {
        let (difference, borrow) = a.scaled.subtracting(b.scaled)
        // Add p back where it went below zero.
        let mask = 0 &- borrow
        var result = FieldElement<limbCount>.zero
        var carry: UInt64 = 0
        for index in 0..<limbCount {
            result.scaled[index] = addCarry(difference[index], modulus[index] & mask, &carry)
        }
        return result
    }

    /// -a.
    func negate(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> { subtract(.zero, a) }

    /// a^exponent by fixed windows of 4 bits. Time depends on the exponent, not on a.
    ///
    /// - Requires: `exponent` is not 0.
    @inline(never)
    func power(
        _ a: FieldElement<limbCount>, _ exponent: InlineArray<limbCount, UInt64>
    ) -> FieldElement<limbCount> {
        var powers = InlineArray<16, FieldElement<limbCount>>(repeating: one)
        for index in 1..<16 { powers[index] = multiply(powers[index - 1], a) }
        var result = one
        var hasStarted = false
        for nibble in (0..<(16 * rowCount)).reversed() {
            if hasStarted { for _ in 0..<4 { result = square(result) } }
            let digit = Int(exponent[nibble / 16] >> UInt64(4 * (nibble % 16)) & 15)
            if digit != 0 {
                result = hasStarted ? multiply(result, powers[digit]) : powers[digit]
                hasStarted = true
            }
        }
        wipe(value: &powers)
        return result
    }

    /// 1 / a, and 0 for 0: a^(p - 2).
    func invert(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> {
        var two = InlineArray<limbCount, UInt64>.zero
        two[0] = 2
        return power(a, modulus.subtracting(two).difference)
    }

    /// Replaces every element by its inverse, at the price of one inversion and three products each.
    ///
    /// - Requires: there are some, and none is 0.
    @inline(never)
    func invertAll(_ elements: inout [FieldElement<limbCount>]) {
        // products[i] is the product of the elements before i.
        var products = [FieldElement<limbCount>](repeating: one, count: elements.count)
        for index in 1..<elements.count {
            products[index] = multiply(products[index - 1], elements[index - 1])
        }
        let last = elements.count - 1
        var inverse = invert(multiply(products[last], elements[last]))
        for index in elements.indices.reversed() {
            let next = multiply(inverse, elements[index])
            elements[index] = multiply(inverse, products[index])
            inverse = next
        }
    }

    /// The element of an integer, which may be p or more.
    ///
    /// - Requires: it is below R.
    func element(_ integer: InlineArray<limbCount, UInt64>) -> FieldElement<limbCount> {
        multiply(FieldElement(scaled: integer), radix)
    }

    /// The integer of an element, below p.
    func integer(_ element: FieldElement<limbCount>) -> InlineArray<limbCount, UInt64> {
        var unit = FieldElement<limbCount>.zero
        unit.scaled[0] = 1
        return multiply(element, unit).scaled
    }

    /// `high R + low` modulo p: an integer of twice the limbs.
    func element(
        low: InlineArray<limbCount, UInt64>, high: InlineArray<limbCount, UInt64>
    ) -> FieldElement<limbCount> {
        add(element(low), multiply(element(high), radix))
    }
}

/// a + b modulo p.
@inline(__always)
private func addModulo<let limbCount: Int>(
    _ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>, _ modulus: InlineArray<limbCount, UInt64>
) -> FieldElement<limbCount> {
    let (sum, carry) = a.scaled.adding(b.scaled)
    return FieldElement(scaled: subtractOnce(sum, carry, modulus))
}

/// `top R + value`, less p if that is p or more.
///
/// - Requires: it is below 2 p.
@inline(__always)
private func subtractOnce<let limbCount: Int>(
    _ value: InlineArray<limbCount, UInt64>, _ top: UInt64, _ modulus: InlineArray<limbCount, UInt64>
) -> InlineArray<limbCount, UInt64> {
    var (result, borrow) = value.subtracting(modulus)
    // Below p exactly when the difference went below zero and there is no limb on top.
    let keep = (0 &- borrow) & ~(0 &- top)
    for index in 0..<limbCount { result[index] ^= keep & (value[index] ^ result[index]) }
    return result
}
