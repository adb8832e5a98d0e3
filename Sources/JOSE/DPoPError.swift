// DPoPError.swift - why a proof is refused.
//
// Spec:    RFC 9449 §4.3.
// Secret:  no: names of members, never a value.
// Reads:   JOSEError, JSONWebKey. Read by: DPoPProof, Authorizer.

/// The first check of a proof that failed, of those that need nothing but the proof.
public enum DPoPError: Error, Equatable, Sendable {
    /// Not a well-formed JWT.
    case form(JOSEError)
    /// `typ` is not dpop+jwt.
    case type
    /// `alg` is absent, none, HMAC, unknown, or not allowed.
    case algorithm
    /// The header holds no `jwk`.
    case keyMissing
    /// `jwk` has a member that only its owner may know.
    case privateKey
    /// `jwk` is no key that signatures are verified with here.
    case key(SkipReason)
    /// `jwk` is not one for the proof's `alg`.
    case keyAlgorithmMismatch
    case signature(JOSEError)
    case claimMissing(Claim)
    case claimType(Claim)

    /// The claims that a proof must have.
    public enum Claim: Equatable, Sendable {
        case htm, htu, iat, jti, ath

        public var name: StaticString {
            switch self {
            case .htm: "htm"
            case .htu: "htu"
            case .iat: "iat"
            case .jti: "jti"
            case .ath: "ath"
            }
        }
    }

    /// A stable word for logs.
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
        }
    }
}
