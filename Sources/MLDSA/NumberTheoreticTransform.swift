// NumberTheoreticTransform.swift - arithmetic modulo q, the NTT and its inverse.
//
// Spec:    FIPS 204 §2.3, §2.5 (the transform), §7.5 algorithms 41 and 42, Appendix B (zetas).
// Secret:  no: verification works on public data.
// Reads:   nothing. Read by: Sampling, Encoding, MLDSAPublicKey.
//
// A coefficient is a UInt32 below q in every function of this module: there is no other representation, so no bound has
// to be carried from one function to the next. A product of two is below 2^46.

/// The modulus, 2^23 - 2^13 + 1.
let q: UInt32 = 8_380_417
/// The number of coefficients of a polynomial.
let n = 256

/// A polynomial, or the transform of one.
typealias Polynomial = InlineArray<256, UInt32>

extension [UInt32] {
    /// Adds the coefficients of a polynomial.
    mutating func append(_ polynomial: Polynomial) {
        let coefficients = polynomial.span
        for j in 0..<n { append(coefficients[j]) }
    }
}

/// a · b mod q.
@inline(__always)
func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: UInt64(a) &* UInt64(b) % UInt64(q))
}

/// a + b mod q.
@inline(__always)
func add(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let sum = a &+ b
    return min(sum, sum &- q)
}

/// a - b mod q.
@inline(__always)
func subtract(_ a: UInt32, _ b: UInt32) -> UInt32 {
    let difference = a &- b
    return min(difference, difference &+ q)
}

/// Algorithm 41: replaces a polynomial by its transform.
///
/// - Requires: coefficients below q. - Ensures: the same.
@export(interface)
func transform(_ w: inout Polynomial) {
    // Steps 4 and 5; the coefficients are in w already (steps 1 to 3).
    var m = 0
    var length = 128
    while length >= 1 {
        var start = 0
        while start < n {
            // Steps 9 to 16.
            m &+= 1
            let zeta = zetas[m]
            for j in start..<(start &+ length) {
                let t = multiply(zeta, w[j &+ length])
                w[j &+ length] = subtract(w[j], t)
                w[j] = add(w[j], t)
            }
            start &+= 2 &* length
        }
        length >>= 1
    }
}

/// Algorithm 42: replaces a transform by its polynomial.
///
/// - Requires: coefficients below q. - Ensures: the same.
@export(interface)
func inverseTransform(_ w: inout Polynomial) {
    // Steps 4 and 5.
    var m = n
    var length = 1
    while length < n {
        var start = 0
        while start < n {
            // Steps 9 to 17: with the difference turned round, zeta is not negated.
            m &-= 1
            let zeta = zetas[m]
            for j in start..<(start &+ length) {
                let t = w[j]
                w[j] = add(t, w[j &+ length])
                w[j &+ length] = multiply(zeta, subtract(w[j &+ length], t))
            }
            start &+= 2 &* length
        }
        length <<= 1
    }
    // Steps 21 to 24: f = 256^-1 mod q.
    for j in 0..<n { w[j] = multiply(8_347_681, w[j]) }
}

/// Appendix B: 1753^BitRev8(m) mod q. Computed at the first use: the table would be 1 KB of the binary that does not compress.
let zetas: InlineArray<256, UInt32> = {
    var powers = InlineArray<256, UInt32>(repeating: 1)
    var power: UInt32 = 1
    // BitRev8(place) runs through all m, because it is its own inverse (algorithm 43).
    for place in 0..<256 {
        var m = 0
        for bit in 0..<8 { m |= (place >> bit & 1) << (7 &- bit) }
        powers[m] = power
        power = multiply(power, 1753)
    }
    return powers
}()
