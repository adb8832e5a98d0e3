import DecisionSupport
import Events
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let token = Asked.token()

private func answer(
    _ resource: String, _ call: String = "GET/orders/42", _ caller: Caller = .restRequest,
    prefix: String = Rule.prefix, _ further: [(String, String)] = []
) throws -> Sent {
    try Asked.answer(
        Asked.event(caller, call, token, prefix: prefix), Asked.settings([("RESOURCE", resource)] + further))
}

/// No answer allows a call outside RESOURCE (AUDIT 34, 36).
@Suite struct ResourceCoverageTests {
    /// The answer remains the policy for RESOURCE: the gateway may cache it for calls that RESOURCE names.
    @Test(arguments: [
        // Without the part after the stage, without a stage, with the variable of a route.
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod",
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5",
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/GET/orders/*",
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/{id}",
        // Another stage, API, account, region, method, partition.
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/test/*",
        "arn:aws:execute-api:*:*:b1b2c3d4e5/*",
        "arn:aws:execute-api:eu-central-1:223456789012:a1b2c3d4e5/*",
        "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/*", "arn:aws:execute-api:*:*:*/prod/POST/*",
        "arn:aws-cn:execute-api:*:*:*",
    ]) func aCallThatIsNotCovered(resource: String) throws {
        for caller in Asked.pathCallers {
            let found = try answer(resource, "GET/orders/42", caller)
            #expect(found.reason == "resource_not_covered")
            #expect(try found.resources() == ["Allow": [resource]])
            #expect(found.body.hasSuffix(#"},"context":{"reason":"resource_not_covered"}}"#))
            #expect(try !found.effect("GET/orders/42").allowsInSomeReading)
        }
        let simple = try answer(resource, "GET/orders/42", .httpAPI2, [("HTTP_API_RESPONSE", "simple")])
        #expect(simple.body == #"{"isAuthorized":false,"context":{"reason":"resource_not_covered"}}"#)
    }

    @Test(arguments: [
        "*", "arn:aws:execute-api:*:*:*", "arn:aws:execute-api:*:*:a1b2c3d4e5/*",
        "arn:*:execute-api:*:*:*/GET/orders/*",
        "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders/42",
        "arn:aws:execute-api:eu-?entral-1:*:a1b2c3d4e5/prod/???/orders/4?",
        "arn:aws:execute-api:*:*:other,arn:aws:execute-api:*:*:a1b2c3d4e5/prod/*",
    ]) func aCoveredCall(resource: String) throws {
        for caller in Asked.pathCallers {
            let found = try answer(resource, "GET/orders/42", caller)
            #expect(found.reason == "allowed")
            #expect(try found.resources() == ["Allow": resource.split(separator: ",").map(String.init)])
            #expect(try found.effect("GET/orders/42").allowsInEveryReading)
        }
        let simple = try answer(resource, "GET/orders/42", .httpAPI2, [("HTTP_API_RESPONSE", "simple")])
        #expect(simple.body == #"{"isAuthorized":true}"#)
    }

    /// A `*` for region and account ends at its colon, but a gateway may interpret it differently. Such a call is also denied.
    @Test func aPathWithColonsIsNotCovered() throws {
        let resource = "arn:aws:execute-api:*:*:a1b2c3d4e5/prod/GET/public/*"
        let call = "GET/admin/:x:a1b2c3d4e5/prod/GET/public/x"
        for caller in Asked.pathCallers {
            let found = try answer(resource, call, caller)
            #expect(found.reason == "resource_not_covered")
            #expect(try !found.effect(call).allowsInSomeReading)
            #expect(try found.resources() == ["Allow": [resource], "Deny": ["\(Rule.prefix)/\(call)"]])
            #expect(try found.effect("GET/public/x").allowsInEveryReading)
        }
        let simple = try answer(resource, call, .httpAPI2, [("HTTP_API_RESPONSE", "simple")])
        #expect(simple.body == #"{"isAuthorized":false,"context":{"reason":"resource_not_covered"}}"#)
        // A call that no Resource can name is denied by a wider pattern.
        let odd = try answer(resource, "GET/$a*/:x:a1b2c3d4e5/prod/GET/public/x")
        #expect(odd.reason == "resource_not_covered")
        #expect(try odd.resources()["Deny"] == ["\(Rule.prefix)/GET/?a?/:x:a1b2c3d4e5/prod/GET/public/x"])
    }

    /// RESOURCE is compared with the ARN as sent. A gateway could decode unnecessary escapes first.
    @Test func anotherSpellingOfACoveredCall() throws {
        let resource = "\(Rule.prefix)/GET/a"
        for caller in Asked.pathCallers {
            let found = try answer(resource, "GET/%61", caller)
            #expect(found.reason == "resource_not_covered")
            #expect(try found.resources() == ["Allow": [resource], "Deny": ["\(Rule.prefix)/GET/a"]])
            #expect(
                try !found.effect("GET/%61").allowsInSomeReading && !found.effect("GET/a").allowsInSomeReading
            )
        }
        // An escape of a reserved character makes a different path.
        let other = try answer("\(Rule.prefix)/GET/@", "GET/%40")
        #expect(try other.reason == "resource_not_covered" && other.resources()["Deny"] == nil)
    }

