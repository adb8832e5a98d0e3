import Testing

@testable import AEAD

/// a · b mod 2^130 - 5 by double-and-add, in two words of 128 and 64 bits.
private struct Residue: Equatable {
    var high: UInt64
    var low: UInt128

    static func + (a: Residue, b: Residue) -> Residue {
        let (low, carry) = a.low.addingReportingOverflow(b.low)
        return Residue(high: a.high + b.high + (carry ? 1 : 0), low: low).reduced
    }

    /// 2^130 is 5.
    var reduced: Residue {
        var value = self
        while value.high >= 4 {
            let (low, carry) = value.low.addingReportingOverflow(UInt128(value.high >> 2) * 5)
            value = Residue(high: (value.high & 3) + (carry ? 1 : 0), low: low)
        }
        if value.high == 3 && value.low >= UInt128.max - 4 {
            return Residue(high: 0, low: value.low &+ 5)
        }
        return value
    }

    static func * (a: Residue, b: UInt128) -> Residue {
        var sum = Residue(high: 0, low: 0)
        for i in (0..<128).reversed() {
            sum = sum + sum
            if (b >> UInt128(i)) & 1 == 1 { sum = sum + a }
        }
        return sum
    }
}

private func bytes(_ value: UInt128) -> [UInt8] {
    (0..<16).map { UInt8(truncatingIfNeeded: value >> UInt128(8 * $0)) }
}

/// Poly1305 agrees with the definition on wide integers, at the edges of its limbs (AUDIT 17, 47).
@Suite struct Poly1305Tests {
    /// RFC 8439 §2.5, step by step, with whole blocks: random ones, and those that bring the
    /// accumulator to the modulus and around it (the cases of appendix A.3, vectors 7 to 11).
    @Test func authenticatorsAgreeWithTheDefinition() {
        var generator = Lehmer(seed: 8439)
        let special: [UInt128] = [
            0, 1, 2, .max, .max - 1, .max - 4, .max - 5, 0xFB, 1 << 64, (1 << 64) - 1, (1 << 88) - 1, 1 << 44,
        ]
        var random: [UInt128] = []
        for _ in 0..<30 { random.append(UInt128(generator.next()) << 64 | UInt128(generator.next())) }
        for r in special + random.prefix(8) {
            for s in [0, .max, random[9]] {
                for message in [special, random, special.reversed(), [.max], []] {
                    let clamped = r & 0x0FFF_FFFC_0FFF_FFFC_0FFF_FFFC_0FFF_FFFF
                    var expected = Residue(high: 0, low: 0)
                    for block in message {
                        expected = (expected + Residue(high: 1, low: block)) * clamped
                    }
                    let tag = expected.reduced.low &+ s
                    let key = bytes(r) + bytes(s)
                    var authenticator = Poly1305(key: key.span)
                    let messageBytes = message.flatMap(bytes)
                    authenticator.absorbPadded(messageBytes.span)
                    let actual = authenticator.finalize()
                    let actualBytes = (0..<16).map { actual[$0] }
                    #expect(actualBytes == bytes(tag))
                }
            }
        }
    }
}
