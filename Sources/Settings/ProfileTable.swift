// ProfileTable.swift - the profiles: a row for each name.
//
// Spec:    PROFILES.md, which names the documentation of each provider.
// Secret:  no.
// Reads:   nothing. Read by: Profile.
//
// A row is JSON, parsed once at the start. Its members:
//   issuer           the forms of `iss` (IssuerForm); forms with equal names belong to one issuer
//   keys             the address of the keys; without it the issuer's document contains it
//   algorithms       the accepted ones; without it all
//   types            the accepted values of the header's `typ`
//   type_claim       the claim with the type of a token, its value in ID tokens, the accepted values
//   any_of           access tokens have one of these claims, ID tokens have none of them
//   no_id_tokens     ID tokens are recognised from `nonce` and `at_hash`, and refused
//   required         the required claims
//   audience_claim   the claim that replaces an absent `aud`
//   audience         the audience, if none is configured
//   audience_needed  the reason for which an audience must be configured
//   routes_needed    the message without routes
//   load_balancer    the tokens of AWS's load balancers: for each partition the address to which a key's ID is appended
//   tenant           `iss` contains a tenant, which `tid` must be
//   scope_claims, role_claims   as in the rules' document
//   client_roles     resource_access has roles for each audience
// A member that is only present or absent has the value "x".

let profileTable: StaticString = """
    {"cognito":{"issuer":["https://cognito-idp.<region>.amazonaws.com/<pool>","https://issuer-cognito-idp.<region>.amazonaws.com/<pool>"],
    "keys":"<issuer>/.well-known/jwks.json","algorithms":["RS256"],"type_claim":["token_use","id","access"],
    "audience_claim":"client_id","scope_claims":["scope"],"role_claims":["cognito:groups"]},
    "auth0":{"issuer":["https://<tenant.auth0.com>/"],"keys":"<issuer>/.well-known/jwks.json","algorithms":["RS256","PS256"],
    "no_id_tokens":"x","any_of":["azp","client_id"],"scope_claims":["scope","permissions"]},
    "okta":{"issuer":["https://<org.okta.com>/oauth2/<server>"],"keys":"<issuer>/v1/keys","algorithms":["RS256"],
    "no_id_tokens":"x","any_of":["cid"],"scope_claims":["scp"],"role_claims":["groups"]},
    "entra":{"issuer":["https://login.microsoftonline.com/<tenant-id>/v2.0","https://sts.windows.net/<tenant-id>/"],
    "keys":"https://login.microsoftonline.com/<tenant-id>/discovery/v2.0/keys","algorithms":["RS256"],
    "no_id_tokens":"x","any_of":["azp","appid"],"tenant":"x",
    "audience_needed":"the tenant's tokens are for all of its applications","scope_claims":["scp"],"role_claims":["roles","groups"]},
    "google":{"issuer":["https://accounts.google.com","accounts.google.com"],"keys":"https://www.googleapis.com/oauth2/v3/certs",
    "algorithms":["RS256"],"required":["sub"],"audience_needed":"Google's tokens are for everybody's applications"},
    "firebase":{"issuer":["https://securetoken.google.com/<project>"],
    "keys":"https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
    "algorithms":["RS256"],"required":["sub","auth_time"],"audience":"<project>"},
    "keycloak":{"issuer":["<https://sso.example.com>/realms/<realm.name>"],"keys":"<issuer>/protocol/openid-connect/certs",
    "type_claim":["typ","ID","Bearer","DPoP"],"scope_claims":["scope"],"role_claims":["realm_access.roles"],"client_roles":"x"},
    "apple":{"issuer":["https://appleid.apple.com"],"keys":"https://appleid.apple.com/auth/keys","algorithms":["RS256","ES256"],
    "required":["sub"],"audience_needed":"Apple's tokens are for everybody's applications"},
    "github-actions":{"issuer":["https://token.actions.githubusercontent.com","https://token.actions.githubusercontent.com/<enterprise>"],
    "keys":"<issuer>/.well-known/jwks","algorithms":["RS256"],"required":["sub","repository"],
    "audience_needed":"a workflow names the audience that it wants",
    "routes_needed":"needs routes of RULES: any repository gets a token for any audience, so they must test the claim repository or sub"},
    "alb":{"issuer":["arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>"],
    "load_balancer":{"aws":"https://public-keys.auth.elb.<region>.amazonaws.com",
    "aws-us-gov":"https://s3-<region>.amazonaws.com/aws-elb-public-keys-prod-<region>"},"algorithms":["ES256"],
    "required":["sub"],"audience_needed":"one load balancer signs for the clients of all its listeners; the client's ID"},
    "rfc9068":{"types":["at+jwt"],"required":["sub","client_id","iat","jti"],
    "audience_needed":"RFC 9068 asks for it","scope_claims":["scope"],"role_claims":["roles","groups","entitlements"]}}
    """

/// The message for an unknown name.
let profileWords: StaticString =
    "is none of cognito, auth0, okta, entra, google, firebase, keycloak, apple, github-actions, alb, rfc9068"
