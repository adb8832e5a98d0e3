// RFC3339.swift - converts RFC 3339 timestamps to and from seconds or milliseconds since 1970.
//
// Spec:    RFC 3339 §5.6, without fractions and leap seconds in texts that are parsed.
// Secret:  no.
// Reads:   CivilDate, Decimal. Read by: Settings (Instant), LambdaRuntime (LogLine), the reports.

/// The seconds since 1970 (negative before) of a timestamp such as `2026-11-25T14:00:00Z` or
/// `2026-11-25T15:00:00+01:00`; nil for other forms, and for a day or a time that does not exist.
///
/// - Source: RFC 3339 §5.6. Its note allows an application to require capital `T` and `Z`.
public func rfc3339Seconds(_ text: Span<UInt8>) -> Int64? {
    guard text.count == 20 || text.count == 25, text[4] == 0x2D, text[7] == 0x2D,
        text[10] == UInt8(ascii: "T"), text[13] == 0x3A, text[16] == 0x3A,
        let year = number(text, 0..<4), let month = number(text, 5..<7), let day = number(text, 8..<10),
        let hour = number(text, 11..<13), let minute = number(text, 14..<16),
        let second = number(text, 17..<19),
        let date = CivilDate(year: year, month: month, day: day),
        let local = date.secondsSince1970(hour: hour, minute: minute, second: second),
        let offset = offsetSeconds(text.extracting(19..<text.count))
    else { return nil }
    return local - offset
}

/// The offset of local time from UTC in seconds, from `Z`, `+hh:mm` or `-hh:mm`.
private func offsetSeconds(_ text: Span<UInt8>) -> Int64? {
    if text.count == 1 { return text[0] == UInt8(ascii: "Z") ? 0 : nil }
    guard text.count == 6, text[0] == 0x2B || text[0] == 0x2D, text[3] == 0x3A,
        let hours = number(text, 1..<3), let minutes = number(text, 4..<6), hours <= 23, minutes <= 59
    else { return nil }
    let seconds = Int64(hours * 3600 + minutes * 60)
    return text[0] == 0x2B ? seconds : -seconds
}

private func number(_ text: Span<UInt8>, _ places: Range<Int>) -> Int? {
    Decimal.value(text.extracting(places)).map { Int($0) }
}

/// A timestamp in UTC with milliseconds, such as `2026-11-24T10:00:00.000Z`.
///
/// - Parameter milliseconds: since 1970; not negative.
/// - Source: RFC 3339 §5.6.
public func timestampText(_ milliseconds: Int64) -> [UInt8] {
    let seconds = milliseconds / 1000
    let date = CivilDate(daysSince1970: seconds / 86_400)
    var text = [UInt8]("0000-00-00T00:00:00.000Z")
    writeDigits(&text, Int64(date.year), 0..<4)
    writeDigits(&text, Int64(date.month), 5..<7)
    writeDigits(&text, Int64(date.day), 8..<10)
    writeDigits(&text, seconds % 86_400 / 3600, 11..<13)
    writeDigits(&text, seconds % 3600 / 60, 14..<16)
    writeDigits(&text, seconds % 60, 17..<19)
    writeDigits(&text, milliseconds % 1000, 20..<23)
    return text
}

private func writeDigits(_ text: inout [UInt8], _ value: Int64, _ places: Range<Int>) {
    var rest = value.magnitude
    for place in places.reversed() {
        text[place] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
    }
}
