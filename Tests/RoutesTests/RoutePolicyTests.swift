import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// A policy names the routes that a token may call, and denies the excess (AUDIT 33, 36).
@Suite struct RoutePolicyTests {
    private func escapes(_ policy: RoutePolicy) -> [String] {
        var found: [String] = []
        policy.spellings.visitAll { escape in
            found.append(Rule.text(escape.indices.map { escape[$0] }))
        }
        return found
    }

    private func check(
        _ policy: RoutePolicy, _ allowed: [String], _ denied: [String] = [], omitted: Int = 0,
        _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(policy.allowed.map(Rule.text) == allowed, sourceLocation: location)
        #expect(policy.denied.map(Rule.text) == denied, sourceLocation: location)
        #expect(policy.omitted.count == omitted, sourceLocation: location)
    }

    @Test func everyRouteThatTheTokenMayCall() throws {
        let table = try Rule.table(
            [Rule.open("GET /a", "POST /b/c"), Rule.allow("GET /d", scope: "x")].joined(separator: ","))
        check(try Rule.policy(table), ["/GET/a", "/POST/b/c"])
        check(try Rule.policy(table, #"{"scope":"x"}"#), ["/GET/a", "/POST/b/c", "/GET/d"])
        #expect(try !Rule.policy(table).hasWildcard)
        check(try Rule.policy(table, nil), [])
    }

    /// A variable's `*` also matches several segments, and an empty one.
    @Test func theExcessOfAVariableIsDenied() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}"))
        check(try Rule.policy(table), ["/GET/a/*"], ["/GET/a/*/*", "/GET/a/"])
        #expect(try Rule.policy(table).hasWildcard)
        check(try Rule.policy(try Rule.table(Rule.open("GET /a/*"))), ["/GET/a/*"])
        // Excess that the larger route allows need not be denied for the smaller one.
        let held = try Rule.table(Rule.open("GET /a/{x}", "GET /a/*"))
        check(try Rule.policy(held), ["/GET/a/*"])
    }

    // MARK: Merging

    @Test func aContainedRouteIsNotNamedTwice() throws {
        check(try Rule.policy(try Rule.table(Rule.open("GET /a/b", "GET /a/*", "GET /a/b/c"))), ["/GET/a/*"])
        check(try Rule.policy(try Rule.table(Rule.open("* /a/*", "GET /a/*", "* /*"))), ["/*/*"])
        check(try Rule.policy(try Rule.table(Rule.open("GET /a", "GET /b/*"))), ["/GET/a", "/GET/b/*"])
        // Two patterns have the same glob: `{x}` before `*` adds nothing to `*`.
        check(try Rule.policy(try Rule.table(Rule.open("GET /*", "GET /{x}"))), ["/GET/*"])
    }

