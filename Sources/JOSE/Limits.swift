// Limits.swift - bounds on tokens and key sets.
//
// Spec:    AUDIT 1, 3, 9, 11, 17; the numbers are our own.
// Secret:  no.
// Reads:   JSON. Read by: every file of JOSE; Settings, KeyFetching, LambdaRuntime.

import JSON

/// The bounds of this module. Each is tested at the bound and one past it.
public enum JOSELimits {
    /// The most bytes of a compact token. API Gateway limits all header fields together to 10,240 bytes.
    public static let tokenByteCount = 16 * 1024
    /// The most bytes of a key ID, in a token's header and in a key set.
    public static let kidByteCount = 256
    /// The most bytes of a DPoP proof: a key and a signature of ML-DSA-87 fit, which are about 11,000 bytes.
    public static let proofByteCount = 12 * 1024
    /// The most bytes of a SPIFFE ID (SPIFFE ID §2.3).
    static let spiffeIDByteCount = 2048
    /// How often a SPIFFE bundle is fetched that does not say it.
    static let bundleRefreshSeconds: Int64 = 300
    /// The most bytes of a key set.
    public static let keySetByteCount = 512 * 1024
    /// The most keys in a key set, including skipped ones.
    public static let keyCount = 100
    /// The most keys with the same key ID that are tried.
    public static let candidateCount = 4

    /// The most verified tokens that are cached.
    public static let memoEntryCount = 256
    /// The most bytes of a token that is remembered as verified: a signature of ML-DSA-87 has 6,170 of them.
    public static let memoTokenByteCount = 8 * 1024

    static let header = JSONLimits(
        byteCount: tokenByteCount, depth: 8, memberCount: 32, elementCount: 64, nodeCount: 256)
    static let claims = JSONLimits(
        byteCount: tokenByteCount, depth: 16, memberCount: 256, elementCount: 1024, nodeCount: 4096)
    static let keySet = JSONLimits(
        byteCount: keySetByteCount, depth: 16, memberCount: 64, elementCount: 4096, nodeCount: 32_768)
}
