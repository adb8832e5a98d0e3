// LogLine.swift - one JSON object a line, on standard error.
//
// Spec:    AWS Lambda, "Working with Lambda function logs": JSON with `level` and an RFC 3339
//          `timestamp`; security-checklist 29.
// Secret:  callers pass reason codes, counts, kid and iss; never a token.
// Reads:   Bytes, JSON, Platform, Authorizer (LogLevel). Read by: Decider, LambdaLoop.

import Authorizer
import Bytes
import JSON
import Platform

/// Where log lines go, and from which level on.
public struct Log: Sendable {
    public let level: LogLevel

    public init(level: LogLevel) {
        self.level = level
    }

    /// Writes a line with one write(2), if its level is wanted.
    public func write(_ line: consuming LogLine) {
        guard line.level >= level else { return }
        StandardError.write(line.finished())
    }
}

/// A line in the making.
public struct LogLine: Sendable {
    public let level: LogLevel
    private var writer = JSONWriter()

    public init(_ level: LogLevel, _ message: StaticString, wallMilliseconds: Int64 = Clock.wallMilliseconds)
    {
        self.level = level
        writer.beginObject()
        writer.key("timestamp")
        writer.string(timestampText(wallMilliseconds).span)
        writer.key("level")
        writer.string(level.name)
        writer.key("message")
        writer.string(message)
    }

    public mutating func field(_ name: StaticString, _ value: StaticString) {
        writer.key(name)
        writer.string(value)
    }

    public mutating func field(_ name: StaticString, _ value: Int64) {
        writer.key(name)
        writer.integer(value)
    }

    public mutating func field(_ name: StaticString, _ value: Bool) {
        writer.key(name)
        writer.bool(value)
    }

    /// A text from outside: escaped, and cut at so many bytes.
    public mutating func field(_ name: StaticString, _ text: [UInt8], cutAt limit: Int) {
        writer.key(name)
        writer.string(text.span.extracting(0..<min(text.count, limit)))
    }

    fileprivate consuming func finished() -> [UInt8] {
        writer.endObject()
        var bytes = writer.bytes
        bytes.append(0x0A)
        return bytes
    }
}

/// An instant as RFC 3339 has it, in UTC with milliseconds: `2026-11-24T10:00:00.000Z`.
///
/// - Parameter milliseconds: since 1970; not negative.
public func timestampText(_ milliseconds: Int64) -> [UInt8] {
    let seconds = milliseconds / 1000
    // Days to a date of the Gregorian calendar: eras of 400 years that begin on 1 March.
    let shifted = seconds / 86_400 + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)

    var text = [UInt8]("0000-00-00T00:00:00.000Z")
    writeDigits(&text, year, 0..<4)
    writeDigits(&text, month, 5..<7)
    writeDigits(&text, day, 8..<10)
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
