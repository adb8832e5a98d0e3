// LogLine.swift - log lines on standard error, one JSON object per line.
//
// Spec:    AWS Lambda, "Working with Lambda function logs": JSON with `level` and an RFC 3339
//          `timestamp`; AUDIT 29.
// Secret:  callers pass reason codes, counts, kid and iss, but never a token. Scripts/check-logs checks that.
// Reads:   Bytes, JSON, Platform, Authorizer (LogLevel), Settings. Read by: SharedKeys, SharedProofs, DecisionLog, DecisionMetrics,
//          LambdaLoop, LambdaLoops; CommandLine.

import Authorizer
import Bytes
import JSON
import Platform
import Settings

/// Writes log lines from a minimum level on.
public struct Log: Sendable {
    public let level: LogLevel
    /// For several loops: a pipe may interleave concurrent lines of more than 4 KiB.
    private let lock: Lock?

    /// - Parameter isShared: whether several loops write to it.
    public init(level: LogLevel, isShared: Bool = false) {
        self.level = level
        lock = isShared ? Lock() : nil
    }

    /// Writes a line with one write(2), if its level is enabled.
    public func write(_ line: consuming LogLine) {
        guard line.level >= level else { return }
        put(line.finished())
    }

    /// Writes metrics, which do not depend on the level.
    func write(_ document: consuming MetricDocument) {
        put(document.finished())
    }

    private func put(_ bytes: [UInt8]) {
        lock?.lock()
        defer { lock?.unlock() }
        StandardError.write(bytes)
    }
}

/// A log line under construction.
public struct LogLine: Sendable {
    public let level: LogLevel
    private var writer = JSONWriter(escapingInvisible: true)

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

    /// Adds untrusted text: escaped, and truncated to at most `limit` bytes without splitting a character.
    public mutating func field(_ name: StaticString, _ text: [UInt8], cutAt limit: Int) {
        writer.key(name)
        var end = min(text.count, limit)
        // A character has at most four bytes. All but the first begin with the bits 10.
        var left = 3
        while left > 0, end > 0, end < text.count, text[end] & 0xC0 == 0x80 {
            (end, left) = (end - 1, left - 1)
        }
        writer.string(text.span.extracting(0..<end))
    }

    /// The complete line with its line feed.
    consuming func finished() -> [UInt8] {
        writer.endObject()
        var bytes = writer.bytes
        bytes.append(0x0A)
        return bytes
    }
}

/// One line in CloudWatch's embedded metric format. All names are literals of the binary.
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
    /// The members to which the metadata refers.
    private var values = JSONWriter()

    /// - Parameter namespace: the namespace of the settings.
    init(_ namespace: [UInt8], _ wallMilliseconds: Int64) {
        self.namespace = namespace
        self.wallMilliseconds = wallMilliseconds
        values.beginObject()
    }

    /// Adds a dimension. The metrics are recorded both without and with it.
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
