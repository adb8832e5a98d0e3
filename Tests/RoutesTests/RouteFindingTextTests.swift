import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// A refusal names its rule in the terms of the configuration (AUDIT 29).
@Suite struct RouteFindingTextTests {
    /// The text contains only terms of the document. One test for each part of a rule.
    @Test func theTextNamesTheRuleItsRouteAndTheUnmetPart() throws {
        let table = try Rule.table(
            [
                #"{"route":"GET /a","allow":{"any_of_scopes":["x","y"]}}"#,
                #"{"route":"GET /b","allow":{"any_of_roles":["x","y"]}}"#,
                #"{"route":"GET /c","allow":{"any_of_claims":[{"claim":"x.y","present":true},{"claim":"z","equals":"v"}]}}"#,
                #"{"route":"GET /d","allow":{"claims":[{"claim":"x","present":false},{"claim":["https://e.com/y"],"present":true}]}}"#,
                #"{"route":"GET /e/{id}","allow":{"roles":["x"]}}"#, Rule.allow("GET /f", scope: "s"),
                #"{"route":"GET /g","allow":"any_token","issuers":["i"]}"#,
                #"{"route":"GET /h","deny":"always"}"#,
            ].joined(separator: ","),
            #","default":{"roles":["x"]},"issuers":[{"issuer":"o","jwks_uri":"/o"},{"issuer":"n","name":"i","jwks_uri":"/n"}]"#
        )
        for (path, rule, route, unmet) in [
            ("a", "routes[0]", "GET /a", "allow.any_of_scopes (x y)"),
            ("b", "routes[1]", "GET /b", "allow.any_of_roles (x y)"),
            ("c", "routes[2]", "GET /c", "allow.any_of_claims (x.y z)"),
            ("d", "routes[3]", "GET /d", "allow.claims[1] (https://e.com/y)"),
            ("e/7", "routes[4]", "GET /e/{id}", "allow.roles (x)"),
            ("f", "routes[5]", "GET /f", "allow.scopes (s)"),
            ("g", "routes[6]", "GET /g", "issuers"), ("h", "routes[7]", "GET /h", ""),
            ("z", "default", "* /*", "allow.roles (x)"),
        ] {
            let finding = try #require(try Rule.verdict(table, "GET/\(path)").finding)
            #expect(Rule.text(table.place(of: finding)) == rule)
            #expect(Rule.text(table.route(of: finding)) == route)
            #expect(Rule.text(table.unmetRequirement(of: finding)) == unmet)
        }
    }
}
