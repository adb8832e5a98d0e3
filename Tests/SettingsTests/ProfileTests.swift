import JOSE
import JSON
import Keys
import Routes
import TestSupport
import Testing

@testable import Authorizer
@testable import Settings

private let arn = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*"
private let routes = #"{"routes":[{"route":"GET /a","allow":{"roles":["x"]}}]}"#
private let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
private let balancer =
    "elasticloadbalancing:us-gov-west-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
private let gke = "https://container.googleapis.com/v1/"
private let b2c = "https://shop.b2clogin.com/\(tenant)/v2.0/"
private let (v1, v2) = ("https://sts.windows.net/", "https://login.microsoftonline.com/")

private func paths(_ list: [ClaimPath]) -> [String] { list.map { $0.names.map(text).joined(separator: ">") } }

/// The issuer of an environment with a profile.
private func issuer(
    _ profile: String, _ iss: String? = nil, _ aud: String? = nil, _ further: (String, String)...
) throws(SettingsError) -> ConfiguredIssuer {
    var pairs = [("PROFILE", profile)] + further
    if let iss { pairs.append(("ISSUER", iss)) }
    if let aud { pairs.append(("AUDIENCE", aud)) }
    if !pairs.contains(where: { $0.0 == "RULES" }) { pairs.append(("RESOURCE", arn)) }
    return try Settings(environment: variables(pairs)).issuers[0]
}

/// The error of the start.
private func message(_ profile: String, _ iss: String? = nil, _ aud: String? = nil) -> String {
    do throws(SettingsError) {
        _ = try issuer(profile, iss, aud)
        return ""
    } catch { return text(error.message) }
}

