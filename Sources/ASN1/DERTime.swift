// DERTime.swift - UTCTime and GeneralizedTime, in the forms that certificates may use.
//
// Spec:    RFC 5280 §4.1.2.5.1, §4.1.2.5.2; X.690 §11.7, §11.8.
// Secret:  no.
// Reads:   DERReader, DERTag, DERError. Read by: X509.

extension DERReader {
    /// The seconds since 1970-01-01T00:00:00Z of a UTCTime or a GeneralizedTime.
    ///
    /// Either is taken for any year that it can express: RFC 5280 §4.1.2.5 asks issuers for
    /// UTCTime up to 2049, and readers for both.
    ///
    /// - Throws: `timeForm`, `timeRange`, `unexpectedTag`, and what `readValue` throws.
    /// - Source: RFC 5280 §4.1.2.5.
    public mutating func readTime() throws(DERError) -> Int64 {
        let start = offset
        let isGeneralized = nextIs(.generalizedTime)
        let text = try readValue(isGeneralized ? .generalizedTime : .utcTime).content
        let yearDigitCount = isGeneralized ? 4 : 2
        // Seconds are written, the zone is Z, fractions are not allowed.
        guard text.count == yearDigitCount + 11, text[text.count - 1] == UInt8(ascii: "Z") else {
            throw .timeForm(offset: start)
        }
        for index in 0..<(text.count - 1) where !(0x30...0x39).contains(text[index]) {
            throw .timeForm(offset: start)
        }
        var year = twoDigits(text, 0)
        if isGeneralized {
            year = 100 * year + twoDigits(text, 2)
        } else {
            // §4.1.2.5.1: 50 to 99 are of the 20th century, 00 to 49 of the 21st.
            year += year >= 50 ? 1900 : 2000
        }
        let month = twoDigits(text, yearDigitCount)
        let day = twoDigits(text, yearDigitCount + 2)
        let hour = twoDigits(text, yearDigitCount + 4)
        let minute = twoDigits(text, yearDigitCount + 6)
        let second = twoDigits(text, yearDigitCount + 8)
        guard (1...12).contains(month), day >= 1, day <= dayCount(month: month, year: year), hour < 24,
            minute < 60, second < 60
        else { throw .timeRange(offset: start) }
        let days = daysSince1970(year: year, month: month, day: day)
        return Int64(days) * 86400 + Int64(hour * 3600 + minute * 60 + second)
    }
}

/// - Requires: two ASCII digits at `index`.
private func twoDigits(_ text: Span<UInt8>, _ index: Int) -> Int {
    Int(text[index] - 0x30) * 10 + Int(text[index + 1] - 0x30)
}

private func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

private func dayCount(month: Int, year: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// Days of the Gregorian calendar from 1970-01-01, negative before.
///
/// - Requires: a date that exists, year 0 or later.
private func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    // Whole years before this one, counted from year 0, with a leap day each four years but
    // for three in four centuries; year 0 is a leap year itself.
    let before = year - 1
    var days = 365 * year
    if year > 0 { days += before / 4 - before / 100 + before / 400 + 1 }
    for earlier in 1..<month { days += dayCount(month: earlier, year: year) }
    // 719 528 days lie between 0000-01-01 and 1970-01-01.
    return days + day - 1 - 719_528
}
