// JSONMembers.swift - case-insensitive member names, booleans, and whether a string has escapes.
//
// Spec:    RFC 8259 §3, §7; RFC 9110 §5.1 (names of headers).
// Secret:  no.
// Reads:   JSONDocument, JSONNode, JSONStringText; Bytes. Read by: Events (headers), Settings.

import Bytes

extension JSONValue {
    /// The value of a boolean; nil for other kinds of value.
    public var bool: Bool? {
        switch kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// The values of all members with this name, compared without regard to ASCII case, in the order of the text. Empty
    /// if no member has this name or this value is not an object.
    @_optimize(speed)
    public func members(ignoringASCIICase name: Span<UInt8>) -> [JSONValue] {
        guard kind == .object else { return [] }
        let bytes = document.bytes.span
        let nodes = document.nodes.span
        var values: [JSONValue] = []
        var child = index + 1
        for _ in 0..<count {
            let node = nodes[child]
            if node.mayHave(name.count), isUnescaped(node, bytes, equalTo: name, ignoringCase: true) {
                values.append(JSONValue(document: document, index: child + 1))
            }
            child = Int(nodes[child + 1].next)
        }
        return values
    }

    /// Whether a string's text contains a backslash. If not, `rawText` is the string's value.
    public var hasEscapes: Bool { node.hasEscapes }
}
