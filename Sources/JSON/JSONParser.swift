// JSONParser.swift - parses a text into a flat table of nodes, without recursion.
//
// Spec:    RFC 8259 §2 to §7; RFC 7493 §2.1 (surrogates), §2.3 (duplicates).
// Secret:  no.
// Reads:   JSONNode, Limits, UTF8Validation, JSONStringText, DuplicateNames; Bytes. Read by: JSONDocument.

import Bytes

/// One pass over a text.
struct JSONParser: ~Escapable {
    private let bytes: Span<UInt8>
    private let limits: JSONLimits
    private var offset = 0
    private(set) var nodes: [JSONNode] = []
    /// The innermost open container.
    private var container = Container()
    /// The containers around it, outermost first. Only the first `depth` elements are in use.
    private var outer: [Container] = []
    private var depth = 0
    private var duplicates = DuplicateNames()

    /// An open container.
    private struct Container {
        /// The index of its node; negative outside of the top-level value.
        var node: Int32 = -1
        /// The number of members or elements parsed so far, including the current one.
        var count: Int32 = 0
        var isObject = false
    }

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
        nodes.reserveCapacity(min(limits.nodeCount, 16 + bytes.count / 4))
        skipWhitespace()
        try parseValue()
        while container.node >= 0 { try parseInside() }
        guard offset == bytes.count else { throw .trailingBytes(offset: offset) }
    }

    // MARK: Containers

    // Short numbers, empty lists and names of one character cost as many steps as long texts. The work per value is
    // therefore optimised for speed.

    /// Parses what may follow inside an open container: its end, or the next member or element.
    @_optimize(speed)
    private mutating func parseInside() throws(JSONError) {
        let byte = try peek()
        if byte == (container.isObject ? 0x7D : 0x5D) {
            offset += 1
            try close()
            return
        }
        if container.count > 0 {
            guard byte == 0x2C else { throw .unexpectedByte(offset: offset) }
            offset += 1
            skipWhitespace()
            // After a comma the end of the container is an error: a name or a value must follow.
        }
        container.count += 1
        if container.isObject {
            guard container.count <= limits.memberCount else {
                throw .tooManyMembers(limit: limits.memberCount)
            }
            guard try peek() == 0x22 else { throw .unexpectedByte(offset: offset) }
            try parseString()
            skipWhitespace()
            guard try peek() == 0x3A else { throw .unexpectedByte(offset: offset) }
            offset += 1
            skipWhitespace()
        } else {
            guard container.count <= limits.elementCount else {
                throw .tooManyElements(limit: limits.elementCount)
            }
        }
        try parseValue()
    }

    @inline(__always)
    private mutating func close() throws(JSONError) {
        let index = Int(container.node)
        var node = nodes[index]
        node.count = UInt32(container.count)
        node.next = UInt32(nodes.count)
        node.end = UInt32(offset)
        nodes[index] = node
        if container.isObject && container.count > 1 { try refuseDuplicates(index) }
        depth -= 1
        container = outer[depth]
        skipWhitespace()
    }

    /// RFC 7493 §2.3. Never inlined: if a reference to the nodes outlived the call, appending the next node would copy
    /// them.
    @inline(never)
    private mutating func refuseDuplicates(_ object: Int) throws(JSONError) {
        guard let name = duplicates.firstDuplicate(in: object, nodes: nodes, text: bytes) else { return }
        throw .duplicateMember(offset: Int(nodes[name].start) - 1)
    }

    // MARK: Values

    /// Parses a complete scalar, or opens a container.
    @_optimize(speed)
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

    @inline(__always)
    private mutating func openContainer(_ kind: JSONKind) throws(JSONError) {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth) }
        if depth < outer.count { outer[depth] = container } else { outer.append(container) }
        depth += 1
        container = Container(node: Int32(nodes.count), isObject: kind == .object)
        try addNode(kind, start: offset, end: offset)
        offset += 1
    }

    @_optimize(speed)
    private mutating func parseLiteral(_ text: StaticString, _ kind: JSONKind) throws(JSONError) {
        let start = offset
        for index in 0..<text.utf8ByteCount {
            guard try peek() == text.utf8Byte(at: index) else { throw .unexpectedByte(offset: offset) }
            offset += 1
        }
        try addNode(kind, start: start, end: offset)
    }

    /// number = [ minus ] int [ frac ] [ exp ] (§6).
    @_optimize(speed)
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
        // "01" and "1a" fail here instead of being reported as a missing comma.
        if offset < bytes.count {
            switch bytes[offset] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2B, 0x2D: throw .invalidNumber(offset: start)
            default: break
            }
        }
        try addNode(.number, start: start, end: offset)
    }

    @_optimize(speed)
    private mutating func skipDigits(from start: Int) throws(JSONError) {
        let first = offset
        while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 { offset += 1 }
        guard offset > first else { throw .invalidNumber(offset: start) }
    }

    /// string = quotation-mark *char quotation-mark (§7).
    @_optimize(speed)
    private mutating func parseString() throws(JSONError) {
        offset += 1
        let start = offset
        var hasEscapes = false
        var end = start
        while true {
            guard end < bytes.count else { throw .unexpectedEnd }
            var byte = bytes[end]
            // Most strings are runs of plain characters; this loop skips them quickly.
            if byte >= 0x20, byte < 0x80, byte != 0x22, byte != 0x5C {
                end = bytes.plainTextEnd(from: end + 1)
                guard end < bytes.count else { throw .unexpectedEnd }
                byte = bytes[end]
            }
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
        try addNode(.string, start: start, end: offset, hasEscapes: hasEscapes)
        offset += 1
    }

    // MARK: Small things

    @inline(__always)
    private mutating func addNode(
        _ kind: JSONKind, start: Int, end: Int, hasEscapes: Bool = false
    ) throws(JSONError) {
        guard nodes.count < limits.nodeCount else { throw .tooManyNodes(limit: limits.nodeCount) }
        nodes.append(
            JSONNode(
                kind: kind, hasEscapes: hasEscapes, start: UInt32(start), end: UInt32(end), count: 0,
                next: UInt32(nodes.count + 1)))
    }

    @inline(__always)
    private func peek() throws(JSONError) -> UInt8 {
        guard offset < bytes.count else { throw .unexpectedEnd }
        return bytes[offset]
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        // Most tokens are not followed by white space.
        if offset < bytes.count, bytes[offset] <= 0x20 { skipWhitespaceRun() }
    }

    private mutating func skipWhitespaceRun() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }
}
