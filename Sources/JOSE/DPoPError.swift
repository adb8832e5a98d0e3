// DPoPError.swift - why a DPoP proof is rejected.
//
// Spec:    RFC 9449 §4.3; RFC 7519 §4.1.4, §4.1.5.
// Secret:  no: names of members, never a value.
// Reads:   JOSEError, JSONWebKey. Read by: DPoPProof; Authorizer, Reports.

/// The first check that failed, among the checks that need only the proof and the current time.
public enum DPoPError: Error, Equatable, Sendable {
    /// Not a well-formed JWT.
    case form(JOSEError)
    /// `typ` is not dpop+jwt.
    case type
    /// `alg` is absent, none, HMAC, unknown, or not allowed.
    case algorithm
    /// The header has no `jwk`.
    case keyMissing
    /// `jwk` contains private key material.
    case privateKey
    /// `jwk` is not a supported public key.
    case key(SkipReason)
    /// `jwk` is not usable with the proof's `alg`.
    case keyAlgorithmMismatch
    case signature(JOSEError)
    case claimMissing(Claim)
    case claimType(Claim)
    /// The proof has an `exp` in the past.
    case expired(secondsAgo: Int64)
    /// The proof has an `nbf` in the future.
    case notYetValid(secondsAhead: Int64)

    /// The required claims of a proof, and the optional ones that are checked if present: `exp`, `nbf`.
    public enum Claim: Equatable, Sendable {
        case htm, htu, iat, jti, ath, exp, nbf

        public var name: StaticString {
            switch self {
            case .htm: "htm"
            case .htu: "htu"
            case .iat: "iat"
            case .jti: "jti"
            case .ath: "ath"
            case .exp: "exp"
            case .nbf: "nbf"
            }
        }
    }

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .form: "dpop_form"
        case .type: "dpop_typ"
        case .algorithm: "dpop_alg"
        case .keyMissing: "dpop_jwk_missing"
        case .privateKey: "dpop_jwk_private"
        case .key: "dpop_jwk"
        case .keyAlgorithmMismatch: "dpop_jwk_alg"
        case .signature: "dpop_signature"
        case .claimMissing: "dpop_claim_missing"
        case .claimType: "dpop_claim_type"
        case .expired: "dpop_expired"
        case .notYetValid: "dpop_not_yet_valid"
        }
    }
}
