// CurveError.swift - why a key or a signature is refused.
//
// Spec:    SEC 1 §2.3.4; SP 800-56A §5.6.2.3.3; FIPS 186-5 §6.4.2; RFC 8032 §5.1.3, §5.1.7.
// Secret:  no. Counts only.
// Reads:   nothing. Read by: the rest of EllipticCurves, KeyAgreement, JOSE, X509.

/// The first check that failed.
public enum CurveError: Error, Equatable, Sendable {
    // Keys.

    /// The encoded point is not 04 || X || Y: another first byte, or none.
    case pointFormat
    /// The encoded point is the point at infinity, which is no key.
    case pointAtInfinity
    /// The encoded point has not the length of its curve's points.
    case pointLength(expected: Int, actual: Int)
    /// A coordinate has not the length of its curve's coordinates.
    case coordinateLength(expected: Int, actual: Int)
    /// A coordinate is p or more.
    case coordinateNotBelowPrime
    /// The coordinates do not satisfy the curve's equation.
    case pointNotOnCurve
    /// Ed25519: x is 0 and its sign bit is set.
    case signOfZero
    /// Ed25519: the key has not 32 bytes.
    case keyLength(expected: Int, actual: Int)
    /// Ed25519: a point of order 1, 2, 4 or 8, under which anything can be signed.
    case smallOrder

    // Signatures.

    /// The digest has not the length of SHA-256, SHA-384 or SHA-512.
    case digestLength(actual: Int)
    /// The signature has not the length of its curve's signatures.
    case signatureLength(expected: Int, actual: Int)
    /// ECDSA: r is 0, or the order or more.
    case rOutOfRange
    /// ECDSA: s is 0, or the order or more.
    case sOutOfRange
    /// Ed25519: S is the order or more.
    case sNotCanonical
    /// The equation does not hold.
    case signatureMismatch

    /// A stable word for logs.
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
