import Bytes
import Testing

@testable import KeyAgreement

/// The arithmetic under X25519 at the limits of its limbs (AUDIT 17).
@Suite struct Field25519Tests {
    private static let top: UInt64 = (1 << 51) - 1

    private func encoded(_ integer: Integer25519) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xAA, count: 32)
        var span = bytes.mutableSpan
        integer.encode(into: &span)
        return bytes
    }

    /// p + `offset`, little-endian.
    private func prime(plus offset: Int) -> [UInt8] {
        [UInt8(0xED + offset)] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
    }

    private func small(_ value: UInt8) -> [UInt8] { [value] + [UInt8](repeating: 0, count: 31) }

    /// Integers whose limbs are 0, 1, the largest reduced value or the largest value of 51 bits, in turns.
    private let extremes: [Integer25519] = {
        let values: [UInt64] = [0, 1, top, top - 18, top + (1 << 14)]
        return (0..<3125).map { number in
            Integer25519(
                values[number % 5], values[number / 5 % 5], values[number / 25 % 5], values[number / 125 % 5],
                values[number / 625])
        }
    }()

    @Test func numbersFromThePrimeOnAreReduced() {
        for offset in 0..<19 {
            #expect(encoded(Integer25519(littleEndian: prime(plus: offset).span)) == small(UInt8(offset)))
        }
        #expect(encoded(Integer25519(littleEndian: prime(plus: -1).span)) == prime(plus: -1))
    }

    @Test func bit255IsIgnored() {
        var bytes = [UInt8](1...32)
        let plain = encoded(Integer25519(littleEndian: bytes.span))
        #expect(plain == bytes)
        bytes[31] |= 0x80
        #expect(encoded(Integer25519(littleEndian: bytes.span)) == plain)
    }

    /// Every combination of extreme limbs: laws that a lost carry breaks.
    @Test func lawsHoldAtTheLimits() {
        for (index, a) in extremes.enumerated() {
            let b = extremes[(index * 1009 + 77) % extremes.count]
            let difference = a - b
            #expect(encoded(difference * Integer25519(1) + b * Integer25519(1)) == encoded(a))
            // (a + b)^2 = a^2 + 2ab + b^2 and (a + b)(a - b) = a^2 - b^2.
            let sum = a + b
            let twice = (a * b) + (a * b)
            #expect(
                encoded(sum.squared)
                    == encoded(twice * Integer25519(1) + (a.squared + b.squared) * Integer25519(1)))
            #expect(encoded(sum * difference) == encoded(a.squared - b.squared))
            #expect(encoded(difference.squared) == encoded(difference * difference))
            #expect(encoded(sum.times(121665)) == encoded(sum * Integer25519(121665)))
        }
    }

    @Test func anInverseTimesItsNumberIsOne() {
        for a in extremes.enumerated().filter({ $0.offset % 25 == 7 }).map(\.element) {
            let isZero = encoded(a) == small(0)
            #expect(encoded(a * a.inverse) == small(isZero ? 0 : 1))
        }
    }

    @Test func aMaskSelects() {
        let (a, b) = (Integer25519(1, 2, 3, 4, 5), Integer25519(6, 7, 8, 9, 10))
        #expect(encoded(a.selected(.max, else: b)) == encoded(a))
        #expect(encoded(a.selected(0, else: b)) == encoded(b))
    }
}
