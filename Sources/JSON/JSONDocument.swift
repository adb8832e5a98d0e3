// JSONDocument.swift - a parsed text and its values.
//
// Spec:    RFC 8259, RFC 7493.
// Secret:  no.
// Reads:   JSONParser, JSONNode, JSONStringText; Bytes. Read by: JSONMembers, JSONNumber; most modules.

import Bytes

/// A complete JSON text that was parsed: well-formed, valid UTF-8, no duplicate names, within limits.
public struct JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [JSONNode]

    /// - Parameters:
    ///   - bytes: the text.
    ///   - limits: the bounds on size and nesting.
    /// - Throws: the first error in the text.
    /// - Source: RFC 8259; RFC 7493 §2.3 for duplicate names.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var parser = JSONParser(bytes.span, limits: limits)
        try parser.parse()
        self.nodes = parser.nodes
        self.bytes = bytes
    }

    /// The top-level value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// A value within a document.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    var node: JSONNode { document.nodes[index] }

    public var kind: JSONKind { node.kind }

    public var isNull: Bool { kind == .null }

    // MARK: Strings

    /// The value of a string in UTF-8, with escapes decoded; nil for other kinds of value.
    public var stringBytes: [UInt8]? {
        kind == .string ? unescaped(node, document.bytes.span) : nil
    }

    /// Whether this is a string of exactly these bytes.
    public func isString(_ text: StaticString) -> Bool { isString(text.utf8Span) }

    /// Whether this is a string of exactly these bytes.
    public func isString(_ text: Span<UInt8>) -> Bool {
        kind == .string && isUnescaped(node, document.bytes.span, equalTo: text)
    }

    /// The value's bytes in the JSON text. For a string: without the quotes, with the escapes undecoded.
    public var rawText: Span<UInt8> {
        @_lifetime(borrow self)
        get { document.bytes.span.extracting(Int(node.start)..<Int(node.end)) }
    }

    // MARK: Containers

    /// The number of members or elements; 0 for scalars.
    public var count: Int { Int(node.count) }

    /// The value of the member with this name; nil if there is no such member, or this value is not an object.
    public func member(_ name: StaticString) -> JSONValue? { member(name.utf8Span) }

    /// The value of the member with this name; nil if there is no such member, or this value is not an object.
    @inline(never) @_optimize(speed)
    public func member(_ name: Span<UInt8>) -> JSONValue? {
        guard kind == .object else { return nil }
        let bytes = document.bytes.span
        let nodes = document.nodes.span
        var child = index + 1
        for _ in 0..<count {
            // Comparing lengths first rules out most names.
            let node = nodes[child]
            if node.mayHave(name.count), isUnescaped(node, bytes, equalTo: name) {
                return JSONValue(document: document, index: child + 1)
            }
            child = Int(nodes[child + 1].next)
        }
        return nil
    }

    /// Iterates over the members of an object or the elements of an array, in the order of the text.
    public var children: JSONChildren { JSONChildren(self) }

    /// The elements of an array; nil for other kinds of value.
    public var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        var values: [JSONValue] = []
        values.reserveCapacity(count)
        var walk = children
        while let child = walk.next() { values.append(child.value) }
        return values
    }
}

/// Iterates once over a container. Scalars have no children.
public struct JSONChildren: Sendable {
    private let document: JSONDocument
    private let isObject: Bool
    private var index: Int
    private var remaining: Int

    init(_ value: JSONValue) {
        document = value.document
        isObject = value.kind == .object
        index = value.index + 1
        remaining = value.count
    }

    /// One member or element. An element's name is empty.
    public struct Child: Sendable {
        public let name: [UInt8]
        public let value: JSONValue
    }

    public mutating func next() -> Child? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let name = isObject ? unescaped(document.nodes[index], document.bytes.span) : []
        let valueIndex = isObject ? index + 1 : index
        index = Int(document.nodes[valueIndex].next)
        return Child(name: name, value: JSONValue(document: document, index: valueIndex))
    }
}
