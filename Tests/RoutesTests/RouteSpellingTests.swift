import Authorizer
import DecisionSupport
import TestSupport
import Testing

@testable import Routes

private func refused(_ table: RouteTable, _ call: String, _ claims: String = "{}") throws -> RouteFault? {
    try Rule.verdict(table, call, claims).refusal
}

private func effect(_ policy: CallPolicy?, _ call: String) throws -> PolicyEffect {
    Routes.effect(of: policy?.statements ?? [], on: try Rule.arn(call).text.span)
}

/// The spelling of a rule, and the spelling of ARNs (AUDIT 35).
@Suite struct RouteSpellingTests {
    /// In normal form a rule matches its own spelling; decoded, it matches every spelling. Both decisions must allow the call.
    @Test func bothDecisionsMustAllow() throws {
        // The rule has an unnecessary escape.
        let odd = try Rule.table(Rule.open("GET /%40me"))
        for (call, fault) in [
            ("GET/%40me", nil), ("GET/@me", .unknown), ("GET/%40%6De", nil), ("GET/%2540me", .unknown),
        ]
            as [(String, RouteFault?)]
        { #expect(try refused(odd, call) == fault, "\(call)") }
        // The rule has the spelling of ARNs.
        let usual = try Rule.table(Rule.open("GET /@me"))
        for (call, fault) in [
            ("GET/@me", nil), ("GET/%40me", .unknown), ("GET/@%6De", nil), ("GET/@m%65", nil),
        ]
            as [(String, RouteFault?)]
        { #expect(try refused(usual, call) == fault, "\(call)") }
        // A narrower rule applies to every spelling, whichever of the two it uses itself.
        for route in ["GET /%40me", "GET /@me", "GET /caf%C3%A9", "GET /a%3Ab", "GET /a:b", "GET /x%25y"] {
            let table = try Rule.table(
                [Rule.allow(route, scope: "s"), Rule.open("GET /*")].joined(separator: ","))
            let path = "GET" + route.dropFirst(4)
            for call in [
                path, path.replacing("%40", with: "@"), path.replacing("@", with: "%40"),
                path.replacing("%C3%A9", with: "%c3%a9"),
                path.replacing("%C3%A9", with: "é"), path.replacing("%3A", with: ":"),
                path.replacing(":", with: "%3a"),
            ] {
                #expect(try refused(table, call) == .unmet, "\(route) \(call)")
                #expect(try refused(table, call, #"{"scope":"s"}"#) == nil, "\(route) \(call)")
                // The policy of another call does not allow it either.
                let other = try Rule.callPolicy(table, "GET/other")
                #expect(try effect(other, "GET/other").allowsInEveryReading)
                #expect(try !effect(other, call).allowsInSomeReading, "\(route) \(call)")
            }
        }
    }

    @Test func rulesWithUnusualSpellings() throws {
        for (route, isOdd) in [
            ("GET /%40me", true), ("GET /a%3Ab", true), ("GET /a%21", true), ("GET /a%20b", false),
            ("GET /caf%C3%A9", false),
            ("GET /%25", false), ("GET /@me", false), ("GET /a", false), ("GET /{x}/*", false),
            ("GET /%20%2B", true),
        ] {
            let table = try Rule.table(Rule.open(route)).policyTable
            #expect(table.routes[0].hasUnusualSpelling == isOdd && !table.routes[0].isMixed, "\(route)")
        }
    }

    /// A policy writes the literal in a spelling other than the rule's, so it names the call and not the route.
    @Test func aRouteWithAnUnusualSpellingIsNotNamed() throws {
        let table = try Rule.table(Rule.open("GET /%40me", "GET /a"))
        let other = try #require(try Rule.callPolicy(table, "GET/a"))
        #expect(try Rule.resources(other.statements) == ["Allow": ["\(Rule.prefix)/GET/a"]])
        #expect(other.omittedRules == [0])
        let called = try #require(try Rule.callPolicy(table, "GET/%40me"))
        #expect(
            try Rule.resources(called.statements) == [
                "Allow": ["\(Rule.prefix)/GET/%40me", "\(Rule.prefix)/GET/a"]
            ])
        // Within a wider route it is allowed, but not by its own rule.
        let wide = try Rule.table(Rule.open("GET /%40me", "GET /*"))
        let policy = try #require(try Rule.callPolicy(wide, "GET/%40me"))
        #expect(
            try effect(policy, "GET/%40me").allowsInEveryReading
                && effect(policy, "GET/@me").allowsInEveryReading)
        #expect(policy.omittedRules == [0])
    }

