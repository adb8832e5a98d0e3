// Limits.swift - the bounds of a response.
//
// Spec:    RFC 9110 §5.4, §15; RFC 9112 §3, §5 leave the bounds to the recipient; these are ours.
// Secret:  no.
// Reads:   nothing. Read by: every file of HTTP; LambdaRuntime.

/// The bounds of this module. Each is tested at the bound and one above it.
public enum HTTPLimits {
    /// The maximum length of a line of a head, of a chunk's head or of a trailer. The Runtime API sends a client context of
    /// about 4 KB in one field.
    public static let lineByteCount = 16 * 1024
    /// The maximum length of all lines of a response except the body.
    public static let headByteCount = 64 * 1024
    /// The maximum number of fields of a head and its trailers.
    public static let fieldCount = 128
    /// The maximum number of interim (1xx) responses before the final one.
    public static let interimCount = 8
    /// The maximum length of an ETag that is stored and sent back.
    public static let entityTagByteCount = 256
    /// The maximum length of a date.
    static let dateByteCount = 64
    /// The time limit for sending an alert when the connection is closed.
    static let closeMilliseconds: Int64 = 200
    /// The size of one read from a connection.
    static let readByteCount = 4096
}

/// The treatment of a body that is longer than the caller can use.
public enum BodyLimit: Sendable {
    /// The response is refused at the first byte above the limit.
    case refuse(past: Int)
    /// Bytes above `past` are read and dropped, so that the connection can be used again. The response is refused above
    /// `refusePast`.
    case drop(past: Int, refusePast: Int)
}