private func documentMessage(_ members: String, routes: String = "") -> String {
    do throws(SettingsError) {
        _ = try RulesDocument(parsing: bytes(#"{"issuers":[{\#(members)}]\#(routes)}"#))
        return ""
    } catch { return text(error.message) }
}

/// The settings of each profile, and the settings that it refuses (AUDIT 23, 31).
@Suite struct ProfileTests {
    /// One row for each profile: its settings, and the resulting issuer.
    @Test(arguments: [
        (
            "cognito", "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBc123", nil as String?,
            [
                "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBc123",
                "https://issuer-cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBc123",
            ],
            "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_aBc123/.well-known/jwks.json",
            ["scope"], ["cognito:groups"]
        ),
        (
            "cognito", "https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_x", "app",
            [
                "https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_x",
                "https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_x",
            ],
            "https://issuer-cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_x/.well-known/jwks.json",
            ["scope"], ["cognito:groups"]
        ),
        (
            "auth0", "https://shop.eu.auth0.com/", "https://api", ["https://shop.eu.auth0.com/"],
            "https://shop.eu.auth0.com/.well-known/jwks.json", ["scope", "permissions"], ["roles"]
        ),
        (
            "okta", "https://shop.okta.com/oauth2/default", "api://default",
            ["https://shop.okta.com/oauth2/default"], "https://shop.okta.com/oauth2/default/v1/keys", ["scp"],
            ["groups"]
        ),
        (
            "entra", "\(v2)\(tenant)/v2.0", "a", ["\(v2)\(tenant)/v2.0", "\(v1)\(tenant)/"],
            "\(v2)\(tenant)/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "entra", "\(v1)\(tenant)/", "a", ["\(v1)\(tenant)/", "\(v2)\(tenant)/v2.0"],
            "\(v2)\(tenant)/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "entra", "\(v2){tenantid}/v2.0", "a", ["\(v2){tenantid}/v2.0", "\(v1){tenantid}/"],
            "\(v2)common/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "google", "accounts.google.com", "app", ["accounts.google.com", "https://accounts.google.com"],
            "https://www.googleapis.com/oauth2/v3/certs", ["scope", "scp"], ["roles"]
        ),
        (
            "firebase", "https://securetoken.google.com/my-shop", nil,
            ["https://securetoken.google.com/my-shop"],
            "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com",
            ["scope", "scp"], ["roles"]
        ),
        (
            "keycloak", "https://sso.example.com/auth/realms/shop", "orders, stock",
            ["https://sso.example.com/auth/realms/shop"],
            "https://sso.example.com/auth/realms/shop/protocol/openid-connect/certs", ["scope"],
            ["realm_access>roles", "resource_access>orders>roles", "resource_access>stock>roles"]
        ),
        (
            "apple", "https://appleid.apple.com", "com.example.app", ["https://appleid.apple.com"],
            "https://appleid.apple.com/auth/keys", ["scope", "scp"], ["roles"]
        ),
        (
            "alb", "arn:aws-us-gov:\(balancer)", "c", ["arn:aws-us-gov:\(balancer)"],
            "single https://s3-us-gov-west-1.amazonaws.com/aws-elb-public-keys-prod-us-gov-west-1",
            ["scope", "scp"],
            ["roles"]
        ),
        (
            "alb", "arn:aws:\(balancer)", "c", ["arn:aws:\(balancer)"],
            "single https://public-keys.auth.elb.us-gov-west-1.amazonaws.com", ["scope", "scp"], ["roles"]
        ),
        (
            "entra", "https://login.microsoftonline.us/\(tenant)/v2.0", "a",
            ["https://login.microsoftonline.us/\(tenant)/v2.0", "\(v1)\(tenant)/"],
            "https://login.microsoftonline.us/\(tenant)/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "entra", "https://sts.chinacloudapi.cn/{tenantid}/", "a",
            [
                "https://sts.chinacloudapi.cn/{tenantid}/",
                "https://login.partner.microsoftonline.cn/{tenantid}/v2.0",
            ],
            "https://login.partner.microsoftonline.cn/common/discovery/v2.0/keys", ["scp"],
            ["roles", "groups"]
        ),
        (
            "aws-sts", "https://\(tenant).tokens.sts.global.api.aws", "https://api",
            ["https://\(tenant).tokens.sts.global.api.aws"],
            "https://\(tenant).tokens.sts.global.api.aws/.well-known/jwks.json", ["scope", "scp"], ["roles"]
        ),
        (
            "kubernetes", "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EB8440E65FAF", "a",
            ["https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EB8440E65FAF"],
            "https://oidc.eks.cn-north-1.amazonaws.com.cn/id/EB8440E65FAF/keys", ["scope", "scp"], ["roles"]
        ),
        (
            "kubernetes", "\(gke)projects/example.com:p/locations/europe-west3-a/clusters/c", "a",
            ["\(gke)projects/example.com:p/locations/europe-west3-a/clusters/c"], "", ["scope", "scp"],
            ["roles"]
        ),
        (
            "kubernetes", "https://eastus.oic.prod-aks.azure.com/\(tenant)/\(tenant)/", "a",
            ["https://eastus.oic.prod-aks.azure.com/\(tenant)/\(tenant)/"], "", ["scope", "scp"], ["roles"]
        ),
        (
            "kubernetes", "https://oidc.prod-aks.azure.com/\(tenant)/", "a",
            ["https://oidc.prod-aks.azure.com/\(tenant)/"], "", ["scope", "scp"], ["roles"]
        ),
        (
            "kubernetes", "https://k8s.example.com/c1/", "a", ["https://k8s.example.com/c1/"], "",
            ["scope", "scp"], ["roles"]
        ),
        (
            "circleci", "https://oidc.circleci.com/org/\(tenant)", "https://api",
            ["https://oidc.circleci.com/org/\(tenant)"], "", ["scope", "scp"], ["roles"]
        ),
        (
            "clerk", "https://shop.clerk.accounts.dev", "https://app", ["https://shop.clerk.accounts.dev"],
            "https://shop.clerk.accounts.dev/.well-known/jwks.json", ["org_permissions"],
            ["o>rol", "org_role"]
        ),
        (
            "supabase", "https://abcdefgh.supabase.co/auth/v1", nil,
            ["https://abcdefgh.supabase.co/auth/v1"],
            "https://abcdefgh.supabase.co/auth/v1/.well-known/jwks.json", ["scope", "scp"], ["role"]
        ),
        (
            "entra-external", "https://shop.ciamlogin.com/\(tenant)/v2.0", "a",
            [
                "https://shop.ciamlogin.com/\(tenant)/v2.0",
                "https://\(tenant).ciamlogin.com/\(tenant)/v2.0",
            ],
            "https://shop.ciamlogin.com/\(tenant)/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "entra-external", "https://\(tenant).ciamlogin.com/\(tenant)/v2.0", "a",
            ["https://\(tenant).ciamlogin.com/\(tenant)/v2.0"],
            "https://\(tenant).ciamlogin.com/\(tenant)/discovery/v2.0/keys", ["scp"], ["roles", "groups"]
        ),
        (
            "azure-b2c", "https://shop.b2clogin.com/tfp/\(tenant)/B2C_1_signin/v2.0/", "a",
            ["https://shop.b2clogin.com/tfp/\(tenant)/B2C_1_signin/v2.0/"], "", ["scp"], ["roles"]
        ),
        (
            "mcp", "https://as.example.com", "https://mcp.example.com/mcp", ["https://as.example.com"], "",
            ["scope", "scp"], ["roles"]
        ),
        (
            "rfc9068", "https://idp.example.com", "api", ["https://idp.example.com"], "", ["scope"],
            ["roles", "groups", "entitlements"]
        ),
    ])
    func rows(
        _ profile: String, _ iss: String, _ aud: String?, _ issuers: [String], _ keys: String,
        _ scopes: [String],
        _ roles: [String]
    ) throws {
        let issuer = try issuer(profile, iss, aud)
        #expect(issuer.trusted.claims.issuers.map(text) == issuers)
        let source: KeySource =
            try keys.hasPrefix("single ")
            ? urlSource(String(keys.dropFirst(7)))
            : keys.isEmpty ? discoverySource(iss) : urlSource(keys)
        #expect(issuer.keys.sources == [source] && issuer.keys.isPerKey == keys.hasPrefix("single "))
        #expect(paths(issuer.trusted.places.scopes) == scopes)
        #expect(paths(issuer.trusted.places.roles) == roles)
        #expect(issuer.trusted.claims.kind != nil && issuer.profile.map(text) == profile)
        if profile == "supabase" {
            #expect(issuer.trusted.claims.audiences.map(text) == ["authenticated"])
        }
        if profile == "firebase" { #expect(issuer.trusted.claims.audiences.map(text) == ["my-shop"]) }
        // The same in a document.
        let audiences = aud.map { #","audiences":["\#($0.replacing(", ", with: #"",""#))"]"# } ?? ""
        let document = try RulesDocument(
            parsing: bytes(#"{"issuers":[{"profile":"\#(profile)","issuer":"\#(iss)"\#(audiences)}]}"#))
        let read = try #require(document.issuers?.first)
        #expect(read.trusted.claims.issuers.map(text) == issuers && read.keys.sources == issuer.keys.sources)
        #expect(
            read.trusted.algorithms == issuer.trusted.algorithms && paths(read.trusted.places.roles) == roles)
        #expect(text(read.name) == iss)
    }

    @Test func algorithms() throws {
        let google = "https://accounts.google.com"
        #expect(try issuer("google", google, "a").trusted.algorithms == [.rs256])
        #expect(try issuer("apple", nil, "a").trusted.algorithms == [.rs256, .es256])
        #expect(try issuer("auth0", "https://a.auth0.com/", "a").trusted.algorithms == [.rs256, .ps256])
        #expect(try issuer("keycloak", "https://a/realms/x", "a").trusted.algorithms == Algorithm.standard)
        // RFC 9864: two names of one algorithm.
        for names in ["EdDSA", "Ed25519", "EdDSA,Ed25519", "Ed25519,EdDSA"] {
            let keycloak = try issuer("keycloak", "https://a/realms/x", "a", ("ALGORITHMS", names))
            #expect(keycloak.trusted.algorithms == [.edDSA])
        }
    }

    /// ALGORITHMS narrows a profile, and may name more; without one of the profile's it would refuse every token.
    @Test func algorithmsAreComparedWithTheProfile() throws {
        let apple = try issuer("apple", nil, "a", ("ALGORITHMS", "ES256"))
        #expect(apple.trusted.algorithms == [.es256])
        func warnings(_ profile: String, _ algorithms: String?) throws(SettingsError) -> [Settings.Warning] {
            var pairs = [("PROFILE", profile), ("AUDIENCE", "a"), ("RESOURCE", arn)]
            if let algorithms { pairs.append(("ALGORITHMS", algorithms)) }
            return try Settings(environment: variables(pairs)).warnings
        }
        #expect(try warnings("apple", nil) == [] && warnings("apple", "ES256") == [])
        #expect(try warnings("apple", "RS256,ES256") == [])
        #expect(try warnings("apple", "RS256,EdDSA") == [.algorithmNotOfProfile])
        for names in ["ES384", "EdDSA,PS256", "ML-DSA-44"] {
            do throws(SettingsError) {
                _ = try warnings("apple", names)
                Issue.record("\(names)")
            } catch {
                #expect(text(error.message) == "ALGORITHMS has no algorithm of profile apple: RS256, ES256")
            }
        }
        #expect(
            documentMessage(#""profile":"google","audiences":["a"],"algorithms":["ES256"]"#)
                == "RULES: issuers[0].algorithms has no algorithm of profile google: RS256")
        #expect(
            documentMessage(#""profile":"google","audiences":["a"],"algorithms":["RS256","ES256"]"#) == "")
        // A profile with all algorithms.
        #expect(
            documentMessage(
                #""profile":"rfc9068","issuer":"https://a","audiences":["a"],"algorithms":["EdDSA"]"#) == "")
    }

    /// Profiles of which one issuer serves several customers or policies.
    @Test func neededClaims() throws {
        for (profile, iss, claim) in [
            ("gitlab", nil as String?, "project_path"),
            ("gitlab", "https://git.example.com/gitlab", "project_path"),
            ("buildkite", nil, "organization_slug"), ("terraform-cloud", nil, "terraform_organization_id"),
            ("terraform-cloud", "https://app.eu.terraform.io", "terraform_organization_id"),
        ] {
            #expect(message(profile, iss).hasPrefix("AUDIENCE is needed with profile \(profile): "))
            let found = message(profile, iss, "a")
            #expect(
                found.hasPrefix("PROFILE needs routes of RULES: ") && found.contains("the claim \(claim)"))
            let name =
                iss ?? ["gitlab": "https://gitlab.com", "buildkite": "https://agent.buildkite.com"][profile]
                ?? "https://app.terraform.io"
            let read = try issuer(profile, iss, "a", ("RULES", routes))
            #expect(read.trusted.claims.issuers.map(text) == [name])
            let path = profile == "gitlab" ? "/oauth/discovery/keys" : "/.well-known/jwks"
            #expect(try read.keys.sources == [urlSource(name + path)])
        }
        // Without a policy in the issuer its claim must be tested, and the address of the keys must be known.
        #expect(message("azure-b2c", b2c, "a").contains("they must test the claim tfp"))
        let needed = "https://TENANT.b2clogin.com/TENANT.onmicrosoft.com/POLICY/discovery/v2.0/keys"
        do throws(SettingsError) {
            _ = try issuer("azure-b2c", b2c, "a", ("RULES", routes))
            Issue.record("no address")
        } catch { #expect(text(error.message) == "JWKS_URI is needed with profile azure-b2c: \(needed)") }
        let custom = "https://login.example.com/\(tenant)/v2.0/"
        for iss in [b2c, custom] {
            let read = try issuer("azure-b2c", iss, "a", ("RULES", routes), ("JWKS_URI", "https://k"))
            #expect(
                try read.trusted.claims.issuers.map(text) == [iss]
                    && read.keys.sources == [urlSource("https://k")])
        }
        #expect(
            documentMessage(
                #""profile":"azure-b2c","audiences":["a"],"issuer":"\#(b2c)""#,
                routes: #","routes":[{"route":"GET /a","allow":"any_token"}]"#)
                == "RULES: issuers[0].jwks_uri is needed with profile azure-b2c: \(needed)")
        #expect(
            message("clerk", "https://clerk.example.com").hasPrefix(
                "AUDIENCE is needed with profile clerk: the origins"))
        for audience in [
            "mcp", "api://mcp", "https://mcp.example.com/mcp#x", "http://mcp.example.com", "https://",
            "https:mcp", "//mcp.example.com/", "",
        ] {
            let found = message("mcp", "https://as.example.com", audience)
            #expect(found.hasPrefix("AUDIENCE is "), "\(audience)")
            if !audience.isEmpty {
                #expect(
                    found
                        == "AUDIENCE is not the URL of a resource, which it must be with profile mcp: https://mcp.example.com/mcp, without #",
                    "\(audience)")
            }
        }
        for audience in [
            "https://mcp.example.com", "https://mcp.example.com:8443/a/b?c=d", "http://localhost:3000/mcp",
        ] {
            #expect(message("mcp", "https://as.example.com", audience) == "", "\(audience)")
        }
        #expect(message("circleci", "https://oidc.circleci.com/org/\(tenant)") == "")
        #expect(
            try text(
                issuer("circleci", "https://oidc.circleci.com/org/\(tenant)").trusted.claims.audiences[0])
                == tenant)
        // Issuers whose keys are at different addresses are different issuers.
        let us = "https://login.microsoftonline.us/\(tenant)/v2.0"
        #expect(
            documentMessage(
                #""profile":"entra","audiences":["a"],"issuer":["\#(v2)\#(tenant)/v2.0","\#(us)"]"#)
                == "RULES: issuers[0].issuer has forms whose keys are at several addresses with profile entra: an issuer for each"
        )
    }

    /// Providers with one issuer need no ISSUER.
    @Test func profilesWithOneIssuer() throws {
        #expect(
            try issuer("google", nil, "a").trusted.claims.issuers.map(text) == [
                "https://accounts.google.com", "accounts.google.com",
            ])
        #expect(
            try issuer("apple", nil, "a").trusted.claims.issuers.map(text) == ["https://appleid.apple.com"])
        let github = try issuer("github-actions", nil, "a", ("RULES", routes))
        #expect(github.trusted.claims.issuers.map(text) == ["https://token.actions.githubusercontent.com"])
        #expect(
            try github.keys.sources == [
                urlSource("https://token.actions.githubusercontent.com/.well-known/jwks")
            ]
        )
        // An enterprise's own issuer is not the default.
        let enterprise = "https://token.actions.githubusercontent.com/octo"
        #expect(
            try issuer("github-actions", enterprise, "a", ("RULES", routes)).trusted.claims.issuers.map(text)
                == [
                    enterprise
                ])
    }

    /// Settings take precedence over the profile.
    @Test func settingsTakePrecedenceOverProfiles() throws {
        let auth0 = "https://a.auth0.com/"
        #expect(try issuer("auth0", auth0, "a", ("JWKS_URI", "/k")).keys.sources == [.file(bytes("/k"))])
        let places = #"{"scope_claims":["s"],"routes":[{"route":"GET /a","allow":{"scopes":["x"]}}]}"#
        let written = try issuer("auth0", auth0, "a", ("RULES", places)).trusted.places
        #expect(paths(written.scopes) == ["s"] && paths(written.roles) == ["roles"])
        let document = try RulesDocument(
            parsing: bytes(
                #"{"role_claims":["r"],"routes":[{"route":"GET /a","allow":"any_token"}],"issuers":[{"profile":"okta","issuer":"https://o/oauth2/x","scope_claims":["s"]},{"issuer":"https://p"}]}"#
            ))
        let read = try #require(document.issuers)
        #expect(paths(read[0].trusted.places.scopes) == ["s"] && paths(read[0].trusted.places.roles) == ["r"])
        #expect(
            paths(read[1].trusted.places.scopes) == ["scope", "scp"]
                && paths(read[1].trusted.places.roles) == ["r"])
        #expect(read[1].trusted.claims.kind == nil && read[1].trusted.algorithms == Algorithm.standard)
    }

    // MARK: Faults

    /// AUDIT 31: a contradiction stops the start, and the error says how to resolve it.
    @Test func faultsOfTheEnvironment() {
        let words = ProfileRow.all.map { text($0.name) }.joined(separator: ", ")
        #expect(
            words.hasPrefix(
                "cognito, auth0, okta, entra, google, firebase, keycloak, apple, github-actions, alb, "))
        for (word, meant) in [
            ("Cognito", ": did you mean cognito?"), ("cognito ", ": did you mean cognito?"), ("issuer", ""),
            ("azure", ": did you mean entra or entra-external or azure-b2c?"),
            ("github", ": did you mean github-actions?"), ("k8s", ": did you mean kubernetes?"),
        ] {
            #expect(message(word, "https://a/") == "PROFILE is none of \(words)\(meant)")
        }
        for (profile, iss) in [
            ("auth0", "https://a.auth0.com"), ("auth0", "a.auth0.com/"), ("auth0", "https://a.auth0.com/x/"),
            ("cognito", "https://cognito-idp.eu-central-1.amazonaws.com/"),
            ("cognito", "https://cognito-idp.x.y.amazonaws.com/p"),
            ("cognito", "https://cognito-idp.x.amazonaws.com/p/"),
            ("cognito", "http://cognito-idp.x.amazonaws.com/p"),
            ("okta", "https://a.okta.com"), ("okta", "https://a.okta.com/oauth2/default/"),
            ("okta", "https://a.okta.com/oauth2/"),
            ("entra", "\(v2)common/v2.0"), ("entra", "\(v2)\(tenant)"), ("entra", "\(v1)\(tenant)"),
            ("entra", "\(v2)contoso.com/v2.0"),
            ("entra", "\(v2){tenant}/v2.0"), ("google", "http://accounts.google.com"),
            ("google", "https://accounts.google.com/"),
            ("firebase", "https://securetoken.google.com/"),
            ("firebase", "https://session.firebase.google.com/x"),
            ("keycloak", "https://a/realms/x/"), ("keycloak", "https://a/x"), ("keycloak", "/realms/x"),
            ("keycloak", "https://a?/realms/x"),
            ("apple", "https://appleid.apple.com/"),
            ("github-actions", "https://token.actions.githubusercontent.com/"),
            ("entra", "https://login.microsoftonline.us/common/v2.0"),
            ("entra", "https://login.chinacloudapi.cn/\(tenant)/v2.0"),
            ("aws-sts", "https://sts.amazonaws.com"), ("aws-sts", "https://x.tokens.sts.global.api.aws/"),
            ("aws-sts", "https://x.y.tokens.sts.global.api.aws"),
            ("kubernetes", "https://oidc.eks.eu-central-1.amazonaws.com/id/AB/"),
            ("kubernetes", "https://oidc.eks.eu-central-1.amazonaws.com/AB"),
            ("kubernetes", "\(gke)projects/p/zones/z/clusters/c"),
            ("kubernetes", "https://oidc.prod-aks.azure.com/\(tenant)"),
            ("kubernetes", "https://eastus.oic.prod-aks.azure.com/\(tenant)/\(tenant)"),
            ("kubernetes", "https://a//"), ("kubernetes", "https://a?b"),
            ("gitlab", "https://gitlab.com/"), ("buildkite", "https://agent.buildkite.com/"),
            ("buildkite", "https://buildkite.com/acme"),
            ("circleci", "https://oidc.circleci.com"), ("circleci", "https://oidc.circleci.com/org/acme"),
            ("circleci", "https://oidc.circleci.com/org/\(tenant.uppercased())"),
            ("circleci", "https://oidc.circleci.com/org/\(tenant)/"),
            ("terraform-cloud", "https://app.terraform.io/"),
            ("terraform-cloud", "https://app.terraform.io/acme"),
            ("clerk", "https://clerk.example.com/"), ("clerk", "clerk.example.com"),
            ("supabase", "https://a.supabase.co"), ("supabase", "https://a.supabase.co/auth/v1/"),
            ("supabase", "supabase"),
            ("entra-external", "https://shop.ciamlogin.com/shop.onmicrosoft.com/v2.0"),
            ("entra-external", "https://shop.ciamlogin.com/{tenantid}/v2.0"),
            ("entra-external", "https://shop.ciamlogin.com/\(tenant)/v2.0/"),
            ("azure-b2c", "https://shop.b2clogin.com/\(tenant)/v2.0"),
            ("azure-b2c", "https://shop.b2clogin.com/shop.onmicrosoft.com/v2.0/"),
            ("azure-b2c", "https://shop.b2clogin.com/tfp/\(tenant)/v2.0/"),
            ("azure-b2c", "https://shop.b2clogin.com/\(tenant)/B2C_1_x/v2.0/"),
            ("alb", "shop"), ("alb", "arn:aws:\(balancer)/"),
            ("alb", "arn:aws:\(balancer.replacing("/app", with: "/net"))"),
            ("alb", "arn:aws:\(balancer.replacing("loadbalancer/", with: "listener/"))/6d0ecf831eec9f09"),
            ("alb", "arn:aws:elasticloadbalancing:us-gov-west-1::loadbalancer/app/shop/50dc6c495c0c9188"),
            ("alb", "https://cognito-idp.x.amazonaws.com/p"),
        ] {
            #expect(
                message(profile, iss, "a").hasPrefix("ISSUER has not the form of profile \(profile): "),
                "\(iss)")
        }
        #expect(
            message("auth0", "https://a.auth0.com")
                == "ISSUER has not the form of profile auth0: https://<tenant.auth0.com>/")
        #expect(message("auth0") == "ISSUER is needed with profile auth0: https://<tenant.auth0.com>/")
        #expect(message("rfc9068", nil, "a") == "ISSUER is needed with profile rfc9068: the issuer's URL")
        #expect(message("entra", "\(v1)\(tenant)/").hasPrefix("AUDIENCE is needed with profile entra: "))
        for (profile, iss) in [
            ("google", nil as String?), ("apple", nil), ("github-actions", nil), ("rfc9068", "https://a"),
            ("alb", "arn:aws:\(balancer)"), ("aws-sts", "https://x.tokens.sts.global.api.aws"),
            ("kubernetes", "https://a"),
            ("entra-external", "https://shop.ciamlogin.com/\(tenant)/v2.0"), ("azure-b2c", b2c),
            ("mcp", "https://a"),
        ] {
            #expect(message(profile, iss).hasPrefix("AUDIENCE is needed with profile \(profile): "))
        }
        #expect(
            message("firebase", "https://securetoken.google.com/p", "q")
                == "AUDIENCE is not what the tokens are for with profile firebase: p")
        #expect(message("firebase", "https://securetoken.google.com/p", "p") == "")
        #expect(
            message("github-actions", nil, "a").hasPrefix("PROFILE needs routes of RULES: any repository"))
    }

    @Test func loadBalancers() throws {
        let here = "arn:aws:\(balancer)"
        #expect(try issuer("alb", here, "c").trusted.algorithms == [.es256])
        // A setting takes precedence over the profile, and a key set remains a key set.
        for (setting, source) in [
            ("https://keys.example.com/x/", try urlSource("https://keys.example.com/x/")),
            ("/keys.json", .file(bytes("/keys.json"))),
        ] {
            #expect(try issuer("alb", here, "c", ("JWKS_URI", setting)).keys.sources == [source])
        }
        // No document gives the host for China.
        let china = here.replacing("arn:aws:", with: "arn:aws-cn:")
        #expect(message("alb", china, "c").hasPrefix("ISSUER is not an https:// URL"))
        #expect(
            try issuer("alb", china, "c", ("JWKS_URI", "https://k")).keys.sources == [
                urlSource("https://k")
            ])
        // Each region has its own host.
        let two =
            #""profile":"alb","audiences":["c"],"issuer":["\#(here)","\#(here.replacing("shop", with: "blog"))"]"#
        #expect(
            documentMessage(two)
                == "RULES: issuers[0].issuer is one load balancer with profile alb: an issuer for each")
        #expect(
            message("alb", nil, "c")
                == "ISSUER is needed with profile alb: arn:<partition>:elasticloadbalancing:<region>:<account>:loadbalancer/app/<name>/<id>"
        )
    }

    @Test func faultsOfTheDocument() {
        #expect(
            documentMessage(#""profile":"x","issuer":"https://a""#).hasPrefix(
                "RULES: issuers[0].profile is none of cognito, "))
        #expect(
            documentMessage(#""profile":7,"issuer":"https://a""#)
                == #"RULES: issuers[0].profile is not a string; for example "cognito""#)
        #expect(
            documentMessage(#""profile":"auth0","issuer":"https://a""#)
                == "RULES: issuers[0].issuer has not the form of profile auth0: https://<tenant.auth0.com>/")
        #expect(
            documentMessage(#""profile":"auth0""#).hasPrefix(
                "RULES: issuers[0].issuer is needed with profile auth0"))
        #expect(
            documentMessage(#""profile":"apple""#).hasPrefix(
                "RULES: issuers[0].audiences is needed with profile apple"))
        let github = #""profile":"github-actions","audiences":["a"]"#
        #expect(documentMessage(github).hasPrefix("RULES: issuers[0].profile needs routes"))
        #expect(documentMessage(github, routes: #","routes":[{"route":"GET /a","allow":"any_token"}]"#) == "")
        // Addresses are named by their index.
        #expect(
            documentMessage(#""issuer":"accounts.example.com""#).hasPrefix(
                "RULES: issuers[0].issuer is not an https:// URL"))
        #expect(
            documentMessage(#""profile":"keycloak","issuer":"sso/realms/x""#).hasPrefix(
                "RULES: issuers[0].issuer is not an https:// URL"))
    }

    @Test func tenants() throws {
        let other = "9188040d-6c67-4c5b-b112-36a304b66dad"
        let open = #""profile":"entra","issuer":"\#(v2){tenantid}/v2.0","audiences":["a"]"#
        let document = try RulesDocument(
            parsing: bytes(#"{"issuers":[{\#(open),"tenants":["\#(tenant)","\#(other)"]}]}"#))
        let read = try #require(document.issuers?.first)
        #expect(
            read.trusted.claims.issuers.map(text) == ["\(v2){tenantid}/v2.0", "\(v1){tenantid}/"])
        #expect(try read.keys.sources == [urlSource("\(v2)common/discovery/v2.0/keys")])
        let one = bytes("\(v1)\(tenant)/")
        let isOne = read.trusted.issues(one.span)
        #expect(isOne)
        let many = (10..<75).map { "\"\(tenant.dropLast(2))\($0)\"" }
        #expect(documentMessage(open + ",\"tenants\":[\(many.dropLast().joined(separator: ","))]") == "")
        #expect(
            documentMessage(open + ",\"tenants\":[\(many.joined(separator: ","))]")
                == "RULES: issuers[0].tenants has more than 64")
        #expect(documentMessage(open + #","tenants":[]"#).hasPrefix("RULES: issuers[0].tenants is empty"))
        #expect(
            documentMessage(open + #","tenants":["common"]"#).hasPrefix(
                "RULES: issuers[0].tenants[0] is not a tenant ID"))
        #expect(
            documentMessage(open + #","tenants":["\#(tenant.uppercased())"]"#).hasPrefix(
                "RULES: issuers[0].tenants[0]"))
        for closed in [
            #""issuer":"https://a""#, #""profile":"entra","issuer":"\#(v1)\#(tenant)/","audiences":["a"]"#,
        ] {
            #expect(
                documentMessage(closed + #","tenants":["\#(tenant)"]"#).hasPrefix(
                    "RULES: issuers[0].tenants requires profile entra"))
        }
    }

    @Test func trustDomains() throws {
        let needed = "JWKS_URI is needed with profile spiffe: https://spire.example.com/bundle"
        #expect(message("spiffe", "spiffe://example.org", "api") == needed)
        let read = try issuer("spiffe", "spiffe://example.org", "api", ("JWKS_URI", "https://k"))
        #expect(read.trusted.claims.form == .svid && read.keys.isBundle && !read.keys.isPerKey)
        #expect(read.trusted.claims.issuers.map(text) == ["spiffe://example.org"])
        #expect(
            read.trusted.algorithms == [
                .rs256, .rs384, .rs512, .ps256, .ps384, .ps512, .es256, .es384, .es512,
            ])
        for iss in [
            "spiffe://Example.org", "spiffe://example.org/", "spiffe://example.org/a", "example.org",
            "spiffe://", "spiffe://a:1", "spiffe://a%41", "https://example.org",
        ] {
            #expect(
                message("spiffe", iss, "api").hasPrefix(
                    "ISSUER has not the form of profile spiffe: spiffe://<trust.domain>"), "\(iss)")
        }
        #expect(message("spiffe", "spiffe://a").hasPrefix("AUDIENCE is needed with profile spiffe"))
        #expect(message("spiffe").hasPrefix("ISSUER is needed with profile spiffe"))
        #expect(
            documentMessage(
                #""profile":"spiffe","audiences":["a"],"jwks_uri":"/b.json","issuer":["spiffe://a","spiffe://b"]"#
            )
            .hasSuffix("with profile spiffe: an issuer for each"))
        // The set of a setting is a bundle as well.
        let jwk = TestIssuer.first.jwk(#","use":"jwt-svid""#)
        #expect(
            documentMessage(
                #""profile":"spiffe","audiences":["a"],"issuer":"spiffe://a","jwks":{"keys":[\#(jwk)]}"#)
                == "")
        #expect(
            documentMessage(
                #""profile":"spiffe","audiences":["a"],"issuer":"spiffe://a","jwks":{"keys":[\#(TestIssuer.first.jwk())]}"#
            ) != "")
        #expect(documentMessage(#""issuer":"https://a","jwks":{"keys":[\#(jwk)]}"#) != "")
    }

    // MARK: Ages

    @Test func ages() throws {
        let names = ["MAX_AGE", "MAX_LIFETIME", "MIN_REMAINING"]
        let rfc9068 = try issuer(
            "rfc9068", "https://a", "a", ("TOKEN_MAX_AGE_SECONDS", "1"),
            ("TOKEN_MAX_LIFETIME_SECONDS", "31536000"), ("TOKEN_MIN_REMAINING_SECONDS", "30"))
        #expect(
            rfc9068.trusted.claims.maximumAgeSeconds == 1
                && rfc9068.trusted.claims.maximumLifetimeSeconds == 31_536_000)
        #expect(rfc9068.trusted.claims.minimumRemainingSeconds == 30)
        for name in names {
            for value in ["0", "31536001"] {
                #expect(throws: SettingsError.self) {
                    try issuer("apple", nil, "a", ("TOKEN_\(name)_SECONDS", value))
                }
                let member = #""issuer":"https://a","token_\#(name.lowercased())_seconds":\#(value)"#
                #expect(
                    documentMessage(member)
                        == "RULES: issuers[0].token_\(name.lowercased())_seconds must be from 1 to 31536000")
            }
        }
        let document = try RulesDocument(
            parsing: bytes(
                #"{"issuers":[{"issuer":"https://a","token_max_age_seconds":1,"token_max_lifetime_seconds":2,"token_min_remaining_seconds":3}]}"#
            ))
        let claims = try #require(document.issuers?.first).trusted.claims
        #expect(
            claims.maximumAgeSeconds == 1 && claims.maximumLifetimeSeconds == 2
                && claims.minimumRemainingSeconds == 3)
        #expect(claims.kind == nil && claims.tokenTypes.isEmpty && !claims.refusesIDTokens)
    }

    /// REQUIRED_SCOPES uses the claims of the profile.
    @Test func requiredScopes() throws {
        var rules = Rules(resources: [])
        rules.requiredScopes = [bytes("read"), bytes("write")]
        func isMet(_ claims: String, _ issuer: ConfiguredIssuer) throws -> Bool {
            let document = try JSONDocument(parsing: bytes(claims))
            return rules.scopesAreMet(by: document.root, at: issuer.trusted.places.scopes)
        }
        let auth0 = try issuer("auth0", "https://a.auth0.com/", "a")
        let okta = try issuer("okta", "https://a.okta.com/oauth2/x", "a")
        #expect(try isMet(#"{"permissions":["read"],"scope":"openid write"}"#, auth0))
        #expect(try !isMet(#"{"scp":["read","write"]}"#, auth0))
        #expect(try isMet(#"{"scp":["read","write"]}"#, okta))
        #expect(try !isMet(#"{"scope":"read write"}"#, okta))
    }
}
