// ConformanceError.swift - errors in a vector file.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   nothing. Read by: every file of Conformance, the vectors command.

/// A file does not have the format of Vectors/README.md. (A case with an unexpected outcome is a result, not an error.)
/// Lines count from 1.
public enum ConformanceError: Error, Equatable, Sendable {
    /// A line is not a header, a comment, empty, or `name = value`.
    case line(Int)
    /// A header field is missing, unknown or malformed.
    case header(HeaderField)
    case unknownSuite
    /// The suite does not have this field.
    case unknownField(line: Int)
    case repeatedField(line: Int)
    /// A case lacks a field that its suite needs. The line is the case's first.
    case missingField(line: Int)
    /// A value is not hexadecimal, not a number, or not a value that the suite knows.
    case value(line: Int)
    /// The number of cases differs from the header's.
    case count(said: Int, found: Int)
    /// The number of valid cases differs from the header's.
    case validCount(said: Int, found: Int)

    public enum HeaderField: Equatable, Sendable { case suite, source, cases, omitted, unknown }

    /// The line of the error; nil if it concerns the whole file.
    public var line: Int? {
        switch self {
        case .line(let line), .unknownField(let line), .repeatedField(let line), .missingField(let line),
            .value(let line):
            line
        case .header, .unknownSuite, .count, .validCount: nil
        }
    }

    /// A stable code.
    public var reasonCode: StaticString {
        switch self {
        case .line: "vectors_line"
        case .header: "vectors_header"
        case .unknownSuite: "vectors_suite"
        case .unknownField: "vectors_unknown_field"
        case .repeatedField: "vectors_repeated_field"
        case .missingField: "vectors_missing_field"
        case .value: "vectors_value"
        case .count: "vectors_count"
        case .validCount: "vectors_valid_count"
        }
    }
}
