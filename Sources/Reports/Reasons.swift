// Reasons.swift - what each reason code means, and what to do about it.
//
// Spec:    none; the codes are those of Refusal and JOSEError.
// Secret:  no.
// Reads:   TextTable, Bytes. Read by: Explanation, SkippedKeyExplanation, the script `reasons`.
//
// One literal, and not a list of values: such a list is built by code that is longer than its texts.

import Bytes

/// The steps of a decision, in their order.
enum Stage: Int, CaseIterable {
    case event, token, header, key, signature, claims, sender, rules, answer

    var title: StaticString {
        switch self {
        case .event: "the event comes from a supported caller"
        case .token: "there is exactly one token, of three parts"
        case .header: "the token's header is supported, its algorithm allowed"
        case .key: "the key for the token is available"
        case .signature: "the signature verifies with that key"
        case .claims: "the claims are valid: times, issuer, audience"
        case .sender: "a sender-constrained token has its proof of possession"
        case .rules: "the rules allow the token this call"
        case .answer: "the answer allows the call"
        }
    }
}

/// The explanation of a reason code.
struct Reason {
    let stage: Stage
    let meaning: [UInt8]
    /// Empty if there is nothing to do.
    let advice: [UInt8]

    /// - Parameter advice: empty if there is nothing to do.
    init(stage: Stage, meaning: [UInt8], advice: [UInt8]) {
        self.stage = stage
        self.meaning = meaning
        self.advice = advice
    }

    /// - Returns: nil for a code that is not of a decision.
    init?(_ code: StaticString) {
        var table = TextTable(reasonTexts)
        // The number of its heading.
        var stage = -1
        while let row = table.next() {
            let name = row[0]
            if name.first == 0x23 { stage += 1 }
            guard row.count == 3, bytesEqual(name.span, code) else { continue }
            guard let found = Stage(rawValue: stage) else { return nil }
            self.init(stage: found, meaning: row[1], advice: row[2])
            return
        }
        return nil
    }
}

