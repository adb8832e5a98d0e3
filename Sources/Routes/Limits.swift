// Limits.swift - the number of rules, and the length of their policies.
//
// Spec:    API Gateway's quota of 512 characters for a resource ARN; the other limits are our own.
// Secret:  no.
// Reads:   nothing. Read by: every file of Routes, Settings.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum RouteLimits {
    /// The most rules of a document.
    public static let routeCount = 200
    /// The most routes after the verb `*` is written out where necessary.
    static let writtenOutRouteCount = 400
    /// The most bytes of a route, and the most segments including the verb.
    public static let routeByteCount = 256
    public static let segmentCount = 24
    /// The most tests in one list, forms of an issuer, and claim paths of scopes or roles.
    public static let testCount = 16
    /// The most `?` of a pattern of `like`: the work for a claim grows with them.
    public static let likeMarkCount = 64
    /// The most names of a claim's path.
    public static let claimDepth = 8
    /// The most bytes of a claim's value that is used as a path segment.
    public static let segmentByteCount = 256
    /// The most pairs of values that are compared if two claims must match one variable.
    static let comparedValueCount = 1024
    /// The most patterns in one policy that contain values of the token.
    public static let boundRouteCount = 32
    /// The most bytes of a method and path: API Gateway accepts 10,240 bytes of request line and headers.
    public static let calledPathByteCount = 10_240
    /// The most characters of one resource ARN of an answer.
    public static let resourceByteCount = 512
    /// The most bytes of a policy's statements before Denies that other Denies contain are removed.
    public static let statementsByteCount = 4 * 1024
    /// The longest TTL of a gateway's cache (API Gateway).
    static let longestCacheSeconds: Int64 = 3600
    /// The most bytes of statements that are cached with a verified token.
    public static let notedByteCount = 8 * 1024
}
