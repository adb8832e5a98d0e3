import Bytes
import Foundation
import Testing

private func rfc3339(_ text: String) -> Int64? { rfc3339Seconds(Array(text.utf8).span) }

/// Days and times of day are those of the calendar, and nothing else is one (AUDIT 4, 48).
@Suite struct CivilDateTests {
    /// Every day of the years 0 to 9999 follows the one before; Foundation's calendar is asked for single ones.
    @Test func everyDay() throws {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        // `date -u -d 0000-01-01 +%s` divided by 86 400.
        var expected: Int64 = -719_528
        var wrong = 0
        for year in 0...9999 {
            let isLeap = year % 400 == 0 || year % 4 == 0 && year % 100 != 0
            for month in 1...12 {
                let count = month == 2 && isLeap ? 29 : lengths[month - 1]
                for day in 1...count {
                    let date = try #require(CivilDate(year: year, month: month, day: day))
                    if date.daysSince1970 != expected { wrong += 1 }
                    expected += 1
                }
                if CivilDate(year: year, month: month, day: count + 1) != nil { wrong += 1 }
            }
        }
        #expect(wrong == 0 && expected == 2_932_897)
    }

    @Test(arguments: [
        (-1, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32), (2026, 2, 29),
        (2026, 2, 31), (2100, 2, 29), (2026, 4, 31), (2026, 6, -1),
    ]) func noDays(year: Int, month: Int, day: Int) {
        #expect(CivilDate(year: year, month: month, day: day) == nil)
    }

    @Test func timesOfDay() throws {
        let date = try #require(CivilDate(year: 2016, month: 12, day: 31))
        #expect(date.secondsSince1970(hour: 0, minute: 0, second: 0) == 1_483_142_400)
        #expect(date.secondsSince1970(hour: 23, minute: 59, second: 59) == 1_483_228_799)
        #expect(date.secondsSince1970(hour: 23, minute: 59, second: 60) == nil)
        #expect(
            date.secondsSince1970(hour: 23, minute: 59, second: 60, allowsLeapSecond: true) == 1_483_228_800)
        #expect(date.secondsSince1970(hour: 23, minute: 59, second: 61, allowsLeapSecond: true) == nil)
        for (hour, minute, second) in [(24, 0, 0), (0, 60, 0), (-1, 0, 0), (0, -1, 0), (0, 0, -1)] {
            #expect(date.secondsSince1970(hour: hour, minute: minute, second: second) == nil)
        }
    }

    /// RFC 3339 §5.8 has the first four.
    @Test(arguments: [
        ("1996-12-19T16:39:57-08:00", 851_042_397), ("1990-12-31T23:59:59Z", 662_687_999),
        ("1937-01-01T12:00:27-00:00", -1_041_335_973), ("1937-01-01T12:00:27+00:20", -1_041_337_173),
        ("2026-11-25T15:00:00+01:00", 1_795_615_200), ("2026-11-25T14:00:00Z", 1_795_615_200),
        ("0000-01-01T00:00:00Z", -62_167_219_200), ("9999-12-31T23:59:59-23:59", 253_402_387_139),
    ]) func timestamps(text: String, expected: Int64) {
        #expect(rfc3339(text) == expected)
    }

    @Test(arguments: [
        "", "Z", "2026-02-31T00:00:00Z", "2026-11-25T14:00:00", "2026-11-25T14:00:00z",
        "2026-11-25t14:00:00Z",
        "2026-11-25 14:00:00Z", "2026-11-25T24:00:00Z", "2016-12-31T23:59:60Z", "2026-11-25T14:00:00.0Z",
        "2026-11-25T14:00:00+24:00", "2026-11-25T14:00:00+01:60", "2026-11-25T14:00:00+0100 ",
        "2026-11-25T14:00:00*01:00", "+026-11-25T14:00:00Z", "2026-11-25T14:00:00ZZZZZZ",
    ]) func noTimestamps(text: String) {
        #expect(rfc3339(text) == nil)
    }
}