    /// Its own glob would need a Deny that removes requests of the larger route; but the larger one contains the whole route.
    @Test func aContainedRouteIsNotOmitted() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}/c", "GET /a/*"))
        for call in ["GET/a/1/c", "GET/a/1/2/c", "GET/a/", "GET/none"] {
            check(try Rule.policy(table, call: call), ["/GET/a/*"])
        }
        // This does not apply if the larger route is refused.
        let refused = try Rule.table(
            [Rule.open("GET /a/{x}/c"), Rule.allow("GET /a/*", scope: "x")].joined(separator: ","))
        check(try Rule.policy(refused, call: "GET/a/1/c"), ["/GET/a/*/c"], ["/GET/a/*/*/c"])
    }

    @Test func aHiddenRouteIsNotNamed() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a", scope: "x"), Rule.open("* /a")].joined(separator: ","))
        // `* /a` is tried after `GET /a`, which refuses.
        check(try Rule.policy(table), ["/*/a"], ["/GET/a", "/*/*/a"])
        // After the verb is written out, the route for GET is hidden.
        let written = try Rule.table(
            [Rule.allow("GET /a", scope: "x"), Rule.open("* /a", "GET /b/a")].joined(separator: ","))
        let others = ["DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"].map { "/\($0)/a" }
        check(try Rule.policy(written), others + ["/GET/b/a"])
        check(try Rule.policy(written, #"{"scope":"x"}"#), ["/GET/a"] + others + ["/GET/b/a"])
    }

    // MARK: Denials

    @Test func aRefusedRouteInsideIsDenied() throws {
        let table = try Rule.table(
            [Rule.allow("GET /admin", scope: "x"), Rule.open("GET /*")].joined(separator: ","))
        let policy = try Rule.policy(table)
        check(policy, ["/GET/*"], ["/GET/admin"])
        // The letters of the literal: a d i m n, all above 63.
        #expect(escapes(policy) == ["%61*", "%64*", "%69*", "%6D*", "%6d*", "%6E*", "%6e*"])
        // A token that may call it needs no Deny, and no Deny of its spellings.
        let admin = try Rule.policy(table, #"{"scope":"x"}"#)
        check(admin, ["/GET/*"])
        #expect(escapes(admin).isEmpty)
        // Common leading literals need no Denies of their spellings: the Allow does not match them escaped.
        let deep = try Rule.table(
            [Rule.allow("GET /aa/b-9", scope: "x"), Rule.open("GET /aa/*")].joined(separator: ","))
        #expect(escapes(try Rule.policy(deep)) == ["%2D*", "%2d*", "%39*", "%62*"])
    }

    @Test func routesThatARNsCannotDistinguish() throws {
        let table = try Rule.table(Rule.open("GET /o/{id}", "GET /o/{id}/items"))
        check(try Rule.policy(table), ["/GET/o/*/items"], ["/GET/o/*/*/items"], omitted: 1)
        // When called, the route is in the answer with its Denies: they remove the other route, and nothing too much is allowed.
        check(
            try Rule.policy(table, call: "GET/o/42"), ["/GET/o/*"],
            ["/GET/o/*/*/items", "/GET/o/*/*", "/GET/o/"])
        // If there are no other paths, no excess must be denied.
        let complete = try Rule.table(
            Rule.open("GET /o/{id}", "GET /o/{id}/items"), #","routes_are_complete":true"#)
        check(try Rule.policy(complete), ["/GET/o/*"])
    }

    /// The Deny of the called route would match the call: then only the call is named.
    @Test func onlyTheCallIsNamed() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a/{x}/c", scope: "x"), Rule.open("GET /a/*")].joined(separator: ","))
        check(try Rule.policy(table), [], omitted: 1)
        check(try Rule.policy(table, call: "GET/a/q"), ["/GET/a/*"], ["/GET/a/*/c"])
        let alone = try #require(try Rule.callPolicy(table, "GET/a/x/y/c"))
        #expect(
            try Rule.resources(alone.statements) == ["Allow": ["\(Rule.prefix)/GET/a/x/y/c"]]
                && alone.omittedRules == [1])
        // A call that contains a wildcard of ARNs cannot be named, and no policy can answer it.
        #expect(try Rule.verdict(table, "GET/a/x*/y/c").refusal == nil)
        #expect(try Rule.callPolicy(table, "GET/a/x*/y/c") == nil)
    }

    @Test func silentRoutesAreDeniedIfRoutesAreComplete() throws {
        let routes = [#"{"route":"GET /a/b/c","deny":{"roles":["x"]}}"#, Rule.open("GET /a/{y}")].joined(
            separator: ",")
        let complete = try Rule.table(routes, #","routes_are_complete":true"#)
        check(try Rule.policy(complete), ["/GET/a/*"], ["/GET/a/b/c"])
        check(try Rule.policy(complete, #"{"roles":["x"]}"#), ["/GET/a/*"], ["/GET/a/b/c"])
    }

    // MARK: Shortening

    @Test func containedDeniesAreRemoved() throws {
        let table = try Rule.table(
            [
                Rule.allow("GET /a/x", scope: "s"), Rule.allow("GET /a/x/y", scope: "s"),
                Rule.allow("GET /a/x/*", scope: "s"),
                Rule.open("GET /a/*"),
            ].joined(separator: ","))
        let policy = try Rule.policy(table)
        check(policy, ["/GET/a/*"], ["/GET/a/x", "/GET/a/x/y", "/GET/a/x/*"])
        policy.dropHeldDenials()
        check(policy, ["/GET/a/*"], ["/GET/a/x", "/GET/a/x/*"])
    }

    /// Of two Denies with the same glob, one is kept.
    @Test func oneOfTwoEqualDeniesIsKept() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a/{x}", scope: "s"), Rule.allow("GET /a/*", scope: "s"), Rule.open("GET /*")]
                .joined(separator: ","))
        let policy = try Rule.policy(table)
        check(policy, ["/GET/*"], ["/GET/a/*", "/GET/a/*"])
        policy.dropHeldDenials()
        check(policy, ["/GET/*"], ["/GET/a/*"])
    }
}
