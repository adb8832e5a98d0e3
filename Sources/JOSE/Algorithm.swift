// Algorithm.swift - the signature algorithms that exist here.
//
// Spec:    RFC 7518 §3.1; RFC 8037 §3.1 (EdDSA); RFC 8725 §3.1, §3.2; security-checklist 6, 16.
// Secret:  no.
// Reads:   Bytes, EllipticCurves. Read by: JOSEHeader, JSONWebKey, SignatureVerification.
//
// HMAC and `none` are not refused here: they have no code that could be reached.

import Bytes
import EllipticCurves

/// An algorithm of RFC 7518 §3.1 or RFC 8037 §3.1. Raw values are the order of the list, nothing else.
public enum Algorithm: Sendable, Equatable, CaseIterable {
    case rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, edDSA

    /// The name as `alg` spells it.
    public var name: StaticString {
        switch self {
        case .rs256: "RS256"
        case .rs384: "RS384"
        case .rs512: "RS512"
        case .ps256: "PS256"
        case .ps384: "PS384"
        case .ps512: "PS512"
        case .es256: "ES256"
        case .es384: "ES384"
        case .es512: "ES512"
        case .edDSA: "EdDSA"
        }
    }

    /// The algorithm of a name, compared in exact case; nil for every other name.
    public init?(name: Span<UInt8>) {
        for algorithm in Algorithm.allCases where bytesEqual(name, algorithm.name) {
            self = algorithm
            return
        }
        return nil
    }

    /// The key type that the algorithm needs.
    var keyType: KeyType {
        switch self {
        case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512: .rsa
        // RFC 7518 §3.4: each has one curve.
        case .es256: .ec(.p256)
        case .es384: .ec(.p384)
        case .es512: .ec(.p521)
        // RFC 8037 §3.1 has Ed448 besides, which is not here.
        case .edDSA: .ed25519
        }
    }
}

/// What a key is made of (RFC 7518 §6.1, with the curve where there is one).
enum KeyType: Sendable, Equatable {
    case rsa
    case ec(Curve)
    case ed25519
}
