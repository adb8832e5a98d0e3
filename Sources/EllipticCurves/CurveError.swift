// CurveError.swift - why a key or a signature is rejected.
//
// Spec:    SEC 1 §2.3.4; SP 800-56A §5.6.2.3.3; FIPS 186-5 §6.4.2; RFC 8032 §5.1.3, §5.1.7.
// Secret:  no. Counts only.
// Reads:   nothing. Read by: the rest of EllipticCurves; KeyAgreement, JOSE, X509, Conformance.

/// The first check that failed.
public enum CurveError: Error, Equatable, Sendable {
    // Keys.

    /// The encoded point is not of the form 04 || X || Y: it is empty or begins with another byte.
    case pointFormat
    /// The encoded point is the point at infinity, which is not a valid key.
    case pointAtInfinity
    /// The encoded point does not have the length for its curve.
    case pointLength(expected: Int, actual: Int)
    /// A coordinate does not have the length for its curve.
    case coordinateLength(expected: Int, actual: Int)
    /// A coordinate is not less than p.
    case coordinateNotBelowPrime
    /// The coordinates do not satisfy the equation of the curve.
    case pointNotOnCurve
    /// Ed25519: x is 0 and its sign bit is set.
    case signOfZero
    /// Ed25519: the length of the key is not 32 bytes.
    case keyLength(expected: Int, actual: Int)
    /// Ed25519: a point of order 1, 2, 4 or 8. With such a key, signatures can be forged.
    case smallOrder

    // Signatures.

    /// The digest does not have the length of SHA-256, SHA-384 or SHA-512.
    case digestLength(actual: Int)
    /// The signature does not have the length for its curve.
    case signatureLength(expected: Int, actual: Int)
    /// ECDSA: r is 0, or not less than the order.
    case rOutOfRange
    /// ECDSA: s is 0, or not less than the order.
    case sOutOfRange
    /// Ed25519: S is not less than the order.
    case sNotCanonical
    /// The verification equation does not hold.
    case signatureMismatch

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .pointFormat: "curve_point_format"
        case .pointAtInfinity: "curve_point_infinity"
        case .pointLength: "curve_point_length"
        case .coordinateLength: "curve_coordinate_length"
        case .coordinateNotBelowPrime: "curve_coordinate_range"
        case .pointNotOnCurve: "curve_point_not_on_curve"
        case .signOfZero: "curve_sign_of_zero"
        case .keyLength: "curve_key_length"
        case .smallOrder: "curve_small_order"
        case .digestLength: "curve_digest_length"
        case .signatureLength: "curve_signature_length"
        case .rOutOfRange: "ecdsa_r_range"
        case .sOutOfRange: "ecdsa_s_range"
        case .sNotCanonical: "eddsa_s_range"
        case .signatureMismatch: "curve_signature_mismatch"
        }
    }
}
