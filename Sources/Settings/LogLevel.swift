// LogLevel.swift - LOG_LEVEL: the least level that is logged.
//
// Spec:    AWS Lambda Developer Guide, "Using Lambda advanced logging controls": AWS_LAMBDA_LOG_LEVEL and AWS_LAMBDA_LOG_FORMAT.
// Secret:  no.
// Reads:   SettingValues, SettingsError; Bytes. Read by: Settings; LambdaRuntime.

import Bytes

/// The levels of a log line, from the least to the most severe.
public enum LogLevel: Int, Comparable, Sendable, CaseIterable {
    case trace, debug, info, warn, error, fatal

    public var name: StaticString {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .warn: "WARN"
        case .error: "ERROR"
        case .fatal: "FATAL"
        }
    }

    /// The level of a name in capital or small letters.
    public init?(name: Span<UInt8>) {
        for level in LogLevel.allCases where bytesEqualIgnoringASCIICase(name, level.name) {
            self = level
            return
        }
        return nil
    }

    public static func < (a: LogLevel, b: LogLevel) -> Bool { a.rawValue < b.rawValue }
}

extension LogLevel {
    /// LOG_LEVEL, `info` by default. The level of Lambda's own configuration takes precedence if its log format is JSON, and
    /// is the default if the format is text.
    ///
    /// - Throws: `empty`, `tooLong`, `logLevel`.
    init(_ values: SettingValues) throws(SettingsError) {
        var written: LogLevel?
        if let name = try values.text(.logLevel) {
            guard let level = LogLevel(name: name.span) else { throw SettingsError(.logLevel, .logLevel) }
            written = level
        }
        let lambda = values.foreign("AWS_LAMBDA_LOG_LEVEL").flatMap { LogLevel(name: $0.span) }
        let isJSON =
            values.foreign("AWS_LAMBDA_LOG_FORMAT").map {
                bytesEqualIgnoringASCIICase($0.span, "JSON")
            } ?? false
        self = (isJSON ? lambda ?? written : written ?? lambda) ?? .info
    }
}
