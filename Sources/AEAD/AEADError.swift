// AEADError.swift - the single error of decryption.
//
// Spec:    SP 800-38D §7.2, RFC 8439 §2.8.
// Secret:  no. The error must not reveal why a tag is wrong.
// Reads:   nothing. Read by: AESGCM, ChaCha20Poly1305; TLS, Conformance.

/// Why a ciphertext was not decrypted.
public enum AEADError: Error, Equatable, Sendable {
    /// The tag is wrong, or the input is shorter than a tag. No plaintext was released.
    case authenticationFailed

    /// A stable code for logs.
    public var reasonCode: StaticString { "aead_authentication" }
}
