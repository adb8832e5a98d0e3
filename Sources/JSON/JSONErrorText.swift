// JSONErrorText.swift - the description of a JSON error for people, with the limit or the duplicate name.
//
// Spec:    RFC 8259, RFC 7493.
// Secret:  a member's name is shown, never a value. Commands and settings errors use this text; log lines have the
//          reason code.
// Reads:   JSONError, HiddenText; Bytes. Read by: Authorizer (faults of the rules' document), the commands.

import Bytes

extension JSONError {
    /// The most bytes of a name that are shown.
    private static var shownNameByteCount: Int { 64 }

    /// Appends the description, for example `the name "sub" is there twice, the second time at byte 40`.
    ///
    /// - Parameters:
    ///   - text: the text to append to.
    ///   - document: the JSON text with the error. If it is empty, names are not shown.
    public func append(to text: inout [UInt8], of document: [UInt8] = []) {
        switch self {
        case .tooLong(let limit, let actual):
            text.append(decimal: actual)
            append(&text, " bytes, of which at most ", limit, " are read")
        case .tooDeep(let limit): append(&text, "objects and arrays are nested more than ", limit, " deep")
        case .tooManyMembers(let limit): append(&text, "an object has more than ", limit, " members")
        case .tooManyElements(let limit): append(&text, "an array has more than ", limit, " elements")
        case .tooManyNodes(let limit): append(&text, "there are more than ", limit, " values and names")
        case .numberTooLong(let limit, let offset):
            append(&text, "a number has more than ", limit, " characters, at byte ")
            text.append(decimal: offset)
        case .unexpectedEnd: text.append("it ends within a value")
        case .unexpectedByte(let offset):
            append(&text, "a character that JSON does not allow there, at byte ", offset)
        case .controlCharacter(let offset):
            append(&text, "a control character in a string that is not escaped, at byte ", offset)
        case .invalidEscape(let offset): append(&text, "an escape that JSON does not have, at byte ", offset)
        case .loneSurrogate(let offset): append(&text, "one half of a surrogate pair, at byte ", offset)
        case .invalidUTF8(let offset): append(&text, "a byte that is not UTF-8, at byte ", offset)
        case .invalidNumber(let offset):
            append(&text, "a number that is not written as in JSON, at byte ", offset)
        case .duplicateMember(let offset):
            let name = Self.name(in: document, at: offset)
            if name.isEmpty {
                text.append("a name")
            } else {
                text.append("the name \"")
                appendPrintable(&text, name)
                text.append("\"")
            }
            append(&text, " is there twice in one object, the second time at byte ", offset)
        case .trailingBytes(let offset): append(&text, "something follows the value, at byte ", offset)
        }
    }

    private func append(
        _ text: inout [UInt8], _ before: StaticString, _ number: Int, _ after: StaticString = ""
    ) {
        text.append(before)
        text.append(decimal: number)
        text.append(after)
    }

    /// The name that starts with the quotation mark at `offset`, with its escapes, truncated at a character boundary.
    private static func name(in document: [UInt8], at offset: Int) -> [UInt8] {
        guard offset >= 0, offset < document.count, document[offset] == 0x22 else { return [] }
        let start = offset + 1
        var end = start
        while end < document.count, document[end] != 0x22 { end += document[end] == 0x5C ? 2 : 1 }
        end = min(end, document.count)
        guard end - start > shownNameByteCount else { return [UInt8](document[start..<end]) }
        end = start + shownNameByteCount
        while end > start, document[end] & 0xC0 == 0x80 { end -= 1 }
        return [UInt8](document[start..<end])
    }
}
