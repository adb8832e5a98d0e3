// HTTPDate.swift - the date in a header field.
//
// Spec:    RFC 9110 §5.6.7: a recipient must accept all three forms.
// Secret:  no.
// Reads:   Bytes (CivilDate). Read by: Freshness.

import Bytes

/// The seconds since 1970 of an HTTP-date; nil for anything else.
///
/// The forms are `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. The
/// number and the positions of the words distinguish them. The weekday is ignored.
func httpDate(_ text: Span<UInt8>) -> Int64? {
    guard text.count <= HTTPLimits.dateByteCount else { return nil }
    var starts: [Int] = []
    var ends: [Int] = []
    var isInside = false
    for index in text.indices {
        let isSeparator = text[index] == 0x20 || text[index] == 0x2C || text[index] == 0x2D
        if !isSeparator && !isInside { starts.append(index) }
        if isSeparator && isInside { ends.append(index) }
        isInside = !isSeparator
    }
    if isInside { ends.append(text.count) }
    let isOld = starts.count == 5
    guard isOld || starts.count == 6 else { return nil }
    func word(_ index: Int) -> Range<Int> { starts[index]..<ends[index] }
    let time = text.extracting(word(isOld ? 3 : 4))
    guard let day = number(text.extracting(word(isOld ? 2 : 1)), atMost: 2),
        let month = month(text.extracting(word(isOld ? 1 : 2))),
        var year = number(text.extracting(word(isOld ? 4 : 3)), atMost: 4),
        time.count == 8, time[2] == 0x3A, time[5] == 0x3A,
        let hour = number(time.extracting(0..<2), atMost: 2),
        let minute = number(time.extracting(3..<5), atMost: 2),
        let second = number(time.extracting(6..<8), atMost: 2),
        isOld || bytesEqual(text.extracting(word(5)), "GMT")
    else { return nil }
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    // A date that does not exist is invalid. RFC 9111 §5.3 treats an invalid date as one in the past.
    guard year >= 1970, let date = CivilDate(year: year, month: month, day: day) else { return nil }
    return date.secondsSince1970(hour: hour, minute: minute, second: second, allowsLeapSecond: true)
}

private func number(_ text: Span<UInt8>, atMost digits: Int) -> Int? {
    text.count <= digits ? Decimal.value(text).map { Int($0) } : nil
}

private func month(_ text: Span<UInt8>) -> Int? {
    let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
    guard text.count == 3 else { return nil }
    for month in 0..<12
    where text[0] == names.utf8Byte(at: month * 3) && text[1] == names.utf8Byte(at: month * 3 + 1)
        && text[2] == names.utf8Byte(at: month * 3 + 2)
    { return month + 1 }
    return nil
}
