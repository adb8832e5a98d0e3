// JSONParser.swift - from text to a flat table of nodes, without recursion.
//
// Spec:    RFC 8259 §2 to §7; RFC 7493 §2.1 (surrogates), §2.3 (duplicates).
// Secret:  no.
// Reads:   JSONNode, Limits, UTF8Validation, JSONStringText. Read by: JSONDocument.

import Bytes

/// One pass over a text.
struct JSONParser: ~Escapable {
    private let bytes: Span<UInt8>
    private let limits: JSONLimits
    private var offset = 0
    private(set) var nodes: [JSONNode] = []
    /// The indices of the open containers, outermost first; at most `limits.depth`.
    private var open: [Int] = []

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// JSON-text = ws value ws (§2).
    mutating func parse() throws(JSONError) {
        guard bytes.count <= limits.byteCount else {
            throw .tooLong(limit: limits.byteCount, actual: bytes.count)
        }
        nodes.reserveCapacity(min(limits.nodeCount, 16 + bytes.count / 12))
        skipWhitespace()
        try parseValue()
        while let container = open.last {
            try parseInside(container)
        }
        guard offset == bytes.count else { throw .trailingBytes(offset: offset) }
    }

    // MARK: Containers

    /// What may follow inside an open container: its end, or the next member or element.
    private mutating func parseInside(_ container: Int) throws(JSONError) {
        let isObject = nodes[container].kind == .object
        let closing: UInt8 = isObject ? 0x7D : 0x5D
        let byte = try peek()
        if byte == closing {
            offset += 1
            try close(container)
            return
        }
        if nodes[container].count > 0 {
            guard byte == 0x2C else { throw .unexpectedByte(offset: offset) }
            offset += 1
            skipWhitespace()
            // A comma is followed by something: the end is no value and no name.
        }
        nodes[container].count += 1
        if isObject {
            guard Int(nodes[container].count) <= limits.memberCount else {
                throw .tooManyMembers(limit: limits.memberCount)
            }
            guard try peek() == 0x22 else { throw .unexpectedByte(offset: offset) }
            try parseString()
            skipWhitespace()
            guard try peek() == 0x3A else { throw .unexpectedByte(offset: offset) }
            offset += 1
            skipWhitespace()
        } else {
            guard Int(nodes[container].count) <= limits.elementCount else {
                throw .tooManyElements(limit: limits.elementCount)
            }
        }
        try parseValue()
    }

    private mutating func close(_ container: Int) throws(JSONError) {
        nodes[container].next = UInt32(nodes.count)
        nodes[container].end = UInt32(offset)
        if nodes[container].kind == .object { try refuseDuplicates(container) }
        open.removeLast()
        skipWhitespace()
    }

    /// RFC 7493 §2.3. All pairs: at most `memberCount` squared halves, each mostly two lengths.
    private func refuseDuplicates(_ object: Int) throws(JSONError) {
        var name = object + 1
        for _ in 0..<nodes[object].count {
            var earlier = object + 1
            while earlier < name {
                if sameText(nodes[earlier], nodes[name], bytes) {
                    throw .duplicateMember(offset: Int(nodes[name].start) - 1)
                }
                earlier = Int(nodes[earlier + 1].next)
            }
            name = Int(nodes[name + 1].next)
        }
    }

    // MARK: Values

    /// Parses a scalar whole, or opens a container.
    private mutating func parseValue() throws(JSONError) {
        switch try peek() {
        case 0x7B: try openContainer(.object)
        case 0x5B: try openContainer(.array)
        case 0x22: try parseString()
        case 0x74: try parseLiteral("true", .true)
        case 0x66: try parseLiteral("false", .false)
        case 0x6E: try parseLiteral("null", .null)
        case 0x2D, 0x30...0x39: try parseNumber()
        default: throw .unexpectedByte(offset: offset)
        }
        skipWhitespace()
    }

    private mutating func openContainer(_ kind: JSONKind) throws(JSONError) {
        guard open.count < limits.depth else { throw .tooDeep(limit: limits.depth) }
        open.append(nodes.count)
        try addNode(kind, start: offset, end: offset)
        offset += 1
    }

    private mutating func parseLiteral(_ text: StaticString, _ kind: JSONKind) throws(JSONError) {
        let start = offset
        for index in 0..<text.utf8ByteCount {
            guard try peek() == text.utf8Byte(at: index) else { throw .unexpectedByte(offset: offset) }
            offset += 1
        }
        try addNode(kind, start: start, end: offset)
    }

    /// number = [ minus ] int [ frac ] [ exp ] (§6).
    private mutating func parseNumber() throws(JSONError) {
        let start = offset
        if bytes[offset] == 0x2D { offset += 1 }
        if offset < bytes.count, bytes[offset] == 0x30 {
            offset += 1
        } else {
            try skipDigits(from: start)
        }
        if offset < bytes.count, bytes[offset] == 0x2E {
            offset += 1
            try skipDigits(from: start)
        }
        if offset < bytes.count, bytes[offset] | 0x20 == 0x65 {
            offset += 1
            if offset < bytes.count, bytes[offset] == 0x2B || bytes[offset] == 0x2D { offset += 1 }
            try skipDigits(from: start)
        }
        guard offset - start <= JSONLimits.numberByteCount else {
            throw .numberTooLong(limit: JSONLimits.numberByteCount, offset: start)
        }
        // "01" and "1a" fail here rather than as a missing comma.
        if offset < bytes.count {
            switch bytes[offset] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2B, 0x2D: throw .invalidNumber(offset: start)
            default: break
            }
        }
        try addNode(.number, start: start, end: offset)
    }

    private mutating func skipDigits(from start: Int) throws(JSONError) {
        let first = offset
        while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 { offset += 1 }
        guard offset > first else { throw .invalidNumber(offset: start) }
    }

    /// string = quotation-mark *char quotation-mark (§7).
    private mutating func parseString() throws(JSONError) {
        offset += 1
        let start = offset
        var hasEscapes = false
        var end = start
        while true {
            // Most of a string is a run of plain characters.
            end = bytes.plainTextEnd(from: end)
            guard end < bytes.count else { throw .unexpectedEnd }
            let byte = bytes[end]
            if byte == 0x22 { break }
            if byte == 0x5C {
                hasEscapes = true
                end = try skipEscape(bytes, at: end)
            } else if byte < 0x20 {
                throw .controlCharacter(offset: end)
            } else {
                guard let count = utf8SequenceByteCount(bytes, at: end) else {
                    throw .invalidUTF8(offset: end)
                }
                end += count
            }
        }
        offset = end
        try addNode(.string, start: start, end: offset)
        nodes[nodes.count - 1].hasEscapes = hasEscapes
        offset += 1
    }

    // MARK: Small things

    private mutating func addNode(_ kind: JSONKind, start: Int, end: Int) throws(JSONError) {
        guard nodes.count < limits.nodeCount else { throw .tooManyNodes(limit: limits.nodeCount) }
        nodes.append(
            JSONNode(
                kind: kind, hasEscapes: false, start: UInt32(start), end: UInt32(end), count: 0,
                next: UInt32(nodes.count + 1)))
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw .unexpectedEnd }
        return bytes[offset]
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}
