import TestSupport
import Testing

@testable import MLDSA

/// The arithmetic of FIPS 204 compared with its definitions, computed in another way (AUDIT 16).
@Suite struct ArithmeticTests {
    /// Random numbers below q, with 0, 1 and q - 1 more often.
    private func polynomial(_ generator: inout SplitMix) -> Polynomial {
        var w = Polynomial(repeating: 0)
        for j in 0..<n {
            let word = generator.next()
            w[j] = [0, 1, q - 1][Int(word >> 60) % 3]
            if word & 7 != 0 { w[j] = UInt32(truncatingIfNeeded: (word >> 8) % UInt64(q)) }
        }
        return w
    }

    /// Appendix B: powers of 1753 at bit-reversed places.
    @Test func zetasArePowers() {
        var powers: [UInt64] = [1]
        for _ in 1..<512 { powers.append(powers[powers.count - 1] * 1753 % UInt64(q)) }
        #expect(powers[256] == UInt64(q - 1), "1753 is a 512th root of unity")
        for m in 1..<256 {
            var place = 0
            for bit in 0..<8 where m >> bit & 1 == 1 { place |= 0x80 >> bit }
            #expect(UInt64(zetas[m]) == powers[place])
        }
    }

    /// The product of transforms is the product of polynomials modulo X^256 + 1 (§2.5).
    @Test func transformsMultiply() {
        var generator = SplitMix(state: 204)
        for _ in 0..<4 {
            let (a, b) = (polynomial(&generator), polynomial(&generator))
            var product = [Int64](repeating: 0, count: 256)
            for i in 0..<256 {
                for j in 0..<256 {
                    let term = Int64(a[i]) * Int64(b[j]) % Int64(q)
                    product[(i + j) % 256] += i + j < 256 ? term : Int64(q) - term
                }
            }
            var (aHat, bHat) = (a, b)
            transform(&aHat)
            transform(&bHat)
            for j in 0..<256 { aHat[j] = multiply(aHat[j], bHat[j]) }
            inverseTransform(&aHat)
            for j in 0..<256 { #expect(Int64(aHat[j]) == product[j] % Int64(q)) }
            var back = b
            transform(&back)
            inverseTransform(&back)
            for j in 0..<256 { #expect(back[j] == b[j]) }
        }
    }

    @Test func sumsAndDifferences() {
        for a in [0, 1, 2, q / 2, q - 2, q - 1] {
            for b in [0, 1, 2, q / 2, q - 2, q - 1] {
                #expect(UInt64(add(a, b)) == (UInt64(a) + UInt64(b)) % UInt64(q))
                #expect(UInt64(subtract(a, b)) == (UInt64(a) + UInt64(q) - UInt64(b)) % UInt64(q))
                #expect(UInt64(multiply(a, b)) == UInt64(a) * UInt64(b) % UInt64(q))
            }
        }
    }

    /// Algorithms 36 and 40 as they are written, with signed numbers.
    private func useHintByTheBook(_ hint: Bool, _ r: Int, _ gamma2: Int) -> Int {
        let m = (Int(q) - 1) / (2 * gamma2)
        var r0 = r % (2 * gamma2)
        if r0 > gamma2 { r0 -= 2 * gamma2 }
        var r1 = 0
        if r - r0 == Int(q) - 1 { r0 -= 1 } else { r1 = (r - r0) / (2 * gamma2) }
        guard hint else { return r1 }
        return r0 > 0 ? (r1 + 1) % m : (r1 + m - 1) % m
    }

    /// Every multiple of γ2 and its neighbours, where a high part or a sign changes, and random numbers.
    @Test(arguments: [(MLDSAParameters.mldsa44, 95_232), (.mldsa65, 261_888), (.mldsa87, 261_888)])
    func hints(parameters: MLDSAParameters, gamma2: Int) {
        var numbers = [0, 1, Int(q) - 2, Int(q) - 1]
        for multiple in stride(from: gamma2, to: Int(q), by: gamma2) {
            numbers += [multiple - 1, multiple, multiple + 1].filter { $0 < Int(q) }
        }
        var generator = SplitMix(state: 40)
        for _ in 0..<2000 { numbers.append(Int(generator.next() % UInt64(q))) }
        for r in numbers {
            for hint in [false, true] {
                let high = useHint(hint, UInt32(r), parameters)
                #expect(Int(high) == useHintByTheBook(hint, r, gamma2), "r \(r), hint \(hint)")
            }
        }
    }

    /// Algorithms 16 to 19: packed coefficients are unpacked unchanged, and z is γ1 less the integer.
    @Test func bits() throws {
        var generator = SplitMix(state: 18)
        for width in [4, 6] {
            var w = Polynomial(repeating: 0)
            for j in 0..<n { w[j] = UInt32(truncatingIfNeeded: generator.next()) & (1 << UInt32(width) - 1) }
            let bytes = packHighParts(w.span, width)
            for j in 0..<n {
                var value: UInt32 = 0
                for bit in 0..<width {
                    let place = j * width + bit
                    value |= UInt32(bytes[place / 8] >> UInt8(place % 8) & 1) << UInt32(bit)
                }
                #expect(value == w[j])
            }
        }
        for parameters in MLDSAParameters.allCases {
            let bound = parameters.gamma1 - parameters.beta
            for (integer, expected) in [
                (parameters.gamma1, 0), (parameters.gamma1 - 1, 1), (parameters.gamma1 + 1, q - 1),
                (parameters.gamma1 - bound + 1, bound - 1), (parameters.gamma1 + bound - 1, q - bound + 1),
                (parameters.gamma1 - bound, nil), (parameters.gamma1 + bound, nil), (0, nil),
                (2 * parameters.gamma1 - 1, nil),
            ] as [(UInt32, UInt32?)] {
                // All coefficients but the last are 0.
                var bytes = [UInt8](repeating: 0, count: parameters.zByteCount)
                for j in 0..<n {
                    for bit in 0..<parameters.zBitCount {
                        let number = j == 255 ? integer : parameters.gamma1
                        let place = j * parameters.zBitCount + bit
                        bytes[place / 8] |= UInt8(number >> UInt32(bit) & 1) << UInt8(place % 8)
                    }
                }
                var z = Polynomial(repeating: 7)
                let refusal = thrown { () throws(MLDSAError) in
                    try unpackZ(bytes.span, parameters, into: &z)
                }
                #expect(refusal == (expected == nil ? .zOutOfRange : nil))
                if let expected { #expect(z[0] == 0 && z[254] == 0 && z[255] == expected) }
            }
        }
    }
}