    @Test func aConnection() throws {
        for (resource, isCovered) in [
            ("\(Rule.prefix)/*/*", false), ("\(Rule.prefix)/$connect", true), ("\(Rule.prefix)/*", true),
            ("*", true),
        ] {
            let found = try answer(resource, "$connect", .webSocket)
            #expect(found.reason == (isCovered ? "allowed" : "resource_not_covered"), "\(resource)")
            #expect(try found.resources() == ["Allow": [resource]])
            #expect(try found.effect("$connect").allowsInSomeReading == isCovered)
        }
    }

    /// RESOURCE of AppSync names no API of API Gateway, and vice versa.
    @Test func eachServiceHasItsOwnResources() throws {
        let (appSync, gateway) = ("arn:aws:appsync:eu-central-1:1:apis/a", "arn:aws:execute-api:*:*:*")
        for caller in Asked.policyCallers {
            let found = try answer(appSync, caller == .webSocket ? "$connect" : "GET/a", caller)
            #expect(found.reason == "resource_not_covered")
            #expect(try found.resources() == ["Deny": ["*"]])
        }
        for (resource, reason) in [
            (appSync, "allowed"), ("*", "allowed"), (appSync + "," + gateway, "allowed"),
            (gateway, "resource_not_covered"),
            ("arn:aws:appsync:eu-central-1:1:apis/b", "resource_not_covered"),
            ("arn:aws:appsync:eu-central-1:2:apis/a", "resource_not_covered"),
        ] {
            let found = try answer(resource, "", .appSync)
            #expect(found.reason == reason, "\(resource)")
            #expect(found.body.hasPrefix(#"{"isAuthorized":\#(reason == "allowed")"#))
        }
        // With rules, a route decides instead.
        let ruled = try Asked.settings(rules: Rule.open("$appsync"))
        #expect(try Asked.answer(Asked.event(.appSync, "", token), ruled).reason == "allowed")
    }

    // MARK: POLICY_MAX_BYTES

    private func limit(_ value: String) throws -> Int? {
        do throws(SettingsError) {
            let pairs = [("JWKS_URI", "/keys.json"), ("RESOURCE", "*"), ("POLICY_MAX_BYTES", value)]
            return try Settings(environment: variables(pairs)).rules.answers
                .policyByteCount
        } catch {
            #expect(error.setting == .policyMaxBytes)
            return nil
        }
    }

    @Test func theSetting() throws {
        #expect(try Asked.settings([("RESOURCE", "*")]).rules.answers.policyByteCount == 8192)
        #expect(AuthorizerLimits.answerByteCount == 8192)
        let bounds = AuthorizerLimits.policyByteCounts
        #expect(bounds == 1024...262_144)
        for value in [bounds.lowerBound, 8192, bounds.upperBound] {
            #expect(try limit("\(value)") == Int(value))
        }
        for value in [
            "\(bounds.lowerBound - 1)", "\(bounds.upperBound + 1)", "", "0", "-1", "8k", "8192.0", "1e4",
        ] {
            #expect(try limit(value) == nil, "\(value)")
        }
    }

