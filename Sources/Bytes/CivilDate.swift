// CivilDate.swift - a day of the Gregorian calendar, and its distance from 1970-01-01.
//
// Spec:    ISO 8601 (the proleptic Gregorian calendar), RFC 3339 §5.7 and appendix C (leap years).
// Secret:  no.
// Reads:   nothing. Read by: RFC3339; ASN1 (DERTime), HTTP (HTTPDate), X509.

/// A valid day in the years 0 to 9999.
public struct CivilDate: Equatable, Sendable {
    public let year: Int
    public let month: Int
    public let day: Int

    /// Nil for a day that does not exist, such as 31 February.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.dayCount(month: month, year: year)
        else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Days from 1970-01-01, negative before.
    public var daysSince1970: Int64 {
        // Shifted years begin on 1 March, so that the leap day is the last day of its year. January and February of
        // year 0 belong to year -1. Adding 400 years, which have 146 097 days, keeps the dividend positive.
        let shiftedYear = 400 + (month <= 2 ? year - 1 : year)
        let monthFromMarch = (month + 9) % 12
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        let days = shiftedYear * 365 + leapDays + (monthFromMarch * 153 + 2) / 5 + day - 1
        // There are 719 468 days from 0000-03-01 to 1970-01-01.
        return Int64(days - 146_097 - 719_468)
    }

    /// The day that is this number of days after 1970-01-01.
    ///
    /// - Requires: the day is in the years 0 to 9999.
    public init(daysSince1970 days: Int64) {
        // The reverse of `daysSince1970`, in eras of 400 years that begin on 1 March.
        let shifted = Int(days) + 719_468
        let era = shifted >= 0 ? shifted / 146_097 : (shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The seconds from 1970-01-01T00:00:00Z to a time of this day in UTC; nil if the time of day does not exist.
    ///
    /// - Parameter allowsLeapSecond: whether `second` may be 60. It counts as the first second of the next minute.
    public func secondsSince1970(
        hour: Int, minute: Int, second: Int, allowsLeapSecond: Bool = false
    ) -> Int64? {
        guard (0...23).contains(hour), (0...59).contains(minute),
            (0...(allowsLeapSecond ? 60 : 59)).contains(second)
        else { return nil }
        return daysSince1970 * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    }

    private static func dayCount(month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
