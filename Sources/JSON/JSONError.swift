// JSONError.swift - the errors of the JSON parser.
//
// Spec:    RFC 8259, RFC 7493 (I-JSON).
// Secret:  no: offsets and bounds only, never the text.
// Reads:   nothing. Read by: JSONParser; most modules.

/// Why a text was rejected. Offsets count bytes from 0.
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
    /// A byte that the grammar does not allow at this offset.
    case unexpectedByte(offset: Int)
    /// A byte below 0x20 in a string (RFC 8259 §7).
    case controlCharacter(offset: Int)
    case invalidEscape(offset: Int)
    /// Half of a surrogate pair (RFC 7493 §2.1).
    case loneSurrogate(offset: Int)
    case invalidUTF8(offset: Int)
    case invalidNumber(offset: Int)
    /// Two members of an object have the same name (RFC 7493 §2.3). The offset is that of the second one.
    case duplicateMember(offset: Int)
    /// Bytes other than white space follow the value.
    case trailingBytes(offset: Int)
}
