// AEADError.swift - the one way in which opening fails.
//
// Spec:    SP 800-38D §7.2, RFC 8439 §2.8.
// Secret:  no, and it must stay so: why a tag is wrong is nobody's business.
// Reads:   nothing. Read by: AESGCM, ChaCha20Poly1305, TLS.

/// Why sealed bytes were not opened.
public enum AEADError: Error, Equatable, Sendable {
    /// The tag does not fit, or there are too few bytes for one. Nothing was released.
    case authenticationFailed

    /// A stable word for logs.
    public var reasonCode: StaticString { "aead_authentication" }
}
