// JSONNode.swift - the flat table that the parser builds.
//
// Spec:    RFC 8259 §3.
// Secret:  no.
// Reads:   nothing. Read by: JSONParser, JSONDocument.

/// The kind of a value.
public enum JSONKind: Sendable, Equatable {
    case object, array, string, number, `true`, `false`, null
}

/// One value or member name. Nodes are in the order of the text: an object's node is followed by its first name, that
/// name's value with its descendants, the second name, and so on.
struct JSONNode: Sendable {
    var kind: JSONKind
    /// Whether a string's text contains a backslash. If not, the bytes of the text are the value.
    var hasEscapes: Bool
    /// The range of the text, as byte offsets: a string's without its quotes, a container's with its brackets.
    var start: UInt32
    var end: UInt32
    /// The number of members of an object or elements of an array.
    var count: UInt32
    /// The index of the node that follows this node and its descendants.
    var next: UInt32

    /// Whether a string's value can have this many bytes. An escape of two to six bytes gives a value of one byte.
    @inline(__always)
    func mayHave(_ byteCount: Int) -> Bool {
        let textByteCount = Int(end - start)
        return hasEscapes
            ? textByteCount > byteCount && textByteCount <= 6 * byteCount : textByteCount == byteCount
    }
}
