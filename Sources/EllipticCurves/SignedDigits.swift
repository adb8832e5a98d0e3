// SignedDigits.swift - recodes a scalar as sparse signed digits.
//
// Spec:    Hankerson, Menezes, Vanstone, Guide to Elliptic Curve Cryptography, algorithm 3.35
//          (width-w NAF).
// Secret:  no: the code branches on the scalar.
// Reads:   Limbs. Read by: PointMultiples, EdwardsMultiples.

/// The width-w non-adjacent form: digits are 0 or odd, less than 2^(w - 1) in magnitude, and of w consecutive digits at
/// most one is not 0. The sum of digit[i] 2^i is the scalar.
struct SignedDigits {
    /// The number of strands into which the digits are split, see PointMultiples.
    static let strandCount = 4

    private let digits: [Int8]
    private let strandDigitCount: Int

    /// - Requires: the scalar is below 2^(4 strandDigitCount - 1); 2 <= width <= 8.
    init<let limbCount: Int>(_ scalar: InlineArray<limbCount, Limb>, width: Int, strandDigitCount: Int) {
        precondition((2...8).contains(width))
        let count = Self.strandCount * strandDigitCount
        var digits = [Int8](repeating: 0, count: count)
        var carry = 0
        var place = 0
        while place < count {
            // Together with the carry, the remaining scalar is even here: the digit is 0.
            if Int(scalar.bit(place)) == carry {
                place += 1
                continue
            }
            var digit = carry
            for index in 0..<width { digit += Int(scalar.bit(place + index)) << index }
            carry = digit >> (width - 1)
            digits[place] = Int8(digit - carry << width)
            place += width
        }
        self.digits = digits
        self.strandDigitCount = strandDigitCount
    }

    func digit(_ strand: Int, _ place: Int) -> Int {
        Int(digits[strand * strandDigitCount + place])
    }

    /// The index of a digit's magnitude in a table of odd multiples.
    static func tableIndex(_ digit: Int, _ strand: Int, width: Int) -> Int {
        strand << (width - 2) + abs(digit) >> 1
    }
}
