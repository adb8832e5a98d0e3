// ProfileRow.swift - the profiles: a row for each name.
//
// Spec:    PROFILES.md, which names the documentation of each provider.
// Secret:  no.
// Reads:   SettingName; JOSE (Algorithm), Bytes. Read by: Profile, SettingsWarning.

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

    /// The words, each split at `|`: the forms of one issuer.
    var groups: [[[UInt8]]] { list.map { parts($0, separator: 0x7C) } }

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
    /// The forms of `iss` (IssuerForm), with `|` between those of one issuer. Empty: any issuer.
    var issuers: Words = ""
    /// Hosts whose issuers have a form of their own: a form that begins with a name does not match them.
    var knownHosts: Words = ""
    /// For each word of `issuers` the form of the keys' address; the last one is also that of further words. Empty and `-`: the
    /// issuer's document contains the address. After `!` an example: the address must be configured.
    var keys: Words = ""
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
    /// A claim that may be absent, then its accepted values.
    var optional: Words = ""
    /// The claim that replaces an absent `aud`.
    var audienceClaim: StaticString? = nil
    /// Whether that claim, if present, must be one of the audiences in tokens with `aud` too.
    var comparesAudienceClaim = false
    /// The form of the default audience.
    var audience: StaticString? = nil
    /// Whether the tokens can have no other audience.
    var hasOneAudience = false
    /// Whether an audience is the URL of a resource (RFC 8707 §2).
    var audienceIsURL = false
    /// The reason for which an audience must be configured.
    var audienceNeeded: StaticString? = nil
    /// The message without routes. An issuer with a `<policy>` in its form needs none.
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
                "https://cognito-idp.<region>.amazonaws.com/<pool>|https://issuer-cognito-idp.<region>.amazonaws.com/<pool>",
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
                "https://login.microsoftonline.com/<tenant-id>/v2.0|https://sts.windows.net/<tenant-id>/ https://login.microsoftonline.us/<tenant-id>/v2.0|https://sts.windows.net/<tenant-id>/ https://login.partner.microsoftonline.cn/<tenant-id>/v2.0|https://sts.chinacloudapi.cn/<tenant-id>/",
            keys:
                "https://login.microsoftonline.com/<tenant-id>/discovery/v2.0/keys https://login.microsoftonline.us/<tenant-id>/discovery/v2.0/keys https://login.partner.microsoftonline.cn/<tenant-id>/discovery/v2.0/keys",
            algorithms: "RS256",
            anyOf: "azp appid",
            refusesIDTokens: true,
            audienceNeeded: "the tenant's tokens are for all of its applications",
            bindsTenant: true,
            scopeClaims: "scp",
            roleClaims: "roles groups"),
        ProfileRow(
            name: "google",
            issuers: "https://accounts.google.com|accounts.google.com",
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
            audience: "<project>",
            hasOneAudience: true),
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
        ProfileRow(
            name: "aws-sts",
            issuers: "https://<id>.tokens.sts.global.api.aws",
            keys: "<issuer>/.well-known/jwks.json",
            algorithms: "RS256 ES384",
            required: "sub",
            audienceNeeded: "a principal of the account names the audience that it wants"),
        ProfileRow(
            name: "kubernetes",
            issuers:
                "https://oidc.eks.<region>.<amazonaws.com>/id/<id> https://container.googleapis.com/v1/projects/<project.id>/locations/<location>/clusters/<cluster> https://<region>.oic.prod-aks.azure.com/<tenant>/<cluster>/ https://oidc.prod-aks.azure.com/<tenant/cluster>/ <https://cluster.example.com> <https://cluster.example.com>/",
            knownHosts: "oidc.eks. container.googleapis.com prod-aks.azure.com",
            keys: "<issuer>/keys -",
            algorithms: "RS256 ES256 ES384 ES512",
            required: "sub",
            audienceNeeded: "a pod names the audience that it wants"),
        ProfileRow(
            name: "gitlab",
            issuers: "https://gitlab.com <https://gitlab.example.com>",
            keys: "<issuer>/oauth/discovery/keys",
            algorithms: "RS256",
            required: "sub project_path",
            audienceNeeded: "a job names the audience that it wants",
            routesNeeded:
                "needs routes of RULES: any project gets a token for any audience, so they must test the claim project_path or sub"
        ),
        ProfileRow(
            name: "buildkite",
            issuers: "https://agent.buildkite.com",
            keys: "<issuer>/.well-known/jwks",
            algorithms: "RS256",
            required: "sub organization_slug pipeline_slug",
            audienceNeeded: "a job names the audience that it wants",
            routesNeeded:
                "needs routes of RULES: one issuer serves all organizations, so they must test the claim organization_slug"
        ),
        ProfileRow(
            name: "circleci",
            issuers: "https://oidc.circleci.com/org/<uuid>",
            keys: "-",
            algorithms: "RS256",
            required: "sub oidc.circleci.com/project-id",
            audience: "<uuid>"),
        ProfileRow(
            name: "terraform-cloud",
            issuers: "https://app.terraform.io https://<terraform.example.com>",
            keys: "<issuer>/.well-known/jwks",
            algorithms: "RS256",
            required: "sub terraform_organization_id",
            audienceNeeded: "a workspace names the audience that it wants",
            routesNeeded:
                "needs routes of RULES: one issuer serves all customers, so they must test the claim terraform_organization_id"
        ),
        ProfileRow(
            name: "clerk",
            issuers: "https://<clerk.example.com>",
            keys: "<issuer>/.well-known/jwks.json",
            algorithms: "RS256",
            required: "sub sid",
            optional: "sts active",
            audienceClaim: "azp",
            comparesAudienceClaim: true,
            audienceNeeded: "the origins of your applications, which azp names",
            scopeClaims: "org_permissions",
            roleClaims: "o>rol org_role"),
        ProfileRow(
            name: "supabase",
            issuers: "https://<project.supabase.co>/auth/v1",
            keys: "<issuer>/.well-known/jwks.json",
            algorithms: "ES256 RS256",
            required: "sub role session_id",
            audience: "authenticated",
            roleClaims: "role"),
        ProfileRow(
            name: "entra-external",
            issuers:
                "https://<subdomain>.ciamlogin.com/<uuid>/v2.0|https://<uuid>.ciamlogin.com/<uuid>/v2.0",
            keys: "https://<subdomain>.ciamlogin.com/<uuid>/discovery/v2.0/keys",
            algorithms: "RS256",
            anyOf: "azp appid",
            refusesIDTokens: true,
            audienceNeeded: "the tenant's tokens are for all of its applications",
            bindsTenant: true,
            scopeClaims: "scp",
            roleClaims: "roles groups"),
        ProfileRow(
            name: "azure-b2c",
            issuers:
                "https://<tenant.b2clogin.com>/<uuid>/v2.0/ https://<tenant.b2clogin.com>/tfp/<uuid>/<policy>/v2.0/",
            keys: "!https://TENANT.b2clogin.com/TENANT.onmicrosoft.com/POLICY/discovery/v2.0/keys -",
            algorithms: "RS256",
            anyOf: "azp",
            required: "sub tfp",
            audienceNeeded: "the tenant's tokens are for all of its applications",
            routesNeeded:
                "needs routes of RULES: one issuer serves all policies, so they must test the claim tfp",
            scopeClaims: "scp"),
        ProfileRow(
            name: "mcp",
            refusesIDTokens: true,
            audienceIsURL: true,
            audienceNeeded: "the MCP server's URL, for which a client requests its token (RFC 8707)",
            scopeClaims: "scope scp"),
    ]

    /// What users write for a profile's name: `=` and the name.
    private static let otherNames: Words =
        "azure=entra azure=entra-external azure=azure-b2c azuread=entra azure-ad=entra aad=entra microsoft=entra ciam=entra-external b2c=azure-b2c aws=aws-sts aws=cognito aws=alb sts=aws-sts iam=aws-sts elb=alb github=github-actions gha=github-actions gitlab-ci=gitlab k8s=kubernetes eks=kubernetes gke=kubernetes aks=kubernetes gcp=google terraform=terraform-cloud tfc=terraform-cloud hcp=terraform-cloud circle=circleci"

    /// The names that an unknown one is probably meant to be: one edit or a change of case away, or another name of the provider.
    static func meant(by name: [UInt8]) -> [[UInt8]] {
        for row in all where SettingName.isOneEditAway(name.span, row.name) { return [[UInt8](row.name)] }
        return otherNames.values(of: name.map(asciiLowercased))
    }

    /// The accepted algorithms; nil: all.
    var allowed: [Algorithm]? {
        algorithms.isEmpty ? nil : algorithms.list.compactMap { Algorithm(name: $0.span) }
    }

    /// The row of a name; nil for an unknown one.
    static func named(_ name: [UInt8]) -> ProfileRow? {
        for row in all where bytesEqual(name.span, row.name) { return row }
        return nil
    }
}
