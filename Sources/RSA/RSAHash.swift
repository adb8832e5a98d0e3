// RSAHash.swift - the hash functions that a signature may name.
//
// Spec:    RFC 8017 appendix B.1; RFC 7518 §3.3, §3.5. SHA-1 and SHA-224 are left out on purpose.
// Secret:  no.
// Reads:   SHA256, SHA512, Bytes. Read by: PKCS1v15, PSS, JOSE, X509.

import Bytes
import SHA256
import SHA512

/// SHA-256, SHA-384 or SHA-512.
public enum RSAHash: Equatable, Sendable {
    case sha256, sha384, sha512

    /// The length of a digest.
    public var digestByteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The hash of a message.
    public func digest(of message: Span<UInt8>) -> [UInt8] {
        switch self {
        case .sha256:
            let digest = SHA256.hash(message)
            return [UInt8](digest.span)
        case .sha384:
            let digest = SHA384.hash(message)
            return [UInt8](digest.span)
        case .sha512:
            let digest = SHA512.hash(message)
            return [UInt8](digest.span)
        }
    }
}
