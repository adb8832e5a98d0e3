import Testing

@testable import Authorizer

@Suite struct RoutePolicyTests {
    private func check(
        _ policy: RoutePolicy, _ allowed: [String], _ denied: [String] = [], leftOut: Int = 0,
        namesCall: Bool = false, _ location: SourceLocation = #_sourceLocation
    ) {
        #expect(policy.allowed.map(Rule.text) == allowed, sourceLocation: location)
        #expect(policy.denied.map(Rule.text) == denied, sourceLocation: location)
        #expect(policy.leftOut.count == leftOut && policy.namesCall == namesCall, sourceLocation: location)
    }

    @Test func everyRouteThatTheTokenMayCall() throws {
        let table = try Rule.table(
            [Rule.open("GET /a", "POST /b/c"), Rule.allow("GET /d", scope: "x")].joined(separator: ","))
        check(try Rule.policy(table), ["/GET/a", "/POST/b/c"])
        check(try Rule.policy(table, #"{"scope":"x"}"#), ["/GET/a", "/POST/b/c", "/GET/d"])
        #expect(try !Rule.policy(table).hasWildcard)
        check(try Rule.policy(table, nil), [])
    }

    /// A variable's `*` takes in more segments, and none.
    @Test func theExcessOfAVariableIsDenied() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}"))
        check(try Rule.policy(table), ["/GET/a/*"], ["/GET/a/*/*", "/GET/a/"])
        #expect(try Rule.policy(table).hasWildcard)
        check(try Rule.policy(try Rule.table(Rule.open("GET /a/*"))), ["/GET/a/*"])
        // What the larger route may have need not be denied for the smaller one.
        let held = try Rule.table(Rule.open("GET /a/{x}", "GET /a/*"))
        check(try Rule.policy(held), ["/GET/a/*"])
    }

    // MARK: Merging

    @Test func whatAnotherHoldsIsNotNamedTwice() throws {
        check(try Rule.policy(try Rule.table(Rule.open("GET /a/b", "GET /a/*", "GET /a/b/c"))), ["/GET/a/*"])
        check(try Rule.policy(try Rule.table(Rule.open("* /a/*", "GET /a/*", "* /*"))), ["/*/*"])
        check(try Rule.policy(try Rule.table(Rule.open("GET /a", "GET /b/*"))), ["/GET/a", "/GET/b/*"])
        // One glob for two patterns: `{x}` before `*` says no more than `*`.
        check(try Rule.policy(try Rule.table(Rule.open("GET /*", "GET /{x}"))), ["/GET/*"])
    }

    /// Its own glob would need a Deny that takes something of the larger one; but that holds it all.
    @Test func whatAnotherHoldsIsNotLeftOut() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}/c", "GET /a/*"))
        for call in ["GET/a/1/c", "GET/a/1/2/c", "GET/a/", "GET/none"] {
            check(try Rule.policy(table, call: call), ["/GET/a/*"])
        }
        // Not, if the larger one is refused.
        let refused = try Rule.table(
            [Rule.open("GET /a/{x}/c"), Rule.allow("GET /a/*", scope: "x")].joined(separator: ","))
        check(try Rule.policy(refused, call: "GET/a/1/c"), ["/GET/a/*/c"], ["/GET/a/*/*/c"])
    }

    @Test func aRouteHiddenBehindOthersIsNotInIt() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a", scope: "x"), Rule.open("* /a")].joined(separator: ","))
        // `* /a` is tried behind `GET /a`, which refuses.
        check(try Rule.policy(table), ["/*/a"], ["/GET/a", "/*/*/a"])
        // Written out, the one for GET is hidden.
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
        // The letters that it could be spelled with: a d i m n, all above 63.
        var bits: UInt64 = 0
        for letter in "admin".utf8 { bits |= 1 << UInt64(letter - 64) }
        #expect(policy.escapes.high == bits && policy.escapes.low == 0)
        // Who may call it needs no Deny, and nothing of its spelling either.
        let admin = try Rule.policy(table, #"{"scope":"x"}"#)
        check(admin, ["/GET/*"])
        #expect(admin.escapes.high == 0 && admin.escapes.low == 0)
        // Literals that both begin with tell nothing apart: with them escaped the Allow takes in nothing.
        let deep = try Rule.table(
            [Rule.allow("GET /aa/b-9", scope: "x"), Rule.open("GET /aa/*")].joined(separator: ","))
        let escapes = try Rule.policy(deep).escapes
        #expect(escapes.high == 1 << UInt64(0x62 - 64) && escapes.low == 1 << 0x2D | 1 << 0x39)
    }

    @Test func routesThatCannotBeToldApart() throws {
        let table = try Rule.table(Rule.open("GET /o/{id}", "GET /o/{id}/items"))
        check(try Rule.policy(table), ["/GET/o/*/items"], ["/GET/o/*/*/items"], leftOut: 1)
        // Called, it is in the answer, with its Denies: they take the other away, not give too much.
        check(
            try Rule.policy(table, call: "GET/o/42"), ["/GET/o/*"],
            ["/GET/o/*/*/items", "/GET/o/*/*", "/GET/o/"], leftOut: 1)
        // If no other paths exist, there is nothing to close.
        let complete = try Rule.table(
            Rule.open("GET /o/{id}", "GET /o/{id}/items"), #","routes_are_complete":true"#)
        check(try Rule.policy(complete), ["/GET/o/*"])
    }

    /// The Deny that goes with the called route would take in the call: then the call alone is named.
    @Test func theCallAloneIsNamed() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a/{x}/c", scope: "x"), Rule.open("GET /a/*")].joined(separator: ","))
        check(try Rule.policy(table), [], leftOut: 1)
        check(try Rule.policy(table, call: "GET/a/x/y/c"), [], leftOut: 1, namesCall: true)
        check(try Rule.policy(table, call: "GET/a/q"), ["/GET/a/*"], ["/GET/a/*/c"], leftOut: 1)
        let verdict = try Rule.verdict(table, "GET/a/x/y/c")
        #expect(verdict.refusal == nil && verdict.leftOutRoutes == 1)
        // A call that an ARN would read as a pattern cannot be named, nor answered with a policy.
        #expect(try Rule.verdict(table, "GET/a/x*/y/c").refusal == .notExpressible)
    }

    @Test func silentRoutesAreClosedWhereAllAreNamed() throws {
        let routes = [#"{"route":"GET /a/b/c","deny":{"roles":["x"]}}"#, Rule.open("GET /a/{y}")].joined(
            separator: ",")
        let complete = try Rule.table(routes, #","routes_are_complete":true"#)
        check(try Rule.policy(complete), ["/GET/a/*"], ["/GET/a/b/c"])
        check(try Rule.policy(complete, #"{"roles":["x"]}"#), ["/GET/a/*"], ["/GET/a/b/c"])
    }

    // MARK: Made shorter

    @Test func deniesThatAnotherHoldsAreDropped() throws {
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

    /// Of two Denies with one glob one stays.
    @Test func oneOfTwoEqualDeniesStays() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a/{x}", scope: "s"), Rule.allow("GET /a/*", scope: "s"), Rule.open("GET /*")]
                .joined(separator: ","))
        let policy = try Rule.policy(table)
        check(policy, ["/GET/*"], ["/GET/a/*", "/GET/a/*"], leftOut: 1)
        policy.dropHeldDenials()
        check(policy, ["/GET/*"], ["/GET/a/*"], leftOut: 1)
    }
}
