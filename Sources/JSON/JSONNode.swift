// JSONNode.swift - the flat table that a parse leaves behind.
//
// Spec:    RFC 8259 §3.
// Secret:  no.
// Reads:   nothing. Read by: JSONParser, JSONValue.

/// What a value is.
public enum JSONKind: Sendable, Equatable {
    case object, array, string, number, `true`, `false`, null
}

/// One value or member name. Nodes stand in the order of the text: an object's node is
/// followed by its first name, that name's value with all below it, the second name, and so on.
struct JSONNode: Sendable {
    var kind: JSONKind
    /// Whether a string's text holds a backslash: without one its bytes are its value.
    var hasEscapes: Bool
    /// The text: a string's without its quotes; a container's with its brackets.
    var start: UInt32
    var end: UInt32
    /// Members of an object or elements of an array.
    var count: UInt32
    /// The index behind this node and all below it.
    var next: UInt32
}
