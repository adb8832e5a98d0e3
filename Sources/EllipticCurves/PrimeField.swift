// PrimeField.swift - integers modulo a prime, in Montgomery form.
//
// Spec:    Menezes, van Oorschot, Vanstone, Handbook of Applied Cryptography, §14.3.2
//          (algorithm 14.36, one limb at a time) and §14.6.1 (windows of 4 bits).
// Secret:  elements may be secret: no branch and no index depends on one. The modulus and the exponent of `power`
//          are public. Functions whose names end in VariableTime are for public data only.
// Reads:   Limbs, P256Product, Bytes (wiping). Read by: the curves, ECDSA, Ed25519PublicKey.
//
// The same code is used in two sizes: 4 limbs for P-256 and edwards25519, and 9 limbs for P-521 and P-384.
// P-384 leaves the top three limbs zero and skips their rows. A third size would make P-384 a quarter faster and the
// binary 20 KB larger. R is 2^(64 rowCount), where rowCount is the number of limbs of p. Elements are always below p,
// so two elements are equal if and only if their limbs are.
//
// The module is compiled for size. The three operations that take most of the time are compiled for speed.

import Bytes

/// An integer x modulo a prime p, stored as x R mod p. The context determines p.
struct FieldElement<let limbCount: Int>: Sendable {
    fileprivate(set) var scaled: InlineArray<limbCount, Limb>

    /// 0, for every modulus.
    static var zero: Self {
        @inline(__always) get { Self(scaled: .zero) }
    }

