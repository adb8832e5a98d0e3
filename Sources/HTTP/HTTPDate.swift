// HTTPDate.swift - an instant in a header field.
//
// Spec:    RFC 9110 §5.6.7: three forms, all of which a recipient must take.
// Secret:  no.
// Reads:   Bytes. Read by: Freshness.

import Bytes

/// Seconds since 1970 of an HTTP-date; nil for anything else.
///
/// The words are told by their number and place: `Sun, 06 Nov 1994 08:49:37 GMT`,
/// `Sunday, 06-Nov-94 08:49:37 GMT` and `Sun Nov  6 08:49:37 1994`. The weekday is not looked at.
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
    guard let day = number(text.extracting(word(isOld ? 2 : 1)), atMost: 2), (1...31).contains(day),
        let month = month(text.extracting(word(isOld ? 1 : 2))),
        var year = number(text.extracting(word(isOld ? 4 : 3)), atMost: 4),
        time.count == 8, time[2] == 0x3A, time[5] == 0x3A,
        let hour = number(time.extracting(0..<2), atMost: 2), hour < 24,
        let minute = number(time.extracting(3..<5), atMost: 2), minute < 60,
        // 60: a leap second.
        let second = number(time.extracting(6..<8), atMost: 2), second <= 60,
        isOld || bytesEqual(text.extracting(word(5)), "GMT")
    else { return nil }
    if year < 100 { year += year < 70 ? 2000 : 1900 }
    guard year >= 1970 else { return nil }
    return Int64(days(year, month, day)) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
}

private func number(_ text: Span<UInt8>, atMost digits: Int) -> Int? {
    guard text.count > 0, text.count <= digits else { return nil }
    var value = 0
    for index in text.indices {
        guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
        value = value * 10 + Int(text[index] - 0x30)
    }
    return value
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

/// Days from 1970-01-01, with years that begin on 1 March. A day that its month does not have is
/// taken as so many days on.
private func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let year = month <= 2 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let leapDays = year / 4 - year / 100 + year / 400
    return year * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1 - 719_468
}
