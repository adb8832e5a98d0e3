// JSONError.swift - every way in which a text is not JSON, or not JSON that we take.
//
// Spec:    RFC 8259, RFC 7493 (I-JSON).
// Secret:  no: offsets and bounds alone, never the text.
// Reads:   nothing. Read by: JSONParser and whoever parses.

/// Why a text was refused. Offsets count bytes from 0.
public enum JSONError: Error, Equatable, Sendable {
    /// The text is longer than the limit.
    case tooLong(limit: Int, actual: Int)
    /// Containers are nested deeper than the limit.
    case tooDeep(limit: Int)
    case tooManyMembers(limit: Int)
    case tooManyElements(limit: Int)
    case tooManyNodes(limit: Int)
    case numberTooLong(limit: Int, offset: Int)
    /// The text ends in the middle of a value.
    case unexpectedEnd
    /// A byte that the grammar does not allow at its place.
    case unexpectedByte(offset: Int)
    /// A byte below 0x20 in a string (RFC 8259 §7).
    case controlCharacter(offset: Int)
    case invalidEscape(offset: Int)
    /// Half of a surrogate pair (RFC 7493 §2.1).
    case loneSurrogate(offset: Int)
    case invalidUTF8(offset: Int)
    case invalidNumber(offset: Int)
    /// Two members of an object have one name (RFC 7493 §2.3). The offset is the second's.
    case duplicateMember(offset: Int)
    /// Something stands behind the value.
    case trailingBytes(offset: Int)

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .tooLong: "json_too_long"
        case .tooDeep: "json_too_deep"
        case .tooManyMembers: "json_too_many_members"
        case .tooManyElements: "json_too_many_elements"
        case .tooManyNodes: "json_too_many_values"
        case .numberTooLong: "json_number_too_long"
        case .unexpectedEnd: "json_unexpected_end"
        case .unexpectedByte: "json_unexpected_byte"
        case .controlCharacter: "json_control_character"
        case .invalidEscape: "json_invalid_escape"
        case .loneSurrogate: "json_lone_surrogate"
        case .invalidUTF8: "json_invalid_utf8"
        case .invalidNumber: "json_invalid_number"
        case .duplicateMember: "json_duplicate_member"
        case .trailingBytes: "json_trailing_bytes"
        }
    }
}
