// Limits.swift - the limits of an event.
//
// Spec:    API Gateway's quota of 10,240 bytes of headers; the other limits are our own.
// Secret:  no.
// Reads:   JSON. Read by: Event, NamedValues; Settings, Authorizer, LambdaRuntime, CommandLine.

import JSON

/// The bounds of this module. Each is tested at the bound and one past it.
public enum EventLimits {
    /// The most bytes of an event.
    public static let eventByteCount = 256 * 1024
    /// The most bytes of an event's text in an error message.
    public static let namedByteCount = 64
    /// The most entries of TOKEN_SOURCES.
    public static let tokenSourceCount = 8
    /// The most values of one name that are stored. Two are already too many; further values are only counted.
    static let keptValueCount = 4
    /// The most values of all names that are counted in one text.
    static let countedValueCount = 64

    /// Large enough for a request of 10,240 bytes in which each parameter is a member of an object, and for the variables of
    /// a query (AppSync). A larger event is an error, which the function's owner sees.
    package static let event = JSONLimits(
        byteCount: eventByteCount, depth: 32, memberCount: 1024, elementCount: 16_384, nodeCount: 32_768)
}
