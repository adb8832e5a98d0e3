// JSONDocument.swift - a parsed text and its values.
//
// Spec:    RFC 8259, RFC 7493.
// Secret:  no.
// Reads:   JSONParser, JSONNode, JSONNumber. Read by: JOSE, Authorizer, LambdaRuntime.

import Bytes

/// A JSON text that was parsed whole: well-formed, valid UTF-8, no duplicate names, within limits.
public struct JSONDocument: Sendable {
    let bytes: [UInt8]
    let nodes: [JSONNode]

    /// - Parameters:
    ///   - bytes: the text.
    ///   - limits: how much of everything is taken.
    /// - Throws: the first fault.
    /// - Source: RFC 8259; RFC 7493 §2.3 for duplicate names.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        var parser = JSONParser(bytes.span, limits: limits)
        try parser.parse()
        self.nodes = parser.nodes
        self.bytes = bytes
    }

    /// The whole value.
    public var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// A value within a document.
public struct JSONValue: Sendable {
    let document: JSONDocument
    let index: Int

    private var node: JSONNode { document.nodes[index] }

    public var kind: JSONKind { node.kind }

    public var isNull: Bool { kind == .null }

    /// The value of a boolean; nil for anything else.
    public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    // MARK: Strings

    /// The value of a string in UTF-8, its escapes taken away; nil for anything else.
    public var stringBytes: [UInt8]? {
        kind == .string ? unescaped(node, document.bytes.span) : nil
    }

    /// Whether this is a string of exactly these bytes.
    public func isString(_ text: StaticString) -> Bool {
        guard kind == .string else { return false }
        if node.hasEscapes { return bytesEqual(unescaped(node, document.bytes.span).span, text) }
        return bytesEqual(rawText, text)
    }

    /// Whether this is a string of exactly these bytes.
    public func isString(_ text: Span<UInt8>) -> Bool {
        guard kind == .string else { return false }
        if node.hasEscapes { return bytesEqual(unescaped(node, document.bytes.span).span, text) }
        return bytesEqual(rawText, text)
    }

    // MARK: Numbers

    /// A number as it stands; nil for anything else.
    public var number: JSONNumber? {
        kind == .number ? JSONNumber(checkedText: [UInt8](rawText)) : nil
    }

    /// The text as it stood; a string's without its quotes and with its escapes.
    public var rawText: Span<UInt8> {
        @_lifetime(borrow self)
        get { document.bytes.span.extracting(Int(node.start)..<Int(node.end)) }
    }

    // MARK: Containers

    /// How many members or elements; 0 for scalars.
    public var count: Int { Int(node.count) }

    /// The value of a member; nil if there is none of that name, or this is no object.
    public func member(_ name: StaticString) -> JSONValue? {
        member { bytesEqual($0, name) }
    }

    /// The value of a member; nil if there is none of that name, or this is no object.
    public func member(_ name: Span<UInt8>) -> JSONValue? {
        member { bytesEqual($0, name) }
    }

    /// The value of the first member whose name is wanted.
    private func member(_ isWanted: (Span<UInt8>) -> Bool) -> JSONValue? {
        guard kind == .object else { return nil }
        let bytes = document.bytes.span
        let nodes = document.nodes.span
        var child = index + 1
        for _ in 0..<count {
            // A name is a string value like any other.
            let node = nodes[child]
            let isFound: Bool
            if node.hasEscapes {
                let text = unescaped(node, bytes)
                isFound = isWanted(text.span)
            } else {
                isFound = isWanted(bytes.extracting(Int(node.start)..<Int(node.end)))
            }
            if isFound { return JSONValue(document: document, index: child + 1) }
            child = Int(nodes[child + 1].next)
        }
        return nil
    }

    /// The values of all members whose names are these bytes when ASCII letters of either case are
    /// one, in the order of the text; none if this is no object.
    public func members(ignoringASCIICase name: Span<UInt8>) -> [JSONValue] {
        guard kind == .object else { return [] }
        var values: [JSONValue] = []
        var child = index + 1
        for _ in 0..<count {
            let node = document.nodes[child]
            let isFound: Bool
            if node.hasEscapes {
                isFound = bytesEqualIgnoringASCIICase(unescaped(node, document.bytes.span).span, name)
            } else {
                let text = document.bytes.span.extracting(Int(node.start)..<Int(node.end))
                isFound = bytesEqualIgnoringASCIICase(text, name)
            }
            if isFound { values.append(JSONValue(document: document, index: child + 1)) }
            child = Int(document.nodes[child + 1].next)
        }
        return values
    }

    /// Whether a string's text holds a backslash: without one `rawText` is its value.
    public var hasEscapes: Bool { node.hasEscapes }

    /// A walk over the members of an object or the elements of an array, in the order of the text.
    public var children: JSONChildren { JSONChildren(self) }

    /// The elements of an array; nil for anything else.
    public var elements: [JSONValue]? {
        guard kind == .array else { return nil }
        var values: [JSONValue] = []
        values.reserveCapacity(count)
        var walk = children
        while let child = walk.next() { values.append(child.value) }
        return values
    }
}

/// Goes through a container once. Scalars have no children.
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
