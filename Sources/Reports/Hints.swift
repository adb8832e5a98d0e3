// Hints.swift - what a refusal often means: near misses.
//
// Spec:    none; identity providers' documents (README "Hints").
// Secret:  no: a hint is a literal; no claim is printed (AUDIT 29).
// Reads:   TextTable. Read by: NearMisses, SkippedKeyExplanation, Explanation.
//
// Nothing here decides anything: the token's claims are read whether its signature held or not.

/// What people get wrong; the order is that of the lines of `hintTexts`.
enum Hint: Int {
    // The token's form.
    case bearerTwice, quotes, padding, encrypted, opaque, cut, sharedSecret, ed448
    // The issuer.
    case albToken, noAlbToken, otherAlb, albKey
    case issuerSlash, issuerSchemeOrCase, cognitoIssuer, entraVersion, otherIssuer, microsoftGraph
    // The audience.
    case audienceForm, audienceArray, audienceAbsent, idToken
    // When.
    case clock, milliseconds, cache
    // Calls, in the order of an ARN's parts.
    case resourceApi, resourceStage, resourceMethod
    case resourceEnd, resourceStageMissing, resourceVariable, resourceConnect
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

    /// In the order of the lines.
    var texts: [HintText] {
        var table = TextTable(hintTexts)
        var texts: [HintText] = []
        var left = bits
        while let row = table.next() {
            if left & 1 == 1 { texts.append(HintText(code: row[0], text: row[1])) }
            left >>= 1
        }
        return texts
    }
}

/// A line each: the code and its text.
// swift-format-ignore
private let hintTexts: StaticString = """
    bearer_twice|The value says Bearer twice: the client puts it before a value that has it already.
    quotes|There are quotes around or in the token: a client has sent a JSON string in place of its content.
    padding|The token's base64 is padded with =, which no JWT is. Application Load Balancers do so (x-amzn-oidc-data): PROFILE=alb takes theirs; else send the identity provider's own access token.
    encrypted|It is an encrypted token (JWE): only the service that it was made for can read it. Ask the identity provider for a signed access token; with Auth0 give the authorize call an audience, and turn token encryption off for this API.
    opaque|It is an opaque token: only the issuer's introspection can tell what it means. With Auth0 ask for an audience, with Okta for a custom authorization server: then the access token is a JWT.
    cut|It looks cut off at its end: look for a header or cookie limit on the way (4,096 bytes for a cookie), or a copy that lost its last characters.
    shared_secret|It is signed with a secret that issuer and service share (HS256 and its kin): a key set cannot hold that. Set the issuer to RS256, PS256 or ES256.
    ed448|It is signed with Ed448, which is not supported. Have the issuer sign with Ed25519 (RFC 9864).
    alb_token|It is a load balancer's token (x-amzn-oidc-data): set PROFILE=alb and its ARN as ISSUER, or send the identity provider's own access token.
    no_alb_token|No load balancer has signed it: send what x-amzn-oidc-data holds (TOKEN_SOURCES=header:x-amzn-oidc-data); for x-amzn-oidc-accesstoken set the identity provider's profile.
    other_alb|Another load balancer has signed it than ISSUER names: copy the ARN exactly.
    alb_key|The host of the keys has none of this name, or was not asked again yet: the token is old or made up, or JWKS_URI another region's.
    issuer_slash|The token's iss and the configured issuer differ by a slash at the end alone. It is part of the name (Auth0 and Entra v1 have one, Okta and Entra v2 have none): copy iss exactly.
    issuer_scheme_or_case|The token's iss and the configured issuer differ by https:// or by upper and lower case alone: copy iss exactly. (Google has both forms: accounts.google.com and https://accounts.google.com.)
    cognito_issuer|It is the same Cognito user pool under its other name: cognito-idp.REGION and issuer-cognito-idp.REGION are two issuers with one key set. Set the one that the pool is configured for, or PROFILE=cognito, which takes both.
    entra_version|It is the same Entra tenant in the other version: v1 tokens are from https://sts.windows.net/TENANT/, v2 tokens from https://login.microsoftonline.com/TENANT/v2.0. The API's manifest chooses (requestedAccessTokenVersion); PROFILE=entra takes both.
    other_issuer|The token is of another issuer than the configured one, so its key cannot be in this key set: another tenant, pool or realm, or another environment.
    microsoft_graph|It is a token for Microsoft Graph: Microsoft changes its header (nonce) after signing, and nobody but Graph can verify it. Ask for a token with a scope of your own API (api://APP/.default).
    audience_form|The token's aud and AUDIENCE differ by a slash at the end, by what stands before :// or by upper and lower case alone: copy aud exactly.
    audience_array|The token's aud is an array, of which none is in AUDIENCE. One entry is enough: leave out the issuer's own (Auth0's /userinfo) and set the one that names your API.
    audience_absent|The token has client_id and no aud, as Cognito's access tokens have: set PROFILE=cognito, and AUDIENCE is compared with client_id; or bind the resource so that Cognito sets aud.
    id_token|It looks like an ID token (token_use, nonce or at_hash): that is for the client that asked for it. Call APIs with the access token.
    clock|The time is off by minutes alone: if the token is new, a clock is wrong (authorizer doctor compares this one with the key server's); else the client must renew it earlier.
    milliseconds|A time in the token (exp, nbf or iat) is in milliseconds; JWTs count seconds. Tell the issuer.
    cache|The token ends sooner than the gateway forgets the answer: the cached Allow outlives it. Lower the authorizer's TTL, or accept that (--cache SECONDS says what it is set to; 300 without).
    resource_api|RESOURCE would cover what was called if it named this API, account and region.
    resource_stage|RESOURCE would cover what was called if it named this stage: the policy lets nobody through here.
    resource_method|RESOURCE would cover what was called if it named this method.
    resource_end|RESOURCE ends before the path that was called: write /* at its end to cover every path below.
    resource_stage_missing|RESOURCE names no stage: after the API's ID write /STAGE/METHOD/PATH, or /STAGE/* for the whole stage.
    resource_variable|RESOURCE has a variable in braces, which is compared as it is: write * in its place.
    resource_connect|The ARN of a WebSocket's $connect is API/STAGE/$connect, with no method: write API/STAGE/* or API/STAGE/$connect.
    """
