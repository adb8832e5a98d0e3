// HTTPHead.swift - the status line and the fields of a response.
//
// Spec:    RFC 9112 §4, §5; RFC 9110 §5.5, §5.6.2.
// Secret:  no.
// Reads:   HTTPError, Limits; Bytes. Read by: HTTPResponseParser.

import Bytes

/// What comes before a response's body.
public struct HTTPHead: Sendable {
    /// 100 to 599.
    public let status: Int
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 (and what calls itself later than that).
    let minorVersion: UInt8
    /// All field lines that were taken in, one after the other.
    private var text: [UInt8] = []
    private var fields: [FieldPlace] = []

    /// Where a field stands in the text.
    private struct FieldPlace: Sendable {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// - Parameter statusLine: the first line without its CR LF.
    /// - Throws: `statusLine`.
    /// - Source: RFC 9112 §4: `HTTP-version SP status-code SP [ reason-phrase ]`.
    init(statusLine line: Span<UInt8>) throws(HTTPError) {
        guard line.count >= 12, bytesStart(line, with: "HTTP/1."), line[8] == 0x20 else { throw .statusLine }
        guard line[7] >= 0x30, line[7] <= 0x39 else { throw .statusLine }
        minorVersion = line[7] - 0x30
        var status = 0
        for index in 9..<12 {
            guard line[index] >= 0x30, line[index] <= 0x39 else { throw .statusLine }
            status = status * 10 + Int(line[index] - 0x30)
        }
        // The space before an absent reason is left out by some.
        guard line.count == 12 || line[12] == 0x20, status >= 100, status < 600 else { throw .statusLine }
        self.status = status
        text.reserveCapacity(512)
        fields.reserveCapacity(12)
    }

    /// Takes in one field line without its CR LF.
    ///
    /// - Throws: `fieldSyntax`, `tooManyFields`.
    /// - Source: RFC 9112 §5; §5.2: a folded line is refused; §5.1: so is a space before the colon.
    mutating func append(fieldLine line: Span<UInt8>) throws(HTTPError) {
        var colon = 0
        while colon < line.count, line[colon] != 0x3A {
            guard isTokenByte(line[colon]) else { throw .fieldSyntax }
            colon += 1
        }
        guard colon > 0, colon < line.count else { throw .fieldSyntax }
        guard fields.count < HTTPLimits.fieldCount else { throw .tooManyFields(limit: HTTPLimits.fieldCount) }
        let name = text.count..<(text.count + colon)
        text.append(line.extracting(0..<colon))
        let value = trimmed(line.extracting((colon + 1)..<line.count))
        fields.append(FieldPlace(name: name, value: text.count..<(text.count + value.count)))
        text.append(value)
    }

    private func has(_ field: FieldPlace, _ name: StaticString) -> Bool {
        bytesEqualIgnoringASCIICase(text.span.extracting(field.name), name)
    }

    /// The value of the first field of a name, in whatever case; nil if there is none.
    public func field(_ name: StaticString) -> [UInt8]? {
        for field in fields where has(field, name) { return [UInt8](text.span.extracting(field.value)) }
        return nil
    }

    /// How many fields have a name.
    func count(of name: StaticString) -> Int {
        var count = 0
        for field in fields where has(field, name) { count += 1 }
        return count
    }

    /// Whether one of the comma-separated members of a field is a word, in whatever case.
    func field(_ name: StaticString, hasMember word: StaticString) -> Bool {
        guard let rest = argument(of: word, in: name) else { return false }
        return rest.isEmpty
    }

    /// What follows a prefix, in whatever case, in the first of a field's comma-separated members that
    /// begins with it; a member that is the prefix alone comes before longer ones.
    func argument(of prefix: StaticString, in name: StaticString) -> [UInt8]? {
        var found: [UInt8]?
        for field in fields where has(field, name) {
            let value = text.span.extracting(field.value)
            var start = 0
            for index in 0...value.count where index == value.count || value[index] == 0x2C {
                let member = trimmed(value.extracting(start..<index))
                start = index + 1
                let length = prefix.utf8ByteCount
                guard member.count >= length,
                    bytesEqualIgnoringASCIICase(member.extracting(0..<length), prefix)
                else { continue }
                if member.count == length { return [] }
                if found == nil { found = [UInt8](member.extracting(length..<member.count)) }
            }
        }
        return found
    }
}

/// RFC 9110 §5.6.2: `tchar`.
func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
}

/// A value without the spaces and tabs around it (RFC 9110 §5.5).
@_lifetime(copy value)
func trimmed(_ value: Span<UInt8>) -> Span<UInt8> {
    var start = 0
    var end = value.count
    while start < end, value[start] == 0x20 || value[start] == 0x09 { start += 1 }
    while end > start, value[end - 1] == 0x20 || value[end - 1] == 0x09 { end -= 1 }
    return value.extracting(start..<end)
}
