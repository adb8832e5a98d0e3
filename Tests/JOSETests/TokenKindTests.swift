import JSON
import TestSupport
import Testing

@testable import JOSE

private let now: Int64 = 1_700_000_000
private let tenant = "72f988bf-86f1-41af-91ab-2d7cd011db47"
private let other = "72f988bf-86f1-41af-91ab-2d7cd011db48"

/// A kind of token with only the given requirements.
private func kind(
    type: [String] = [], anyOf: [String] = [], required: [String] = [], audience: String = "",
    tenant: Bool = false, tenants: [String] = [], optional: [String] = [], comparesAudience: Bool = false
) -> TokenKind {
    TokenKind(
        typeClaim: type.map(bytes), anyOf: anyOf.map(bytes), required: required.map(bytes),
        audienceClaim: bytes(audience), bindsTenant: tenant, tenants: tenants.map(bytes),
        optional: optional.map(bytes), comparesAudienceClaim: comparesAudience)
}

/// AUDIT 23: one kind of token where several are issued.
@Suite struct TokenKindTests {
    private func refusal(
        _ members: String, _ kind: TokenKind?, _ change: (inout ClaimRules) -> Void = { _ in }
    ) -> JOSEError? {
        var rules = ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0)
        rules.kind = kind
        change(&rules)
        return thrown { () throws(JOSEError) in
            let comma = members.isEmpty ? "" : ","
            let token = try verify(
                issuer.token(
                    header: #"{"alg":"RS256"}"#, payload: #"{"exp":\#(now + 60)\#(comma)\#(members)}"#))
            return try rules.check(token, nowSeconds: now)
        }
    }

    @Test func aClaimDeterminesTheKindOfToken() {
        let cognito = kind(type: ["token_use", "id", "access"])
        #expect(refusal(#""token_use":"access""#, cognito) == nil)
        #expect(refusal(#""token_use":"id""#, cognito) == .idToken(.tokenUse))
        for use in ["", "Access", "refresh", "token_use", "accessid"] {
            #expect(refusal(#""token_use":"\#(use)""#, cognito) == .tokenTypeMismatch, "\(use)")
        }
        #expect(refusal("", cognito) == .tokenTypeMismatch)
        for value in ["null", "1", #"["access"]"#, "{}"] {
            #expect(refusal(#""token_use":\#(value)"#, cognito) == .claimType(.tokenUse), "\(value)")
        }
        let keycloak = kind(type: ["typ", "ID", "Bearer", "DPoP"])
        #expect(refusal(#""typ":"Bearer""#, keycloak) == nil && refusal(#""typ":"DPoP""#, keycloak) == nil)
        #expect(refusal(#""typ":"ID""#, keycloak) == .idToken(.other))
        #expect(refusal(#""typ":"Refresh""#, keycloak) == .tokenTypeMismatch)
        #expect(refusal(#""typ":1"#, keycloak) == .claimType(.other))
    }

    @Test func oneOfSeveralClaims() {
        let entra = kind(anyOf: ["azp", "appid"])
        #expect(refusal(#""azp":"x""#, entra) == nil && refusal(#""appid":"x""#, entra) == nil)
        #expect(refusal(#""AZP":"x""#, entra) == .idToken(.other))
        #expect(refusal("", entra) == .idToken(.other))
    }

    @Test func requiredClaims() {
        let all = #""sub":"s","client_id":"c","iat":\#(now),"jti":"j""#
        let rfc9068 = kind(required: ["sub", "client_id", "iat", "jti", "x"])
        #expect(refusal(all + #","x":"y""#, rfc9068) == nil)
        #expect(refusal(all + #","x":0"#, rfc9068) == .claimType(.other))
        #expect(refusal(#""auth_time":0"#, kind(required: ["auth_time"])) == nil)
        #expect(refusal(all, rfc9068) == .claimMissing(.other))
        #expect(refusal(all + #","x":"""#, rfc9068) == .claimMissing(.other))
        for value in ["null", "true", "[]", "{}"] {
            #expect(refusal(all + #","x":\#(value)"#, rfc9068) == .claimType(.other), "\(value)")
        }
        for (name, claim) in [
            ("sub", JOSEError.Claim.sub), ("client_id", .clientID), ("iat", .iat), ("jti", .jti),
        ] {
            #expect(
                refusal(all.replacing(#""\#(name)""#, with: #""no""#), rfc9068) == .claimMissing(claim),
                "\(name)")
        }
        #expect(refusal(all.replacing(#""c""#, with: "null") + #","x":1"#, rfc9068) == .claimType(.clientID))
    }

    @Test func anotherClaimReplacesAnAbsentAudience() {
        let cognito = kind(audience: "client_id")
        let asked: (inout ClaimRules) -> Void = { $0.audiences = [bytes("app"), bytes("https://api")] }
        #expect(refusal(#""client_id":"app""#, cognito, asked) == nil)
        #expect(refusal(#""client_id":"other""#, cognito, asked) == .audienceMismatch)
        #expect(refusal("", cognito, asked) == .claimMissing(.aud))
        #expect(refusal(#""client_id":1"#, cognito, asked) == .claimType(.aud))
        // A token for a resource is for that resource, independent of the client.
        #expect(refusal(#""client_id":"app","aud":"https://other""#, cognito, asked) == .audienceMismatch)
        #expect(refusal(#""client_id":"other","aud":"https://api""#, cognito, asked) == nil)
        #expect(refusal("", cognito) == nil)
        #expect(refusal(#""client_id":"app""#, nil, asked) == .claimMissing(.aud))
    }

    /// Clerk: the origin is one of the audiences, also in a token with `aud`; the session is not pending.
    @Test func theOriginIsAnAudience() {
        let clerk = kind(audience: "azp", optional: ["sts", "active"], comparesAudience: true)
        let asked: (inout ClaimRules) -> Void = { $0.audiences = [bytes("https://app"), bytes("api")] }
        #expect(refusal(#""azp":"https://app""#, clerk, asked) == nil)
        #expect(refusal(#""azp":"https://app","aud":"api""#, clerk, asked) == nil)
        #expect(refusal(#""azp":"https://app","aud":["api","x"]"#, clerk, asked) == nil)
        // Without an origin the audience decides.
        #expect(refusal(#""aud":"api""#, clerk, asked) == nil)
        #expect(refusal("", clerk, asked) == .claimMissing(.aud))
        #expect(refusal(#""azp":"https://evil""#, clerk, asked) == .audienceMismatch)
        #expect(refusal(#""azp":"""#, clerk, asked) == .audienceMismatch)
        #expect(refusal(#""azp":"https://evil","aud":"api""#, clerk, asked) == .audienceMismatch)
        #expect(refusal(#""azp":"https://app","aud":"x""#, clerk, asked) == .audienceMismatch)
        for value in ["null", "7", #"["https://app"]"#, "{}"] {
            #expect(refusal(#""aud":"api","azp":\#(value)"#, clerk, asked) == .claimType(.other), "\(value)")
        }
        #expect(refusal(#""azp":"https://evil","aud":"api""#, kind(audience: "azp"), asked) == nil)
        let session = kind(optional: ["sts", "active"])
        #expect(refusal("", session) == nil && refusal(#""sts":"active""#, session) == nil)
        for status in ["pending", "", "Active", "sts", "activ"] {
            #expect(refusal(#""sts":"\#(status)""#, session) == .tokenTypeMismatch, "\(status)")
        }
        #expect(refusal(#""sts":["active"]"#, session) == .claimType(.other))
        #expect(refusal(#""sts":null"#, session) == .claimType(.other))
    }

    @Test func theTenantOfIssIsTid() {
        let entra = kind(tenant: true)
        func refusal(_ iss: String, _ tid: String?, _ form: String, _ kind: TokenKind? = entra) -> JOSEError?
        {
            let tid = tid.map { #","tid":\#($0)"# } ?? ""
            return self.refusal(#""iss":"\#(iss)"\#(tid)"#, kind) { $0.issuers = [bytes(form)] }
        }
        let (v1, v2) = ("https://sts.windows.net/", "https://login.microsoftonline.com/")
        let open = "\(v2){tenantid}/v2.0"
        #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant)\"", open) == nil)
        #expect(refusal("\(v1)\(tenant)/", "\"\(tenant)\"", "\(v1){tenantid}/") == nil)
        #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant)\"", "\(v2)\(tenant)/v2.0") == nil)
        // Bound, whether the form is open or not.
        for form in [open, "\(v2)\(tenant)/v2.0"] {
            #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(other)\"", form) == .tenantMismatch)
            #expect(refusal("\(v2)\(tenant)/v2.0", "\"\"", form) == .tenantMismatch)
            #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant.prefix(35))\"", form) == .tenantMismatch)
            #expect(refusal("\(v2)\(tenant)/v2.0", "7", form) == .claimType(.other))
            #expect(refusal("\(v2)\(tenant)/v2.0", nil, form) == .tenantMismatch)
        }
        for iss in [
            "\(v2)\(tenant)/v2.0/", "\(v2)\(tenant)/v2", "\(v2)\(tenant)", "\(v2)/v2.0", "\(v2)common/v2.0",
            "",
            "\(v2){tenantid}/v2.0x", "\(v2)\(tenant.uppercased())/v2.0", "\(v2)\(tenant)\(tenant)/v2.0",
            "\(v2)../\(tenant)/v2.0", "\(v2)72f988bf-86f1-41af-91ab-2d7cd011db4/v2.0", "\(v1)\(tenant)/",
            "\(v2)72f988bf186f1-41af-91ab-2d7cd011db47/v2.0",
            "\(v2)72f988b--86f1-41af-91ab-2d7cd011db47/v2.0",
        ] {
            #expect(refusal(iss, "\"\(tenant)\"", open) == .issuerMismatch, "\(iss)")
        }
        // Only the named tenants.
        let some = kind(tenant: true, tenants: [other, tenant])
        #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant)\"", open, some) == nil)
        let one = kind(tenant: true, tenants: [other])
        #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant)\"", open, one) == .tenantMismatch)
        // The template itself, byte for byte: it does not name a tenant, so no `tid` can match it.
        #expect(refusal(open, "\"\(tenant)\"", open) == .tenantMismatch)
        // Without the profile the template is an ordinary name.
        #expect(refusal("\(v2)\(tenant)/v2.0", "\"\(tenant)\"", open, nil) == .issuerMismatch)
        #expect(refusal(open, nil, open, kind()) == nil)
    }

    /// At the limit and one past it; the skew does not count.
    @Test func theRemainingTime() {
        func refusal(_ least: Int64, skew: Int64 = 0) -> JOSEError? {
            self.refusal("", nil) {
                $0.minimumRemainingSeconds = least
                $0.clockSkewSeconds = skew
            }
        }
        #expect(refusal(60) == nil && refusal(59) == nil)
        #expect(refusal(61) == .remainingTooShort(minimumSeconds: 61))
        #expect(refusal(61, skew: 60) == .remainingTooShort(minimumSeconds: 61))
    }
}
