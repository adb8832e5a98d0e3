import TestSupport
import Testing

@testable import BigInt

/// Products and powers modulo n agree with division, and bytes are as long as n (AUDIT 12, 51).
@Suite struct ModulusTests {
    /// Odd moduli at limb edges: single-limb, all ones, sparse, and counts around multiples of four limbs.
    static let moduli: [Natural] = {
        var values = [Natural(3), Natural(5), Natural(65537), Natural(.max)]
        for count in [2, 3, 4, 5, 7, 8, 9, 12, 16, 17] {
            values.append(allOnes(count))
            var sparse = [UInt64](repeating: 0, count: count)
            sparse[0] = 1
            sparse[count - 1] = 1
            values.append(Natural(limbs: sparse))
            sparse[count - 1] = 1 << 63
            values.append(Natural(limbs: sparse))
        }
        return values
    }()

    private func operands(_ n: Natural) throws -> [Natural] {
        let half = n >> 1
        return [
            Natural(0), Natural(1), Natural(2), half, half + Natural(1), try n - Natural(1),
            try n - (n < Natural(3) ? Natural(1) : Natural(2)), n, n + Natural(1), n * n + Natural(5),
        ]
    }

    @Test func refusals() {
        #expect(thrown { () throws(BigIntError) in try Modulus(Natural(0)) } == .evenModulus)
        #expect(thrown { () throws(BigIntError) in try Modulus(Natural(1)) } == .modulusTooSmall)
        #expect(thrown { () throws(BigIntError) in try Modulus(Natural(1) << 2048) } == .evenModulus)
    }

    @Test func productsAndSquaresAgreeWithDivision() throws {
        for n in Self.moduli {
            let modulus = try Modulus(n)
            for a in try operands(n) {
                #expect(try modulus.square(a) == (a * a).modulo(n))
                for b in try operands(n) {
                    #expect(try modulus.multiply(a, b) == (a * b).modulo(n))
                }
            }
        }
    }

    @Test func powersAgreeWithRepeatedProducts() throws {
        for n in Self.moduli {
            let modulus = try Modulus(n)
            for a in try operands(n) {
                var power = Natural(1)
                for exponent in 0..<35 {
                    #expect(modulus.powerVariableTime(a, Natural(UInt64(exponent))) == power)
                    power = try (power * a).modulo(n)
                }
                // 65537 = 2^16 + 1, and a long exponent by its parts: a^(2^64 q + r) = (a^(2^64))^q a^r.
                var squared = try a.modulo(n)
                for _ in 0..<16 { squared = try (squared * squared).modulo(n) }
                #expect(try modulus.powerVariableTime(a, Natural(65537)) == (squared * a).modulo(n))
                let long = Natural(limbs: [0xDEAD_BEEF_0000_0F01, 0x1000_0000_0000_0003])
                let upper = modulus.powerVariableTime(
                    modulus.powerVariableTime(a, Natural(limbs: [0, 1])), Natural(long.limbs[1]))
                let lower = modulus.powerVariableTime(a, Natural(long.limbs[0]))
                #expect(try modulus.powerVariableTime(a, long) == (upper * lower).modulo(n))
            }
        }
    }

    /// Fermat: a^(p - 1) = 1 mod p, for Mersenne primes, whose limbs are all ones.
    @Test func fermat() throws {
        for bits in [127, 521, 607, 1279] {
            let p = try (Natural(1) << bits) - Natural(1)
            let modulus = try Modulus(p)
            let exponent = try p - Natural(1)
            #expect(modulus.powerVariableTime(Natural(3), exponent) == Natural(1))
            #expect(modulus.powerVariableTime(exponent, exponent) == Natural(1))
        }
    }

    @Test func bytesToBytes() throws {
        let n = allOnes(4)
        let modulus = try Modulus(n)
        func power(_ base: [UInt8], _ exponent: UInt64) throws(BigIntError) -> [UInt8] {
            try modulus.powerVariableTime(bigEndianBytes: base.span, exponent)
        }
        #expect(try power([2], 16) == [UInt8](repeating: 0, count: 29) + [1, 0, 0])
        #expect(try power([], 3) == [UInt8](repeating: 0, count: 32))
        let last = try (n - Natural(1)).bigEndianBytes(count: 32)
        for exponent in [UInt64(1), 3, 17, 65537, 0xFFFF_FFFF, .max] {
            #expect(try power(last, exponent) == last)
        }
        for exponent in [UInt64(2), 4, 6, 65536, 0xFFFF_FFFE] {
            #expect(try power(last, exponent) == [UInt8](repeating: 0, count: 31) + [1])
        }
        let whole = try n.bigEndianBytes(count: 32)
        #expect(thrown { () throws(BigIntError) in try power(whole, 3) } == .notBelowModulus)
        #expect(
            thrown { () throws(BigIntError) in try power([0] + last, 3) }
                == .doesNotFit(needed: 33, available: 32))
    }

    @Test func inverseOfFourLimbs() {
        for a in [
            FourLimbs(1, 0, 0, 0), FourLimbs(.max, .max, .max, .max), FourLimbs(3, 0, 0, 1 << 63),
            FourLimbs(0x1234_5678_9ABC_DEF1, 7, 0, .max),
        ] {
            #expect(lowProduct(a, negatedInverse(a)) == FourLimbs(.max, .max, .max, .max))
        }
    }
}

extension Natural {
    fileprivate func modulo(_ n: Natural) throws(BigIntError) -> Natural {
        try quotientAndRemainder(dividingBy: n).remainder
    }
}
