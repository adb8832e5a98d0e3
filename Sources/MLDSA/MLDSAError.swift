// MLDSAError.swift - why a key or a signature is rejected.
//
// Spec:    FIPS 204 §5.3, §6.3, §7.2, Appendix C.
// Secret:  no. Counts only.
// Reads:   nothing. Read by: the rest of MLDSA, JOSE, Conformance.

/// The first check that failed.
public enum MLDSAError: Error, Equatable, Sendable {
    /// The key does not have the length for its parameter set.
    case keyLength(expected: Int, actual: Int)
    /// The signature does not have the length for the key's parameter set.
    case signatureLength(expected: Int, actual: Int)
    /// The context string is longer than 255 bytes.
    case contextLength(Int)
    /// A coefficient of z is γ1 - β or more, or its negative is.
    case zOutOfRange
    /// The number of ones in a polynomial of the hint ends before it begins, or past ω.
    case hintCount
    /// The places of the ones in a polynomial of the hint are not in ascending order.
    case hintOrder
    /// Bytes of the hint that are not used are not zero.
    case hintPadding
    /// Sampling took more output of SHAKE than `MLDSALimits` allows, which no honest input needs.
    case samplingLimit
    /// The verification equation does not hold.
    case signatureMismatch

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .keyLength: "mldsa_key_length"
        case .signatureLength: "mldsa_signature_length"
        case .contextLength: "mldsa_context_length"
        case .zOutOfRange: "mldsa_z_range"
        case .hintCount: "mldsa_hint_count"
        case .hintOrder: "mldsa_hint_order"
        case .hintPadding: "mldsa_hint_padding"
        case .samplingLimit: "mldsa_sampling_limit"
        case .signatureMismatch: "mldsa_signature_mismatch"
        }
    }
}
