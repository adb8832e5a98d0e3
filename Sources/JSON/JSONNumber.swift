// JSONNumber.swift - a number, exact: no floating point.
//
// Spec:    RFC 8259 §6. A NumericDate may have a fraction (RFC 7519 §2).
// Secret:  no.
// Reads:   nothing. Read by: JSONValue, JOSE.
//
// Why no Double: 1700000000.9999999999 would round up to the next second, in favour of
// whoever wrote it. The digits are at hand, so the whole part and whether anything
// is behind the point can be told exactly.

/// A number as its decimal digits.
public struct JSONNumber: Sendable, Equatable {
    /// The text as it stood, of at most `JSONLimits.numberByteCount` bytes.
    public let text: [UInt8]

    /// - Requires: the text has been parsed: at most 64 bytes.
    init(checkedText text: [UInt8]) {
        self.text = text
    }

    /// The value when it is whole and fits: also of "1e3" and "10.0".
    public var integer: Int64? {
        let parts = wholeAndFraction
        guard let whole = parts.whole, !parts.hasFraction else { return nil }
        return whole
    }

    /// The largest whole number that is not greater; nil if it does not fit.
    public var floor: Int64? {
        let parts = wholeAndFraction
        guard let whole = parts.whole else { return nil }
        guard isNegative && parts.hasFraction else { return whole }
        return whole == .min ? nil : whole - 1
    }

    /// Whether something other than zeros stands behind the decimal point once the exponent is applied.
    public var hasFraction: Bool { wholeAndFraction.hasFraction }

    /// Whether the number has a minus sign.
    public var isNegative: Bool { text.first == 0x2D }

    /// The part before the decimal point with its sign (nil if it does not fit into 64 bits),
    /// and whether anything is behind it.
    private var wholeAndFraction: (whole: Int64?, hasFraction: Bool) {
        var index = isNegative ? 1 : 0
        var digits = InlineArray<64, UInt8>(repeating: 0)
        var digitCount = 0
        var pointPosition: Int?
        while index < text.count, text[index] | 0x20 != 0x65 {
            if text[index] == 0x2E {
                pointPosition = digitCount
            } else {
                digits[digitCount] = text[index] - 0x30
                digitCount += 1
            }
            index += 1
        }
        var point = pointPosition ?? digitCount
        if index < text.count { point += exponent(from: index + 1) }

        // The whole part: digits before the point, zeros where there are none left.
        var magnitude: UInt64 = 0
        var overflows = false
        var position = 0
        while position < point, !overflows {
            let digit = position < digitCount ? digits[position] : 0
            // Behind the last digit of a zero only more zeros would follow.
            if position >= digitCount && magnitude == 0 { break }
            let (tens, first) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(UInt64(digit))
            overflows = first || second
            magnitude = sum
            position += 1
        }
        var hasFraction = false
        for behind in max(0, min(point, digitCount))..<digitCount where digits[behind] != 0 {
            hasFraction = true
        }
        if overflows { return (nil, hasFraction) }
        if isNegative {
            guard magnitude <= 1 << 63 else { return (nil, hasFraction) }
            return (Int64(truncatingIfNeeded: 0 &- magnitude), hasFraction)
        }
        return (Int64(exactly: magnitude), hasFraction)
    }

    /// The exponent, held within ±10,000: past that every number of 64 characters is 0 or too large.
    private func exponent(from start: Int) -> Int {
        var index = start
        var isNegative = false
        if text[index] == 0x2B || text[index] == 0x2D {
            isNegative = text[index] == 0x2D
            index += 1
        }
        var value = 0
        while index < text.count {
            value = min(10_000, value * 10 + Int(text[index] - 0x30))
            index += 1
        }
        return isNegative ? -value : value
    }
}
