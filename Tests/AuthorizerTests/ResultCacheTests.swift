import DecisionSupport
import Events
import Routes
import Settings
import TestSupport
import Testing

@testable import Authorizer

/// The values of RESULT_CACHE; nil: not set.
private let words: [String?] = [nil, "off", "keyed", "path"]

private let rules = [
    Rule.open("GET /orders/{id}", "GET /files/*"), Rule.allow("GET /admin", scope: "admin"),
    Rule.allow("POST /orders", scope: "write"), Rule.allow("$connect", scope: "connect"),
].joined(separator: ",")

private func settings(_ word: String?, _ further: [(String, String)] = []) throws -> Settings {
    try Asked.settings(
        rules: rules, [("CONTEXT_CLAIMS", "sub,nick")] + (word.map { [("RESULT_CACHE", $0)] } ?? []) + further
    )
}

private let plain = Asked.token(#","nick":"al""#)

/// With RESULT_CACHE an answer applies only to its own call (AUDIT 34).
@Suite struct ResultCacheTests {
    // MARK: Allowed calls

    /// Not set, or `keyed` without a proof: the policy of the token. `off`, `path`: only this call.
    @Test(arguments: Asked.pathCallers) func anAllowedCall(caller: Caller) throws {
        for word in words {
            let found = try Asked.answer(Asked.event(caller, "GET/orders/1", plain), settings(word))
            #expect(found.reason == "allowed")
            #expect(try found.effect("GET/orders/1").allowsInEveryReading)
            let isAlone = word == "off" || word == "path"
            for next in ["GET/orders/2", "GET/files/a/b"] {
                #expect(try found.effect(next).allowsInEveryReading == !isAlone, "\(word ?? "unset")")
                #expect(try found.effect(next).allowsInSomeReading == !isAlone, "\(word ?? "unset")")
            }
            if isAlone { #expect(try found.resources() == ["Allow": ["\(Rule.prefix)/GET/orders/1"]]) }
            #expect(found.body.hasSuffix(#","context":{"sub":"alice","nick":"al"}}"#))
        }
    }

    @Test func aConnection() throws {
        let token = Asked.token(#","scope":"connect""#)
        for word in words {
            let found = try Asked.answer(Asked.event(.webSocket, "$connect", token), settings(word))
            #expect(found.reason == "allowed")
            #expect(try found.effect("$connect").allowsInEveryReading)
            let isAlone = word == "off" || word == "path"
            #expect(try found.effect("GET/orders/1").allowsInSomeReading == !isAlone)
            if isAlone { #expect(try found.resources() == ["Allow": ["\(Rule.prefix)/$connect"]]) }
            let refused = try Asked.answer(Asked.event(.webSocket, "$connect", plain), settings(word))
            #expect(refused.reason == "route_requirement")
            #expect(try !refused.effect("$connect").allowsInSomeReading)
            #expect(try refused.effect("$connect").hasAllow == (word == nil))
        }
    }

    /// The stage of an HTTP API; a `$` before the path does not start a policy variable.
    @Test func theDefaultStage() throws {
        let prefix = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/$default"
        for caller in [Caller.httpAPI1, .httpAPI2] {
            for word in ["off", "path"] {
                let event = Asked.event(caller, "GET/orders/1", plain, prefix: prefix)
                let found = try Asked.answer(event, settings(word))
                #expect(found.reason == "allowed")
                #expect(try found.resources() == ["Allow": ["\(prefix)/GET/orders/1"]])
                let admin = Asked.event(caller, "GET/admin", plain, prefix: prefix)
                let refused = try Asked.answer(admin, settings(word))
                #expect(refused.reason == "route_requirement")
                #expect(try refused.resources() == ["Deny": ["\(prefix)/GET/admin"]])
            }
        }
    }

    /// A call that a Resource cannot name gets the token's policy.
    @Test(arguments: Asked.pathCallers) func anAllowedCallThatCannotBeNamed(caller: Caller) throws {
        for path in [
            "GET/orders/a*b", "GET/files/a?", "GET/files/$x",
            "GET/files/" + String(repeating: "x", count: 600),
        ] {
            for word in words {
                let found = try Asked.answer(Asked.event(caller, path, plain), settings(word))
                #expect(found.reason == "allowed", "\(path)")
                #expect(try found.effect(path).allowsInEveryReading, "\(path)")
                #expect(try found.effect("GET/orders/2").allowsInEveryReading, "\(path)")
                #expect(try !found.effect("GET/admin").allowsInSomeReading, "\(path)")
            }
        }
    }

    /// Allowed by the rules, denied by the Deny that its route needs, and no Resource can name it.
    @Test(arguments: Asked.pathCallers) func anAllowedCallThatNoPolicyAllows(caller: Caller) throws {
        let rules = [Rule.allow("GET /a/{x}/c", scope: "x"), Rule.open("GET /a/*")].joined(separator: ",")
        for word in words {
            let settings = try Asked.settings(rules: rules, word.map { [("RESULT_CACHE", $0)] } ?? [])
            for path in ["GET/a/x*/y/c", "GET/a/" + String(repeating: "x", count: 600) + "/y/c"] {
                let found = try Asked.answer(Asked.event(caller, path, plain), settings)
                #expect(found.reason == "route_not_expressible")
                #expect(try found.resources() == ["Deny": ["*"]])
            }
            let named = try Asked.answer(Asked.event(caller, "GET/a/x/y/c", plain), settings)
            #expect(named.reason == "allowed")
            #expect(try named.effect("GET/a/x/y/c").allowsInEveryReading)
        }
    }

    // MARK: Refused calls

    /// Not set: the token's policy with the whole grant and the reason. Otherwise only a Deny.
    @Test(arguments: Asked.pathCallers) func aRefusedCall(caller: Caller) throws {
        let token = Asked.token(#","nick":"al","key":"kkkkkkkkkkkkkkkkkkkk""#)
        for word in words {
            let settings = try settings(word, [("USAGE_KEY_CLAIM", "key")])
            let found = try Asked.answer(Asked.event(caller, "GET/admin", token), settings)
            #expect(found.reason == "route_requirement")
            #expect(try !found.effect("GET/admin").allowsInSomeReading)
            guard word == nil else {
                #expect(try found.resources() == ["Deny": ["\(Rule.prefix)/GET/admin"]])
                #expect(
                    found.body.hasSuffix(
                        #","context":{"reason":"route_requirement",\#(Asked.challenge("admin"))}}"#))
                continue
            }
            #expect(try found.effect("GET/orders/1").allowsInEveryReading)
            let context =
                #""context":{"reason":"route_requirement",\#(Asked.challenge("admin")),"sub":"alice","nick":"al"}"#
            let key = #","usageIdentifierKey":"kkkkkkkkkkkkkkkkkkkk""#
            #expect(found.body.hasSuffix("},\(context)\(caller.isHTTPAPI ? "" : key)}"))
        }
    }

    /// If no policy can name the call, everything is denied.
    @Test(arguments: Asked.pathCallers) func aRefusedCallThatCannotBeNamed(caller: Caller) throws {
        for (path, reason) in [
            ("PUT/a*b", "route_unknown"), ("PUT/$a", "route_unknown"), ("GET/orders/a\u{1}", "route_path"),
            ("GET/orders//1", "route_path"), ("LINK/a?", "route_unknown"),
            ("PUT/" + String(repeating: "x", count: 600), "route_unknown"),
            (
                "GET/files/" + String(repeating: "x", count: RouteLimits.calledPathByteCount),
                "route_path"
            ),
        ] {
            for word in words {
                let found = try Asked.answer(Asked.event(caller, path, plain), settings(word))
                #expect(found.reason == reason, "\(path.prefix(20))")
                #expect(try !found.effect(path).allowsInSomeReading, "\(path.prefix(20))")
                guard word != nil else {
                    #expect(try found.effect("GET/orders/2").allowsInEveryReading, "\(path.prefix(20))")
                    continue
                }
                let named = path == "GET/orders//1" ? "\(Rule.prefix)/\(path)" : "*"
                #expect(try found.resources() == ["Deny": [named]], "\(path.prefix(20))")
            }
        }
    }

    /// A refusal of the token denies everything, for every setting of the cache.
    @Test(arguments: Asked.policyCallers) func aRefusedToken(caller: Caller) throws {
        let path = caller == .webSocket ? "$connect" : "GET/orders/1"
        for word in words {
            let cache = word.map { [("RESULT_CACHE", $0)] } ?? []
            let settings = try Asked.settings([("RESOURCE", "*"), ("REQUIRED_SCOPES", "none")] + cache)
            let found = try Asked.answer(Asked.event(caller, path, plain), settings)
            #expect(found.reason == "scope_missing")
            #expect(try found.resources() == ["Deny": ["*"]])
        }
    }

    /// RESOURCE refuses calls like routes do.
    @Test(arguments: Asked.pathCallers) func aCallOutsideRESOURCE(caller: Caller) throws {
        let resource = "\(Rule.prefix)/GET/orders/*"
        for word in words {
            let cache = word.map { [("RESULT_CACHE", $0)] } ?? []
            let settings = try Asked.settings([("RESOURCE", resource)] + cache)
            let found = try Asked.answer(Asked.event(caller, "GET/admin", plain), settings)
            #expect(found.reason == "resource_not_covered")
            #expect(
                try found.resources()
                    == (word == nil ? ["Allow": [resource]] : ["Deny": ["\(Rule.prefix)/GET/admin"]]))
            let allowed = try Asked.answer(Asked.event(caller, "GET/orders/1", plain), settings)
            let isAlone = word == "off" || word == "path"
            #expect(
                try allowed.resources() == ["Allow": [isAlone ? "\(Rule.prefix)/GET/orders/1" : resource]])
        }
    }

    // MARK: Proofs

    private func proven(_ word: String) throws -> Settings {
        try settings(word, [("DPOP", "require")])
    }

    private func request(
        _ method: String, _ path: String, jti: String, _ caller: Caller = .restRequest
    ) -> [UInt8] {
        Asked.event(
            caller, "\(method)\(path)", Asked.Bound.token,
            further: Asked.Bound.proof(method, "/prod" + path, jti: jti),
            context:
                #","path":"/prod\#(path)","http":{"method":"\#(method)","path":"/prod\#(path)"}"#)
    }

    /// `keyed`: the proof is part of the cache key, and valid for this call alone.
    @Test func aCallWithAProof() throws {
        for word in ["keyed", "off"] {
            let allowed = try Asked.answer(request("GET", "/orders/1", jti: "a"), proven(word))
            #expect(allowed.reason == "allowed")
            #expect(try allowed.resources() == ["Allow": ["\(Rule.prefix)/GET/orders/1"]])
            let refused = try Asked.answer(request("GET", "/admin", jti: "b"), proven(word))
            #expect(refused.reason == "route_requirement")
            #expect(try refused.resources() == ["Deny": ["\(Rule.prefix)/GET/admin"]])
        }
        // No policy can name this call, and the token's policy would also allow the proof for other calls.
        let keyed = try Asked.answer(request("GET", "/orders/a*b", jti: "c"), proven("keyed"))
        #expect(keyed.reason == "route_not_expressible")
        #expect(try keyed.resources() == ["Deny": ["*"]])
        // Nothing is cached, so no other request gets the token's policy.
        let off = try Asked.answer(request("GET", "/orders/a*b", jti: "d"), proven("off"))
        #expect(off.reason == "allowed")
        #expect(try off.effect("GET/orders/a*b").allowsInEveryReading)
    }

    /// A replayed proof gets its own refusal, without the policy that its call would have got.
    @Test func aReplayedProof() throws {
        let settings = try settings(nil)
        // Environment variables cannot express this case, because DPOP requires RESULT_CACHE.
        var rules = settings.rules
        rules.sender.dpop = .accept
        // REST APIs get an error, HTTP APIs a policy.
        for (caller, path) in [
            (Caller.restRequest, "/orders/1"), (.restRequest, "/admin"), (.httpAPI2, "/orders/1"),
            (.httpAPI2, "/admin"),
        ] {
            var memo = ProofMemo()
            let event = request("GET", path, jti: "a", caller)
            let first = try Asked.decision(event, settings, rules).spendingProof(&memo)
            let answered = Sent(rules.answered(first))
            #expect(answered.reason == (path == "/admin" ? "route_requirement" : "allowed"))
            #expect(try answered.effect("GET/orders/2").allowsInEveryReading)
            let second = try Asked.decision(event, settings, rules).spendingProof(&memo)
            let again = Sent(rules.answered(second))
            #expect(again.reason == "dpop_replayed" && !again.body.contains("Allow"))
        }
    }

    // MARK: Simple answers

    /// A Boolean has no policy, so the setting changes nothing.
    @Test func simpleAnswers() throws {
        for word in words {
            let settings = try settings(word, [("HTTP_API_RESPONSE", "simple")])
            let allowed = try Asked.answer(Asked.event(.httpAPI2, "GET/orders/a*b", plain), settings)
            #expect(allowed.body == #"{"isAuthorized":true,"context":{"sub":"alice","nick":"al"}}"#)
            let refused = try Asked.answer(Asked.event(.httpAPI2, "GET/admin", plain), settings)
            #expect(
                refused.body
                    == #"{"isAuthorized":false,"context":{"reason":"route_requirement",\#(Asked.challenge("admin"))}}"#
            )
        }
    }
}
