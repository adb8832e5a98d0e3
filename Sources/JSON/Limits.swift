// Limits.swift - the bounds on JSON input.
//
// Spec:    RFC 8259 §9 allows a parser to set limits; the numbers are our own.
// Secret:  no.
// Reads:   nothing. Read by: JSONParser; JOSE, Events, Settings, KeyFetching.

/// The bounds of one parse. Each is tested at the bound and one past it.
public struct JSONLimits: Sendable {
    /// The most bytes of text.
    public var byteCount: Int
    /// The greatest nesting depth of containers.
    public var depth: Int
    /// The most members of one object.
    public var memberCount: Int
    /// The most elements of one array.
    public var elementCount: Int
    /// The most values and names in the whole text.
    public var nodeCount: Int

    public init(byteCount: Int, depth: Int, memberCount: Int, elementCount: Int, nodeCount: Int) {
        self.byteCount = byteCount
        self.depth = depth
        self.memberCount = memberCount
        self.elementCount = elementCount
        self.nodeCount = nodeCount
    }

    /// Enough for events, key sets and settings.
    public static let standard = JSONLimits(
        byteCount: 1 << 20, depth: 16, memberCount: 256, elementCount: 4096, nodeCount: 32_768)

    /// The most bytes of a number. No finite double needs more for sufficient precision, and a date needs ten.
    public static let numberByteCount = 64
}
