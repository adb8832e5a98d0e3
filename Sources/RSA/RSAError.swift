// RSAError.swift - why a key or a signature is refused.
//
// Spec:    RFC 8017 §8.1.2, §8.2.2, §9.1.2 (each "inconsistent" and "invalid signature" has its own case).
// Secret:  no. Counts only.
// Reads:   nothing. Read by: the rest of RSA, JOSE, X509.

/// The first check that failed.
public enum RSAError: Error, Equatable, Sendable {
    // Keys.

    /// The modulus or the exponent has no byte.
    case emptyInteger
    /// The modulus or the exponent starts with a zero byte: it must be in its shortest form.
    case leadingZero
    /// The modulus has a size outside the policy.
    case modulusSize(bitCount: Int, minimum: Int, maximum: Int)
    /// The modulus is even, so it is no product of two odd primes.
    case evenModulus
    /// The exponent is 1.
    case exponentTooSmall
    /// The exponent is 2^32 or more.
    case exponentTooLarge(byteCount: Int)
    /// The exponent is even, so it has no inverse.
    case evenExponent

    // Signatures.

    /// The digest is not of the hash's length.
    case digestLength(expected: Int, actual: Int)
    /// The signature has not exactly the modulus's length.
    case signatureLength(expected: Int, actual: Int)
    /// The signature's number is the modulus or more.
    case signatureNotBelowModulus
    /// PKCS #1 v1.5: the modulus is too short for the encoding of this digest. Bytes.
    case modulusTooShort(needed: Int, actual: Int)
    /// PKCS #1 v1.5: the encoded message is not the expected one.
    case encodedMessageMismatch
    /// PSS: the salt length is negative, or too long for this modulus and hash. Bytes.
    case pssSaltLength(maximum: Int, actual: Int)
    /// PSS: the last byte is not 0xBC.
    case pssTrailer
    /// PSS: bits above the encoded message's length are not zero.
    case pssLeadingBits
    /// PSS: the zeros or the 0x01 before the salt are not where this salt length puts them.
    case pssPadding
    /// PSS: the hash is not that of the digest and the salt.
    case pssHashMismatch

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .emptyInteger: "rsa_key_empty_integer"
        case .leadingZero: "rsa_key_leading_zero"
        case .modulusSize: "rsa_key_size"
        case .evenModulus: "rsa_key_even_modulus"
        case .exponentTooSmall: "rsa_key_exponent_too_small"
        case .exponentTooLarge: "rsa_key_exponent_too_large"
        case .evenExponent: "rsa_key_even_exponent"
        case .digestLength: "rsa_digest_length"
        case .signatureLength: "rsa_signature_length"
        case .signatureNotBelowModulus: "rsa_signature_range"
        case .modulusTooShort: "rsa_modulus_too_short"
        case .encodedMessageMismatch: "rsa_signature_mismatch"
        case .pssSaltLength: "rsa_pss_salt_length"
        case .pssTrailer: "rsa_pss_trailer"
        case .pssLeadingBits: "rsa_pss_leading_bits"
        case .pssPadding: "rsa_pss_padding"
        case .pssHashMismatch: "rsa_pss_hash_mismatch"
        }
    }
}
