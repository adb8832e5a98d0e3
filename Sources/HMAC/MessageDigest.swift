// MessageDigest.swift - the interface between HMAC and a hash function.
//
// Spec:    RFC 2104 §2: a block size B and an output length L.
// Secret:  the message may be secret; the lengths are not.
// Reads:   SHA256, SHA512. Read by: HMAC; TLS, Conformance.

import SHA256
import SHA512

/// A hash function, with its block size and its output length.
protocol MessageDigest {
    init()
    mutating func update(_ bytes: Span<UInt8>)
    /// Writes the digest to the beginning of `output`.
    mutating func finalize(into output: inout MutableSpan<UInt8>)
    static var byteCount: Int { get }
    static var blockByteCount: Int { get }
}

extension SHA256: MessageDigest {
    mutating func finalize(into output: inout MutableSpan<UInt8>) {
        let digest = finalize()
        for index in 0..<Self.byteCount { output[index] = digest[index] }
    }
}

extension SHA384: MessageDigest {
    mutating func finalize(into output: inout MutableSpan<UInt8>) {
        let digest = finalize()
        for index in 0..<Self.byteCount { output[index] = digest[index] }
    }
}

extension SHA512: MessageDigest {
    mutating func finalize(into output: inout MutableSpan<UInt8>) {
        let digest = finalize()
        for index in 0..<Self.byteCount { output[index] = digest[index] }
    }
}

/// The supported hash functions.
public enum HMACHash: Sendable, CaseIterable {
    case sha256, sha384, sha512

    /// The length of a code in bytes.
    public var byteCount: Int {
        switch self {
        case .sha256: SHA256.byteCount
        case .sha384: SHA384.byteCount
        case .sha512: SHA512.byteCount
        }
    }
}
