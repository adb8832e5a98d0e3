import DecisionSupport
import Events
import TestSupport
import Testing

@testable import Authorizer

private let iotPolicy =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"x"}}"#

/// A refusal by the rules has each caller's own format, and an allowed request has the whole grant.
@Suite struct CallerRulesTests {
    private let rules = [
        Rule.allow("$iot", scope: "iot"), Rule.allow("$appsync", scope: "sync"),
        Rule.allow("$appsync Query.secret", scope: "secret"), Rule.allow("GET /a", scope: "a"),
    ].joined(separator: ",")

    private func answer(
        _ caller: Caller, _ claims: String, _ further: [(String, String)] = []
    ) throws -> Sent {
        let settings = try Asked.settings(
            rules: rules, [("IOT_POLICY", iotPolicy), ("CONTEXT_CLAIMS", "sub,nick")] + further)
        return try Asked.answer(Asked.event(caller, "GET/a", Asked.token(claims)), settings)
    }

    @Test func ioTCore() throws {
        let allowed = try answer(.iotCore, #","scope":"iot""#)
        #expect(allowed.reason == "allowed" && allowed.body.hasPrefix(#"{"isAuthenticated":true,"#))
        #expect(allowed.body.hasSuffix(#""policyDocuments":[\#(iotPolicy)]}"#))
        for claims in ["", #","scope":"sync""#] {
            let refused = try answer(.iotCore, claims)
            #expect(refused.reason == "route_requirement" && refused.body == Rule.text(iotRefusal))
        }
    }

    @Test func appSync() throws {
        let allowed = try answer(.appSync, #","scope":"sync","nick":"al""#)
        #expect(
            allowed.body
                == #"{"isAuthorized":true,"resolverContext":{"sub":"alice","nick":"al"},"deniedFields":["Query.secret"],"ttlOverride":0}"#
        )
        let whole = try answer(.appSync, #","scope":"sync secret""#)
        #expect(
            whole.body == #"{"isAuthorized":true,"resolverContext":{"sub":"alice"},"ttlOverride":0}"#)
        let refused = try answer(.appSync, "")
        #expect(refused.reason == "route_requirement" && refused.body == Rule.text(appSyncRefusal))
    }

    @Test func simpleAnswers() throws {
        let simple = [("HTTP_API_RESPONSE", "simple")]
        let allowed = try answer(.httpAPI2, #","scope":"a""#, simple)
        #expect(allowed.body == #"{"isAuthorized":true,"context":{"sub":"alice"}}"#)
        let refused = try answer(.httpAPI2, "", simple)
        #expect(refused.body == #"{"isAuthorized":false,"context":{"reason":"route_requirement"}}"#)
    }

    /// The principal of a device: up to 128 letters and digits; any other principal is replaced by its digest.
    @Test func theDevicesPrincipal() throws {
        func name(_ sub: String) throws -> String {
            let claims = #","scope":"iot","device":"\#(sub)""#
            let body = try answer(.iotCore, claims, [("PRINCIPAL_CLAIM", "device")]).body
            return String(body.split(separator: "\"")[5])
        }
        let longest = String(repeating: "a", count: 128)
        #expect(try name("Thermostat1") == "Thermostat1" && name(longest) == longest)
        for other in [longest + "a", "a-b", "é"] {
            let found = try name(other)
            #expect(found.utf8.count == 64 && found.allSatisfy { $0.isHexDigit }, "\(other)")
        }
    }
}

/// The principal and the context of a token (AUDIT 28).
@Suite struct GrantTests {
    private func context(
        _ names: String, _ claims: String, _ caller: Caller = .restRequest, _ call: String = "GET/a"
    ) throws -> String? {
        let settings = try Asked.settings(
            rules: Rule.open("GET /a") + "," + Rule.allow("GET /b", scope: "b"), [("CONTEXT_CLAIMS", names)])
        let body = try Asked.answer(Asked.event(caller, call, Asked.token(claims)), settings).body
        guard let start = body.range(of: #""context":"#) else { return nil }
        return String(body[start.upperBound...].dropLast())
    }

    /// A claim called `reason` keeps its name in the policy of a refusal; the name occurs once.
    @Test func theReasonTogetherWithClaims() throws {
        let claims = #","reason":"mine""#
        #expect(try context("reason,sub", claims) == #"{"reason":"mine","sub":"alice"}"#)
        #expect(
            try context("reason,sub", claims, .restRequest, "GET/b") == #"{"reason":"mine","sub":"alice"}"#)
        #expect(
            try context("sub", claims, .restRequest, "GET/b")
                == #"{"reason":"route_requirement","sub":"alice"}"#)
        // If the token lacks the claim, the context contains only the reason.
        #expect(try context("nick", claims) == nil)
        #expect(try context("nick", claims, .restRequest, "GET/b") == #"{"reason":"route_requirement"}"#)
    }

    /// A text that could be parsed as a JSON object or array is omitted, even if it is invalid.
    @Test(arguments: [
        #"{\"a\":1}"#, #"[1]"#, #" {}"#, #"\n\t[]"#, #"{\"a\":1,\"a\":2}"#, #"[\"\\ud800\"]"#,
    ]) func textsThatAreJSON(text: String) throws {
        #expect(try context("c", #","c":"\#(text)""#) == nil)
    }

    @Test func textsThatAreNotJSON() throws {
        for text in [#"{a}"#, "[", "a{}", "", "1", "true", #"{} x"#] {
            #expect(try context("c", #","c":"\#(text)""#) == #"{"c":"\#(text)"}"#, "\(text)")
        }
        // For an array, the joined text counts.
        #expect(try context("c", #","c":["[1,","2]"]"#) == nil)
        #expect(try context("c", #","c":["[1","2"]"#) == #"{"c":"[1 2"}"#)
    }

    /// HTTP APIs reserve the name `claims`; names consist of letters, digits and `_`.
    @Test func names() throws {
        let claims = #","claims":"c","a-b":"d""#
        for caller in [Caller.restRequest, .restToken] {
            #expect(try context("claims,a-b", claims, caller) == #"{"claims":"c","a_b":"d"}"#)
        }
        for caller in [Caller.httpAPI1, .httpAPI2] {
            #expect(try context("claims,a-b", claims, caller) == #"{"a_b":"d"}"#)
        }
    }

    /// `key=path`; an entry without `=` is a whole name.
    @Test func paths() throws {
        let claims =
            #","org":{"id":"acme","x.y":{"a=b":7}},"org.id":"whole","realm_access":{"roles":["a","b"]},"https://e/r":true"#
        #expect(try context("tenant=org.id", claims) == #"{"tenant":"acme"}"#)
        #expect(try context("org.id", claims) == #"{"org_id":"whole"}"#)
        #expect(
            try context(#"sub,roles=realm_access.roles,n=org."x.y"."a=b",r="https://e/r""#, claims)
                == #"{"sub":"alice","roles":"a b","n":7,"r":true}"#)
        // An absent claim has no key; an object is omitted.
        for path in ["org.name", "sub.id", "realm_access.roles.a", "org"] {
            #expect(try context("k=\(path)", claims) == nil, "\(path)")
        }
        #expect(try context("claims=sub", claims, .restRequest) == #"{"claims":"alice"}"#)
        #expect(try context("claims=sub", claims, .httpAPI2) == nil)
    }

    // MARK: The principal

    private func principal(_ claims: String) throws -> (name: String, reason: String) {
        let settings = try Asked.settings([("RESOURCE", "*"), ("PRINCIPAL_CLAIM", "p")])
        let found = try Asked.answer(Asked.event(.restRequest, "GET/a", Asked.token(claims)), settings)
        return (String(found.body.split(separator: "\"")[3]), found.reason)
    }

    @Test func controlCharactersInAPrincipal() throws {
        for character in ["\\u0001", "\\n", "\\u001f", "\\u007f"] {
            let found = try principal(#","p":"a\#(character)b""#)
            #expect(found.name == "unknown" && found.reason == "principal_not_usable", "\(character)")
        }
        #expect(try principal(#","p":"a b\u0080""#).reason == "allowed")
    }

    /// An empty claim is skipped, and the next one identifies the caller.
    @Test func anEmptySubject() throws {
        let settings = try Asked.settings([("RESOURCE", "*")])
        let token = Asked.token(#","client_id":"machine""#, sub: "")
        let found = try Asked.answer(Asked.event(.restRequest, "GET/a", token), settings)
        #expect(found.body.hasPrefix(#"{"principalId":"machine","#))
    }
}
