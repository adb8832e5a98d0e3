// KeyAgreementError.swift - why there is no shared secret.
//
// Spec:    RFC 7748 §6.1; SP 800-56A rev. 3 §5.6.1.2.2, §5.6.2.3.3.
// Secret:  no. Counts only, and what the peer sent.
// Reads:   EllipticCurves. Read by: X25519, ECDH, TLS.

import EllipticCurves

/// The first check that failed.
public enum KeyAgreementError: Error, Equatable, Sendable {
    /// Key agreement is offered on P-256 and P-384.
    case curveNotOffered
    /// The random bytes have not the length of the curve's scalars.
    case privateKeyLength(expected: Int, actual: Int)
    /// The random bytes are 0, or the curve's order or more: draw others.
    case privateKeyOutOfRange
    /// X25519: the peer's key has not 32 bytes.
    case peerKeyLength(expected: Int, actual: Int)
    /// X25519: the peer's key is of small order, so the secret would be zero.
    case zeroSharedSecret
    /// ECDH: the peer's key is no point of the curve.
    case peerKey(CurveError)

    /// A stable word for logs.
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
