import BigInt
import TestSupport
import Testing

@testable import EllipticCurves

/// Field arithmetic against BigInt, on edges and on random elements.
@Suite struct PrimeFieldTests {
    @Test func fourLimbs() throws {
        for field in [curveP256.field, curveP256.scalars, field25519, edwards25519.scalars] {
            try compare(field)
        }
    }

    @Test func nineLimbs() throws {
        for field in [curveP521.field, curveP521.scalars] { try compare(field) }
    }

    @Test func sixOfNineLimbs() throws {
        for field in [curveP384.field, curveP384.scalars] { try compare(field) }
    }

    private func compare<let count: Int>(_ field: PrimeField<count>) throws {
        let p = natural(field.modulus)
        let rowCount = p.limbs.count
        let modulus = try Modulus(p)
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        let one = Natural(1)
        // 0, 1, 2, p - 1, p - 2, all ones below the top, single bits, and random ones.
        var samples = [Natural(0), one, Natural(2), try p - one, try p - Natural(2)]
        samples += stride(from: 31, to: p.bitCount - 1, by: 32).map { one << $0 }
        samples += try stride(from: 64, to: p.bitCount, by: 64).map { try (one << $0) - one }
        for _ in 0..<20 {
            samples.append(modulus.reduce(Natural(limbs: (0..<rowCount).map { _ in generator.next() })))
        }
        for a in samples {
            let x = field.element(limbs(a))
            #expect(natural(field.integer(x)) == a)
            #expect(x.equalsVariableTime(.zero) == a.isZero)
            #expect(natural(field.integer(field.negate(x))) == (a.isZero ? a : try p - a))
            let inverse = natural(field.integer(field.invert(x)))
            #expect(inverse == modulus.powerVariableTime(a, try p - Natural(2)), "seed \(seed)")
            for b in samples {
                let y = field.element(limbs(b))
                #expect(
                    natural(field.integer(field.multiply(x, y))) == modulus.multiply(a, b), "seed \(seed)")
                #expect(natural(field.integer(field.add(x, y))) == modulus.reduce(a + b), "seed \(seed)")
                let difference = modulus.reduce(try (a + p) - b)
                #expect(natural(field.integer(field.subtract(x, y))) == difference, "seed \(seed)")
                #expect(x.equalsVariableTime(y) == (a == b))
                #expect(natural(field.integer(x.selected(.max, else: y))) == a)
                #expect(natural(field.integer(x.selected(0, else: y))) == b)
            }
        }
        // Integers of p and more, up to R - 1, are reduced.
        let ones = InlineArray<count, UInt64> { $0 < rowCount ? .max : 0 }
        #expect(natural(field.integer(field.element(ones))) == modulus.reduce(natural(ones)))
        #expect(natural(field.integer(field.element(field.modulus))).isZero)
        let twice = (natural(ones) << (64 * rowCount)) + natural(ones)
        #expect(natural(field.integer(field.element(low: ones, high: ones))) == modulus.reduce(twice))

        var inverses = samples.dropFirst().map { field.element(limbs($0)) }
        field.invertAll(&inverses)
        for (sample, inverse) in zip(samples.dropFirst(), inverses) {
            #expect(field.multiply(inverse, field.element(limbs(sample))).equalsVariableTime(field.one))
        }
    }

    private func natural<let count: Int>(_ limbs: InlineArray<count, UInt64>) -> Natural {
        Natural(limbs: limbs.indices.map { limbs[$0] })
    }

    private func limbs<let count: Int>(_ value: Natural) -> InlineArray<count, UInt64> {
        InlineArray { $0 < value.limbs.count ? value.limbs[$0] : 0 }
    }
}

/// Bytes become limbs and limbs bytes in both orders (AUDIT 16, 51).
@Suite struct LimbsTests {
    @Test func bytesInAndOut() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]
        let big = InlineArray<2, UInt64>(bigEndian: bytes.span)
        #expect(big[0] == 0x0203_0405_0607_0809 && big[1] == 1)
        let little = InlineArray<2, UInt64>(littleEndian: bytes.span)
        #expect(little[0] == 0x0807_0605_0403_0201 && little[1] == 9)
        #expect(little.byte(0) == 1 && little.byte(8) == 9 && little.byte(15) == 0)
        let hexadecimal = InlineArray<2, UInt64>(hexadecimal: "01 02030405\n06070809")
        #expect(hexadecimal[0] == big[0] && hexadecimal[1] == big[1])
        #expect(big.bit(0) == 1 && big.bit(1) == 0 && big.bit(64) == 1 && big.bit(128) == 0)
    }
}

/// Signed digits add up to their scalar and are sparse (AUDIT 16, 51).
@Suite struct SignedDigitsTests {
    /// The digits make up the scalar again, are odd and small, and keep their distance.
    @Test(arguments: 2...8) func digitsMakeTheScalar(width: Int) throws {
        var generator = SplitMix(state: 5)
        var scalars: [InlineArray<4, UInt64>] = [
            .zero, [1, 0, 0, 0], .init(repeating: .max), [.max, .max, .max, .max >> 1], [0, 0, 0, 1 << 63],
        ]
        for _ in 0..<50 { scalars.append(InlineArray { _ in generator.next() }) }
        for scalar in scalars {
            let digits = SignedDigits(scalar, width: width, strandDigitCount: 65)
            var positive = Natural(0)
            var negative = Natural(0)
            var lastPlace = -width
            for strand in 0..<4 {
                for place in 0..<65 {
                    let digit = digits.digit(strand, place)
                    if digit == 0 { continue }
                    let weight = Natural(UInt64(abs(digit))) << (65 * strand + place)
                    if digit > 0 { positive = positive + weight } else { negative = negative + weight }
                    #expect(digit % 2 != 0 && abs(digit) < 1 << (width - 1))
                    #expect(65 * strand + place - lastPlace >= width)
                    lastPlace = 65 * strand + place
                }
            }
            #expect(try positive - negative == Natural(limbs: scalar.indices.map { scalar[$0] }))
        }
    }
}
