// Algorithm.swift - the supported signature algorithms.
//
// Spec:    RFC 7518 §3.1; RFC 9964 §4; RFC 8725 §3.1, §3.2; AUDIT 6, 16.
// Secret:  no.
// Reads:   AlgorithmNames; Bytes, EllipticCurves. Read by: JOSEHeader, JSONWebKey, VerifiedToken; Authorizer,
//          Settings, Reports, Conformance.
//
// HMAC and `none` are not implemented, so no check is needed that rejects them.

import Bytes
import EllipticCurves

/// An algorithm of RFC 7518 §3.1, RFC 8037 §3.1 or RFC 9964 §4. Raw values are the order of the list, nothing else.
public enum Algorithm: Sendable, Equatable, CaseIterable {
    case rs256, rs384, rs512, ps256, ps384, ps512, es256, es384, es512, edDSA, mldsa44, mldsa65, mldsa87

    /// The algorithm with this name, compared case-sensitively; nil for any other name.
    public init?(name: Span<UInt8>) {
        guard !bytesEqual(name, "RS256") else {
            self = .rs256
            return
        }
        guard let other = Algorithm.other(named: name) else { return nil }
        self = other
    }

    /// The key type that the algorithm needs.
    var keyType: KeyType { self == .rs256 ? .rsa : otherKeyType }
}

/// The type of key that an algorithm needs (RFC 7518 §6.1), with the curve or the parameter set if the type has
/// several.
enum KeyType: Sendable, Equatable {
    case rsa
    case ec(Curve)
    case ed25519
    /// RFC 9964: a key pair of one algorithm.
    case algorithmKeyPair(Algorithm)
}
