// ReasonCodes.swift - the stable reason code of each JSON error.
//
// Spec:    none.
// Secret:  no.
// Reads:   JSONError. Read by: every module that logs.

extension JSONError {
    /// A stable code for logs.
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
