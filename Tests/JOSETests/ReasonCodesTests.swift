import Testing

@testable import JOSE

/// The reason codes are an interface: logs and callers read them (AUDIT 50).
@Suite struct ReasonCodesTests {
    private static let codes: [(JOSEError, String)] = [
        (.tokenTooLong(limit: 1, actual: 2), "token_too_long"), (.tokenPartCount(5), "token_part_count"),
        (.tokenPartEmpty, "token_part_empty"), (.headerEncoding(.invalidPadding), "token_header_encoding"),
        (.headerJSON(.unexpectedEnd), "token_header_json"), (.headerNotObject, "token_header_not_object"),
        (.payloadEncoding(.invalidPadding), "token_payload_encoding"),
        (.payloadJSON(.unexpectedEnd), "token_payload_json"),
        (.payloadNotObject, "token_payload_not_object"),
        (.signatureEncoding(.invalidPadding), "token_signature_encoding"),
        (.algMissing, "header_alg_missing"), (.headerType(.alg), "header_alg_type"),
        (.headerType(.kid), "header_kid_type"), (.headerType(.typ), "header_typ_type"),
        (.headerType(.cty), "header_cty_type"), (.algNotAllowed, "header_alg_not_allowed"),
        (.headerNotSupported(.crit), "header_crit"), (.headerNotSupported(.b64), "header_b64"),
        (.headerNotSupported(.enc), "header_enc"), (.headerNotSupported(.zip), "header_zip"),
        (.headerNotSupported(.cty), "header_nested"),
        (.kidTooLong(limit: 1, actual: 2), "header_kid_too_long"), (.unknownKey, "key_unknown"),
        (.keyAmbiguous(candidates: 2), "key_ambiguous"), (.keyAlgorithmMismatch, "key_algorithm_mismatch"),
        (.signatureMismatch(.rsa(.encodedMessageMismatch)), "signature_mismatch"),
        (.claimMissing(.iss), "claim_iss_missing"), (.claimMissing(.aud), "claim_aud_missing"),
        (.claimMissing(.exp), "claim_exp_missing"), (.claimMissing(.iat), "claim_iat_missing"),
        (.claimType(.iss), "claim_iss_type"), (.claimType(.sub), "claim_sub_type"),
        (.claimType(.aud), "claim_aud_type"), (.claimType(.exp), "claim_exp_type"),
        (.claimType(.nbf), "claim_nbf_type"), (.claimType(.iat), "claim_iat_type"),
        (.claimType(.jti), "claim_jti_type"), (.claimType(.tokenUse), "claim_token_use_type"),
        (.claimRange(.exp), "claim_exp_range"), (.claimRange(.nbf), "claim_nbf_range"),
        (.claimRange(.iat), "claim_iat_range"), (.expired(secondsAgo: 1), "token_expired"),
        (.notYetValid(secondsAhead: 1), "token_not_yet_valid"),
        (.issuedInFuture(secondsAhead: 1), "token_issued_in_future"),
        (.tooOld(maximumSeconds: 1), "token_too_old"),
        (.lifetimeTooLong(maximumSeconds: 1), "token_lifetime_too_long"),
        (.issuerMismatch, "issuer_mismatch"), (.audienceMismatch, "audience_mismatch"),
        (.tokenTypeMismatch, "token_type_mismatch"),
        (.keySetTooLong(limit: 1, actual: 2), "keyset_too_long"),
        (.keySetJSON(.unexpectedEnd), "keyset_json"), (.keySetForm, "keyset_form"),
        (.keySetTooManyKeys(limit: 1, actual: 2), "keyset_too_many_keys"), (.keyMember(.n), "key_member"),
    ]

    @Test func words() {
        for (error, code) in Self.codes { #expect("\(error.reasonCode)" == code) }
        #expect(Set(Self.codes.map(\.1)).count == Self.codes.count)
        for claim in [JOSEError.Claim.tokenUse, .nonce, .atHash] {
            #expect("\(JOSEError.idToken(claim).reasonCode)" == "token_is_id_token")
        }
    }
}