/// Under each step its reasons, a line each: the code, its meaning, the advice.
// swift-format-ignore
private let reasonTexts: StaticString = """
    #event
    event_too_long|The event is longer than 256 KiB.|API Gateway's own events are far smaller: find out who invokes this function.
    event_json|The event is not strict JSON (RFC 8259, no duplicate member), or exceeds a limit on members, elements or depth.|Check the test event; API Gateway's are well-formed. The limits are in LIMITS.md.
    event_not_object|The event is not a JSON object.|Check the test event.
    event_type_missing|The event has no "type" and is not an event of AppSync or IoT Core.|It does not come from an authorizer: attach the function as an authorizer, not as an integration.
    event_type_unknown|The event's "type" is neither TOKEN nor REQUEST.|Attach the function as a Lambda authorizer.
    event_version_unknown|The event's payload format is neither 1.0 nor 2.0.|Set the authorizer's payload format version to 2.0.
    event_member|A required member of the event is absent or has the wrong type.|Compare the event with Examples/.
    iot_policy_missing|The event is from IoT Core, and IOT_POLICY is not set.|Set IOT_POLICY to the policy for devices with a valid token.
    sender_not_told|DPOP or MTLS is require, and this caller passes neither the DPoP header nor the client's certificate.|Use an API Gateway authorizer of type REQUEST: one of type TOKEN receives a single header.
    #token
    token_missing|There is no token at any of TOKEN_SOURCES.|The caller must send the token at one of TOKEN_SOURCES; the default is the header Authorization with "Bearer", one space and the token.
    token_repeated|There are several values where only one token is allowed (RFC 6750 section 2).|The caller, or a proxy on the way, sends the token twice, or in two places: send it once.
    token_scheme|The header's value is not the scheme ("Bearer"), one space and a token.|The caller must send the scheme. For tokens without a scheme set TOKEN_SOURCES=header:Authorization: with the colon at its end.
    token_character|The token contains a byte that tokens cannot contain.|Look for quotes, commas, spaces or a line break around the token.
    token_too_long|The token is longer than 16 KiB.|API Gateway limits headers to 10,240 bytes: request fewer claims.
    token_part_count|The token does not have exactly three parts.|Five parts are an encrypted token, which only its recipient can decrypt; one part is an opaque token: ask the issuer for a signed JWT.
    token_part_empty|A part of the token is empty.|An unsigned token ends in a dot; it is never accepted.
    #header
    token_header_encoding|The header is not strict base64url.|The token was changed or truncated on the way.
    token_header_json|The header is not strict JSON, or exceeds a limit on members or depth.|The token was changed on the way, or its issuer writes a member twice or too many of them.
    token_header_not_object|The header is not a JSON object.|This is not a JWT.
    header_alg_missing|The header does not name an algorithm.|This is not a JWS (RFC 7515 section 4.1.1).
    header_alg_type|"alg" is not a string.|This is not a JWS.
    header_alg_not_allowed|"alg" is "none", HMAC, unknown, or not in ALGORITHMS.|Have the issuer sign with an allowed algorithm, or allow its algorithm in ALGORITHMS.
    header_kid_type|"kid" is not a string.|Report this to the issuer.
    signer_mismatch|The header's "signer" is absent, or is not a load balancer of ISSUER.|Compare it with the load balancer's ARN, byte for byte. Tokens other than those of x-amzn-oidc-data need another PROFILE.
    header_kid_form|"kid" is absent or not a UUID, the form of load balancers' key IDs.|The token was changed on the way.
    header_kid_too_long|"kid" is longer than 256 bytes.|Ask the issuer for a shorter key ID.
    header_typ_type|"typ" is not a string.|Report this to the issuer.
    header_cty_type|"cty" is not a string.|Report this to the issuer.
    header_member_type|A header member has the wrong type.|Report this to the issuer.
    header_crit|The header has "crit": an extension that must be understood and is not supported.|Have the issuer omit it.
    header_b64|The header has "b64" (RFC 7797).|JWTs must not use it: have the issuer omit it.
    header_enc|The header has "enc": the token is encrypted.|Ask the issuer for a signed token.
    header_zip|The header has "zip": the payload is compressed.|Have the issuer send the payload uncompressed.
    header_nested|"cty" is JWT: the token contains another token.|Ask the issuer for a plain signed token.
    header_member_not_supported|A header member changes the token's meaning and is not supported.|Have the issuer omit it.
    #key
    denied_kid|The key is in the list DENY_KIDS.|Tokens of this key are blocked in the settings: the caller must get a new one.
    keys_unavailable|No usable key set is available now.|See the log line "key fetch failed" for the reason; the next event after the back-off tries again.
    issuer_unreadable|There are several issuers, and the token's issuer cannot be read: its payload is not a strict JSON object, exceeds a limit, or has no string "iss".|Each issuer must write "iss" into its tokens, and no claim twice; an issuer that does not write "iss" can only be the single issuer of a function.
    issuer_unknown|There are several issuers, and the token's "iss" is not one of them. Nothing was fetched for it.|Compare iss with the issuers in the settings, byte for byte: a trailing slash counts.
    key_unknown|No key of the set has the token's "kid".|The token is from another issuer, tenant or environment, or its key was withdrawn: compare iss and JWKS_URI.
    key_ambiguous|The token does not name a key and several match, or more than four keys have its key ID.|Have the issuer set "kid".
    key_algorithm_mismatch|The named key cannot be used with the token's "alg".|The header was changed, or the key set declares another "alg" than the issuer signs with.
    #signature
    token_signature_encoding|The signature is not strict base64url.|The token was changed or truncated on the way.
    signature_mismatch|The signature does not verify with the named key.|The token was changed, or another issuer uses the same key ID: compare iss and JWKS_URI. Only Microsoft Graph can verify its own tokens, which have a "nonce" header.
    #claims
    token_payload_encoding|The payload is not strict base64url.|The issuer signs something other than a JWT.
    token_payload_json|The payload is not strict JSON (RFC 8259, no duplicate claim), or exceeds a limit on claims, depth or the length of a number.|Have the issuer write each claim once, and fewer or shorter claims if a limit is exceeded (LIMITS.md).
    token_payload_not_object|The payload is not a JSON object.|The issuer signs something other than a JWT.
    claim_exp_missing|The token has no "exp".|Tokens without an expiry are never accepted: have the issuer set one.
    claim_exp_type|"exp" is not a number.|Have the issuer write a NumericDate (seconds since 1970).
    claim_exp_range|"exp" is negative, or 2^53 or more.|Have the issuer write seconds, not milliseconds or nanoseconds.
    token_expired|The token has expired.|The caller must get a new one. If it is new, compare the clocks and CLOCK_SKEW_SECONDS.
    claim_nbf_type|"nbf" is not a number.|Have the issuer write a NumericDate.
    claim_nbf_range|"nbf" is negative, or 2^53 or more.|Have the issuer write seconds.
    token_not_yet_valid|The token is not valid yet.|Compare the issuer's clock and CLOCK_SKEW_SECONDS.
    claim_iat_missing|The token has no "iat", which a setting requires.|Have the issuer set it.
    claim_iat_type|"iat" is not a number.|Have the issuer write a NumericDate.
    claim_iat_range|"iat" is negative, or 2^53 or more.|Have the issuer write seconds.
    token_issued_in_future|The token was issued in the future.|Compare the issuer's clock and CLOCK_SKEW_SECONDS.
    token_remaining_too_short|The token expires sooner than TOKEN_MIN_REMAINING_SECONDS allows.|The caller must get a new one.
    token_too_old|The token was issued too long ago.|The caller must get a new one.
    token_lifetime_too_long|The time from "iat" to "exp" is longer than allowed.|Have the issuer issue shorter-lived tokens.
    claim_iss_missing|The token has no "iss", and ISSUER is set.|Have the issuer set it.
    claim_iss_type|"iss" is not a string.|Report this to the issuer.
    issuer_mismatch|"iss" is not ISSUER.|Compare byte for byte: a trailing slash counts (Auth0 has one), and so do http and https, and v1 and v2 of Entra ID.
    tenant_mismatch|"tid" is absent, not the tenant in "iss", or not an accepted tenant.|Check tenants in RULES. Microsoft writes the tenant into both claims: a token without it is not one of its access tokens.
    claim_aud_missing|The token has no "aud", and AUDIENCE is set.|Cognito's access tokens do not have "aud": with PROFILE=cognito client_id is compared instead. Auth0: request a token with an audience.
    claim_aud_type|"aud" is neither a string nor an array of strings.|Report this to the issuer.
    audience_mismatch|"aud" contains no value of AUDIENCE.|The token is for another service, or it is an ID token, whose audience is the client.
    claim_sub_type|"sub" is not a string.|Report this to the issuer.
    claim_jti_type|"jti" is not a string.|Report this to the issuer.
    claim_token_use_type|"token_use" is not a string.|Report this to the issuer.
    claim_missing|A required claim is absent or empty.|PROFILES.md lists the claims that a profile requires; another kind of token lacks them.
    claim_type|A claim has the wrong type.|Report this to the issuer.
    claim_range|A date is out of range.|Report this to the issuer.
    token_type_mismatch|The token's type ("typ" or "token_use") is absent or not an accepted one.|Ask the issuer for an access token.
    token_is_id_token|The token is an ID token.|The caller must send the access token instead.
    denied_jti|The token is in the list DENY_JTIS.|This token is blocked in the settings: the caller must get a new one.
    denied_subject|The token's subject is in the list DENY_SUBJECTS.|This subject's tokens are blocked in the settings.
    denied_client|The token's client is in the list DENY_CLIENTS.|This client's tokens are blocked in the settings.
    claim_client_id_type|A claim that names the client is not a string, and DENY_CLIENTS is set.|Report this to the issuer.
    token_issued_before_cutoff|The token was issued before ISSUED_NOT_BEFORE.|The issuer's older tokens are blocked in the settings: the caller must get a new one.
    #sender
    claim_cnf_type|"cnf" is not an object, or its "jkt" or "x5t#S256" is not a string.|Report this to the issuer.
    dpop_off|The token is bound to a key (DPoP), and DPOP is off: possession of the key would not be checked.|Set DPOP=accept. To accept such tokens without proof, as servers without DPoP do, set DPOP=ignore.
    dpop_downgrade|The token is bound to a key (DPoP) and was sent with the scheme "Bearer".|The client must send it with the scheme "DPoP" and a proof (RFC 9449 section 7.1).
    dpop_required|DPOP is require, and the token was sent with the scheme "Bearer".|The client must get a token that is bound to its key, and send it with the scheme "DPoP" and a proof.
    dpop_token_not_bound|The token was sent with the scheme "DPoP" and is not bound to a key ("cnf" with "jkt").|The client must also send a proof when it requests the token; an authorization server without DPoP does not bind tokens.
    dpop_not_told|This caller does not pass the DPoP header, or not the called URI.|Use an API Gateway authorizer of type REQUEST, or one of an HTTP API.
    dpop_missing|There is no DPoP header.|The client must send a proof with each request.
    dpop_repeated|There is more than one DPoP header.|The client, or a proxy on the way, sends it twice: send one.
    dpop_form|The proof is not a well-formed JWT, or is longer than 8 KiB.|Compare it with RFC 9449 section 4.2.
    dpop_typ|The proof's "typ" is not dpop+jwt.|The client sends another kind of token as a proof.
    dpop_alg|The proof's "alg" is absent, "none", HMAC, or unknown.|The client must sign with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA (Ed25519); with ML-DSA-44, ML-DSA-65 or ML-DSA-87 only if ALGORITHMS names it.
    dpop_jwk_missing|The proof's header has no "jwk".|The client must put its public key there.
    dpop_jwk_private|The proof's "jwk" contains a private key.|That key is compromised: the client must create a new one, and get tokens that are bound to it.
    dpop_jwk|The proof's "jwk" is not a supported public key.|RSA keys have 2048 to 8192 bits; curves are P-256, P-384, P-521 and Ed25519; an ML-DSA key has the length of its "alg".
    dpop_jwk_alg|The proof's "jwk" cannot be used with its "alg".|Check the client's library.
    dpop_signature|The proof's signature does not verify with its key.|The proof was changed on the way, or the client signs with another key than the one in "jwk".
    dpop_claim_missing|The proof lacks one of "htm", "htu", "iat", "jti", "ath".|"ath" is required with an access token: the client may use a library that creates proofs for the token endpoint only.
    dpop_claim_type|One of the proof's "htm", "htu", "iat", "jti", "ath", "exp", "nbf" has the wrong type.|Check the client's library.
    dpop_htm|The proof's "htm" is not the called method.|Methods are in capital letters, and a proof is for one method.
    dpop_htu|The proof's "htu" is not the called URI.|With a proxy, CloudFront or an API mapping, set DPOP_ORIGINS to the part of the URI that clients write before the route's path.
    dpop_uri_unknown|The event does not contain the called URI.|Set DPOP_ORIGINS.
    dpop_too_old|The proof was created too long ago.|The client must create one for each request; compare the clocks and DPOP_MAX_AGE_SECONDS.
    dpop_in_future|The proof was created in the future.|Compare the client's clock and CLOCK_SKEW_SECONDS.
    dpop_expired|The proof's "exp" is in the past.|The client must create a proof for each request; compare the clocks and CLOCK_SKEW_SECONDS.
    dpop_not_yet_valid|The proof's "nbf" is in the future.|Compare the client's clock and CLOCK_SKEW_SECONDS.
    dpop_ath|The proof's "ath" is not the hash of this token.|The client must create the proof for the token that it sends, also after a renewal.
    dpop_key_mismatch|The token is bound to another key than the proof's.|The client has created a new key since it got the token, or the token was issued to another client.
    dpop_replayed|The proof was used before.|The client must create one for each request, also for a retry.
    mtls_off|The token is bound to a certificate, and MTLS is off: possession of the certificate would not be checked.|Set MTLS=accept. To accept such tokens without the certificate set MTLS=ignore.
    mtls_token_not_bound|MTLS is require, and the token is not bound to a certificate ("cnf" with "x5t#S256").|The client must authenticate with its certificate when it gets the token, and the issuer must bind tokens.
    mtls_certificate_missing|The token is bound to a certificate, and the gateway does not pass one.|Turn on mutual TLS for the custom domain, turn off the API's default endpoint, and use an authorizer of type REQUEST.
    mtls_certificate_form|The certificate that the gateway passes is not one certificate in PEM.|Compare the event with Examples/.
    mtls_certificate_mismatch|The token is bound to another certificate than the client's.|The client has a new certificate since it got the token, or the token was issued to another client.
    #rules
    scope_missing|The token lacks a scope of REQUIRED_SCOPES.|The caller must request the scope, and be granted it.
    principal_not_usable|The principal's claim contains control characters or is longer than 1,024 bytes.|Choose another claim with PRINCIPAL_CLAIM.
    route_unknown|No rule matches the called method and path; rules can only match API Gateway's seven methods.|Compare them with `authorizer check-config`: a path with and a path without a trailing slash are different.
    route_denied|The most specific rule for the call denies it.|Check the rule that is named above; a more specific rule takes precedence over it.
    route_requirement|The token does not meet the requirements of the rule for the call.|Compare the token's scopes, roles and claims with the part that is named above; scope_claims and role_claims name the claims that contain them.
    route_path|The called path is ambiguous: it has //, . or .. as a segment or before a ;, a backslash, a control character, or an escape of /, \\ or a control character.|No rule allows such a path. The caller must send an unambiguous one.
    answer_too_long|The answer would be longer than POLICY_MAX_BYTES (for a WebSocket API 8 KB), even if its policy only named this call.|Put fewer claims into CONTEXT_CLAIMS, or fewer ARNs into RESOURCE.
    #answer
    route_not_expressible|The rules allow the call, but no policy can name it without allowing more: its ARN has more than 512 bytes, or a *, ? or $ in its path.|Turn the gateway's result cache off and set RESULT_CACHE=off, or have the client escape these characters.
    resource_not_covered|RESOURCE does not match the called ARN.|Compare RESOURCE with the called ARN: API, stage, method and path; a * at its end matches every path.
    answer_inconsistent|The answer did not match the decision. Everything is denied instead.|This is a fault of the authorizer: please report it with the settings and the event, without the token.
    token_expires_too_soon|The token expires within five minutes, the shortest time that IoT Core keeps a connection.|The device must get a new token first; have the issuer issue longer-lived tokens.
    allowed|The request is allowed.|
    """
