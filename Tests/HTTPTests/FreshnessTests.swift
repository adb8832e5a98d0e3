import Bytes
import Testing

@testable import HTTP

private func head(_ fields: [String]) throws -> HTTPHead {
    var parser = HTTPResponseParser(bodyLimit: .refuse(past: 0))
    let text = (["HTTP/1.1 200 OK"] + fields + ["Content-Length: 0", "", ""]).joined(separator: "\r\n")
    _ = try parser.receive(Array(text.utf8).span)
    return parser.response().head
}

private func date(_ text: String) -> Int64? { httpDate(Array(text.utf8).span) }

/// Freshness lifetimes and ETags of responses (AUDIT 19).
@Suite struct FreshnessTests {
    /// RFC 9110 §5.6.7: the same instant in its three forms.
    @Test func datesHaveThreeForms() {
        #expect(date("Sun, 06 Nov 1994 08:49:37 GMT") == 784_111_777)
        #expect(date("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(date("Sun Nov  6 08:49:37 1994") == 784_111_777)
        #expect(date("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(date("Thu, 29 Feb 2024 23:59:60 GMT") == 1_709_251_200)
        #expect(date("Fri, 31 Dec 9999 23:59:59 GMT") == 253_402_300_799)
        #expect(date("Friday, 31-Dec-69 00:00:00 GMT") == 3_155_673_600)
        #expect(date("Thursday, 01-Jan-70 00:00:00 GMT") == 0)
    }

    @Test(arguments: [
        "", "0", "-1", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 gmt",
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 19994 08:49:37 GMT", "Sun, 06 Nov 1994 8:49:37 GMT",
        "Sun, 31 Feb 1994 08:49:37 GMT", "Tue, 29 Feb 2022 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT x",
        "Sun, 06 Nov 1994 08:49:3a GMT", "Sun, 006 Nov 1994 08:49:37 GMT",
    ]) func invalidDatesAreRefused(text: String) {
        #expect(date(text) == nil)
    }

    @Test func datesEndAtTheirLimit() {
        let text = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(date(text + String(repeating: " ", count: HTTPLimits.dateByteCount - text.count)) != nil)
        #expect(date(text + String(repeating: " ", count: HTTPLimits.dateByteCount - text.count + 1)) == nil)
    }

    @Test func lifetimesAreRead() throws {
        func lifetime(_ fields: String...) throws -> Int64? {
            try head(fields).freshness(nowSeconds: 784_111_777).lifetimeSeconds
        }
        #expect(try lifetime("Cache-Control: public, max-age=300") == 300)
        #expect(try lifetime("Cache-Control: public", "Cache-Control: Max-Age=301, must-revalidate") == 301)
        #expect(try lifetime("Cache-Control: max-age=\"302\"") == 302)
        #expect(try lifetime("Cache-Control: max-age=1, max-age=2") == 1)
        #expect(try lifetime("Cache-Control: Max-Age=0") == 0)
        #expect(try lifetime("Cache-Control: max-age=99999999999999999999") == 1 << 31)
        #expect(try lifetime("Cache-Control: no-store, max-age=300") == 0)
        #expect(try lifetime("Cache-Control: no-cache") == 0)
        #expect(try lifetime("Cache-Control: no-cache=\"set-cookie\", max-age=5") == 5)
        #expect(try lifetime("Cache-Control: max-age=x") == 0)
        #expect(try lifetime("Cache-Control: max-age=") == 0)
        #expect(try lifetime("Cache-Control: s-maxage=5") == nil)
        #expect(try lifetime("Cache-Control: public") == nil)
        #expect(try lifetime() == nil)
        // RFC 9111 §5.3: Expires is relative to Date, and max-age takes precedence.
        #expect(try lifetime("Expires: Sun, 06 Nov 1994 08:50:37 GMT") == 60)
        #expect(
            try lifetime("Expires: Sun, 06 Nov 1994 08:50:37 GMT", "Date: Sun, 06 Nov 1994 08:50:07 GMT")
                == 30)
        #expect(try lifetime("Expires: Sun, 06 Nov 1994 08:49:00 GMT") == 0)
        #expect(try lifetime("Expires: 0") == 0)
        #expect(try lifetime("Expires: 0", "Cache-Control: max-age=7") == 7)
    }

    /// RFC 9111 §4.2.3: the larger age, from Date or from Age.
    @Test func ageIsSubtracted() throws {
        func left(_ fields: String...) throws -> Int64? {
            try head(["Cache-Control: max-age=300"] + fields).freshness(nowSeconds: 784_111_777)
                .remainingSeconds
        }
        #expect(try left() == 300)
        #expect(try left("Age: 100") == 200)
        #expect(try left("Date: Sun, 06 Nov 1994 08:48:37 GMT") == 240)
        #expect(try left("Date: Sun, 06 Nov 1994 08:48:37 GMT", "Age: 10") == 240)
        #expect(try left("Date: Sun, 06 Nov 1994 08:48:37 GMT", "Age: 70") == 230)
        #expect(try left("Date: Sun, 06 Nov 1994 08:50:37 GMT") == 300)
        #expect(try left("Age: 301") == 0)
        #expect(try left("Age: -1") == 300)
        #expect(try left("Age: 1.5", "Date: yesterday") == 300)
        #expect(try head(["Age: 5"]).freshness(nowSeconds: 0).remainingSeconds == nil)
    }

    @Test func entityTagsMustHaveTheirForm() throws {
        func tag(_ value: String) throws -> String? {
            try head(["ETag: \(value)"]).entityTag.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try tag("\"abc\"") == "\"abc\"")
        #expect(try tag("W/\"a-b_c\"") == "W/\"a-b_c\"")
        #expect(try tag("\"\"") == "\"\"")
        for none in ["abc", "\"", "\"a", "W/", "W/\"", "w/\"a\"", "\"a\"b\"", "\"a b\"", "\"a\u{7F}\"", ""] {
            #expect(try tag(none) == nil)
        }
        let room = HTTPLimits.entityTagByteCount - 2
        #expect(try tag("\"" + String(repeating: "a", count: room) + "\"") != nil)
        #expect(try tag("\"" + String(repeating: "a", count: room + 1) + "\"") == nil)
        #expect(try head([]).entityTag == nil)
    }
}
