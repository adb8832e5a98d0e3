// JSONNumber.swift - exact numbers, without floating point.
//
// Spec:    RFC 8259 §6. A NumericDate may have a fraction (RFC 7519 §2).
// Secret:  no.
// Reads:   JSONDocument; Bytes. Read by: JSONDocument, NumberComparison; JOSE.
//
// Why not Double: 1700000000.9999999999 would be rounded up to the next second, so the sender of the number could gain
// time by writing more digits. With the decimal digits, the whole part and the presence of a fraction are exact.

import Bytes

/// A number as its decimal digits.
public struct JSONNumber: Sendable, Equatable {
    /// The number as written, at most `JSONLimits.numberByteCount` bytes.
    public let text: [UInt8]

    /// - Requires: the parser has accepted the text: at most 64 bytes.
    init(checkedText text: [UInt8]) {
        self.text = text
    }

    /// The largest integer that is not greater than the number; nil if it does not fit into 64 bits.
    public var floor: Int64? {
        let parts = wholeAndFraction
        guard let whole = parts.whole else { return nil }
        guard isNegative && parts.hasFraction else { return whole }
        return whole == .min ? nil : whole - 1
    }

    /// Whether the number has a fraction other than zero after its exponent is applied.
    public var hasFraction: Bool { wholeAndFraction.hasFraction }

    /// Whether the number has a minus sign.
    public var isNegative: Bool { text.first == 0x2D }

    /// The integer part with its sign (nil if it does not fit into 64 bits), and whether the fraction is other than
    /// zero.
    var wholeAndFraction: (whole: Int64?, hasFraction: Bool) {
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

        // The integer part: the digits before the decimal point, then zeros if the exponent moves the point past the
        // last digit.
        var magnitude: UInt64 = 0
        var overflows = false
        var position = 0
        while position < point, !overflows {
            let digit = position < digitCount ? digits[position] : 0
            // A magnitude of zero stays zero: only zeros would follow the last digit.
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

    /// The exponent, clamped to ±10,000: beyond that every number of 64 characters is 0 or too large.
    private func exponent(from start: Int) -> Int {
        var index = start
        var isNegative = false
        if text[index] == 0x2B || text[index] == 0x2D {
            isNegative = text[index] == 0x2D
            index += 1
        }
        // The grammar was checked: only digits follow.
        let digits = text.span.extracting(index..<text.count)
        let value = Int(Decimal.clamped(digits, to: 10_000) ?? 0)
        return isNegative ? -value : value
    }
}

extension JSONValue {
    /// The number; nil for other kinds of value.
    public var number: JSONNumber? {
        kind == .number ? JSONNumber(checkedText: [UInt8](rawText)) : nil
    }
}