    /// Two rules that are two paths in normal form and one path decoded: neither allows the other's spelling.
    @Test(arguments: [("GET /%40me", "GET /@me"), ("GET /a%40:", "GET /a@%3A")])
    func rulesOfSeveralSpellings(first: String, second: String) throws {
        let table = try Rule.table(
            [Rule.allow(first, scope: "1"), Rule.allow(second, scope: "2"), Rule.open("GET /*")].joined(
                separator: ","))
        let paths = [first, second].map { "GET" + $0.dropFirst(4) }
        #expect(table.policyTable.routes[0].isMixed)
        for (own, other, claims) in [(0, 1, #"{"scope":"1"}"#), (1, 0, #"{"scope":"2"}"#)] {
            #expect(
                try refused(table, paths[own], claims) == nil
                    && refused(table, paths[other], claims) == .unmet)
            let called = try Rule.callPolicy(table, paths[own], claims)
            #expect(try effect(called, paths[own]).allowsInEveryReading)
            #expect(try !effect(called, paths[other]).allowsInSomeReading)
            for call in ["GET/b", paths[other]] {
                let policy = try Rule.callPolicy(table, call, claims)
                #expect(try effect(policy, "GET/b").allowsInEveryReading)
                #expect(try !effect(policy, paths[other]).allowsInSomeReading, "\(call)")
            }
        }
        // Without a wider rule, the policy names nothing.
        let alone = try Rule.table(
            [Rule.allow(first, scope: "1"), Rule.allow(second, scope: "2")].joined(separator: ","))
        let none = try Rule.callPolicy(alone, "GET/b", #"{"scope":"1"}"#)
        #expect(none?.statements == nil && none?.omittedRules == [0])
    }

    // MARK: Values of claims

    private let own = #"{"route":"GET /c/{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#

    /// The called segment is decoded once, even if no rule has an escape.
    @Test func valuesAreComparedDecoded() throws {
        for further in ["", "," + Rule.open("GET /caf%C3%A9")] {
            let table = try Rule.table(own + further)
            for (value, call) in [
                ("auth0|abc", "GET/c/auth0%7Cabc"), ("auth0|abc", "GET/c/auth0%7cabc"),
                ("a@b", "GET/c/a%40b"),
                ("a@b", "GET/c/a@b"), ("é", "GET/c/%C3%A9"), ("a b", "GET/c/a%20b"),
            ] {
                let claims = #"{"sub":"\#(value)"}"#
                #expect(try refused(table, call, claims) == nil, "\(call)")
                #expect(
                    try effect(try Rule.callPolicy(table, call, claims), call).allowsInEveryReading, "\(call)"
                )
                #expect(try refused(table, call + "x", claims) == .unmet, "\(call)")
            }
            // Decoded once, not twice.
            #expect(try refused(table, "GET/c/a%2540b", #"{"sub":"a@b"}"#) == .unmet)
        }
    }

    /// A value belongs to its own route's variable.
    @Test func eachRouteHasItsValues() throws {
        let table = try Rule.table(
            own + #",{"route":"GET /d/{id}","allow":{"claims":[{"claim":"org","matches_variable":"id"}]}}"#)
        let claims = #"{"sub":"alice","org":"acme"}"#
        #expect(
            try refused(table, "GET/c/alice", claims) == nil && refused(table, "GET/d/acme", claims) == nil)
        #expect(
            try refused(table, "GET/c/acme", claims) == .unmet
                && refused(table, "GET/d/alice", claims) == .unmet)
    }

    /// One user's policy does not allow another user's value, even with a wider rule or a rule with the value as a literal.
    @Test func boundRoutesInAPolicy() throws {
        let claims = #"{"sub":"alice"}"#
        let wide = try Rule.table(own + "," + Rule.open("GET /*"))
        let policy = try Rule.callPolicy(wide, "GET/c/alice", claims)
        #expect(try effect(policy, "GET/c/alice").allowsInEveryReading)
        #expect(
            try !effect(policy, "GET/c/bob").allowsInSomeReading
                && refused(wide, "GET/c/bob", claims) == .unmet)
        let literal = try Rule.table(
            own + #",{"route":"GET /c/alice","deny":"always"},"# + Rule.open("GET /*"))
        #expect(try refused(literal, "GET/c/alice", claims) == .denied)
        for call in ["GET/c/alice", "GET/other"] {
            #expect(
                try !effect(try Rule.callPolicy(literal, call, claims), "GET/c/alice").allowsInSomeReading)
        }
        // A bound route inside another's path.
        let inside = try Rule.table(
            own + ","
                + #"{"route":"GET /c/{id}/x","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#)
        let both = try Rule.callPolicy(inside, "GET/none", claims)
        #expect(
            try Rule.resources(both?.statements)
                == ["Allow": ["\(Rule.prefix)/GET/c/alice", "\(Rule.prefix)/GET/c/alice/x"]])
        // Two routes with the same bound pattern.
        let twice = try Rule.table(
            #"{"route":"GET /{a}/{b}","allow":{"claims":[{"claim":"a","matches_variable":"a"},{"claim":"b","matches_variable":"b"}]}},{"route":"* /{a}/{b}","allow":{"claims":[{"claim":"b","matches_variable":"a"},{"claim":"a","matches_variable":"b"}]}}"#
        )
        let values = #"{"a":["1","2"],"b":["1","2"]}"#
        for call in ["GET/1/1", "GET/2/1", "PUT/1/2"] { #expect(try refused(twice, call, values) == nil) }
        #expect(try refused(twice, "PUT/1/3", values) == .unmet)
    }

    /// The method `*` of a bound route is written out: which of its ARNs overlap other routes depends on the values.
    @Test func everyMethodOfABoundRoute() throws {
        let table = try Rule.table(
            #"{"route":"* /{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#)
        let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
        for caller in Asked.pathCallers {
            let policy = try #require(
                try Rule.callPolicy(table, "GET/none", #"{"sub":"alice"}"#, caller: caller))
            #expect(
                try Rule.resources(policy.statements)
                    == ["Allow": methods.map { "\(Rule.prefix)/\($0)/alice" }])
        }
    }

    /// With more values than a policy can name, only the called one is named, if it is the token's.
    @Test func moreValuesThanAPolicyNames() throws {
        let table = try Rule.table(own)
        let values = (0...RouteLimits.boundRouteCount).map { "\"v\($0)\"" }.joined(separator: ",")
        let claims = #"{"sub":[\#(values)]}"#
        #expect(try refused(table, "GET/c/v1", claims) == nil && refused(table, "GET/c/x", claims) == .unmet)
        #expect(try refused(table, "GET/c", claims) == .unknown)
        let policy = try #require(try Rule.callPolicy(table, "GET/c/v1", claims))
        #expect(try Rule.resources(policy.statements) == ["Allow": ["\(Rule.prefix)/GET/c/v1"]])
        #expect(policy.omittedRules == [0])
    }
}
