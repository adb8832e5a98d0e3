import JOSE
import Keys
import TestSupport
import Testing

@testable import Settings

private let entra = "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0"
private let routes = #""routes":[{"route":"GET /a","allow":"any_token"}]"#
private let keySet =
    #"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#

/// One field: the variable and its value, the member and its JSON text.
private typealias Field = (variable: String, value: String, member: String, json: String)

private func field(_ variable: String, _ member: String, _ value: String) -> Field {
    (variable, value, member, "\"\(value)\"")
}

private func list(_ variable: String, _ member: String, _ values: String...) -> Field {
    (variable, values.joined(separator: ","), member, "[\"\(values.joined(separator: "\",\""))\"]")
}

private func number(_ variable: String, _ member: String, _ value: Int) -> Field {
    (variable, "\(value)", member, "\(value)")
}

private func fromVariables(_ fields: [Field]) throws(SettingsError) -> ConfiguredIssuer {
    let pairs = fields.map { ($0.variable, $0.value) } + [("RULES", "{\(routes)}")]
    return try Settings(environment: variables(pairs)).issuers[0]
}

private func fromDocument(_ fields: [Field]) throws(SettingsError) -> ConfiguredIssuer {
    let members = fields.map { "\"\($0.member)\":\($0.json)" }.joined(separator: ",")
    return try Settings(environment: [(bytes("RULES"), bytes("{\"issuers\":[{\(members)}],\(routes)}"))])
        .issuers[0]
}

/// Issuers of a document can be distinguished by their tokens (AUDIT 18, 31).
@Suite struct ConfiguredIssuerTests {
    /// The same fields, in variables and in a document, give the same issuer.
    @Test(arguments: [
        [field("ISSUER", "issuer", "https://idp.example.com/")],
        [
            field("ISSUER", "issuer", "https://idp.example.com/"), list("AUDIENCE", "audiences", "a", "b"),
            list("ALGORITHMS", "algorithms", "ES256", "RS256"), field("JWKS_URI", "jwks_uri", "/k"),
            field("JWKS_URI_FALLBACK", "fallback_jwks_uri", "https://mirror.example.com/k"),
            field("JWKS_SNAPSHOT", "snapshot", "s.json"),
            number("CLOCK_SKEW_SECONDS", "clock_skew_seconds", 5),
            number("TOKEN_MAX_AGE_SECONDS", "token_max_age_seconds", 1),
            number("TOKEN_MAX_LIFETIME_SECONDS", "token_max_lifetime_seconds", 2),
            number("TOKEN_MIN_REMAINING_SECONDS", "token_min_remaining_seconds", 3),
            number("AUTH_MAX_AGE_SECONDS", "auth_max_age_seconds", 4),
        ],
        [field("ISSUER", "issuer", "i"), ("JWKS", keySet, "jwks", keySet)],
        [
            field("PROFILE", "profile", "entra"), field("ISSUER", "issuer", entra),
            list("AUDIENCE", "audiences", "a"),
        ],
        [field("PROFILE", "profile", "google"), list("AUDIENCE", "audiences", "a")],
        [
            field("PROFILE", "profile", "auth0"), field("ISSUER", "issuer", "https://a.auth0.com/"),
            list("ALGORITHMS", "algorithms", "PS256"), field("JWKS_URI", "jwks_uri", "https://k/"),
        ],
    ]) private func variablesAndDocumentsGiveTheSameIssuer(_ fields: [Field]) throws {
        let (ours, other) = (try fromVariables(fields), try fromDocument(fields))
        #expect(ours.keys.sources == other.keys.sources && ours.keys.isPerKey == other.keys.isPerKey)
        #expect(ours.keys.snapshot == other.keys.snapshot && ours.profile == other.profile)
        #expect(ours.trusted.algorithms == other.trusted.algorithms && ours.name == other.name)
        let (claims, others) = (ours.trusted.claims, other.trusted.claims)
        #expect(claims.issuers == others.issuers && claims.audiences == others.audiences)
        #expect(claims.clockSkewSeconds == others.clockSkewSeconds)
        #expect(claims.maximumAgeSeconds == others.maximumAgeSeconds)
        #expect(claims.maximumLifetimeSeconds == others.maximumLifetimeSeconds)
        #expect(claims.minimumRemainingSeconds == others.minimumRemainingSeconds)
        #expect(claims.maximumAuthAgeSeconds == others.maximumAuthAgeSeconds)
        #expect((claims.kind == nil) == (others.kind == nil) && claims.tokenTypes == others.tokenTypes)
        #expect(!ours.isInDocument && other.isInDocument)
    }

