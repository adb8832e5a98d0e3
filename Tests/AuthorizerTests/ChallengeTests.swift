import DecisionSupport
import Events
import JSON
import Routes
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let iotPolicy =
    #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"arn:aws:iot:*:*:client/a"}]}"#

private let link = "https://api.example.com/.well-known/oauth-protected-resource/v1"

/// A rule with a requirement that is written as in the document.
private func rule(_ route: String, _ allow: String) -> String {
    #"{"route":"\#(route)","allow":{\#(allow)}}"#
}

/// The context of a refusal asks for scopes exactly if scopes are missing (RFC 6750 §3, AUDIT 34).
@Suite struct ChallengeTests {
    /// The context of the answer to `GET /a`; `cache` makes it an answer to this call alone.
    private func context(
        _ rules: String, _ claims: String = "", caller: Caller = .restRequest,
        _ further: [(String, String)] = [("RESULT_CACHE", "off")]
    ) throws -> String {
        let settings = try Asked.settings(rules: rules, further)
        let sent = try Asked.answer(Asked.event(caller, "GET/a", Asked.token(claims)), settings)
        #expect(sent.reason != "allowed" && sent.reason != "answer_inconsistent")
        let start = try #require(sent.body.range(of: #""context":{"#))
        return String(sent.body[start.upperBound...].dropLast(2))
    }

