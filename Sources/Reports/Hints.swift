// Hints.swift - hints: frequent causes of a refusal.
//
// Spec:    none; identity providers' documents (README "Hints").
// Secret:  no: a hint is a literal; no claim is printed (AUDIT 29).
// Reads:   Bytes. Read by: HintFinder, SkippedKeyExplanation, Explanation.
//
// Nothing here decides anything: the token's claims are read whether its signature held or not.

import Bytes

/// What people get wrong, in the order in which hints are printed.
enum Hint: Int, CaseIterable {
    // The token's form.
    case bearerTwice, quotes, padding, encrypted, opaque, cut, sharedSecret, ed448
    // The issuer.
    case albToken, noAlbToken, otherAlb, albKey
    case issuerSlash, issuerSchemeOrCase, cognitoIssuer, entraVersion, otherIssuer, microsoftGraph
    // The audience.
    case audienceForm, audienceArray, audienceAbsent, idToken, sessionPending
    // When.
    case clock, milliseconds, cache
    // Calls, in the order of an ARN's parts.
    case resourceApi, resourceStage, resourceMethod
    case resourceEnd, resourceStageMissing, resourceVariable, resourceConnect

    /// What is printed: the code in JSON, the sentence for a reader. A sentence is one line.
    // swift-format-ignore
    fileprivate var written: (code: StaticString, text: StaticString) {
        switch self {
        case .bearerTwice: ("bearer_twice", "The value has \"Bearer\" twice: the client adds it to a value that has it already.")
        case .quotes: ("quotes", "There are quotation marks around or in the token: a client sent a JSON string instead of its content.")
        case .padding: ("padding", "The token's base64url is padded with =, which JWTs do not allow. Application Load Balancers pad their tokens (x-amzn-oidc-data): PROFILE=alb accepts these; otherwise send the identity provider's own access token.")
        case .encrypted: ("encrypted", "It is an encrypted token (JWE): only its recipient can decrypt it. Ask the identity provider for a signed access token; with Auth0 request the token with an audience, and turn token encryption off for this API.")
        case .opaque: ("opaque", "It is an opaque token: only the issuer's introspection endpoint can interpret it. With Auth0 request an audience, with Okta use a custom authorization server: then the access token is a JWT.")
        case .cut: ("cut", "It looks truncated: check the header and cookie limits on the way (4,096 bytes for a cookie), and whether a copy lost its last characters.")
        case .sharedSecret: ("shared_secret", "It is signed with a secret that issuer and service share (HS256, HS384 or HS512), which a key set cannot contain. Set the issuer to RS256, PS256 or ES256.")
        case .ed448: ("ed448", "It is signed with Ed448, which is not supported. Have the issuer sign with Ed25519 (RFC 9864).")
        case .albToken: ("alb_token", "It is a load balancer's token (x-amzn-oidc-data): set PROFILE=alb and the load balancer's ARN as ISSUER, or send the identity provider's own access token.")
        case .noAlbToken: ("no_alb_token", "It is not signed by a load balancer: send the value of x-amzn-oidc-data (TOKEN_SOURCES=header:x-amzn-oidc-data); for x-amzn-oidc-accesstoken set the identity provider's profile.")
        case .otherAlb: ("other_alb", "It is signed by another load balancer than the one in ISSUER: copy the ARN exactly.")
        case .albKey: ("alb_key", "The key server does not have this key, or was not asked again yet: the token is old or forged, or JWKS_URI is for another region.")
        case .issuerSlash: ("issuer_slash", "The token's iss and the configured issuer differ only by a slash at the end. It is part of the name (Auth0 and Entra v1 write it, Okta and Entra v2 do not): copy iss exactly.")
        case .issuerSchemeOrCase: ("issuer_scheme_or_case", "The token's iss and the configured issuer differ only by https:// or by upper and lower case: copy iss exactly. (Google uses both forms: accounts.google.com and https://accounts.google.com.)")
        case .cognitoIssuer: ("cognito_issuer", "It is the same Cognito user pool under its other name: cognito-idp.REGION and issuer-cognito-idp.REGION are two issuers with one key set. Set the one that the pool is configured for, or PROFILE=cognito, which accepts both.")
        case .entraVersion: ("entra_version", "It is the same Entra tenant in the other version: v1 tokens are from https://sts.windows.net/TENANT/, v2 tokens from https://login.microsoftonline.com/TENANT/v2.0. The API's manifest selects the version (requestedAccessTokenVersion); PROFILE=entra accepts both.")
        case .otherIssuer: ("other_issuer", "The token is from another issuer than the configured one, so its key cannot be in this key set: another tenant, pool or realm, or another environment.")
        case .microsoftGraph: ("microsoft_graph", "It is a token for Microsoft Graph: Microsoft changes its header (nonce) after signing, so only Graph can verify it. Request a token with a scope of your own API (api://APP/.default).")
        case .audienceForm: ("audience_form", "The token's aud and AUDIENCE differ only by a slash at the end, by the part before :// or by upper and lower case: copy aud exactly.")
        case .audienceArray: ("audience_array", "The token's aud is an array without a value of AUDIENCE. One entry is enough: omit the issuer's own (Auth0's /userinfo) and set the one that names your API.")
        case .audienceAbsent: ("audience_absent", "The token has client_id and no aud, like Cognito's access tokens: set PROFILE=cognito, and AUDIENCE is compared with client_id; or bind the resource so that Cognito sets aud.")
        case .idToken: ("id_token", "It looks like an ID token (token_use, nonce or at_hash), which is for the client that requested it. Call APIs with the access token.")
        case .sessionPending: ("session_pending", "The Clerk session is pending: the user has to finish a task first (for example choose an organization). Clerk asks services to refuse it.")
        case .clock: ("clock", "The time is off by only minutes: if the token is new, a clock is wrong (authorizer doctor compares this machine's clock with the key server's); otherwise the client must renew it earlier.")
        case .milliseconds: ("milliseconds", "A time in the token (exp, nbf or iat) is in milliseconds; JWTs use seconds. Report this to the issuer.")
        case .cache: ("cache", "The token expires before the gateway's cached answer: the cached Allow outlives it. Lower the authorizer's TTL, or accept that (--cache SECONDS is the TTL; the default is 300).")
        case .resourceApi: ("resource_api", "RESOURCE would match the call if it named this API, account and region.")
        case .resourceStage: ("resource_stage", "RESOURCE would match the call if it named this stage: the policy allows nothing in this stage.")
        case .resourceMethod: ("resource_method", "RESOURCE would match the call if it named this method.")
        case .resourceEnd: ("resource_end", "RESOURCE ends before the called path: write /* at its end to match every path below.")
        case .resourceStageMissing: ("resource_stage_missing", "RESOURCE does not name a stage: after the API's ID write /STAGE/METHOD/PATH, or /STAGE/* for the whole stage.")
        case .resourceVariable: ("resource_variable", "RESOURCE has a variable in braces, which is compared literally: write * instead.")
        case .resourceConnect: ("resource_connect", "The ARN of a WebSocket's $connect is API/STAGE/$connect, without a method: write API/STAGE/* or API/STAGE/$connect.")
        }
    }
}

/// A hint for a reader.
struct HintText {
    let code: [UInt8]
    let text: [UInt8]
}

/// Some of the hints.
struct HintSet {
    private var bits: UInt64 = 0

    mutating func insert(_ hint: Hint, if applies: Bool) {
        if applies { bits |= 1 << UInt64(hint.rawValue) }
    }

    func contains(_ hint: Hint) -> Bool { bits & 1 << UInt64(hint.rawValue) != 0 }

    /// In the order of `Hint`.
    var texts: [HintText] {
        var texts: [HintText] = []
        for hint in Hint.allCases where contains(hint) {
            let written = hint.written
            texts.append(HintText(code: [UInt8](written.code), text: [UInt8](written.text)))
        }
        return texts
    }
}
