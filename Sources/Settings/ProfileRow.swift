// ProfileRow.swift - the profiles: a row for each name.
//
// Spec:    PROFILES.md, which names the documentation of each provider.
// Secret:  no.
// Reads:   JOSE (Algorithm), Bytes. Read by: Profile.

import Bytes
import JOSE

/// Words that are separated by spaces. The table is then data of the binary; arrays would be code that makes them, 6 KB of it.
struct Words: ExpressibleByStringLiteral, Sendable {
    private let text: StaticString

    init(stringLiteral text: StaticString) { self.text = text }

    var isEmpty: Bool { text.utf8ByteCount == 0 }

    /// The words.
    var list: [[UInt8]] { parts([UInt8](text), separator: 0x20) }

    /// The words, each split at `>`: the names of a claim path from the root downwards.
    var paths: [[[UInt8]]] { list.map { parts($0, separator: 0x3E) } }

    /// The words that begin with `name` and `=`, without these.
    func values(of name: [UInt8]) -> [[UInt8]] {
        var values: [[UInt8]] = []
        for word in list {
            let pair = parts(word, separator: 0x3D)
            if pair.count == 2, pair[0] == name { values.append(pair[1]) }
        }
        return values
    }
}

/// The parts between separators.
private func parts(_ text: [UInt8], separator: UInt8) -> [[UInt8]] {
    text.split(separator: separator).map { [UInt8]($0) }
}

/// The properties of a provider's tokens. A member that a row does not set is not asked for.
struct ProfileRow: Sendable {
    /// The value of PROFILE.
    let name: StaticString
    /// The forms of `iss` (IssuerForm). Forms with equal names belong to one issuer. Empty: any issuer.
    var issuers: Words = ""
    /// The form of the keys' address. Nil: the issuer's document contains the address.
    var keys: StaticString? = nil
    /// The accepted algorithms. Empty: all.
    var algorithms: Words = ""
    /// The accepted values of the header's `typ`.
    var types: Words = ""
    /// The name of the claim with the type of a token, its value in ID tokens, then the accepted values.
    var typeClaim: Words = ""
    /// Access tokens have one of these claims, ID tokens have none of them.
    var anyOf: Words = ""
    /// ID tokens are recognised from `nonce` and `at_hash`, and refused.
    var refusesIDTokens = false
    /// The required claims.
    var required: Words = ""
    /// The claim that replaces an absent `aud`.
    var audienceClaim: StaticString? = nil
    /// The form of the audience, the only one that the tokens can have.
    var audience: StaticString? = nil
    /// The reason for which an audience must be configured.
    var audienceNeeded: StaticString? = nil
    /// The message without routes.
    var routesNeeded: StaticString? = nil
    /// Load balancers of AWS: for each partition `=` and the form of the address to which a key's ID is appended.
    var loadBalancerKeys: Words = ""
    /// `iss` contains a tenant, to which `tid` must be equal.
    var bindsTenant = false
    /// The claim paths of scopes and of roles: the names from the root downwards, with `>` between them.
    var scopeClaims: Words = ""
    var roleClaims: Words = ""
    /// `resource_access` has roles for each audience.
    var hasClientRoles = false

    /// All profiles, in the order of messages and of PROFILES.md.
    static let all: [ProfileRow] = [
        ProfileRow(
            name: "cognito",
            issuers:
                "https://cognito-idp.<region>.amazonaws.com/<pool> https://issuer-cognito-idp.<region>.amazonaws.com/<pool>",
            keys: "<issuer>/.well-known/jwks.json",
            algorithms: "RS256",
            typeClaim: "token_use id access",
            audienceClaim: "client_id",
            scopeClaims: "scope",
            roleClaims: "cognito:groups"),
        ProfileRow(
            name: "auth0",
            issuers: "https://<tenant.auth0.com>/",
            keys: "<issuer>/.well-known/jwks.json",
            algorithms: "RS256 PS256",
            anyOf: "azp client_id",
            refusesIDTokens: true,
            scopeClaims: "scope permissions"),
        ProfileRow(
            name: "okta",
            issuers: "https://<org.okta.com>/oauth2/<server>",
            keys: "<issuer>/v1/keys",
            algorithms: "RS256",
            anyOf: "cid",
            refusesIDTokens: true,
            scopeClaims: "scp",
            roleClaims: "groups"),
        ProfileRow(
            name: "entra",
            issuers:
                "https://login.microsoftonline.com/<tenant-id>/v2.0 https://sts.windows.net/<tenant-id>/",
            keys: "https://login.microsoftonline.com/<tenant-id>/discovery/v2.0/keys",
            algorithms: "RS256",
            anyOf: "azp appid",
            refusesIDTokens: true,
            audienceNeeded: "the tenant's tokens are for all of its applications",
            bindsTenant: true,
            scopeClaims: "scp",
            roleClaims: "roles groups"),
        ProfileRow(
            name: "google",
            issuers: "https://accounts.google.com accounts.google.com",
            keys: "https://www.googleapis.com/oauth2/v3/certs",
            algorithms: "RS256",
            required: "sub",
            audienceNeeded: "Google's tokens are for everybody's applications"),
        ProfileRow(
            name: "firebase",
            issuers: "https://securetoken.google.com/<project>",
            keys: "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
            algorithms: "RS256",
            required: "sub auth_time",
            audience: "<project>"),
        ProfileRow(
            name: "keycloak",
            issuers: "<https://sso.example.com>/realms/<realm.name>",
            keys: "<issuer>/protocol/openid-connect/certs",
            typeClaim: "typ ID Bearer DPoP",
            scopeClaims: "scope",
            roleClaims: "realm_access>roles",
            hasClientRoles: true),
        ProfileRow(
            name: "apple",
            issuers: "https://appleid.apple.com",
            keys: "https://appleid.apple.com/auth/keys",
            algorithms: "RS256 ES256",
            required: "sub",
            audienceNeeded: "Apple's tokens are for everybody's applications"),
        ProfileRow(
            name: "github-actions",
            issuers:
                "https://token.actions.githubusercontent.com https://token.actions.githubusercontent.com/<enterprise>",
            keys: "<issuer>/.well-known/jwks",
            algorithms: "RS256",
            required: "sub repository",
            audienceNeeded: "a workflow names the audience that it wants",
            routesNeeded:
                "needs routes of RULES: any repository gets a token for any audience, so they must test the claim repository or sub"
        ),
        ProfileRow(
            name: "alb",
            issuers: "arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>",
            algorithms: "ES256",
            required: "sub",
            audienceNeeded:
                "one load balancer signs for the clients of all its listeners; the client's ID",
            loadBalancerKeys:
                "aws=https://public-keys.auth.elb.<region>.amazonaws.com aws-us-gov=https://s3-<region>.amazonaws.com/aws-elb-public-keys-prod-<region>"
        ),
        ProfileRow(
            name: "rfc9068",
            types: "at+jwt",
            required: "sub client_id iat jti",
            audienceNeeded: "RFC 9068 asks for it",
            scopeClaims: "scope",
            roleClaims: "roles groups entitlements"),
    ]

    /// The row of a name; nil for an unknown one.
    static func named(_ name: [UInt8]) -> ProfileRow? {
        for row in all where bytesEqual(name.span, row.name) { return row }
        return nil
    }
}
