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
        // A variable takes precedence over the profile.
        #expect(try issuer("google", google, "a", ("ALGORITHMS", "ES256")).trusted.algorithms == [.es256])
        // RFC 9864: two names of one algorithm.
        for names in ["EdDSA", "Ed25519", "EdDSA,Ed25519", "Ed25519,EdDSA"] {
            #expect(try issuer("google", google, "a", ("ALGORITHMS", names)).trusted.algorithms == [.edDSA])
        }
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
        let words =
            "cognito, auth0, okta, entra, google, firebase, keycloak, apple, github-actions, alb, rfc9068"
        for word in ["Cognito", "azure", "cognito ", "issuer"] {
            #expect(message(word, "https://a/") == "PROFILE is none of \(words)")
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
            ("alb", "arn:aws:\(balancer)"),
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

    // MARK: Ages

    @Test func ages() throws {
        let names = ["TOKEN_MAX_AGE", "TOKEN_MAX_LIFETIME", "TOKEN_MIN_REMAINING", "AUTH_MAX_AGE"]
        let rfc9068 = try issuer(
            "rfc9068", "https://a", "a", ("TOKEN_MAX_AGE_SECONDS", "1"),
            ("TOKEN_MAX_LIFETIME_SECONDS", "31536000"), ("TOKEN_MIN_REMAINING_SECONDS", "30"),
            ("AUTH_MAX_AGE_SECONDS", "900"))
        #expect(
            rfc9068.trusted.claims.maximumAgeSeconds == 1
                && rfc9068.trusted.claims.maximumLifetimeSeconds == 31_536_000)
        #expect(rfc9068.trusted.claims.minimumRemainingSeconds == 30)
        #expect(rfc9068.trusted.claims.maximumAuthAgeSeconds == 900)
        for name in names {
            for value in ["0", "31536001"] {
                #expect(throws: SettingsError.self) {
                    try issuer("apple", nil, "a", ("\(name)_SECONDS", value))
                }
                let member = #""issuer":"https://a","\#(name.lowercased())_seconds":\#(value)"#
                #expect(
                    documentMessage(member)
                        == "RULES: issuers[0].\(name.lowercased())_seconds must be from 1 to 31536000")
            }
        }
        let document = try RulesDocument(
            parsing: bytes(
                #"{"issuers":[{"issuer":"https://a","token_max_age_seconds":1,"token_max_lifetime_seconds":2,"token_min_remaining_seconds":3,"auth_max_age_seconds":4}]}"#
            ))
        let claims = try #require(document.issuers?.first).trusted.claims
        #expect(
            claims.maximumAgeSeconds == 1 && claims.maximumLifetimeSeconds == 2
                && claims.minimumRemainingSeconds == 3 && claims.maximumAuthAgeSeconds == 4)
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
