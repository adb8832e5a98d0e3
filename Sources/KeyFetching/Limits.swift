// Limits.swift - how much is read of what servers send, and how long it is believed.
//
// Spec:    AUDIT 17 to 19.
// Secret:  no.
// Reads:   JSON. Read by: every file of KeyFetching.

import JSON

/// The bounds of this module.
public enum FetchLimits {
    /// An issuer's document: those of well-known providers have 2 to 10 KB.
    public static let discoveryByteCount = 64 * 1024
    /// The most bytes at the address of one key: a PEM text of 178 is there.
    public static let publicKeyByteCount = 4 * 1024
    static let discovery = JSONLimits(
        byteCount: discoveryByteCount, depth: 16, memberCount: 256, elementCount: 1024, nodeCount: 4096)
    /// How long an address from such a document is believed.
    static let discoverySeconds: Int64 = 86_400
    /// How many hosts' connections are kept between two fetches.
    static let keptConnectionCount = 2
    /// How long a connection is kept unused; servers close theirs after 5 to 75 seconds.
    static let idleSeconds: Int64 = 30
}
