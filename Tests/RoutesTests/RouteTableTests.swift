import DecisionSupport
import Settings
import TestSupport
import Testing

@testable import Routes

/// The routes in the order of evaluation: "GET /a/*: allow deny".
private func order(_ table: RouteTable) -> [String] {
    table.routes.map { route in
        let effects = route.rules.map { "\(table.rules[$0].effect)" }
        return Rule.text(route.resource) + ": " + effects.joined(separator: " ")
    }
}

/// The most specific rules are tried first, and a deny before an allow (AUDIT 33).
@Suite struct RouteTableTests {
    @Test func theMostSpecificIsTriedFirst() throws {
        let table = try Rule.table(
            Rule.open("GET /{x}/b", "GET /*", "GET /a/{x}", "POST /a", "GET /a/b", "GET /a"))
        #expect(
            order(table) == [
                "/GET/a: allow", "/POST/a: allow", "/GET/a/b: allow", "/GET/a/*: allow", "/GET/*/b: allow",
                "/GET/*: allow",
            ])
        #expect(table.routes.map(\.rank) == [1, 3, 5, 7, 9, 11])
    }

    /// Denying rules with one pattern come first, otherwise the document's order applies.
    @Test func rulesWithOnePatternAreAdjacent() throws {
        let table = try Rule.table(
            [
                Rule.allow("GET /a/{x}", scope: "1"), #"{"route":"GET /b","public":true}"#,
                Rule.allow("GET /a/{y}", scope: "2"),
                #"{"route":"GET /a/{z}","deny":"always"}"#, #"{"route":"GET /a/{w}","deny":{"roles":["r"]}}"#,
            ].joined(separator: ","))
        #expect(order(table) == ["/GET/a/*: deny deny allow allow", "/GET/b: public"])
        #expect(table.rules.map(\.place) == [3, 4, 0, 2, 1])
    }

    @Test func denyComesBeforeAllowInAnyOrder() throws {
        let (allow, deny) = (Rule.open("GET /a"), #"{"route":"GET /a","deny":"always"}"#)
        for routes in [allow + "," + deny, deny + "," + allow] {
            #expect(try Rule.verdict(try Rule.table(routes), "GET/a").refusal == .denied)
        }
        // An allowing rule of a smaller rank precedes a wider one that denies.
        let wide = Rule.open("GET /a/b") + #",{"route":"GET /a/*","deny":"always"}"#
        #expect(try Rule.verdict(try Rule.table(wide), "GET/a/b").refusal == nil)
        #expect(try Rule.verdict(try Rule.table(wide), "GET/a/c").refusal == .denied)
    }

    @Test func theDefaultComesLast() throws {
        let table = try Rule.table(Rule.open("GET /a"), #","default":{"scopes":["s"]}"#)
        #expect(order(table) == ["/GET/a: allow", "/*/*: allow"])
        let refused = try Rule.verdict(table, "PUT/x/y")
        #expect(refused.refusal == .unmet && refused.finding == RouteFinding(place: nil, unmet: .scopes))
        #expect(try Rule.verdict(table, "PUT/x/y", #"{"scope":"s"}"#).refusal == nil)
        let refuse = try Rule.table(Rule.open("GET /a"), #","default":"refuse""#)
        #expect(try Rule.verdict(refuse, "PUT/x/y").refusal == .unknown && refuse.routes.count == 1)
    }

    // MARK: The verb `*`

    /// `*/orders/*` in an ARN matches `GET/orders/x` and `GET/any/orders/x`.
    @Test func theVerbIsWrittenOutIfItsGlobOverlapsAnotherRoute() throws {
        let alone = try Rule.table(Rule.open("* /a"))
        #expect(order(alone) == ["/*/a: allow"])
        let both = try Rule.table(Rule.open("* /a", "GET /b/a"))
        #expect(order(both).count == 8 && order(both).contains("/PATCH/a: allow"))
        // The seven routes keep the rank of their one rule.
        #expect(both.routes.map(\.rank) == Array(repeating: 1, count: 7) + [3])
        #expect(try Rule.verdict(both, "PATCH/a").refusal == nil)
        #expect(try Rule.verdict(both, "TRACE/a").refusal == .unknown)
        // A larger route that contains the excess is not an obstacle.
        let held = try Rule.table(Rule.open("* /a", "* /*"))
        #expect(order(held).count == 2)
    }

    @Test func verbsAreWrittenOutUpToTheLimit() throws {
        let limit = RouteLimits.writtenOutRouteCount
        func table(_ count: Int) throws -> RouteTable {
            // Each overlaps the one rule with two segments. All others have the verb `*`.
            let routes = (0..<count).map { #"{"route":"* /a\#($0)","allow":"any_token"}"# }
            return try Rule.table(
                (routes + [#"{"route":"GET /{x}/{y}","allow":"any_token"}"#]).joined(separator: ","))
        }
        // n + 1 routes; each that is written out adds six.
        let whole = (limit - 2) / 7
        #expect(try table(whole).routes.count == 7 * whole + 1)
        let more = try table(RouteLimits.routeCount - 1).routes
        #expect(more.count <= limit && more.count + 6 > limit)
        #expect(more.contains { $0.pattern.segments[0].kind == .one })
    }

    @Test func documentsHaveALimitOfRules() {
        let limit = RouteLimits.routeCount
        func document(_ count: Int) -> String {
            #"{"routes":[\#((0..<count).map { Rule.open("GET /\($0)") }.joined(separator: ","))]}"#
        }
        #expect(Rule.fault(document(limit)) == nil)
        let fault = Rule.fault(document(limit + 1))
        #expect(fault.map { Rule.text($0.path) } == "routes" && fault?.problem == .tooMany(limit: limit))
    }

    // MARK: Facts and findings

    @Test func factsAreReadFromTheIssuersClaimPaths() throws {
        let routes = [Rule.allow("GET /a", scope: "s"), #"{"route":"GET /b","allow":{"roles":["r"]}}"#]
        let document = try RulesDocument(
            parsing: Array(
                #"{"role_claims":["realm.roles","groups"],"routes":[\#(routes.joined(separator: ","))]}"#.utf8
            ))
        let table = try #require(document.routes)
        for (claims, scope, role) in [
            (#"{"scope":"x s"}"#, true, false), (#"{"scp":["s"]}"#, true, false),
            (#"{"scope":"S","scp":"t"}"#, false, false),
            (#"{"scope":"t","scp":"s"}"#, true, false), (#"{"roles":["r"]}"#, false, false),
            (#"{"realm":{"roles":["r"]}}"#, false, true), (#"{"groups":"q r"}"#, false, true),
            (#"{"groups":["q r"]}"#, false, false),
            (#"{"scope":1,"groups":{"r":1}}"#, false, false),
        ] {
            let facts = try Rule.facts(table, claims, places: document.firstPlaces)
            let (a, b) = (try Rule.arn("GET/a"), try Rule.arn("GET/b"))
            #expect(table.verdict(a, facts).refusal == (scope ? nil : .unmet), "\(claims)")
            #expect(table.verdict(b, facts).refusal == (role ? nil : .unmet), "\(claims)")
        }
    }

    @Test func aFindingNamesTheRuleAndThePart() throws {
        let table = try Rule.table(
            [
                #"{"route":"GET /a","allow":{"any_of_scopes":["x"]}}"#,
                #"{"route":"GET /b","allow":{"any_of_roles":["x"]}}"#,
                #"{"route":"GET /c","allow":{"any_of_claims":[{"claim":"x","present":true}]}}"#,
                #"{"route":"GET /d","allow":{"claims":[{"claim":"x","present":false},{"claim":"y","present":true}]}}"#,
                #"{"route":"GET /e","allow":{"roles":["x"]}}"#, Rule.allow("GET /f", scope: "x"),
                #"{"route":"GET /g","allow":"any_token","issuers":["i"]}"#,
                #"{"route":"GET /h","deny":"always"}"#,
            ].joined(separator: ","),
            #","default":{"roles":["x"]},"issuers":[{"issuer":"o","jwks_uri":"/o"},{"issuer":"n","name":"i","jwks_uri":"/n"}]"#
        )
        func told(_ path: String) throws -> String {
            var text: [UInt8] = []
            table.append(try #require(try Rule.verdict(table, "GET/\(path)").finding), to: &text)
            return Rule.text(text)
        }
        #expect(try told("a") == "routes[0] GET /a: allow.any_of_scopes is not met")
        #expect(try told("b") == "routes[1] GET /b: allow.any_of_roles is not met")
        #expect(try told("c") == "routes[2] GET /c: allow.any_of_claims is not met")
        #expect(try told("d") == "routes[3] GET /d: allow.claims[1] is not met")
        #expect(try told("e") == "routes[4] GET /e: allow.roles is not met")
        #expect(try told("f") == "routes[5] GET /f: allow.scopes is not met")
        #expect(try told("g") == "routes[6] GET /g: issuers is not met")
        #expect(try told("h") == "routes[7] GET /h")
        #expect(try told("z") == "default: allow.roles is not met")
    }
}
