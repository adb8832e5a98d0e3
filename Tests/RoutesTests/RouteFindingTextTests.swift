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
                #"{"route":"GET /i","allow":{"any_of_scopes_like":["a:*","b?"]}}"#,
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
            ("i", "routes[8]", "GET /i", "allow.any_of_scopes_like (a:* b?)"),
            ("z", "default", "* /*", "allow.roles (x)"),
        ] {
            let finding = try #require(try Rule.verdict(table, "GET/\(path)").finding)
            #expect(Rule.text(table.place(of: finding)) == rule)
            #expect(Rule.text(table.route(of: finding)) == route)
            #expect(Rule.text(table.unmetRequirement(of: finding)) == unmet)
        }
    }

    /// The demand of a test, for each kind of test: for `explain` alone, which adds what the claim is.
    @Test(arguments: [
        (#""equals":"v""#, "must equal v"), (#""one_of":["v",7,true]"#, "must equal v or 7 or true"),
        (#""contains":"w""#, "must contain w"), (#""present":true"#, "must be present"),
        (#""present":false"#, "must be absent"), (#""at_least":7"#, "must be at least 7"),
        (#""at_most":-7"#, "must be at most -7"), (#""greater_than":7"#, "must be greater than 7"),
        (#""less_than":7"#, "must be less than 7"), (#""starts_with":"a*""#, "must start with a*"),
        (#""ends_with":"z""#, "must end with z"), (#""like":"a*z?""#, "must be like a*z?"),
        (#""matches_variable":"auth0|{id}""#, "must match the path: auth0|{2}"),
        (
            #""any_element":[{"claim":"t","equals":"p"},{"claim":"o.n","at_least":7}]"#,
            "must have an element in which t must equal p, o.n must be at least 7"
        ),
    ]) func theDemandOfATest(test: String, demand: String) throws {
        let table = try Rule.table(
            #"{"route":"GET /a/{id}","allow":{"claims":[{"claim":"sub","present":true},{"claim":"x.y",\#(test)}]}}"#
        )
        let unmet = test.contains(#""present":false"#) ? #"{"sub":"s","x":{"y":1}}"# : #"{"sub":"s"}"#
        let finding = try #require(try Rule.verdict(table, "GET/a/7", unmet).finding)
        let expectations = table.expectations(of: finding)
        #expect(expectations.map { Rule.text($0.demand) } == [demand])
        #expect(expectations.map { Rule.texts($0.path.names) } == [["x", "y"]])
        let any = try Rule.table(
            #"{"route":"GET /a","allow":{"any_of_claims":[{"claim":"p","equals":1},{"claim":"q","equals":2}]}}"#
        )
        let other = try #require(try Rule.verdict(any, "GET/a").finding)
        #expect(any.expectations(of: other).map { Rule.text($0.demand) } == ["must equal 1", "must equal 2"])
        let scopes = try Rule.table(Rule.allow("GET /a", scope: "s"))
        let scope = try #require(try Rule.verdict(scopes, "GET/a").finding)
        #expect(scopes.expectations(of: scope).isEmpty)
    }
}
