import Testing

@testable import BigInt

/// Proves that R^2 mod n, which every product and power depends on, is what long division says (AUDIT 12).
@Suite struct PowerOfTwoTests {
    private func agrees(_ exponent: Int, _ n: Natural) throws -> Bool {
        var limbs = n.limbs
        while limbs.count % 4 != 0 { limbs.append(0) }
        let power = powerOfTwo(exponent, modulo: limbs.span, bitCount: n.bitCount)
        return try Natural(limbs: power)
            == (Natural(1) << exponent).quotientAndRemainder(dividingBy: n).remainder
            && power.count == limbs.count
    }

    @Test func smallModuliWithEveryExponent() throws {
        for n in stride(from: UInt64(3), to: 600, by: 2) {
            let number = Natural(n)
            for exponent in (number.bitCount - 1)..<140 {
                #expect(try agrees(exponent, number), "\(n) \(exponent)")
            }
        }
    }

    @Test func everySmallModulus() throws {
        for n in stride(from: UInt64(3), to: 1 << 14, by: 2) {
            #expect(try agrees(512, Natural(n)), "\(n)")
        }
    }

    @Test func moduliAtTheEdges() throws {
        for n in ModulusTests.moduli {
            #expect(try agrees(n.bitCount - 1, n))
            #expect(try agrees(n.bitCount, n))
            #expect(try agrees(128 * ((n.limbs.count + 3) / 4 * 4), n))
        }
        // Every length up to 320 bits: the least odd number of it, the greatest, and one with a run of ones on top.
        for bits in 2..<320 {
            let least = (Natural(1) << (bits - 1)) + Natural(1)
            let greatest = try (Natural(1) << bits) - Natural(1)
            let half = try greatest - ((Natural(1) << (bits / 2)) - Natural(1)) + Natural(1)
            for n in [least, greatest, half] where n.isOdd && n > Natural(1) {
                #expect(try agrees(128 * ((n.limbs.count + 3) / 4 * 4), n), "\(bits)")
            }
        }
    }

    @Test func randomModuli() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var limbs = (0..<Int.random(in: 1...34, using: &generator)).map { _ in
                UInt64.random(in: .min ... .max, using: &generator)
            }
            limbs[0] |= 1
            limbs[limbs.count - 1] >>= UInt64.random(in: 0..<63, using: &generator)
            let n = Natural(limbs: limbs)
            guard n > Natural(1) else { continue }
            #expect(try agrees(128 * ((n.limbs.count + 3) / 4 * 4), n), "\(limbs)")
        }
    }
}
