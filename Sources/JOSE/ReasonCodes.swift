// ReasonCodes.swift - the stable reason code of each error. REASONS.md explains the codes.
//
// Spec:    STYLE 2.4; AUDIT 29 (a log has words, no values).
// Secret:  no.
// Reads:   JOSEError. Read by: Authorizer.

extension JOSEError {
    /// A stable code for logs and, on a Deny, for the caller.
    public var reasonCode: StaticString {
        switch self {
        case .tokenTooLong: "token_too_long"
        case .tokenPartCount: "token_part_count"
        case .tokenPartEmpty: "token_part_empty"
        case .headerEncoding: "token_header_encoding"
        case .headerJSON: "token_header_json"
        case .headerNotObject: "token_header_not_object"
        case .payloadEncoding: "token_payload_encoding"
        case .payloadJSON: "token_payload_json"
        case .payloadNotObject: "token_payload_not_object"
        case .signatureEncoding: "token_signature_encoding"
        case .algMissing: "header_alg_missing"
        case .headerType(let member): Self.headerTypeCode(member)
        case .algNotAllowed: "header_alg_not_allowed"
        case .headerNotSupported(let member): Self.headerNotSupportedCode(member)
        case .kidTooLong: "header_kid_too_long"
        case .signerMismatch: "signer_mismatch"
        case .kidForm: "header_kid_form"
        case .unknownKey: "key_unknown"
        case .keyAmbiguous: "key_ambiguous"
        case .keyAlgorithmMismatch: "key_algorithm_mismatch"
        case .signatureMismatch: "signature_mismatch"
        case .claimMissing(let claim): Self.claimMissingCode(claim)
        case .claimType(let claim): Self.claimTypeCode(claim)
        case .claimRange(let claim): Self.claimRangeCode(claim)
        case .expired: "token_expired"
        case .notYetValid: "token_not_yet_valid"
        case .issuedInFuture: "token_issued_in_future"
        case .tooOld: "token_too_old"
        case .remainingTooShort: "token_remaining_too_short"
        case .issuedBeforeCutoff: "token_issued_before_cutoff"
        case .lifetimeTooLong: "token_lifetime_too_long"
        case .issuerMismatch: "issuer_mismatch"
        case .audienceMismatch: "audience_mismatch"
        case .tenantMismatch: "tenant_mismatch"
        case .tokenTypeMismatch: "token_type_mismatch"
        case .idToken: "token_is_id_token"
        case .keySetTooLong: "keyset_too_long"
        case .keySetJSON: "keyset_json"
        case .keySetForm: "keyset_form"
        case .keySetTooManyKeys: "keyset_too_many_keys"
        case .keyMember: "key_member"
        }
    }

    private static func headerTypeCode(_ member: HeaderMember) -> StaticString {
        switch member {
        case .alg: "header_alg_type"
        case .kid: "header_kid_type"
        case .typ: "header_typ_type"
        case .cty: "header_cty_type"
        case .crit, .b64, .enc, .zip, .other: "header_member_type"
        }
    }

    private static func headerNotSupportedCode(_ member: HeaderMember) -> StaticString {
        switch member {
        case .crit: "header_crit"
        case .b64: "header_b64"
        case .enc: "header_enc"
        case .zip: "header_zip"
        case .cty: "header_nested"
        case .alg, .kid, .typ, .other: "header_member"
        }
    }

    private static func claimMissingCode(_ claim: Claim) -> StaticString {
        switch claim {
        case .iss: "claim_iss_missing"
        case .aud: "claim_aud_missing"
        case .exp: "claim_exp_missing"
        case .iat: "claim_iat_missing"
        default: "claim_missing"
        }
    }

    private static func claimTypeCode(_ claim: Claim) -> StaticString {
        switch claim {
        case .iss: "claim_iss_type"
        case .sub: "claim_sub_type"
        case .aud: "claim_aud_type"
        case .exp: "claim_exp_type"
        case .nbf: "claim_nbf_type"
        case .iat: "claim_iat_type"
        case .jti: "claim_jti_type"
        case .clientID: "claim_client_id_type"
        case .tokenUse: "claim_token_use_type"
        case .nonce, .atHash, .other: "claim_type"
        }
    }

    private static func claimRangeCode(_ claim: Claim) -> StaticString {
        switch claim {
        case .exp: "claim_exp_range"
        case .nbf: "claim_nbf_range"
        case .iat: "claim_iat_range"
        default: "claim_range"
        }
    }
}