    /// `self` if `mask` is all ones, `other` if it is 0.
    @inline(__always)
    func selected(_ mask: Limb, else other: Self) -> Self {
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

/// An odd prime modulus, with precomputed values that depend only on it. It is a class, because a copy of it would be
/// as long as several elements, and the compiler would pass it in parts.
final class PrimeField<let limbCount: Int>: Sendable {
    /// p itself.
    let modulus: InlineArray<limbCount, Limb>
    /// The number of limbs of p up to the highest one that is not 0.
    private let rowCount: Int
    /// Whether p is the prime of P-256, which has a faster product.
    private let isP256: Bool
    /// -1 / p mod 2^64.
    private let negatedInverse: Limb
    /// R^2 mod p, which converts a number into Montgomery form. As an element it represents R.
    private let radix: FieldElement<limbCount>
    /// 1 in Montgomery form: R mod p.
    let one: FieldElement<limbCount>

    /// - Requires: `modulus` is odd; it must be prime if inverses are computed.
    @inline(never)
    init(_ modulus: InlineArray<limbCount, Limb>) {
        self.modulus = modulus
        isP256 = isP256Form(modulus)
        // Newton's iteration x = x (2 - p x) doubles the number of correct bits. An odd p is its own inverse modulo 8,
        // which is 3 bits. Five iterations give 96 correct bits; 64 are needed.
        var inverse = modulus[0]
        for _ in 0..<5 { inverse = inverse &* (2 &- modulus[0] &* inverse) }
        negatedInverse = 0 &- inverse
        var rowCount = limbCount
        while modulus[rowCount - 1] == 0 { rowCount -= 1 }
        self.rowCount = rowCount
        // R mod p by 64 rowCount doublings of 1, then R^2 mod p by the same number of doublings.
        var power = FieldElement<limbCount>.zero
        power.scaled[0] = 1
        for _ in 0..<(Limb.bitWidth * rowCount) { power = addModulo(power, power, modulus) }
        one = power
        for _ in 0..<(Limb.bitWidth * rowCount) { power = addModulo(power, power, modulus) }
        radix = power
    }

    /// a b.
    ///
    /// - Requires: b is below p, as every element is. a need only be below R; `element` passes such a value.
    @inline(never)
    @_optimize(speed)
    func multiply(_ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>) -> FieldElement<limbCount> {
        // The compiler removes this for nine limbs.
        if limbCount == 4 && isP256 {
            let (value, top) = p256Product(a.scaled, b.scaled)
            return FieldElement(scaled: subtractOnce(value, top, modulus))
        }
        var t = InlineArray<limbCount, Limb>.zero
        var top: Limb = 0
        for row in 0..<rowCount {
            // (top, t) < 2 p before each row. The row adds at most (2^64 - 1) b and (2^64 - 1) p, with b < p. The sum
            // is below 2^65 p, and after the shift below 2 p again.
            let limb = a.scaled[row]
            var carry: Limb = 0
            for index in 0..<limbCount { t[index] = multiplyAdd(limb, b.scaled[index], t[index], &carry) }
            let above = DoubleLimb(top) &+ DoubleLimb(carry)
            // §14.36 step 2.1: adds the multiple of p that clears the lowest limb, then shifts by one limb.
            let multiple = t[0] &* negatedInverse
            carry = 0
            _ = multiplyAdd(multiple, modulus[0], t[0], &carry)
            for index in 1..<limbCount {
                t[index &- 1] = multiplyAdd(multiple, modulus[index], t[index], &carry)
            }
            let sum = above &+ DoubleLimb(carry)
            t[limbCount &- 1] = Limb(truncatingIfNeeded: sum)
            top = Limb(truncatingIfNeeded: sum >> Limb.bitWidth)
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
        // Add p if the difference is negative.
        let mask = 0 &- borrow
        var result = FieldElement<limbCount>.zero
        var carry: Limb = 0
        for index in 0..<limbCount {
            result.scaled[index] = addCarry(difference[index], modulus[index] & mask, &carry)
        }
        return result
    }

    /// -a.
    func negate(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> { subtract(.zero, a) }

    /// a^exponent, with fixed windows of 4 bits. The time depends on the exponent, but not on a.
    ///
    /// - Requires: `exponent` is not 0.
    @inline(never)
    func power(
        _ a: FieldElement<limbCount>, _ exponent: InlineArray<limbCount, Limb>
    ) -> FieldElement<limbCount> {
        var powers = InlineArray<16, FieldElement<limbCount>>(repeating: one)
        for index in 1..<16 { powers[index] = multiply(powers[index - 1], a) }
        var result = one
        var hasStarted = false
        for nibble in (0..<(nibblesPerLimb * rowCount)).reversed() {
            if hasStarted { for _ in 0..<4 { result = square(result) } }
            let digit = Int(exponent[nibble / nibblesPerLimb] >> Limb(4 * (nibble % nibblesPerLimb)) & 15)
            if digit != 0 {
                result = hasStarted ? multiply(result, powers[digit]) : powers[digit]
                hasStarted = true
            }
        }
        wipe(value: &powers)
        return result
    }

    /// 1 / a, or 0 if a is 0: a^(p - 2).
    func invert(_ a: FieldElement<limbCount>) -> FieldElement<limbCount> {
        var two = InlineArray<limbCount, Limb>.zero
        two[0] = 2
        return power(a, modulus.subtracting(two).difference)
    }

    /// Replaces every element by its inverse. The cost is one inversion and three products per element.
    ///
    /// - Requires: `elements` is not empty, and no element is 0.
    @inline(never)
    func invertAll(_ elements: inout [FieldElement<limbCount>]) {
        // products[i] is the product of all elements before i.
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

    /// The element that represents an integer, which may be p or more.
    ///
    /// - Requires: the integer is below R.
    func element(_ integer: InlineArray<limbCount, Limb>) -> FieldElement<limbCount> {
        multiply(FieldElement(scaled: integer), radix)
    }

    /// The integer that an element represents, below p.
    func integer(_ element: FieldElement<limbCount>) -> InlineArray<limbCount, Limb> {
        var unit = FieldElement<limbCount>.zero
        unit.scaled[0] = 1
        return multiply(element, unit).scaled
    }

    /// `high R + low` modulo p: the element that represents an integer of twice as many limbs.
    func element(
        low: InlineArray<limbCount, Limb>, high: InlineArray<limbCount, Limb>
    ) -> FieldElement<limbCount> {
        add(element(low), multiply(element(high), radix))
    }
}

/// a + b modulo p.
@inline(__always)
private func addModulo<let limbCount: Int>(
    _ a: FieldElement<limbCount>, _ b: FieldElement<limbCount>, _ modulus: InlineArray<limbCount, Limb>
) -> FieldElement<limbCount> {
    let (sum, carry) = a.scaled.adding(b.scaled)
    return FieldElement(scaled: subtractOnce(sum, carry, modulus))
}

/// `top R + value`, minus p if the value is p or more.
///
/// - Requires: `top R + value` is below 2 p.
@inline(__always)
private func subtractOnce<let limbCount: Int>(
    _ value: InlineArray<limbCount, Limb>, _ top: Limb, _ modulus: InlineArray<limbCount, Limb>
) -> InlineArray<limbCount, Limb> {
    var (result, borrow) = value.subtracting(modulus)
    // The value is below p if and only if the difference is negative and `top` is 0.
    let keep = (0 &- borrow) & ~(0 &- top)
    for index in 0..<limbCount { result[index] ^= keep & (value[index] ^ result[index]) }
    return result
}

private let nibblesPerLimb = Limb.bitWidth / 4
