// ConformanceError.swift - why a vector file cannot be run.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   nothing. Read by: every file of Conformance, the vectors command.

/// A file that is not as Vectors/README.md describes it. (A case with another outcome than
/// expected is no error but a result.) Lines count from 1.
public enum ConformanceError: Error, Equatable, Sendable {
    /// A line that is none of: header, comment, empty, `name = value`.
    case line(Int)
    /// A header field is missing or unknown, or its value has another form.
    case header(HeaderField)
    case unknownSuite
    /// A field that the suite does not have.
    case unknownField(line: Int)
    case repeatedField(line: Int)
    /// A case without a field that its suite needs. The line is the case's first.
    case missingField(line: Int)
    /// A value that is no hexadecimal, no number, or no word that the suite knows.
    case value(line: Int)
    /// The header says another number of cases than there are.
    case count(said: Int, found: Int)
    /// The header says another number of valid cases than there are.
    case validCount(said: Int, found: Int)

    public enum HeaderField: Equatable, Sendable { case suite, source, cases, leftOut, unknown }

    /// Where it is wrong; nil when that is the file as a whole.
    public var line: Int? {
        switch self {
        case .line(let line), .unknownField(let line), .repeatedField(let line), .missingField(let line),
            .value(let line):
            line
        case .header, .unknownSuite, .count, .validCount: nil
        }
    }

    /// A stable word.
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
