// SkipReason.swift - why a key of a set is skipped.
//
// Spec:    RFC 7517 §5: an implementation should ignore keys that it does not understand.
// Secret:  no: counts alone.
// Reads:   Bytes, RSA, EllipticCurves, MLDSA. Read by: JSONWebKey, KeySet, DPoPError, SkipReasonText; KeyFetching.

import Bytes
import EllipticCurves
import MLDSA
import RSA

/// Why a key of a set is skipped. The other keys of the set are used.
public enum SkipReason: Error, Equatable, Sendable {
    case notAnObject
    /// A member does not have the type that RFC 7517 requires.
    case memberType
    /// A symmetric key; no supported algorithm uses one (AUDIT 6).
    case symmetric
    /// The key set also contains the private key (AUDIT 20).
    case privateKey
    /// `kty` is not supported.
    case keyTypeNotSupported
    /// `crv` is not supported, or does not belong to the key's type.
    case curveNotSupported
    /// `use` is not `sig`.
    case notForSignatures
    /// `key_ops` lists operations, but not `verify`.
    case notForVerification
    /// `alg` is not supported, or does not belong to the key's type.
    case algorithmNotSupported
    case kidTooLong
    case missingMember
    case encoding(BytesError)
    case rsa(RSAError)
    case curve(CurveError)
    case mldsa(MLDSAError)
}
