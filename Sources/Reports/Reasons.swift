// Reasons.swift - what each reason code means, and what to do about it.
//
// Spec:    none; the codes are those of Refusal and JOSEError.
// Secret:  no.
// Reads:   TextTable, Bytes. Read by: Explanation, SkippedKeyExplanation; Scripts/reasons writes REASONS.md from it.
//
// One literal, and not a list of values: such a list is built by code that is longer than its texts.

import Bytes

/// The steps of a decision, in their order.
enum Stage: Int, CaseIterable {
    case event, token, header, key, signature, claims, sender, rules, answer

    var title: StaticString {
        switch self {
        case .event: "the event is one of a caller that is served"
        case .token: "there is one token, of three parts"
        case .header: "the token's header is understood, its algorithm allowed"
        case .key: "the key that the token names is at hand"
        case .signature: "the signature holds under that key"
        case .claims: "the claims hold: times, issuer, audience"
        case .sender: "a token that is bound to its sender comes from it"
        case .rules: "the token has the right to call"
        case .answer: "the answer is one that allows"
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
    event_json|The event is not strict JSON (RFC 8259, no member twice), or passes a limit on members, elements or depth.|Check the test event; API Gateway's are well-formed. The limits are in LIMITS.md.
    event_not_object|The event is not a JSON object.|Check the test event.
    event_type_missing|The event has no "type" and is none of AppSync or IoT Core.|It does not come from an authorizer: attach the function as an authorizer, not as an integration.
    event_type_unknown|The event's "type" is neither TOKEN nor REQUEST.|Attach the function as a Lambda authorizer.
    event_version_unknown|The event's payload format is neither 1.0 nor 2.0.|Set the authorizer's payload format version to 2.0.
    event_member|A member that such an event must have is absent or of the wrong type.|Compare the event with Examples/.
    iot_policy_missing|IoT Core asks, and IOT_POLICY is not set.|Set IOT_POLICY to the policy that a device with a good token gets.
    sender_not_told|DPOP or MTLS is require, and this caller hands over neither the DPoP header nor the client's certificate.|Use an API Gateway authorizer of type REQUEST: one of type TOKEN is handed a single header.
    #token
    token_missing|There is no token at any of TOKEN_SOURCES.|The caller must send the token where TOKEN_SOURCES says; without that setting as "Authorization: Bearer" and the token.
    token_repeated|There are several values where one token may be (RFC 6750 section 2).|The caller, or a proxy on the way, sends the token twice, or in two places: send one.
    token_scheme|The header's value is not the scheme ("Bearer"), one space and a token.|The caller must send the scheme. For a bare token set TOKEN_SOURCES=header:Authorization: with the colon at its end.
    token_character|The token holds a byte that no token has.|Look for quotes, commas, spaces or a line break around the token.
    token_too_long|The token is longer than 16 KiB.|API Gateway ends at 10,240 bytes of headers: ask for fewer claims.
    token_part_count|The token has not exactly three parts.|Five parts are an encrypted token, which only its recipient can read; one is an opaque token: ask the issuer for a signed JWT.
    token_part_empty|A part of the token is empty.|An unsigned token ends in a dot; it is never accepted.
    #header
    token_header_encoding|The header is not strict base64url.|The token was changed or cut on its way.
    token_header_json|The header is not strict JSON, or passes a limit on members or depth.|The token was changed on its way, or its issuer writes a member twice or too many of them.
    token_header_not_object|The header is not a JSON object.|This is no JWT.
    header_alg_missing|The header names no algorithm.|This is no JWS (RFC 7515 section 4.1.1).
    header_alg_type|"alg" is not a string.|This is no JWS.
    header_alg_not_allowed|"alg" is none, HMAC, unknown here, or not in ALGORITHMS.|Have the issuer sign with an allowed algorithm, or allow its algorithm in ALGORITHMS.
    header_kid_type|"kid" is not a string.|Ask the issuer.
    signer_mismatch|"signer" of the header is absent, or no load balancer of ISSUER.|Compare it with the load balancer's ARN, byte for byte. Other tokens than those of x-amzn-oidc-data need another PROFILE.
    header_kid_form|"kid" is absent or no UUID, as load balancers' keys have.|The token was changed on its way.
    header_kid_too_long|"kid" is longer than 256 bytes.|Ask the issuer for a shorter key ID.
    header_typ_type|"typ" is not a string.|Ask the issuer.
    header_cty_type|"cty" is not a string.|Ask the issuer.
    header_member_type|A header member has the wrong type.|Ask the issuer.
    header_crit|The header has "crit": an extension that must be understood and is not.|Have the issuer leave it out.
    header_b64|The header has "b64" (RFC 7797).|JWTs must not use it: have the issuer leave it out.
    header_enc|The header has "enc": the token is encrypted.|Ask the issuer for a signed token.
    header_zip|The header has "zip": the payload is compressed.|Have the issuer leave compression out.
    header_nested|"cty" is JWT: a token within a token.|Ask the issuer for a plain signed token.
    header_member_not_supported|A header member changes what the token means.|Have the issuer leave it out.
    #key
    denied_kid|The key is on the list DENY_KIDS.|Somebody has stopped the tokens of this key: the caller must get a new one.
    keys_unavailable|There is no key set that may be used now.|See the log line "key fetch failed" for the reason; the next event after the cool-down tries again.
    issuer_unreadable|There are several issuers, and the token does not say whose it is: its payload is not a strict JSON object, passes a limit, or has no string "iss".|Each issuer must write "iss" into its tokens, and no claim twice; an issuer that does not write "iss" can only be the single issuer of a function.
    issuer_unknown|There are several issuers, and the token's "iss" is none of theirs. Nothing was fetched for it.|Compare iss and the issuers in the settings, byte for byte: a trailing slash counts.
    key_unknown|No key of the set has the token's "kid".|The token is of another issuer, tenant or environment, or its key was withdrawn: compare iss and JWKS_URI.
    key_ambiguous|The token names no key and several could be meant, or one ID stands for more than four keys.|Have the issuer set "kid".
    key_algorithm_mismatch|The named key is not one for the token's "alg".|The header was changed, or the key set says another "alg" than the issuer signs with.
    #signature
    token_signature_encoding|The signature is not strict base64url.|The token was changed or cut on its way.
    signature_mismatch|The signature does not hold under the named key.|The token was changed, or another issuer uses the same key ID: compare iss and JWKS_URI. Microsoft Graph tokens with a "nonce" header can be verified by Graph alone.
    #claims
    token_payload_encoding|The payload is not strict base64url.|The issuer signs something that is no JWT.
    token_payload_json|The payload is not strict JSON (RFC 8259, no claim twice), or passes a limit on claims, depth or the length of a number.|Have the issuer write each claim once, not twice, and fewer or shorter claims if a limit is passed (LIMITS.md).
    token_payload_not_object|The payload is not a JSON object.|The issuer signs something that is no JWT.
    claim_exp_missing|The token has no "exp".|Tokens without an end are never accepted: have the issuer set one.
    claim_exp_type|"exp" is not a number.|Have the issuer write a NumericDate (seconds since 1970).
    claim_exp_range|"exp" is negative, or 2^53 and more.|Have the issuer write seconds, not milliseconds or nanoseconds.
    token_expired|The token has expired.|The caller must get a new one. If it is new, compare the clocks and CLOCK_SKEW_SECONDS.
    claim_nbf_type|"nbf" is not a number.|Have the issuer write a NumericDate.
    claim_nbf_range|"nbf" is negative, or 2^53 and more.|Have the issuer write seconds.
    token_not_yet_valid|The token is not valid yet.|Compare the issuer's clock and CLOCK_SKEW_SECONDS.
    claim_iat_missing|The token has no "iat", which a rule needs.|Have the issuer set it.
    claim_iat_type|"iat" is not a number.|Have the issuer write a NumericDate.
    claim_iat_range|"iat" is negative, or 2^53 and more.|Have the issuer write seconds.
    token_issued_in_future|The token was issued in the future.|Compare the issuer's clock and CLOCK_SKEW_SECONDS.
    token_remaining_too_short|The token ends sooner than TOKEN_MIN_REMAINING_SECONDS asks for.|The caller must get a new one.
    token_too_old|The token was issued too long ago.|The caller must get a new one.
    token_lifetime_too_long|From "iat" to "exp" is longer than allowed.|Have the issuer give shorter-lived tokens.
    claim_iss_missing|The token has no "iss", and ISSUER is set.|Have the issuer set it.
    claim_iss_type|"iss" is not a string.|Ask the issuer.
    issuer_mismatch|"iss" is not ISSUER.|Compare byte by byte: a trailing slash counts (Auth0 has one), so do http and https, and v1 and v2 of Entra ID.
    tenant_mismatch|"tid" is absent, not the tenant in "iss", or none of those that are taken.|Look at tenants of RULES. Microsoft writes the tenant into both: a token without is not one of its access tokens.
    claim_aud_missing|The token has no "aud", and AUDIENCE is set.|Cognito's access tokens have none: with PROFILE=cognito client_id is compared. Auth0: ask for a token with an audience.
    claim_aud_type|"aud" is neither a string nor an array of strings.|Ask the issuer.
    audience_mismatch|"aud" has none of AUDIENCE.|The token is for another service, or it is an ID token, whose audience is the client.
    claim_sub_type|"sub" is not a string.|Ask the issuer.
    claim_jti_type|"jti" is not a string.|Ask the issuer.
    claim_token_use_type|"token_use" is not a string.|Ask the issuer.
    claim_missing|A claim that is required is absent or empty.|PROFILES.md says which ones a profile needs; another kind of token lacks them.
    claim_type|A claim has the wrong type.|Ask the issuer.
    claim_range|A date is out of range.|Ask the issuer.
    token_type_mismatch|The token's own word for its type ("typ", "token_use") is not a wanted one, or absent.|Ask the issuer for an access token.
    token_is_id_token|The token is an ID token.|The caller must send the access token instead.
    denied_jti|The token is on the list DENY_JTIS.|Somebody has stopped this token: the caller must get a new one.
    denied_subject|The token's subject is on the list DENY_SUBJECTS.|Somebody has stopped this subject's tokens.
    denied_client|The token's client is on the list DENY_CLIENTS.|Somebody has stopped this client's tokens.
    claim_client_id_type|A claim that names the client is not a string, and DENY_CLIENTS is set.|Ask the issuer.
    token_issued_before_cutoff|The token was issued before ISSUED_NOT_BEFORE.|Somebody has stopped the issuer's older tokens: the caller must get a new one.
    #sender
    claim_cnf_type|"cnf" is not an object, or its "jkt" or "x5t#S256" is not a string.|Ask the issuer.
    dpop_off|The token is bound to a key (DPoP), and DPOP is off: nobody would look whether its sender has the key.|Set DPOP=accept. To take such tokens from anybody, as servers do that do not know of DPoP, set DPOP=ignore.
    dpop_downgrade|The token is bound to a key (DPoP) and came with the scheme "Bearer".|The client must send it with the scheme "DPoP" and a proof (RFC 9449 section 7.1).
    dpop_required|DPOP is require, and the token came with the scheme "Bearer".|The client must get a token that is bound to its key, and send it with the scheme "DPoP" and a proof.
    dpop_token_not_bound|The token came with the scheme "DPoP" and is not bound to a key ("cnf" with "jkt").|The client must send a proof when it gets the token, too; an authorization server that knows nothing of DPoP gives tokens that are not bound.
    dpop_not_told|This caller hands over no DPoP header, or does not say what was called.|Use an API Gateway authorizer of type REQUEST, or one of an HTTP API.
    dpop_missing|There is no DPoP header.|The client must send a proof with each request.
    dpop_repeated|There is more than one DPoP header.|The client, or a proxy on the way, sends it twice: send one.
    dpop_form|The proof is not a well-formed JWT, or has more than 8 KiB.|Compare it with RFC 9449 section 4.2.
    dpop_typ|The proof's "typ" is not dpop+jwt.|The client sends another kind of token as a proof.
    dpop_alg|The proof's "alg" is absent, none, HMAC, or unknown here.|The client must sign with RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 or EdDSA (Ed25519).
    dpop_jwk_missing|The proof's header has no "jwk".|The client must put its public key there.
    dpop_jwk_private|The proof's "jwk" holds a private key.|That key is lost: the client must make a new one, and get tokens that are bound to it.
    dpop_jwk|The proof's "jwk" is no key that signatures are verified with here.|RSA keys have 2048 to 8192 bits; curves are P-256, P-384, P-521 and Ed25519.
    dpop_jwk_alg|The proof's "jwk" is not one for its "alg".|Look at the client's library.
    dpop_signature|The proof's signature does not hold under its key.|The proof was changed on its way, or the client signs with another key than it shows.
    dpop_claim_missing|The proof lacks one of "htm", "htu", "iat", "jti", "ath".|"ath" is needed with an access token: the client may use a library that makes proofs for the token endpoint alone.
    dpop_claim_type|One of the proof's "htm", "htu", "iat", "jti", "ath", "exp", "nbf" has the wrong type.|Look at the client's library.
    dpop_htm|The proof's "htm" is not the method that was called.|Methods are in capital letters, and a proof is for one method.
    dpop_htu|The proof's "htu" is not the URI that was called.|Behind a proxy, CloudFront or an API mapping set DPOP_ORIGINS to what your clients put before the route's path.
    dpop_uri_unknown|The event does not say which URI was called.|Set DPOP_ORIGINS.
    dpop_too_old|The proof was made too long ago.|The client must make one for each request; compare the clocks and DPOP_MAX_AGE_SECONDS.
    dpop_in_future|The proof was made in the future.|Compare the client's clock and CLOCK_SKEW_SECONDS.
    dpop_expired|The proof has an "exp", and that time has passed.|The client must make a proof for each request; compare the clocks and CLOCK_SKEW_SECONDS.
    dpop_not_yet_valid|The proof has an "nbf", and that time has not come.|Compare the client's clock and CLOCK_SKEW_SECONDS.
    dpop_ath|The proof's "ath" is not the hash of this token.|The client must make the proof for the token that it sends, after it was renewed too.
    dpop_key_mismatch|The token is bound to another key than the proof's.|The client has made a new key since it got the token, or the token is somebody else's.
    dpop_replayed|The proof was used before.|The client must make one for each request, a repeated one too.
    mtls_off|The token is bound to a certificate, and MTLS is off: nobody would look whether its sender has it.|Set MTLS=accept. To take such tokens from anybody set MTLS=ignore.
    mtls_token_not_bound|MTLS is require, and the token is not bound to a certificate ("cnf" with "x5t#S256").|The client must authenticate with its certificate when it gets the token, and the issuer must bind tokens.
    mtls_certificate_missing|The token is bound to a certificate, and the gateway hands over none.|Turn mutual TLS on for the custom domain, turn the API's own address off, and use an authorizer of type REQUEST.
    mtls_certificate_form|What the gateway hands over is not one certificate in PEM.|Compare the event with Examples/.
    mtls_certificate_mismatch|The token is bound to another certificate than the client's.|The client has a new certificate since it got the token, or the token is somebody else's.
    #rules
    scope_missing|The token lacks a scope of REQUIRED_SCOPES.|The caller must ask for the scope, and be granted it.
    principal_not_usable|The principal's claim has control characters or more than 1,024 bytes.|Choose another claim with PRINCIPAL_CLAIM.
    route_unknown|No rule matches the method and path that were called; no rule can match a method other than API Gateway's seven.|Compare them with `authorizer check-config`: a path with and a path without a slash at its end are two.
    route_denied|The most specific rule for what was called denies it.|Look at the rule that is named above; a more specific one comes before it.
    route_requirement|The token lacks what the rule for what was called asks for.|Compare the token's scopes, roles and claims with the part that is named above; scope_claims and role_claims say where they are looked for.
    route_path|The path that was called may mean several things: //, . or .. as a segment or before a ;, a backslash, a control character, or an escape of /, \\ or a control character.|Nothing allows such a path. The caller must write it plainly.
    answer_too_long|The answer would be longer than POLICY_MAX_BYTES (for a WebSocket API 8 KB), even with nothing but this call in its policy.|Put fewer claims into CONTEXT_CLAIMS, or fewer ARNs into RESOURCE.
    #answer
    route_not_expressible|The rules allow the call, and no policy can name it without allowing more: its ARN has more than 512 bytes, or a *, ? or $ in its path.|Turn the gateway's result cache off and set RESULT_CACHE=off, or have the client escape these characters.
    resource_not_covered|RESOURCE does not match what is called.|Compare RESOURCE with the ARN that is called: API, stage, method and path; a * at its end matches every path.
    answer_inconsistent|The answer that was written would have done something else than the decision. Everything is denied instead.|This is a fault of the authorizer: please report it with the settings and the event, without the token.
    token_expires_too_soon|The token ends within five minutes, the least that IoT Core keeps a connection.|The device must get a new token first; have the issuer give tokens for longer.
    allowed|The request is let through.|
    """
