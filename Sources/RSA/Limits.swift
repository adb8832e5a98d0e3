// Limits.swift - bounds on the size of RSA keys.
//
// Spec:    NIST SP 800-131A §3 (2048 bits and more); RFC 8017 §3.1 (e odd, 3 and more).
// Secret:  no.
// Reads:   nothing. Read by: RSAPublicKey.

/// The limits of this module.
public enum RSALimits {
    /// The sizes of moduli that are accepted. The time of a verification grows with the square of the size: 8192 bits
    /// take 16 times as long as 2048.
    public static let standardModulusBits = 2048...8192

    /// The minimum of `KeySizePolicy.includingShortKeys`, for the sizes in published test vectors.
    public static let shortestModulusBits = 1024

    /// Public exponents have at most 4 bytes. The exponent 2^32 - 1 costs 31 squarings and 32 products, so a malicious
    /// key costs at most four times as much as a common one.
    public static let publicExponentByteCount = 4
}

/// The sizes of moduli that a key may have.
public struct KeySizePolicy: Equatable, Sendable {
    /// In bits; both bounds are included.
    public let modulusBits: ClosedRange<Int>

    /// 2048 to 8192 bits.
    public static let standard = KeySizePolicy(modulusBits: RSALimits.standardModulusBits)

    /// 1024 to 8192 bits. For test vectors only: keys of less than 2048 bits are too weak.
    public static let includingShortKeys = KeySizePolicy(
        modulusBits: RSALimits.shortestModulusBits...RSALimits.standardModulusBits.upperBound)
}
