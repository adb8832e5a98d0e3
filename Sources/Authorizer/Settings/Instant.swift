// Instant.swift - an instant in a setting: a time of RFC 3339, or seconds since 1970.
//
// Spec:    RFC 3339 §5.6, without fractions and leap seconds.
// Secret:  no.
// Reads:   nothing. Read by: SenderSettings, the document.

/// Seconds since 1970 of `2026-11-25T14:00:00Z`, `2026-11-25T15:00:00+01:00` or `1795615200`; nil for what is none.
func secondsSince1970(_ text: Span<UInt8>) -> Int64? {
    if let seconds = digits(text, 0..<text.count) { return text.count <= 12 ? seconds : nil }
    guard text.count >= 20, text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54, text[13] == 0x3A,
        text[16] == 0x3A,
        let year = digits(text, 0..<4), let month = digits(text, 5..<7), let day = digits(text, 8..<10),
        let hour = digits(text, 11..<13), let minute = digits(text, 14..<16),
        let second = digits(text, 17..<19),
        year >= 1970, month >= 1, month <= 12, day >= 1, day <= daysOf(month, year), hour <= 23, minute <= 59,
        second <= 59, let offset = offsetSeconds(text.extracting(19..<text.count))
    else { return nil }
    // Days of the Gregorian calendar, years that begin on 1 March.
    let shiftedYear = month <= 2 ? year - 1 : year
    let shiftedMonth = month <= 2 ? month + 9 : month - 3
    let days =
        shiftedYear * 365 + shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        + (153 * shiftedMonth + 2) / 5 + day - 1 - 719_468
    let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    return seconds >= 0 ? seconds : nil
}

/// `Z`, `+hh:mm` or `-hh:mm`.
private func offsetSeconds(_ text: Span<UInt8>) -> Int64? {
    if text.count == 1, text[0] == 0x5A { return 0 }
    guard text.count == 6, text[0] == 0x2B || text[0] == 0x2D, text[3] == 0x3A,
        let hours = digits(text, 1..<3), let minutes = digits(text, 4..<6), hours <= 23, minutes <= 59
    else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return text[0] == 0x2B ? seconds : -seconds
}

private func daysOf(_ month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
}

/// The number that these characters are; nil unless there are 1 to 18 of them, all digits.
private func digits(_ text: Span<UInt8>, _ places: Range<Int>) -> Int64? {
    guard !places.isEmpty, places.count <= 18 else { return nil }
    var value: Int64 = 0
    for place in places {
        guard text[place] >= 0x30, text[place] <= 0x39 else { return nil }
        value = value * 10 + Int64(text[place] - 0x30)
    }
    return value
}
