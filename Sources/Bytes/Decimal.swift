// Decimal.swift - parses decimal numbers.
//
// Spec:    RFC 5234 appendix B.1 (DIGIT).
// Secret:  no: the time depends on the digits.
// Reads:   nothing. Read by: every module that reads numbers; most modules.

/// Numbers written in the digits 0 to 9, without a sign. All decimal parsing of the program uses this loop.
public enum Decimal {
    /// The value of a text of digits; nil for an empty text, a byte that is not a digit, or more than 18 digits. Every
    /// number of 18 digits fits into an `Int64`.
    public static func value(_ text: Span<UInt8>) -> Int64? {
        text.count <= 18 ? clamped(text, to: .max) : nil
    }

    /// The value of a text of digits, or `limit` if it is larger; nil for an empty text or a byte that is not a digit.
    @_optimize(speed)
    public static func clamped(_ text: Span<UInt8>, to limit: Int64) -> Int64? {
        guard text.count > 0 else { return nil }
        var value: Int64 = 0
        for index in text.indices {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            // Ten times a larger value could exceed Int64.max.
            value = value > 922_337_203_685_477_579 ? .max : value * 10 + Int64(text[index] - 0x30)
        }
        return min(value, limit)
    }
}
