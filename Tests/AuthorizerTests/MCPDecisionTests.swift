import DecisionSupport
import Events
import JOSE
import Keys
import Routes
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let routes = [
    Rule.open("POST /mcp", "GET /orders/{id}", "GET /mcp", "$mcp tools/call get"),
    Rule.allow("$mcp tools/call put", scope: "write"), #"{"route":"$mcp tools/call drop","deny":"always"}"#,
].joined(separator: ",")

private let off = [("RESULT_CACHE", "off")]

/// The members of `headers` that call a tool.
private func tool(_ name: String) -> String {
    #","MCP-Protocol-Version":"2026-07-28","Mcp-Method":"tools/call","mcp-name":"\#(name)""#
}

/// An event with a bearer token and further headers.
private func event(_ caller: Caller, _ call: String, _ headers: String, _ token: String = plain) -> [UInt8] {
    let text = String(decoding: Asked.event(caller, call, token, further: headers), as: UTF8.self)
    return Array(
        text.split(separator: "DPoP \(token)", maxSplits: 1).joined(separator: "Bearer \(token)").utf8)
}

private let plain = Asked.token()
private let writer = Asked.token(#","scope":"write""#)

/// Answers and memory where rules read headers.
@Suite struct MCPDecisionTests {
    /// Only the call that was decided is allowed, and a refused one allows nothing.
    @Test(arguments: [Caller.restRequest, .httpAPI1, .httpAPI2]) func answers(caller: Caller) throws {
        let settings = try Asked.settings(rules: routes, off)
        for (name, token, reason) in [
            ("get", plain, "allowed"), ("put", plain, "route_requirement"), ("put", writer, "allowed"),
            ("drop", writer, "route_denied"), ("other", writer, "route_mcp_unknown"),
            (" get", plain, "route_mcp_header"),
        ] {
            let found = try Asked.answer(event(caller, "POST/mcp", tool(name), token), settings)
            #expect(found.reason == reason, "\(name)")
            let isAllowed = reason == "allowed"
            #expect(try found.effect("POST/mcp").allowsInEveryReading == isAllowed)
            if isAllowed {
                #expect(try found.resources() == ["Allow": ["\(Rule.prefix)/POST/mcp"]])
            } else {
                #expect(try found.resources()["Allow"] == nil)
            }
        }
        // Answers to other calls do not allow it, whatever headers they have.
        for (call, isAllowed) in [
            ("GET/orders/1", true), ("GET/mcp", true), ("GET/x", false), ("GET/orders//1", false),
        ] {
            let found = try Asked.answer(event(caller, call, tool("get")), settings)
            #expect((found.reason == "allowed") == isAllowed, "\(call)")
            #expect(try !found.effect("POST/mcp").allowsInSomeReading, "\(call)")
        }
        // A policy that cannot name the call would allow others.
        let odd = try Asked.answer(event(caller, "GET/orders/a$b", tool("get")), settings)
        #expect(odd.reason == "route_not_expressible")
        #expect(try odd.resources() == ["Deny": ["*"]])
        #expect(
            try Asked.answer(event(caller, "POST/mcp", ""), settings).reason == "route_mcp_version")
    }

    @Test func simpleAnswers() throws {
        let settings = try Asked.settings(rules: routes, off + [("HTTP_API_RESPONSE", "simple")])
        for (name, isAllowed) in [("get", true), ("put", false), ("drop", false)] {
            let found = try Asked.answer(event(.httpAPI2, "POST/mcp", tool(name)), settings)
            #expect(found.body.hasPrefix(#"{"isAuthorized":\#(isAllowed)"#), "\(name)")
        }
    }

    @Test func aTokenAuthorizer() throws {
        let settings = try Asked.settings(rules: routes, off)
        let found = try Asked.answer(Asked.event(.restToken, "POST/mcp", plain), settings)
        #expect(found.reason == "route_mcp_caller")
        #expect(try found.resources()["Allow"] == nil)
        #expect(try Asked.answer(Asked.event(.restToken, "GET/mcp", plain), settings).reason == "allowed")
    }

    /// One token, one memory, in any order of tools: each call is decided by its own headers.
    @Test func nothingIsRemembered() throws {
        let settings = try Asked.settings(rules: routes, off)
        var keys = KeyRing(settings.issuers.map { $0.keys }, policy: settings.keyCachePolicy)
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: Asked.now)
        var memory = TokenMemory(capacity: 8)
        for (name, reason) in [
            ("get", "allowed"), ("put", "route_requirement"), ("get", "allowed"), ("drop", "route_denied"),
            ("", "route_mcp_header"), ("get", "allowed"),
        ] {
            for call in ["POST/mcp", "POST/mcp?", "GET/orders/1"] {
                var authorization = Authorization(
                    event: event(.restRequest, call, tool(name)), issuers: settings.trustedIssuers,
                    rules: settings.rules)
                guard
                    case .decided(let decision) = authorization.next(
                        keys: keys, memo: &memory, nowSeconds: Asked.now)
                else { throw Refusal.keysUnavailable }
                #expect(
                    decision.reasonCode.description
                        == (call == "POST/mcp"
                            ? reason : call == "GET/orders/1" ? "allowed" : "route_unknown"))
                if let verified = decision.verified { #expect(memory.note(of: verified.token) == nil) }
            }
        }
    }

    @Test func withoutAToken() throws {
        let open = #"{"route":"POST /mcp","public":true},{"route":"$mcp tools/call get","public":true}"#
        let settings = try Asked.settings(rules: open + "," + Rule.open("$mcp *"), off)
        for (name, reason) in [("get", "allowed"), ("put", "token_missing")] {
            let text =
                #"{"type":"REQUEST","methodArn":"\#(Rule.prefix)/POST/mcp","headers":{"x":""\#(tool(name))}}"#
            let found = try Asked.answer(Array(text.utf8), settings)
            #expect(found.reason == reason)
        }
    }

    @Test func shadowRules() throws {
        let settings = try Asked.settings(
            rules: Rule.open("POST /mcp"), [("SHADOW_RULES", #"{"routes":[\#(routes)]}"#)])
        for (name, reason) in [("get", "allowed"), ("drop", "route_denied"), ("x", "route_mcp_unknown")] {
            let decision = try Asked.decision(event(.restRequest, "POST/mcp", tool(name)), settings)
            let shadow = try #require(settings.shadow?.verdict(on: decision))
            #expect(decision.reasonCode.description == "allowed" && shadow.reasonCode.description == reason)
        }
    }

    /// A cached answer would be used for other tools: the start needs RESULT_CACHE=off, if a path rule may allow the calls.
    @Test func theStart() throws {
        func problem(_ rules: String, _ cache: String?) -> SettingsError.Problem? {
            do {
                _ = try Asked.settings(rules: rules, cache.map { [("RESULT_CACHE", $0)] } ?? [])
                return nil
            } catch { return (error as? SettingsError)?.problem }
        }
        let apart = Rule.open("GET /mcp", "POST /a", "$mcp tools/call get")
        for cache in [nil, "keyed", "path"] {
            #expect(problem(routes, cache) == .resultCacheMCP)
            #expect(problem(apart, cache) == nil)
            #expect(problem(Rule.open("POST /mcp"), cache) == nil)
        }
        #expect(problem(routes, "off") == nil && problem(apart, "off") == nil)
        // For AgentCore alone.
        #expect(problem(Rule.open("$mcp tools/call get"), nil) == nil)
    }
}
