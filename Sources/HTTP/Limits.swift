// Limits.swift - how much of a response is read.
//
// Spec:    RFC 9110 §5.4, §15; RFC 9112 §3, §5 leave the bounds to the recipient; these are ours.
// Secret:  no.
// Reads:   nothing. Read by: every file of HTTP.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum HTTPLimits {
    /// The most bytes of a URL.
    public static let urlByteCount = 2048
    /// The most bytes of one line of a head, of a chunk's head or of a trailer. The Runtime API
    /// sends a client context of some 4 KB in one field.
    public static let lineByteCount = 16 * 1024
    /// The most bytes of all lines of a response that are not body.
    public static let headByteCount = 64 * 1024
    /// The most fields of a head and its trailers.
    public static let fieldCount = 128
    /// The most interim (1xx) responses before the final one.
    public static let interimCount = 8
    /// The most bytes of an ETag that is kept and sent back.
    public static let entityTagByteCount = 256
    /// The most bytes of a date.
    static let dateByteCount = 64
    /// How long a last word to the other side may take.
    static let closeMilliseconds: Int64 = 200
    /// How many bytes are read from a connection at a time.
    static let readByteCount = 4096
}

/// What is done with a body that is longer than the caller can use.
public enum BodyLimit: Sendable {
    /// The response is refused at the first byte past the limit.
    case refuse(past: Int)
    /// Bytes past `past` are read and dropped, so that the connection stays in step;
    /// the response is refused past `refusePast`.
    case drop(past: Int, refusePast: Int)
}
