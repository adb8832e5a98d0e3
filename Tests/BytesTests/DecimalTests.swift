import Bytes
import Testing

private func value(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    return Decimal.value(bytes.span)
}

private func clamped(_ text: String, _ limit: Int64) -> Int64? {
    let bytes = Array(text.utf8)
    return Decimal.clamped(bytes.span, to: limit)
}

/// Digits are parsed as a number, other texts are rejected, and nothing overflows (AUDIT 32).
@Suite struct DecimalTests {
    @Test(arguments: [
        ("0", 0), ("7", 7), ("007", 7), ("1795615200", 1_795_615_200),
        ("999999999999999999", 999_999_999_999_999_999),
    ]) func digitsAreANumber(text: String, expected: Int64) {
        #expect(value(text) == expected)
    }

    /// No sign, no space, no other digit; 19 digits may be past Int64.
    @Test(arguments: [
        "", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "\u{0661}", "1000000000000000000", "/", ":",
    ])
    func otherTextsAreRejected(text: String) {
        #expect(value(text) == nil)
    }

    @Test func largerNumbersAreTheLimit() {
        #expect(clamped("16", 16) == 16)
        #expect(clamped("17", 16) == 16)
        #expect(clamped("9223372036854775807", .max) == .max)
        #expect(clamped("9223372036854775808", .max) == .max)
        #expect(clamped("92233720368547758070000", 9) == 9)
        #expect(clamped("", 9) == nil)
        // What follows a number that is too large is looked at too.
        #expect(clamped("92233720368547758070000x", 9) == nil)
    }
}
