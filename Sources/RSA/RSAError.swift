// RSAError.swift - why a key or a signature is rejected.
//
// Spec:    RFC 8017 §8.1.2, §8.2.2, §9.1.2 (each "inconsistent" and "invalid signature" has its own case).
// Secret:  no. Counts only.
// Reads:   nothing. Read by: the rest of RSA; JOSE, X509, Conformance.

/// The first check that failed.
public enum RSAError: Error, Equatable, Sendable {
    // Keys.

    /// The modulus or the exponent is empty.
    case emptyInteger
    /// The modulus or the exponent starts with a zero byte. The shortest form is required.
    case leadingZero
    /// The size of the modulus is outside of the policy.
    case modulusSize(bitCount: Int, minimum: Int, maximum: Int)
    /// The modulus is even, so it is not a product of odd primes.
    case evenModulus
    /// The exponent is 1.
    case exponentTooSmall
    /// The exponent is 2^32 or more.
    case exponentTooLarge(byteCount: Int)
    /// The exponent is even, so it has no inverse.
    case evenExponent

    // Signatures.

    /// The digest does not have the length of the hash function's output.
    case digestLength(expected: Int, actual: Int)
    /// The signature does not have the length of the modulus.
    case signatureLength(expected: Int, actual: Int)
    /// The signature, as a number, is not less than the modulus.
    case signatureNotBelowModulus
    /// PKCS #1 v1.5: the modulus is too short for the encoding of this digest. Both values are in bytes.
    case modulusTooShort(needed: Int, actual: Int)
    /// PKCS #1 v1.5: the encoded message is not the expected one.
    case encodedMessageMismatch
    /// PSS: the salt length is negative, or too long for this modulus and hash. Both values are in bytes.
    case pssSaltLength(maximum: Int, actual: Int)
    /// PSS: the last byte is not 0xBC.
    case pssTrailer
    /// PSS: bits above the encoded message's length are not zero.
    case pssLeadingBits
    /// PSS: the zeros or the 0x01 before the salt are not at the positions that the salt length requires.
    case pssPadding
    /// PSS: the hash value does not match the digest and the salt.
    case pssHashMismatch
}
