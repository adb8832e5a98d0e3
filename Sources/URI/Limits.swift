// Limits.swift - the bound on the length of a URL.
//
// Spec:    RFC 9110 §4.1 recommends support for at least 8000 bytes; the URL of a key set needs fewer.
// Secret:  no.
// Reads:   nothing. Read by: URL.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum URILimits {
    /// The most bytes of a URL.
    public static let urlByteCount = 2048
}