    private func sized(_ claimByteCount: Int, _ caller: Caller, _ setting: Int?) throws -> Sent {
        let token = Asked.token(#","c":"\#(String(repeating: "c", count: claimByteCount))""#)
        let limit = setting.map { [("POLICY_MAX_BYTES", "\($0)")] } ?? []
        let settings = try Asked.settings([("RESOURCE", "*"), ("CONTEXT_CLAIMS", "c")] + limit)
        let path = caller == .webSocket ? "$connect" : "GET/a"
        return try Asked.answer(Asked.event(caller, path, token), settings)
    }

    /// REST and HTTP APIs: the exact setting in bytes. WebSocket APIs: always 8 KiB.
    @Test(arguments: Asked.policyCallers) func answersRespectTheSetting(caller: Caller) throws {
        let overhead = try sized(1, caller, nil).body.utf8.count - 1
        for setting in [nil, 1024, 4096] as [Int?] {
            let limit = caller == .webSocket ? 8192 : setting ?? 8192
            let fits = try sized(limit - overhead, caller, setting)
            #expect(fits.reason == "allowed" && fits.body.utf8.count == limit)
            let past = try sized(limit - overhead + 1, caller, setting)
            #expect(past.reason == "answer_too_long")
            #expect(try past.resources() == ["Deny": ["*"]])
        }
        let large = try sized(8193 - overhead, caller, 16_384)
        #expect(large.reason == (caller == .webSocket ? "answer_too_long" : "allowed"))
    }

    /// With rules: as many routes as fit, and always the called one.
    @Test(arguments: Asked.pathCallers) func policiesByRulesRespectTheSetting(caller: Caller) throws {
        let routes = (0..<30).map { Rule.open("GET /section\($0)/items/{id}") }.joined(separator: ",")
        var omitted: [Int] = []
        for limit in [2048, 4096, 8192, 65_536] {
            let settings = try Asked.settings(rules: routes, [("POLICY_MAX_BYTES", "\(limit)")])
            let decision = try Asked.decision(Asked.event(caller, "GET/section29/items/1", token), settings)
            let found = Sent(settings.rules.answered(decision))
            #expect(found.reason == "allowed" && found.body.utf8.count <= limit)
            #expect(try found.effect("GET/section29/items/1").allowsInEveryReading)
            let named = try #require(try found.resources()["Allow"]).filter { $0.hasSuffix("*") }
            #expect(named.count + decision.omittedRules.count == 30 && !decision.omittedRules.contains(29))
            omitted.append(decision.omittedRules.count)
        }
        #expect(omitted == omitted.sorted(by: >) && omitted[0] > 0 && omitted[3] == 0)
    }

    /// Routes that the policy of a public call omits are also reported.
    @Test func publicRoutesThatDoNotFit() throws {
        let routes = (0..<30).map { #"{"route":"GET /section\#($0)/{id}/items","public":true}"# }.joined(
            separator: ",")
        let settings = try Asked.settings(rules: routes, [("POLICY_MAX_BYTES", "2048")])
        let decision = try Asked.decision(Asked.event(.restRequest, "GET/section3/1/items", nil), settings)
        #expect(decision.reasonCode.description == "allowed")
        #expect(decision.omittedRules.count > 10 && !decision.omittedRules.contains(3))
    }

    /// AppSync's answers have their own limit.
    @Test func answersToAppSyncRespectTheirLimit() throws {
        func sized(_ count: Int) throws -> Sent {
            let token = Asked.token(#","c":"\#(String(repeating: "c", count: count))""#)
            let settings = try Asked.settings(
                [("RESOURCE", "*"), ("CONTEXT_CLAIMS", "c"), ("POLICY_MAX_BYTES", "65536")])
            return try Asked.answer(Asked.event(.appSync, "", token), settings)
        }
        let overhead = try sized(1).body.utf8.count - 1
        #expect(try sized(8192 - overhead).reason == "allowed")
        #expect(try sized(8193 - overhead).reason == "answer_too_long")
    }
}
