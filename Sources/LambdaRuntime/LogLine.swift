// LogLine.swift - one JSON object a line, on standard error.
//
// Spec:    AWS Lambda, "Working with Lambda function logs": JSON with `level` and an RFC 3339
//          `timestamp`; security-checklist 29.
// Secret:  callers pass reason codes, counts, kid and iss; never a token. Scripts/check-logs holds them to it.
// Reads:   Bytes, JSON, Platform, Authorizer (LogLevel). Read by: SharedKeys, SharedProofs, DecisionLog,
//          Metrics, LambdaLoop, LambdaLoops.

import Authorizer
import Bytes
import JSON
import Platform

/// Where log lines go, and from which level on.
public struct Log: Sendable {
    public let level: LogLevel
    /// Between several loops: a pipe may cut lines of more than 4 KiB that two write at a time.
    private let lock: Lock?

    /// - Parameter isShared: whether several loops write to it.
    public init(level: LogLevel, isShared: Bool = false) {
        self.level = level
        lock = isShared ? Lock() : nil
    }

    /// Writes a line with one write(2), if its level is wanted.
    public func write(_ line: consuming LogLine) {
        guard line.level >= level else { return }
        put(line.finished())
    }

    /// Writes metrics: whoever has them on wants them at any level.
    func write(_ document: consuming MetricDocument) {
        put(document.finished())
    }

    private func put(_ bytes: [UInt8]) {
        lock?.lock()
        defer { lock?.unlock() }
        StandardError.write(bytes)
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

/// One line in CloudWatch's embedded metric format: numbers under names that are in the binary.
struct MetricDocument: Sendable {
    enum Unit: Sendable {
        case count, seconds, microseconds

        var name: StaticString {
            switch self {
            case .count: "Count"
            case .seconds: "Seconds"
            case .microseconds: "Microseconds"
            }
        }
    }

    private let namespace: [UInt8]
    private let wallMilliseconds: Int64
    private var dimensions: [StaticString] = []
    private var metrics: [(name: StaticString, unit: Unit)] = []
    /// The members that the document points to.
    private var values = JSONWriter()

    /// - Parameter namespace: the setting's.
    init(_ namespace: [UInt8], _ wallMilliseconds: Int64) {
        self.namespace = namespace
        self.wallMilliseconds = wallMilliseconds
        values.beginObject()
    }

    /// The metrics are kept as they are, and once more for this dimension.
    mutating func dimension(_ name: StaticString, _ value: StaticString) {
        dimensions.append(name)
        values.key(name)
        values.string(value)
    }

    mutating func metric(_ name: StaticString, _ unit: Unit, _ value: Int64) {
        metrics.append((name, unit))
        values.key(name)
        values.integer(value)
    }

    /// - Requires: as many counts as values, at most 100.
    mutating func metric(_ name: StaticString, _ unit: Unit, _ distinct: [Int64], _ counts: [Int64]) {
        metrics.append((name, unit))
        values.key(name)
        values.beginObject()
        for (key, numbers) in [("Values", distinct), ("Counts", counts)] as [(StaticString, [Int64])] {
            values.key(key)
            values.beginArray()
            for number in numbers { values.integer(number) }
            values.endArray()
        }
        values.endObject()
    }

    func finished() -> [UInt8] {
        var writer = values
        writer.key("_aws")
        writer.beginObject()
        writer.key("Timestamp")
        writer.integer(wallMilliseconds)
        writer.key("CloudWatchMetrics")
        writer.beginArray()
        writer.beginObject()
        writer.key("Namespace")
        writer.string(namespace.span)
        writer.key("Dimensions")
        writer.beginArray()
        writer.beginArray()
        writer.endArray()
        for dimension in dimensions {
            writer.beginArray()
            writer.string(dimension)
            writer.endArray()
        }
        writer.endArray()
        writer.key("Metrics")
        writer.beginArray()
        for metric in metrics {
            writer.beginObject()
            writer.key("Name")
            writer.string(metric.name)
            writer.key("Unit")
            writer.string(metric.unit.name)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endObject()
        return writer.bytes + [0x0A]
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
