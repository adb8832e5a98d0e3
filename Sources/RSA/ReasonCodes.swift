// ReasonCodes.swift - the stable reason code of each error.
//
// Spec:    none.
// Secret:  no.
// Reads:   RSAError. Read by: JOSE (SkipReason), X509, every module that logs.

extension RSAError {
    /// A stable code for logs.
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