    /// The same error has the message of its place: the variable or the path.
    @Test(arguments: [
        (
            [field("ISSUER", "issuer", "urn:a")],
            "ISSUER is not an https:// URL (or a loopback http:// one) without a query, which discovery needs if neither JWKS_URI nor JWKS is set; for example ISSUER=https://idp.example.com/",
            "RULES: issuers[0].issuer is not an https:// URL without a query, which discovery needs if neither jwks_uri nor jwks is set"
        ),
        (
            [field("ISSUER", "issuer", "'i'"), field("JWKS_URI", "jwks_uri", "/k")],
            "ISSUER has quotation marks around a value, which would be compared too: write it without them; for example ISSUER=https://idp.example.com/",
            #"RULES: issuers[0].issuer has quotation marks around a value, which would be compared too: write it without them; for example "https://idp.example.com/""#
        ),
        (
            [
                field("ISSUER", "issuer", "i"), field("JWKS_URI", "jwks_uri", "/k"),
                ("JWKS", keySet, "jwks", keySet),
            ],
            "JWKS_URI and JWKS are both set: keep one; for example JWKS_URI=https://idp.example.com/.well-known/jwks.json",
            "RULES: issuers[0] must have exactly one of jwks_uri, jwks"
        ),
        (
            [
                field("ISSUER", "issuer", "i"), field("JWKS_SNAPSHOT", "snapshot", "/s"),
                ("JWKS", keySet, "jwks", keySet),
            ],
            "JWKS_SNAPSHOT has no effect without JWKS_URI; for example JWKS_SNAPSHOT=jwks.json",
            "RULES: issuers[0].snapshot is only allowed with jwks_uri: jwks is not fetched"
        ),
        (
            [field("ISSUER", "issuer", "i"), field("JWKS_URI", "jwks_uri", "http://k/")],
            "JWKS_URI uses http:// to a host other than localhost, 127.0.0.0/8 or [::1]: an attacker on the way could replace the keys; for example JWKS_URI=https://idp.example.com/.well-known/jwks.json",
            #"RULES: issuers[0].jwks_uri is neither an https:// URL, a loopback http:// URL, file:///… nor an absolute path; for example "https://idp.example.com/.well-known/jwks.json""#
        ),
        (
            [field("ISSUER", "issuer", "i"), ("JWKS", #"{"keys":[]}"#, "jwks", #"{"keys":[]}"#)],
            "JWKS has no key that can verify tokens; for example JWKS=\(SettingName.jwks.example)",
            "RULES: issuers[0].jwks is empty"
        ),
        (
            [
                field("ISSUER", "issuer", "https://i/"), list("ALGORITHMS", "algorithms", "RS256", "HS256"),
            ],
            "ALGORITHMS names an algorithm other than RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519), ML-DSA-44, ML-DSA-65, ML-DSA-87; for example ALGORITHMS=RS256,PS256",
            #"RULES: issuers[0].algorithms[1] is not one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA (Ed25519), ML-DSA-44, ML-DSA-65, ML-DSA-87; for example "RS256""#
        ),
    ]) private func errorsNameTheirPlace(_ fields: [Field], _ variable: String, _ member: String) {
        func message(_ made: ([Field]) throws(SettingsError) -> ConfiguredIssuer) -> String {
            do throws(SettingsError) { _ = try made(fields) } catch { return text(error.message) }
            return ""
        }
        #expect(message(fromVariables) == variable)
        #expect(message(fromDocument) == member)
    }

    /// The fallback must differ from the address that the profile defines. A document may repeat the profile's address.
    @Test func theAddressOfAProfileRepeated() throws {
        let fields = [
            field("PROFILE", "profile", "auth0"), field("ISSUER", "issuer", "https://a.auth0.com/"),
            field(
                "JWKS_URI_FALLBACK", "fallback_jwks_uri", "https://a.auth0.com/.well-known/jwks.json"),
        ]
        #expect(throws: SettingsError(.jwksURIFallback, .sameAddress)) { try fromVariables(fields) }
        #expect(try fromDocument(fields).keys.sources.count == 2)
    }
}
