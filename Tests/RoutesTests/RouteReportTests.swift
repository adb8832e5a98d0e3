import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// "trailingSlash 0 1": the kind, and the indices of the two rules in the table's order.
private func warnings(_ routes: String, _ further: String = "") throws -> [String] {
    RouteReport(try Rule.table(routes, further)).warnings.map { "\($0.kind) \($0.rule) \($0.other)" }
}

private func document(_ routes: String...) -> String { routes.joined(separator: ",") }

/// The warnings about a table of rules (AUDIT 36).
@Suite struct RouteReportTests {
    private let own = #"{"route":"GET /c/{id}","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#

    @Test func rulesAreListedInTheOrderOfEvaluation() throws {
        let table = try Rule.table(
            document(
                Rule.open("GET /*"), #"{"route":"GET /b","deny":{"roles":["r"]}}"#,
                #"{"route":"GET /b","deny":"always"}"#,
                #"{"route":"GET /a","public":true}"#, Rule.allow("GET /b", scope: "s")),
            #","default":"any_token""#)
        let report = RouteReport(table)
        let lines = report.lines.indices.map { index in
            var text: [UInt8] = []
            report.append(index, to: &text)
            return Rule.text(text) + ": \(report.lines[index].effect)"
        }
        #expect(
            lines == [
                "routes[3] GET /a: public", "routes[1] GET /b: deny", "routes[2] GET /b: deny always",
                "routes[4] GET /b: allow",
                "routes[0] GET /*: any token", "default * /*: any token",
            ])
    }

    @Test func plainRulesHaveNoWarning() throws {
        #expect(try warnings(Rule.open("GET /a", "GET /b/{x}", "POST /a")).isEmpty)
        let report = RouteReport(try Rule.table(Rule.open("GET /a", "GET /b/{x}")))
        #expect(report.isExpressible)
    }

    @Test func publicRoutesAreReported() throws {
        #expect(
            try warnings(document(Rule.open("GET /a"), #"{"route":"GET /b","public":true}"#)) == [
                "isPublic 1 0"
            ])
    }

    @Test func routesThatDifferByASlashAreReported() throws {
        #expect(try warnings(Rule.open("GET /a", "GET /a/")) == ["trailingSlash 0 1"])
        #expect(try warnings(Rule.open("GET /a", "POST /a/", "GET /a/b/")).isEmpty)
    }

    @Test func spellingsAreReported() throws {
        #expect(try warnings(Rule.open("GET /a+b")) == ["spelling 0 0"])
        #expect(try warnings(Rule.open("GET /a%20b")) == ["spelling 0 0"])
        #expect(try warnings(Rule.open("GET /a-._~")).isEmpty)
    }

    // MARK: Rules that a policy cannot express

    @Test(arguments: [
        // Two paths with the same variable, one of them longer.
        (Rule.open("GET /o/{id}", "GET /o/{id}/items"), "", ["notExpressible 0 1"]),
        (Rule.open("GET /o/{id}", "GET /o/{id}/items"), #","routes_are_complete":true"#, []),
        // A refused path inside a wide one can be denied, if no route continues it.
        (document(Rule.allow("GET /admin", scope: "x"), Rule.open("GET /*")), "", []),
        (
            document(Rule.allow("GET /a/{x}/c", scope: "x"), Rule.open("GET /a/*")), "",
            ["notExpressible 0 1", "notExpressible 1 0"]
        ),
        // The `*` contains the whole other route: an unnecessary warning, but a missing one would be worse.
        (
            document(Rule.allow("GET /a/{x}/c", scope: "x"), Rule.allow("GET /a/*", scope: "x")), "",
            ["notExpressible 0 1"]
        ),
    ]) func rulesThatAPolicyCannotExpress(routes: String, further: String, expected: [String]) throws {
        let found = try warnings(routes, further)
        #expect(found == expected)
        let isExpressible = RouteReport(try Rule.table(routes, further)).isExpressible
        #expect(isExpressible == !expected.contains { $0.hasPrefix("notExpressible") })
    }

    @Test func variablesThatAreBoundToClaims() throws {
        #expect(try warnings(own).isEmpty)
        // A free variable, a bound segment and a `*` at the end: the variable's `*` may match the bound value too.
        let behind =
            #"{"route":"GET /{a}/{id}/*","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#
        #expect(try warnings(behind) == ["notExpressible 0 0"])
        let first =
            #"{"route":"GET /{id}/{a}/*","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#
        #expect(try warnings(first).isEmpty)
    }

    /// Without variables, whose values are unknown without a token.
    @Test func thePolicyOfAll() throws {
        let table = try Rule.table(
            document(
                Rule.allow("GET /a", scope: "x"), #"{"route":"GET /b","deny":{"roles":["r"]}}"#,
                #"{"route":"GET /c","deny":"always"}"#, Rule.open("GET /*")))
        let all = table.policyOfAll
        #expect(all.allowed.map(Rule.text) == ["/GET/*"] && all.denied.map(Rule.text) == ["/GET/c"])
    }
}
