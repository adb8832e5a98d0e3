// HTTPHead.swift - the status line and the fields of a response.
//
// Spec:    RFC 9112 §4, §5; RFC 9110 §5.5, §5.6.1, §5.6.2, §8.4.
// Secret:  no.
// Reads:   HTTPError, Limits; Bytes. Read by: HTTPResponseParser.

import Bytes

/// The head of a response: the status and the fields.
public struct HTTPHead: Sendable {
    /// 100 to 599.
    public let status: Int
    /// 0 for HTTP/1.0, 1 for HTTP/1.1 and later minor versions.
    let minorVersion: UInt8
    /// All field lines so far, concatenated.
    private var text: [UInt8] = []
    private var fields: [FieldPlace] = []
    /// The number of trailer fields that were checked and discarded.
    private var trailerCount = 0

    /// The range of a field in the text.
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
        guard let number = Decimal.value(line.extracting(9..<12)) else { throw .statusLine }
        let status = Int(number)
        // Some servers omit the space before an absent reason phrase.
        guard line.count == 12 || line[12] == 0x20, status >= 100, status < 600 else { throw .statusLine }
        self.status = status
        text.reserveCapacity(512)
        fields.reserveCapacity(12)
    }

    /// Adds one field line without its CR LF.
    ///
    /// - Throws: `fieldSyntax`, `tooManyFields`.
    /// - Source: RFC 9112 §5; a folded line (§5.2) and a space before the colon (§5.1) are refused.
    mutating func append(fieldLine line: Span<UInt8>) throws(HTTPError) {
        let colon = try nameEnd(fieldLine: line)
        let name = text.count..<(text.count + colon)
        text.append(line.extracting(0..<colon))
        let value = trimmed(line.extracting((colon + 1)..<line.count))
        fields.append(FieldPlace(name: name, value: text.count..<(text.count + value.count)))
        text.append(value)
    }

    /// Checks one line of a trailer section and discards it. A trailer field must not change the header, and none of the
    /// fields that are used here is defined for trailers.
    ///
    /// - Throws: `fieldSyntax`, `tooManyFields`. Header and trailers share one limit.
    /// - Source: RFC 9110 §6.5.1; RFC 9112 §7.1.2.
    mutating func discard(trailerLine line: Span<UInt8>) throws(HTTPError) {
        _ = try nameEnd(fieldLine: line)
        trailerCount += 1
    }

    /// The end of the name in a field line: its colon.
    private func nameEnd(fieldLine line: Span<UInt8>) throws(HTTPError) -> Int {
        var colon = 0
        while colon < line.count, line[colon] != 0x3A {
            guard isTokenByte(line[colon]) else { throw .fieldSyntax }
            colon += 1
        }
        guard colon > 0, colon < line.count else { throw .fieldSyntax }
        guard fields.count + trailerCount < HTTPLimits.fieldCount else {
            throw .tooManyFields(limit: HTTPLimits.fieldCount)
        }
        return colon
    }

    private func has(_ field: FieldPlace, _ name: StaticString) -> Bool {
        bytesEqualIgnoringASCIICase(text.span.extracting(field.name), name)
    }

    /// The value of the first field with a name, case-insensitively; nil if the field is absent.
    public func field(_ name: StaticString) -> [UInt8]? {
        for field in fields where has(field, name) { return [UInt8](text.span.extracting(field.value)) }
        return nil
    }

    /// The number of fields with a name.
    func count(of name: StaticString) -> Int {
        var count = 0
        for field in fields where has(field, name) { count += 1 }
        return count
    }

    /// Whether a comma-separated member of a field equals `word`, case-insensitively.
    func field(_ name: StaticString, hasMember word: StaticString) -> Bool {
        guard let rest = argument(of: word, in: name) else { return false }
        return rest.isEmpty
    }

    /// Whether the body has a content coding: a member of Content-Encoding that is not `identity`.
    ///
    /// - Source: RFC 9110 §8.4, §8.4.1.
    var hasContentCoding: Bool {
        var isCoded = false
        visitMembers(of: "content-encoding") { member in
            isCoded = !bytesEqualIgnoringASCIICase(member, "identity")
            return isCoded
        }
        return isCoded
    }

    /// The rest of a field's first comma-separated member that begins with a prefix, case-insensitively. A member that
    /// equals the prefix takes precedence over longer ones.
    func argument(of prefix: StaticString, in name: StaticString) -> [UInt8]? {
        var found: [UInt8]?
        let length = prefix.utf8ByteCount
        visitMembers(of: name) { member in
            guard member.count >= length,
                bytesEqualIgnoringASCIICase(member.extracting(0..<length), prefix)
            else { return false }
            if member.count == length {
                found = []
                return true
            }
            if found == nil { found = [UInt8](member.extracting(length..<member.count)) }
            return false
        }
        return found
    }

    /// Visits the comma-separated members of all fields with a name, until a visit returns true.
    ///
    /// - Source: RFC 9110 §5.3 (several fields are one list), §5.6.1 (empty elements are ignored).
    private func visitMembers(of name: StaticString, _ isLast: (Span<UInt8>) -> Bool) {
        for field in fields where has(field, name) {
            let value = text.span.extracting(field.value)
            var start = 0
            for index in 0...value.count where index == value.count || value[index] == 0x2C {
                let member = trimmed(value.extracting(start..<index))
                start = index + 1
                if member.count > 0 && isLast(member) { return }
            }
        }
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
