// KeyAgreementError.swift - errors of key agreement.
//
// Spec:    RFC 7748 §6.1; SP 800-56A rev. 3 §5.6.1.2.2, §5.6.2.3.3.
// Secret:  no: only counts, and properties of the peer's key.
// Reads:   EllipticCurves. Read by: X25519PrivateKey, ECDHPrivateKey; TLS, Conformance.

import EllipticCurves

/// The first check that failed.
public enum KeyAgreementError: Error, Equatable, Sendable {
    /// The curve is not P-256 or P-384.
    case curveNotOffered
    /// The number of random bytes is not the length of the curve's scalars.
    case privateKeyLength(expected: Int, actual: Int)
    /// The random bytes are 0, or not below the curve's order. The caller must retry with new ones.
    case privateKeyOutOfRange
    /// X25519: the length of the peer's key is not 32 bytes.
    case peerKeyLength(expected: Int, actual: Int)
    /// X25519: the peer's key is of small order, so the secret would be zero.
    case zeroSharedSecret
    /// ECDH: the peer's key is not a point of the curve.
    case peerKey(CurveError)

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .curveNotOffered: "agreement_curve"
        case .privateKeyLength: "agreement_private_key_length"
        case .privateKeyOutOfRange: "agreement_private_key_range"
        case .peerKeyLength: "agreement_peer_key_length"
        case .zeroSharedSecret: "agreement_zero_secret"
        case .peerKey(let error): error.reasonCode
        }
    }
}
