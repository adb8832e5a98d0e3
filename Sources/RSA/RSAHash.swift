// RSAHash.swift - the supported hash functions.
//
// Spec:    RFC 8017 appendix B.1; RFC 7518 §3.3, §3.5. SHA-1 and SHA-224 are deliberately not supported.
// Secret:  no.
// Reads:   nothing. Read by: PKCS1v15, PSS, RSAMessage; JOSE, X509, Conformance.

/// SHA-256, SHA-384 or SHA-512.
public enum RSAHash: Equatable, Sendable {
    case sha256, sha384, sha512

    /// The length of the digest in bytes.
    public var digestByteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }
}
