// DERTime.swift - reads UTCTime and GeneralizedTime in the forms that are allowed in certificates.
//
// Spec:    RFC 5280 §4.1.2.5.1, §4.1.2.5.2; X.690 §11.7, §11.8.
// Secret:  no.
// Reads:   DERReader, DERTag, DERError; Bytes (CivilDate). Read by: X509.

import Bytes

extension DERReader {
    /// Reads a UTCTime or a GeneralizedTime, as seconds since 1970-01-01T00:00:00Z.
    ///
    /// Both types are accepted for every year that they can express. RFC 5280 §4.1.2.5 requires UTCTime through 2049
    /// only from issuers; readers must accept both.
    ///
    /// - Throws: `timeForm`, `timeRange`, `unexpectedTag`, and what `readValue` throws.
    /// - Source: RFC 5280 §4.1.2.5.
    public mutating func readTime() throws(DERError) -> Int64 {
        let start = offset
        let isGeneralized = nextIs(.generalizedTime)
        let text = try readValue(isGeneralized ? .generalizedTime : .utcTime).content
        let yearDigitCount = isGeneralized ? 4 : 2
        // Seconds are required, the time zone must be Z, and fractions are not allowed.
        guard text.count == yearDigitCount + 11, text[text.count - 1] == UInt8(ascii: "Z") else {
            throw .timeForm(offset: start)
        }
        guard var year = number(text, 0, yearDigitCount), let month = number(text, yearDigitCount),
            let day = number(text, yearDigitCount + 2), let hour = number(text, yearDigitCount + 4),
            let minute = number(text, yearDigitCount + 6), let second = number(text, yearDigitCount + 8)
        else { throw .timeForm(offset: start) }
        if !isGeneralized {
            // §4.1.2.5.1: 50 to 99 mean 1950 to 1999, 00 to 49 mean 2000 to 2049.
            year += year >= 50 ? 1900 : 2000
        }
        guard let date = CivilDate(year: year, month: month, day: day),
            let seconds = date.secondsSince1970(hour: hour, minute: minute, second: second)
        else { throw .timeRange(offset: start) }
        return seconds
    }
}

/// - Requires: `digitCount` bytes exist at `index`.
private func number(_ text: Span<UInt8>, _ index: Int, _ digitCount: Int = 2) -> Int? {
    Decimal.value(text.extracting(index..<(index + digitCount))).map { Int($0) }
}
