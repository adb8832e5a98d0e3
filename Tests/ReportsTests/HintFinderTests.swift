import DecisionSupport
import TestSupport
import Testing

@testable import Reports

/// For each hint tokens and settings that it is for; and some that are near to it.
@Suite struct HintFinderTests {
    private let now = Asked.now

    /// A good token's claims with these changes.
    private func claims(_ iss: String = "iss", aud: String = #""aud""#, _ further: String = "") -> String {
        #""iss":"\#(iss)","aud":\#(aud),"exp":\#(Asked.now + 600)\#(further)"#
    }

    @Test func anAllowedTokenGetsNoHint() throws {
        #expect(try Explained.hints(token: Asked.token()) == [])
        // An OpenID scope makes it an access token.
        #expect(try Explained.hints(token: Explained.token(claims(#","nonce":"n","scope":"openid""#))) == [])
    }

    @Test func theTokensForm() throws {
        let good = Asked.token()
        let parts = good.split(separator: ".").map(String.init)
        for (token, hint) in [
            ("Bearer " + good, "bearer_twice"), ("\\\"\(good)\\\"", "quotes"), ("\(good).a.b", "encrypted"),
            ("0123456789", "opaque"), (parts[0] + "." + parts[1], "cut"), (String(good.dropLast(1)), "cut"),
            (String(good.dropLast(100)), "cut"), (parts[0] + "==." + parts[1] + "." + parts[2], "padding"),
            (Explained.token("}{"), ""), (Explained.token(#""sub":"a","sub":"b""#), ""),
            (TestIssuer.first.token(header: #"{"alg":"HS256"}"#, payload: "{}"), "shared_secret"),
            (TestIssuer.first.token(header: #"{"alg":"Ed448"}"#, payload: "{}"), "ed448"),
            (TestIssuer.first.token(header: #"{"alg":"ed448"}"#, payload: "{}"), ""),
            (Explained.token(claims(), header: #","enc":"x""#), "encrypted"),
            (TestIssuer.first.token(header: #"{"alg":"RS256"}"#, payload: #"{"sub":"a""#), "cut"),
        ] {
            let hints = try Explained.hints(token: token)
            #expect(hint.isEmpty ? hints == [] : hints.contains(hint), "\(token.prefix(60)): \(hints)")
        }
    }

    /// ES256 has 64 bytes, ES384 96, ES512 132: one byte less was cut.
    @Test(arguments: [("ES256", 64), ("ES384", 96), ("ES512", 132), ("RS256", 256)])
    func theSignatureIsCut(algorithm: String, whole: Int) throws {
        let settings = try Explained.settings(("ALGORITHMS", "RS256"))
        for (count, isCut) in [(whole, false), (whole - 1, true)] {
            let head = base64url(bytes(#"{"alg":"\#(algorithm)","kid":"key-1"}"#))
            let body = base64url(bytes("{\(claims())}"))
            let signature = base64url([UInt8](repeating: 1, count: count))
            let hints = try Explained.hints(token: "\(head).\(body).\(signature)", settings)
            // Of another algorithm than the allowed one the signature is not looked at.
            #expect(hints.contains("cut") == (isCut && algorithm == "RS256"))
        }
    }

    @Test(arguments: [
        ("https://idp.example.com/", "https://idp.example.com", "issuer_slash"),
        ("https://idp.example.com", "https://idp.example.com/", "issuer_slash"),
        ("https://accounts.google.com", "accounts.google.com", "issuer_scheme_or_case"),
        ("https://idp.example.com/", "https://IDP.example.com/", "issuer_scheme_or_case"),
        (
            "https://cognito-idp.r.amazonaws.com/p", "https://issuer-cognito-idp.r.amazonaws.com/p",
            "cognito_issuer"
        ),
        (
            "https://issuer-cognito-idp.r.amazonaws.com/p", "https://cognito-idp.r.amazonaws.com/p",
            "cognito_issuer"
        ),
        ("https://sts.windows.net/t/", "https://login.microsoftonline.com/t/v2.0", "entra_version"),
        ("https://login.microsoftonline.com/t/v2.0", "https://sts.windows.net/t/", "entra_version"),
        ("https://sts.windows.net/t/", "https://login.microsoftonline.com/u/v2.0", ""),
        ("https://cognito-idp.r.amazonaws.com/p", "https://issuer-cognito-idp.r.amazonaws.com/px", ""),
        ("https://idp.example.com/", "https://idp.example.com/x/", ""),
    ])
    func similarIssuers(configured: String, actual: String, hint: String) throws {
        let settings = try Explained.settings(issuer: configured)
        let hints = try Explained.hints(token: Explained.token(claims(actual)), settings)
        #expect(hints == (hint.isEmpty ? [] : [hint]))
    }

    @Test func anotherIssuersKey() throws {
        let header = #"{"alg":"RS256","kid":"x"}"#
        for (iss, hint) in [("other", ["other_issuer"]), ("iss", [])] {
            let token = TestIssuer.first.token(header: header, payload: "{\(claims(iss))}")
            #expect(try Explained.hints(token: token) == hint)
        }
    }

    @Test(arguments: [
        (#""aud/""#, "", ["audience_form"]), (#""AUD""#, "", ["audience_form"]),
        (#"["x","api://aud"]"#, "", ["audience_form", "audience_array"]),
        (#"["a","b"]"#, "", ["audience_array"]), (#""other""#, "", []),
        (#""00000003-0000-0000-c000-000000000000""#, "", ["microsoft_graph"]),
        (#""https://graph.microsoft.com/""#, "", ["microsoft_graph"]),
        (#""x""#, #","token_use":"id""#, ["id_token"]), (#""x""#, #","at_hash":"h""#, ["id_token"]),
        (#""x""#, #","token_use":"access","nonce":"n""#, []),
        (#""x""#, #","nonce":"n","scp":"s""#, []),
    ])
    func whomItIsFor(audience: String, further: String, expected: [String]) throws {
        #expect(
            try Explained.hints(token: Explained.token(claims(aud: audience, further))) == expected)
    }

    @Test func anAudienceThatIsAbsent() throws {
        let token = Explained.token(#""iss":"iss","client_id":"c","exp":\#(now + 600)"#)
        #expect(try Explained.hints(token: token) == ["audience_absent"])
        #expect(try Explained.hints(token: Explained.token(#""iss":"iss","exp":\#(now + 600)"#)) == [])
    }

    /// A Clerk session that is pending, and one from another origin.
    @Test func clerkSessions() throws {
        let settings = try Explained.settings(issuer: "https://clerk.example.com", ("PROFILE", "clerk"))
        for (further, hint) in [
            (#""sts":"pending","azp":"aud""#, "session_pending"), (#""sts":"x","azp":"aud""#, ""),
            (#""sts":"pending","azp":"x""#, ""), (#""azp":"aud/""#, "audience_form"),
            (#""azp":"aud/","aud":"aud""#, ""), (#""azp":"aud""#, ""),
        ] {
            let token = Explained.token(
                #""iss":"https://clerk.example.com","sub":"a","sid":"s","exp":\#(now + 600),\#(further)"#)
            #expect(try Explained.hints(token: token, settings) == (hint.isEmpty ? [] : [hint]), "\(further)")
        }
    }

    /// 15 minutes may be a clock; more is a token that ended. CLOCK_SKEW_SECONDS are 60.
    @Test func when() throws {
        func hints(_ claims: String, cache: Int64 = 0) throws -> [String] {
            try Explained.hints(
                token: Explained.token(#""iss":"iss","aud":"aud",\#(claims)"#), cacheSeconds: cache)
        }
        #expect(try hints(#""exp":\#(now - 900)"#) == ["clock"])
        #expect(try hints(#""exp":\#(now - 901)"#) == [])
        #expect(try hints(#""exp":\#(now + 9000),"nbf":\#(now + 900)"#) == ["clock"])
        #expect(try hints(#""exp":\#(now + 9000),"nbf":\#(now + 901)"#) == [])
        #expect(try hints(#""exp":\#(now + 9000),"iat":\#(now + 300)"#) == ["clock"])
        #expect(try hints(#""exp":100000000001"#) == ["milliseconds"])
        #expect(try hints(#""exp":100000000000"#) == [])
        #expect(try hints(#""exp":\#(now + 600)"#, cache: 600) == [])
        // The skew counts for the grant: it ends 60 seconds later.
        let end = try #require(
            (600...700).first { try hints(#""exp":\#(now + 600)"#, cache: $0) == ["cache"] })
        #expect(end == 601 || end == 661)
    }

    @Test func cachingGetsNoHintIfTheAnswerLimitsIt() throws {
        let settings = try Asked.settings([("RESOURCE", "*,arn:aws:appsync:r:1:apis/a")])
        let event = Asked.event(.appSync, "", Asked.token())
        #expect(try Explained.explanation(event, settings, cacheSeconds: 3600).hints.isEmpty)
    }

    @Test(arguments: [
        ("/prod/GET/orders/*", "GET/orders/42", [String]()),
        ("/dev/GET/orders/*", "GET/orders/42", ["resource_stage"]),
        ("/prod/POST/*", "GET/orders/42", ["resource_method"]),
        ("/prod/GET/orders", "GET/orders/42", ["resource_end"]),
        ("/GET/orders/*", "GET/orders/42", ["resource_stage_missing"]),
        // With the variable as a * and another * at its end it would match as well.
        ("/prod/GET/orders/{id}", "GET/orders/42", ["resource_end", "resource_variable"]),
        ("/dev/POST/x", "GET/orders/42", []),
    ])
    func similarResources(resource: String, call: String, expected: [String]) throws {
        let api = String(Rule.prefix.dropLast("/prod".count))
        let settings = try Asked.settings([("RESOURCE", api + resource)])
        #expect(try Explained.hints(token: Asked.token(), settings, call: call) == expected)
    }

    @Test func theResourceOfAnotherAPIOrAConnection() throws {
        let other = Rule.prefix.replacing("a1b2c3d4e5", with: "zzzzzzzzzz")
        let settings = try Asked.settings([("RESOURCE", other + "/*")])
        #expect(try Explained.hints(token: Asked.token(), settings) == ["resource_api"])
        let connect = Asked.event(.webSocket, "$connect", Asked.token())
        let verbs = try Asked.settings([("RESOURCE", Rule.prefix + "/*/*")])
        #expect(
            try Explained.explanation(connect, verbs).hints.map { text($0.code) } == ["resource_connect"])
        // With rules RESOURCE is not asked.
        let rules = try Asked.settings(rules: Rule.open("GET /x"))
        #expect(try Explained.hints(token: Asked.token(), rules) == [])
    }

    @Test func loadBalancers() throws {
        let balancer =
            "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/50dc6c495c0c9188"
        let signed = Explained.token(claims(), header: #","signer":"\#(balancer)""#)
        #expect(try Explained.hints(token: signed) == ["alb_token"])
        let event = Asked.event(.restToken, "GET/a", signed)
        let settings = try Explained.settings(
            issuer: balancer, ("PROFILE", "alb"), ("ALGORITHMS", "RS256,ES256"))
        func hints(_ event: [UInt8]) throws -> [String] {
            try Explained.explanation(event, settings).hints.map { text($0.code) }
        }
        #expect(try hints(Asked.event(.restToken, "GET/a", Asked.token())) == ["no_alb_token"])
        let other = Explained.token(claims(), header: #","signer":"\#(balancer)0""#)
        #expect(try hints(Asked.event(.restToken, "GET/a", other)) == ["other_alb"])
        #expect(try !hints(event).contains("no_alb_token"))
    }

    /// A line for each hint, and no other.
    @Test func everyHintHasItsText() {
        var all = HintSet()
        var count = 0
        while let hint = Hint(rawValue: count) {
            all.insert(hint, if: true)
            var one = HintSet()
            one.insert(hint, if: false)
            #expect(!one.contains(hint) && one.texts.isEmpty)
            one.insert(hint, if: true)
            #expect(one.contains(hint) && one.texts.count == 1)
            count += 1
        }
        let texts = all.texts
        #expect(texts.count == count && Set(texts.map { text($0.code) }).count == count)
        #expect(texts.allSatisfy { $0.text.last == 0x2E || $0.text.last == 0x29 })
        #expect(text(texts[Hint.opaque.rawValue].code) == "opaque")
        #expect(text(texts[Hint.resourceConnect.rawValue].code) == "resource_connect")
    }
}