    private func refused(_ members: String) -> String { #""reason":"route_requirement",\#(members)"# }

    /// All scopes of the rule, also those that the token has; of `any_of_scopes` the first.
    @Test func theScopesOfTheDecidingRule() throws {
        let two = rule("GET /a", #""scopes":["b","a"]"#)
        for claims in ["", #","scope":"a""#, #","scope":"b c""#, #","scp":["a","x"]"#] {
            #expect(try context(two, claims) == refused(Asked.challenge("b a")))
        }
        let choice = rule("GET /a", #""any_of_scopes":["x","y"]"#)
        #expect(try context(choice, #","scope":"z""#) == refused(Asked.challenge("x")))
        let both = rule("GET /a", #""scopes":["a"],"any_of_scopes":["x","y"]"#)
        for claims in ["", #","scope":"a""#, #","scope":"y""#] {
            #expect(try context(both, claims) == refused(Asked.challenge("a x")))
        }
        // One of them is required anyway.
        let inside = rule("GET /a", #""scopes":["a","y"],"any_of_scopes":["x","y"]"#)
        #expect(try context(inside) == refused(Asked.challenge("a y")))
        // The rule that decides is the first of the route; other routes and the default do not count.
        let many = [
            rule("GET /b", #""scopes":["other"]"#), rule("GET /a", #""scopes":["one"]"#),
            rule("GET /a", #""scopes":["two"]"#), rule("GET /*", #""scopes":["wide"]"#),
        ].joined(separator: ",")
        #expect(try context(many) == refused(Asked.challenge("one")))
    }

    @Test func theDefaultsScopes() throws {
        let settings = try Asked.settings([
            ("RULES", #"{"routes":[{"route":"GET /b","public":true}],"default":{"scopes":["d"]}}"#),
            ("RESULT_CACHE", "off"),
        ])
        let sent = try Asked.answer(Asked.event(.restRequest, "GET/x", Asked.token()), settings)
        #expect(sent.body.hasSuffix(#""context":{\#(refused(Asked.challenge("d")))}}"#))
    }

    /// With something else missing too, the first missing part decides.
    @Test func otherPartsGetNoChallenge() throws {
        let reason = #""reason":"route_requirement""#
        let roles = rule("GET /a", #""scopes":["a"],"roles":["r"]"#)
        #expect(try context(roles) == refused(Asked.challenge("a")))
        #expect(try context(roles, #","scope":"a""#) == reason)
        for part in [
            #""roles":["r"]"#, #""any_of_roles":["r"]"#, #""claims":[{"claim":"t","equals":"x"}]"#,
            #""any_of_claims":[{"claim":"t","equals":"x"}]"#,
        ] {
            #expect(try context(rule("GET /a", part)) == reason, "\(part)")
        }
        let variable = #"{"route":"GET /{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#
        #expect(try context(variable) == reason)
        #expect(
            try context(#"{"route":"GET /a","deny":{"scopes":["a"]}}"#, #","scope":"a""#)
                == #""reason":"route_denied""#)
        #expect(try context(rule("GET /b", #""scopes":["b"]"#)) == #""reason":"route_unknown""#)
    }

    /// No list of scopes meets a pattern for certain, and a part of the list would be wrong.
    @Test func patternsCannotBeListed() throws {
        let bare =
            #""error":"insufficient_scope","challenge":"Bearer error=\"insufficient_scope\"""#
        for part in [
            #""any_of_scopes_like":["orders:*"]"#, #""scopes":["a"],"any_of_scopes_like":["orders:*"]"#,
            #""scopes":["a"],"any_of_scopes_like":["orders:read"]"#,
        ] {
            #expect(try context(rule("GET /a", part)) == refused(bare), "\(part)")
        }
        let linked = try context(
            rule("GET /a", #""any_of_scopes_like":["o*"]"#), "",
            [("RESULT_CACHE", "off"), ("RESOURCE_METADATA_URI", link)])
        #expect(
            linked
                == refused(
                    #""error":"insufficient_scope","challenge":"Bearer error=\"insufficient_scope\", resource_metadata=\"\#(link)\"""#
                ))
    }

    @Test(arguments: Asked.policyCallers) func theAddressOfTheMetadata(caller: Caller) throws {
        let rules = rule("GET /a", #""scopes":["a","b"]"#) + "," + rule("$connect", #""scopes":["a","b"]"#)
        let settings = try Asked.settings(rules: rules, [("RESOURCE_METADATA_URI", link)])
        let call = caller == .webSocket ? "$connect" : "GET/a"
        let sent = try Asked.answer(Asked.event(caller, call, Asked.token()), settings)
        #expect(sent.body.hasSuffix(#""context":{\#(refused(Asked.challenge("a b", link: link)))}}"#))
    }

    /// Every character that a scope may have (RFC 6749 §3.3) stands for itself, and the value can be read back.
    @Test func everyCharacterOfAScope() throws {
        let scope = String(
            decoding: (UInt8(0x21)...0x7E).filter { $0 != 0x22 && $0 != 0x5C }, as: UTF8.self)
        let found = try context(rule("GET /a", #""scopes":["\#(scope)"]"#))
        #expect(found == refused(Asked.challenge(scope)))
        let document = try JSONDocument(parsing: Array("{\(found)}".utf8))
        let challenge = try #require(document.root.member("challenge")?.stringBytes)
        #expect(
            String(decoding: challenge, as: UTF8.self)
                == #"Bearer error="insufficient_scope", scope="\#(scope)""#)
    }

    /// A library's user can set any bytes; the challenge has no scope then, and no byte of these.
    @Test(arguments: ["a\"b", "a\\b", "a b", "a\nb", "a\u{7F}", "é", ""]) func scopesOfOtherForms(
        scope: String
    )
        throws
    {
        var rules = try Asked.settings([("RESOURCE", "*")]).rules
        rules.requiredScopes = [Array("good".utf8), Array(scope.utf8)]
        let entries = rules.refusalContext(.scopeMissing, nil).map {
            String(decoding: $0.key, as: UTF8.self)
        }
        #expect(entries == ["reason", "error", "challenge"])
    }

    /// HTTP APIs answer 500 to a context value that is JSON (ContextEntry).
    @Test(arguments: ["[]", "{}", "[1]"]) func scopesThatAreJSON(scope: String) throws {
        let found = try context(rule("GET /a", #""scopes":["\#(scope)"]"#))
        #expect(
            found
                == refused(
                    #""error":"insufficient_scope","challenge":"Bearer error=\"insufficient_scope\", scope=\"\#(scope)\"""#
                ))
    }

    @Test func theLimitOfTheScopes() throws {
        for (count, isListed) in [(AuthorizerLimits.challengeScopeByteCount, true), (1025, false)] {
            let scope = String(repeating: "a", count: count - 2)
            let found = try context(rule("GET /a", #""scopes":["\#(scope)","b"]"#))
            #expect(found.contains("required_scopes") == isListed && found.contains(", scope=") == isListed)
            #expect(found.contains("insufficient_scope"))
        }
    }

    /// The policy is the same with and without room for the challenge, which is left out first; the reason always stays.
    @Test(arguments: [Caller.restRequest, .httpAPI1]) func theLimitOfTheAnswer(caller: Caller) throws {
        let scope = String(repeating: "s", count: 400)
        let open = (0..<40).map { "GET /open/resource/number/\($0)/x" }.map { Rule.open($0) }
        let rules = (open + [rule("GET /a", #""scopes":["\#(scope)"]"#)]).joined(separator: ",")
        var (withChallenge, without) = (0, 0)
        for limit in stride(from: 1024, through: 8192, by: 1024) {
            let settings = try Asked.settings(rules: rules, [("POLICY_MAX_BYTES", "\(limit)")])
            let allowed = try Asked.answer(
                Asked.event(caller, "GET/open/resource/number/1/x", Asked.token()), settings)
            let sent = try Asked.answer(Asked.event(caller, "GET/a", Asked.token()), settings)
            #expect(sent.body.utf8.count <= limit && allowed.body.utf8.count <= limit)
            #expect(try sent.effect("GET/open/resource/number/1/x").allowsInEveryReading || limit < 3000)
            #expect(try !sent.effect("GET/a").allowsInSomeReading)
            if sent.body.hasSuffix(refused(Asked.challenge(scope)) + "}}") {
                withChallenge += 1
            } else {
                #expect(sent.body.hasSuffix(#""context":{"reason":"route_requirement"}}"#))
                without += 1
            }
        }
        #expect(withChallenge > 0 && without > 0)
        // A Deny of everything obeys the limit as well.
        let scopes = [String](repeating: "", count: 5).indices.map { "\($0)" + scope.prefix(100) }
        let strict = try Asked.settings([
            ("RESOURCE", "*"), ("REQUIRED_SCOPES", scopes.joined(separator: " ")),
            ("POLICY_MAX_BYTES", "1024"),
        ])
        let sent = try Asked.answer(Asked.event(caller, "GET/a", Asked.token()), strict)
        #expect(sent.reason == "scope_missing" && sent.body.utf8.count <= 1024)
        #expect(sent.body.hasSuffix(#""context":{"reason":"scope_missing"}}"#))
    }

    /// Two tokens that lack the same scopes get the same context: nothing of a token is in it.
    @Test func nothingOfTheTokenIsInIt() throws {
        let rules = rule("GET /a", #""scopes":["a"]"#)
        let plain = try context(rules)
        #expect(
            try context(rules, #","scope":"secret-scope other","scp":["secret"],"error":"x","challenge":"y""#)
                == plain)
    }

    /// The configured claims take precedence, so that a cached policy does not change what a backend receives.
    @Test func configuredClaimsTakePrecedence() throws {
        let found = try context(
            Rule.open("GET /b") + "," + rule("GET /a", #""scopes":["a"]"#),
            #","error":"mine","challenge":"own""#,
            [("CONTEXT_CLAIMS", "challenge,error")])
        #expect(
            found
                == #""reason":"route_requirement","required_scopes":"a","challenge":"own","error":"mine""#)
    }

    /// Callers without a context on a refusal, and refusals without one.
    @Test func answersWithoutAContext() throws {
        let rules = [
            Rule.allow("$iot", scope: "iot"), Rule.allow("$appsync", scope: "sync"),
            rule("GET /a", #""scopes":["a"]"#),
        ].joined(separator: ",")
        let settings = try Asked.settings(
            rules: rules, [("IOT_POLICY", iotPolicy), ("RESOURCE_METADATA_URI", link)])
        for caller in [Caller.appSync, .iotCore] {
            let sent = try Asked.answer(Asked.event(caller, "GET/a", Asked.token()), settings)
            #expect(sent.reason == "route_requirement" && !sent.body.contains("scope"))
        }
        let expired = TestIssuer.first.token(#"{"iss":"iss","aud":"aud","exp":1}"#)
        for caller in Asked.policyCallers {
            let sent = try Asked.answer(Asked.event(caller, "GET/a", expired), settings)
            #expect(!sent.body.contains("challenge") && !sent.body.contains("scope"))
        }
    }

    /// A refusal that replaces another one has its own context.
    @Test func aReplacedRefusalHasNoChallenge() throws {
        let settings = try Asked.settings(rules: rule("GET /a", #""scopes":["a"]"#))
        let decision = try Asked.decision(Asked.event(.restRequest, "GET/a", Asked.token()), settings)
        let replaced = decision.refused(.answerInconsistent)
        let body = Rule.text(settings.rules.answer(to: replaced).body)
        #expect(body.hasSuffix(#""context":{"reason":"answer_inconsistent"}}"#))
    }
}
