// Limits.swift - how large an RSA key may be.
//
// Spec:    NIST SP 800-131A §3 (2048 bits and more); RFC 8017 §3.1 (e odd, 3 and more).
// Secret:  no.
// Reads:   nothing. Read by: RSAPublicKey.

/// The limits of this module.
public enum RSALimits {
    /// Moduli to verify with. A verification takes time that grows with the square of the
    /// size: 8192 bits are 16 times the work of 2048.
    public static let standardModulusBits = 2048...8192

    /// What `KeySizePolicy.includingShortKeys` admits: the sizes of published test vectors.
    public static let shortestModulusBits = 1024

    /// Public exponents have at most 4 bytes: 2^32 - 1 is 31 squarings and 32 products, so
    /// that a hostile key cannot cost more than four times a usual one.
    public static let publicExponentByteCount = 4
}

/// Which modulus sizes a key may have.
public struct KeySizePolicy: Equatable, Sendable {
    /// In bits, both ends included.
    public let modulusBits: ClosedRange<Int>

    /// 2048 to 8192 bits.
    public static let standard = KeySizePolicy(modulusBits: RSALimits.standardModulusBits)

    /// 1024 to 8192 bits. For test vectors only: such keys can be broken.
    public static let includingShortKeys = KeySizePolicy(
        modulusBits: RSALimits.shortestModulusBits...RSALimits.standardModulusBits.upperBound)
}
