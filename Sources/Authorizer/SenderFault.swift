// SenderFault.swift - why a proof of possession was not accepted.
//
// Spec:    RFC 7800 §3.1; RFC 9449 §4.3, §7.1, §7.2; RFC 8705 §3.
// Secret:  no: counts and seconds.
// Reads:   JOSE (DPoPError). Read by: Refusal, SenderCheck, the commands.

import JOSE

extension Refusal {
    /// Why a sender-constrained token, or its proof of possession, was not accepted.
    public enum SenderFault: Equatable, Sendable {
        /// `cnf`, `cnf.jkt` or `cnf.x5t#S256` has the wrong type.
        case confirmationType
        /// The token is bound to a DPoP key, and DPOP is off.
        case dpopOff
        /// The token is bound to a DPoP key and came as a bearer token (RFC 9449 §7.2).
        case dpopDowngrade
        /// DPOP is `require`, and the token came as a bearer token.
        case dpopRequired
        /// A token with the scheme DPoP is not bound to a key.
        case dpopNotBound
        /// The caller's event contains no headers, or no method and URI.
        case dpopHeaderUnavailable
        case proofMissing
        case proofRepeated(count: Int)
        case proof(DPoPError)
        case proofMethod
        case proofURI
        /// The event does not contain the called host, and DPOP_ORIGINS is not set.
        case proofURIUnknown
        case proofTooOld(secondsAgo: Int64)
        case proofInFuture(secondsAhead: Int64)
        case proofTokenHash
        case proofKey
        case proofReplayed
        /// The token is bound to a certificate, and MTLS is off.
        case mtlsOff
        /// MTLS is `require`, and the token is not bound to a certificate.
        case mtlsNotBound
        /// The gateway's event contains no certificate.
        case certificateMissing
        /// The PEM text does not contain exactly one certificate.
        case certificateForm
        case certificateMismatch

        var reasonCode: StaticString {
            switch self {
            case .confirmationType: "claim_cnf_type"
            case .dpopOff: "dpop_off"
            case .dpopDowngrade: "dpop_downgrade"
            case .dpopRequired: "dpop_required"
            case .dpopNotBound: "dpop_token_not_bound"
            case .dpopHeaderUnavailable: "dpop_not_told"
            case .proofMissing: "dpop_missing"
            case .proofRepeated: "dpop_repeated"
            case .proof(let error): error.reasonCode
            case .proofMethod: "dpop_htm"
            case .proofURI: "dpop_htu"
            case .proofURIUnknown: "dpop_uri_unknown"
            case .proofTooOld: "dpop_too_old"
            case .proofInFuture: "dpop_in_future"
            case .proofTokenHash: "dpop_ath"
            case .proofKey: "dpop_key_mismatch"
            case .proofReplayed: "dpop_replayed"
            case .mtlsOff: "mtls_off"
            case .mtlsNotBound: "mtls_token_not_bound"
            case .certificateMissing: "mtls_certificate_missing"
            case .certificateForm: "mtls_certificate_form"
            case .certificateMismatch: "mtls_certificate_mismatch"
            }
        }
    }
}
