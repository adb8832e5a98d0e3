import Authorizer
import DecisionSupport
import Events
import JOSE
import JSON
import Settings
import TestSupport
import Testing

@testable import Reports

/// `explain` shows why a decision is what it is, and nothing that line 29 forbids (AUDIT 29).
@Suite struct ExplanationTests {
    private func steps(_ explanation: Explanation) -> String {
        explanation.steps.map { step in
            switch step.verdict {
            case .passed: "+"
            case .failed: "X"
            case .notReached: "-"
            }
        }.joined()
    }

    private func details(_ explanation: Explanation) -> [String] {
        explanation.steps.map { text($0.detail) }.filter { !$0.isEmpty }
    }

    private func meaning(_ explanation: Explanation) -> String { text(explanation.reason?.meaning ?? []) }

    /// Text and JSON have the same steps, verdict, hints and answer.
    private func expectAgreement(_ explanation: Explanation) throws {
        let shown = text(explanation.text(plain))
        let root = try explanation.outline.parsed()
        #expect(root.member("allowed")?.bool == explanation.isAllowed)
        let reason = try #require(root.string("reason"))
        #expect(shown.contains((explanation.isAllowed ? "Allowed: " : "Refused: ") + reason + ". "))
        let marks = ["passed": "  ok      ", "failed": "  FAILED  ", "not reached": "  -       "]
        var lines: [String] = []
        for step in root.list("steps") {
            let detail = step.string("detail").map { " (\($0))" } ?? ""
            lines.append(marks[step.string("result") ?? ""]! + (step.string("step") ?? "") + detail)
        }
        #expect(shown.hasPrefix(lines.joined(separator: "\n") + "\n\n"))
        for hint in root.list("hints") { #expect(shown.contains("\nHint: \(hint.string("text") ?? "-")\n")) }
        #expect(shown.contains("\nResponse to the caller: \(root.string("response") ?? "-")\n"))
        if let advice = root.string("advice"), !advice.isEmpty {
            #expect(shown.contains("\nAdvice: \(advice)\n"))
        }
    }

    @Test func anAllowedEvent() throws {
        let explanation = try Explained.explanation(token: Asked.token())
        #expect(explanation.isAllowed && steps(explanation) == "+++++++++")
        #expect(details(explanation) == ["REST API, TOKEN", "kid key-1"])
        #expect(text(explanation.callerResponse) == "the response of every route that RESOURCE allows")
        #expect(explanation.shadow == nil && explanation.warnings.isEmpty && explanation.hints.isEmpty)
        try expectAgreement(explanation)
    }

    @Test func colours() throws {
        let explanation = try Explained.explanation(token: Asked.token())
        let shown = text(explanation.text(Paint(isOn: true)))
        #expect(shown.hasPrefix("\u{1B}[32m  ok      \u{1B}[0mthe event"))
        #expect(shown.contains("\n\u{1B}[32mAllowed\u{1B}[0m: allowed."))
        let refused = text(try Explained.explanation(token: "x").text(Paint(isOn: true)))
        #expect(refused.contains("\u{1B}[31m  FAILED  \u{1B}[0m") && refused.contains("\u{1B}[31mRefused"))
    }

    /// What fails, at which step, with which detail.
    @Test(arguments: [
        (#"{"alg":"RS256","kid":"key-1"}"#, #"{\#(Explained.good)}"#, "+++++++++", "kid key-1"),
        (#"{"alg":"HS256","kid":"key-1"}"#, "{}", "++X------", ""),
        (#"{"alg":"RS256","#, "{}", "++X------", "it ends within a value"),
        (#"{"alg":"RS256","kid":"other"}"#, #"{\#(Explained.good)}"#, "+++X-----", "kid other"),
        (
            #"{"alg":"RS256","kid":"key-1"}"#, #"{"iss":"iss","aud":"aud","exp":\#(Asked.now - 100)}"#,
            "+++++X---", "100 seconds ago"
        ),
        (
            #"{"alg":"RS256","kid":"key-1"}"#,
            #"{"iss":"iss","aud":"aud","exp":\#(Asked.now + 900),"nbf":\#(Asked.now + 100)}"#, "+++++X---",
            "in 100 seconds"
        ),
        (
            #"{"alg":"RS256","kid":"key-1"}"#, #"{"iss":"other","aud":"aud","exp":\#(Asked.now + 600)}"#,
            "+++++X---", "the token's iss is other; ISSUER is iss"
        ),
        (
            #"{"alg":"RS256","kid":"key-1"}"#, #"{"iss":"iss","aud":["a","b"],"exp":\#(Asked.now + 600)}"#,
            "+++++X---", "the token's aud is a, b; AUDIENCE is aud"
        ),
        (#"{"alg":"RS256","kid":"key-1"}"#, #"{"sub":"alice""#, "+++++X---", "it ends within a value"),
    ])
    func aToken(header: String, payload: String, verdicts: String, detail: String) throws {
        let token = TestIssuer.first.token(header: header, payload: payload)
        let explanation = try Explained.explanation(token: token)
        #expect(steps(explanation) == verdicts)
        #expect(details(explanation).contains { $0.contains(detail) } || detail.isEmpty)
        try expectAgreement(explanation)
        // AUDIT 29: nothing of the token is shown.
        let shown = text(explanation.text(plain)) + explanation.outline.jsonText
        for part in token.split(separator: ".") where part.count > 12 { #expect(!shown.contains(part)) }
        #expect(!shown.contains("alice"))
    }

    @Test(arguments: [
        ("a.b", "2 parts"), ("a", "1 part"),
        (String(repeating: "a", count: JOSELimits.tokenByteCount) + ".b.c", "16388 bytes"),
        ("a b", "at byte 1"), ("a\\\"b", "at byte 1"),
    ])
    func theFormOfAToken(token: String, detail: String) throws {
        let explanation = try Explained.explanation(token: token)
        #expect(steps(explanation) == "+X-------")
        #expect(text(explanation.steps[1].detail) == detail)
        try expectAgreement(explanation)
    }

    @Test(arguments: [
        ("", "event_json"), ("{", "event_json"), ("[]", "event_type"), ("{}", "event_type"),
        (#"{"type":"OTHER"}"#, "event_type"),
    ])
    func anUnreadableEvent(event: String, reason: String) throws {
        let explanation = try Explained.explanation(bytes(event), try Explained.settings())
        #expect(!explanation.isAllowed && steps(explanation) == "X--------")
        #expect(text(explanation.callerResponse) == "500" && explanation.hints.isEmpty)
        #expect(text(explanation.reasonCode).hasPrefix("event_"))
        try expectAgreement(explanation)
    }

    @Test(arguments: [
        (Caller.restToken, "401 Unauthorized"), (.restRequest, "401 Unauthorized"),
        (.httpAPI1, "403; the reason is in the function's log and in the gateway's context"),
        (.httpAPI2, "403; the reason is in the function's log and in the gateway's context"),
        (.webSocket, "401 Unauthorized"), (.appSync, "401 Unauthorized"), (.iotCore, "no connection"),
    ])
    func theCallersViewOfARefusal(caller: Caller, expected: String) throws {
        let settings = try Explained.settings(("IOT_POLICY", iotPolicy))
        let call = caller == .webSocket ? "$connect" : "GET/a"
        let explanation = try Explained.explanation(Asked.event(caller, call, "a.b"), settings)
        #expect(text(explanation.callerResponse) == expected)
        try expectAgreement(explanation)
    }

    @Test func theCallersViewOfOtherAnswers() throws {
        func seen(_ caller: Caller, _ further: (String, String)...) throws -> String {
            let settings = try Asked.settings(
                [("RESOURCE", "\(Explained.resource),arn:aws:appsync:r:1:apis/a")] + further)
            let explanation = try Explained.explanation(
                Asked.event(caller, "GET/a", Asked.token()), settings)
            return text(explanation.callerResponse)
        }
        #expect(
            try seen(.iotCore, ("IOT_POLICY", iotPolicy)).hasPrefix(
                "a connection with the permissions of IOT_POLICY"))
        #expect(try seen(.httpAPI2, ("HTTP_API_RESPONSE", "simple")).hasPrefix("the API's response; unless"))
        #expect(try seen(.restToken) == "the response of every route that RESOURCE allows")
        #expect(
            try seen(.restToken, ("REQUIRED_SCOPES", "s")) == "403, with the reason in the gateway's context")
        let denied = Asked.event(.httpAPI1, "GET/a", "a.b")
        let byError = try Explained.settings(("HTTP_API_UNAUTHORIZED", "error"))
        #expect(
            text(try Explained.explanation(denied, byError).callerResponse)
                == "401 (HTTP APIs do not document it)")
    }

    @Test func theRuleThatDecidedAndTheShadowRules() throws {
        let settings = try Asked.settings(
            rules: Rule.allow("GET /orders/{id}", scope: "s") + "," + Rule.open("GET /a"),
            [("SHADOW_RULES", #"{"routes":[\#(Rule.allow("GET /a", scope: "t"))]}"#)])
        let refused = try Explained.explanation(token: Asked.token(), settings)
        #expect(steps(refused) == "+++++++X-")
        #expect(text(refused.steps[7].detail) == "routes[0] GET /orders/{id}: allow.scopes is not met")
        try expectAgreement(refused)
        let allowed = try Explained.explanation(token: Asked.token(), settings, call: "GET/a")
        #expect(text(allowed.steps[7].detail) == "routes[1] GET /a")
        let shadow = try #require(allowed.shadow)
        #expect(text(shadow.reasonCode) == "route_requirement")
        #expect(
            text(allowed.text(plain)).contains(
                "\nResult of SHADOW_RULES: route_requirement (routes[0] GET /a: allow.scopes is not met)\n"
            ))
        #expect(try allowed.outline.parsed().string("shadow") == "route_requirement")
    }

    @Test func warningsAreNotes() throws {
        let settings = try Asked.settings([("RESOURCE", "*")])
        let explanation = try Explained.explanation(token: Asked.token(), settings)
        #expect(
            text(explanation.text(plain)).hasSuffix(
                "\nNote: RESOURCE is *: the policy allows every API that uses this authorizer.\n"))
    }

    /// The set has the very key that the token names, and does not use it.
    @Test func aSkippedKeyExplainsAnUnknownOne() throws {
        let set = try KeySet(
            parsing: bytes(
                #"{"keys":[{"kty":"oct","kid":"other","k":"AA"},{"kty":"oct","k":"AA"},\#(TestIssuer.first.jwk())]}"#
            ))
        let settings = try Explained.settings()
        func explained(kid: String) throws -> Explanation {
            let token = TestIssuer.first.token(
                header: #"{"alg":"RS256","kid":"\#(kid)"}"#, payload: "{\(Explained.good)}")
            let event = Asked.event(.restToken, "GET/a", token)
            return Explanation(
                of: try Asked.decision(event, settings), event: event, settings,
                skippedKeys: set.skipped.map { (0, $0) }, nowSeconds: Asked.now, cacheSeconds: 0)
        }
        let named = try explained(kid: "other")
        #expect(meaning(named).hasPrefix("The key set contains the key that the token names, but the key is"))
        #expect(named.hints.map { text($0.code) } == ["key_skipped", "key_skipped"])
        #expect(
            text(named.hints[0].text).hasPrefix(
                "The key set has a key that is skipped: key 0 (kid other): key_symmetric: "))
        try expectAgreement(named)
        let absent = try explained(kid: "third")
        #expect(!meaning(absent).hasPrefix("The key set contains the key"))
        #expect(absent.hints.count == 2)
        // A token that is refused for something else: skipped keys are of no use.
        #expect(try explained(kid: TestIssuer.first.kid).hints.isEmpty)
    }

    @Test func aTokenOfNoIssuer() throws {
        let document =
            #"{"issuers":[{"issuer":"one","jwks_uri":"/1"},{"issuer":"two","audiences":["b"],"jwks_uri":"/2"}]}"#
        let settings = try Settings(
            environment: [("RULES", document), ("RESOURCE", Explained.resource)].map {
                (bytes($0.0), bytes($0.1))
            })
        let long = String(repeating: "x", count: 300)
        let explanation = try Explained.explanation(
            token: Explained.token(#""iss":"\#(long)""#), settings)
        #expect(steps(explanation) == "+++X-----")
        #expect(
            text(explanation.steps[3].detail)
                == "the token's iss is \(long.prefix(256))..., not verified; kid key-1")
        let unreadable = try Explained.explanation(
            token: TestIssuer.first.token(header: #"{"alg":"RS256"}"#, payload: "{"), settings)
        #expect(text(unreadable.steps[3].detail).hasSuffix("; kid not given"))
        try expectAgreement(unreadable)
    }
}
