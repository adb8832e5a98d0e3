import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// The first rule whose conditions are met decides (AUDIT 33, 35).
@Suite struct RouteDecisionTests {
    /// A denying rule whose condition is not met leaves a call to the next route.
    @Test func aDenyWithAnUnmetConditionIsSilent() throws {
        let table = try Rule.table(
            #"{"route":"GET /a/b","deny":{"roles":["guest"]}},"# + Rule.open("GET /a/*"))
        #expect(try Rule.verdict(table, "GET/a/b").refusal == nil)
        #expect(try Rule.verdict(table, "GET/a/b").finding == RouteFinding(place: 1, unmet: nil))
        #expect(try Rule.verdict(table, "GET/a/b", #"{"roles":["guest"]}"#).refusal == .denied)
        let alone = try Rule.table(#"{"route":"GET /a","deny":{"roles":["guest"]}}"#)
        #expect(try Rule.verdict(alone, "GET/a").refusal == .unknown)
        #expect(try Rule.verdict(alone, "GET/a").finding == nil)
    }

    /// A refusal at the most specific route is final: wider routes are not evaluated.
    @Test func theFirstRouteDecides() throws {
        let table = try Rule.table(
            [Rule.allow("GET /admin", scope: "admin"), Rule.open("GET /*")].joined(separator: ","))
        let refused = try Rule.verdict(table, "GET/admin")
        #expect(refused.refusal == .unmet && refused.finding == RouteFinding(place: 0, unmet: .scopes))
        #expect(try Rule.verdict(table, "GET/other").refusal == nil)
        // Either of two rules with one pattern may allow the call. The first that is not met is reported.
        let two = try Rule.table(
            [Rule.allow("GET /a", scope: "x"), Rule.allow("GET /a", scope: "y")].joined(separator: ","))
        #expect(
            try Rule.verdict(two, "GET/a", #"{"scope":"y"}"#).finding == RouteFinding(place: 1, unmet: nil))
        #expect(try Rule.verdict(two, "GET/a").finding == RouteFinding(place: 0, unmet: .scopes))
    }

    @Test func onlyPublicRoutesAreAllowedWithoutAToken() throws {
        let table = try Rule.table(
            [
                #"{"route":"GET /open","public":true}"#, Rule.open("GET /token"),
                #"{"route":"GET /shut","public":true}"#,
                #"{"route":"GET /shut","deny":"always"}"#, #"{"route":"GET /guests","deny":{"roles":["x"]}}"#,
                #"{"route":"GET /guests","public":true}"#,
            ].joined(separator: ","))
        #expect(try Rule.verdict(table, "GET/open", nil).refusal == nil)
        #expect(try Rule.verdict(table, "GET/token", nil).refusal == .unmet)
        #expect(try Rule.verdict(table, "GET/shut", nil).refusal == .denied)
        #expect(try Rule.verdict(table, "GET/guests", nil).refusal == nil)
        #expect(try Rule.verdict(table, "GET/none", nil).refusal == .unknown)
    }

    @Test func callersWithoutAPathHaveTheirOwnRoutes() throws {
        let table = try Rule.table(
            [Rule.allow("$appsync", scope: "x"), #"{"route":"$iot","deny":"always"}"#, Rule.open("$connect")]
                .joined(separator: ","))
        let (good, bad) = (try Rule.facts(table, #"{"scope":"x"}"#), try Rule.facts(table, "{}"))
        #expect(
            table.verdict(.appSync, good).refusal == nil && table.verdict(.appSync, bad).refusal == .unmet)
        #expect(table.verdict(.iotCore, good).refusal == .denied)
        #expect(try Rule.verdict(table, "$connect").refusal == nil)
        #expect(try Rule.table(Rule.open("GET /a")).verdict(.iotCore, nil).refusal == .unknown)
    }

    // MARK: AppSync's fields

    /// The fields that the answer denies for these claims.
    private func denied(_ table: RouteTable, _ claims: String) throws -> String? {
        table.verdict(.appSync, try Rule.facts(table, claims)).deniedFields.map(Rule.text)
    }

    @Test func fieldsAreDeniedSeparately() throws {
        let table = try Rule.table(
            [
                Rule.open("$appsync"), Rule.allow("$appsync Query.a", scope: "a"),
                Rule.allow("$appsync Query.b", scope: "b"),
                Rule.allow("$appsync Query.b", scope: "x"),
                #"{"route":"$appsync T.d","deny":{"roles":["guest"]}}"#,
                #"{"route":"$appsync T.e","deny":"always"}"#, #"{"route":"$appsync T.e","public":true}"#,
                #"{"route":"$appsync T.f","public":true}"#,
            ].joined(separator: ","))
        #expect(try denied(table, "{}") == #"["Query.a","Query.b","T.e"]"#)
        #expect(try denied(table, #"{"scope":"a x"}"#) == #"["T.e"]"#)
        #expect(try denied(table, #"{"scope":"a b","roles":["guest"]}"#) == #"["T.d","T.e"]"#)
        // Fields are not routes: no policy and no relation contains them.
        #expect(table.routes.count == 1 && table.fields.count == 5)
        #expect(try Rule.policy(table).allowed.map(Rule.text) == ["/$appsync"])
        #expect(try Rule.verdict(table, "$appsync/Query.a").refusal == .unknown)
        #expect(table.verdict(.iotCore, nil).deniedFields == nil)
        let none = try Rule.table(
            [Rule.open("$appsync"), Rule.open("$appsync Query.a")].joined(separator: ","))
        #expect(try denied(none, "{}") == nil)
    }

    // MARK: Variables that a claim must match

    private let own =
        #"{"route":"GET /c/{id}/o/{o}","allow":{"claims":[{"claim":"sub","matches_variable":"id"},{"claim":"orders","matches_variable":"o"}]}}"#

    @Test func variablesMatchTheTokensValues() throws {
        let table = try Rule.table(own)
        let claims = #"{"sub":"alice","orders":["1","2"]}"#
        for call in ["GET/c/alice/o/1", "GET/c/alice/o/2", "GET/c/%61lice/o/1"] {
            #expect(try Rule.verdict(table, call, claims).refusal == nil, "\(call)")
        }
        for call in ["GET/c/bob/o/1", "GET/c/alice/o/3", "GET/c/1/o/alice", "GET/c/Alice/o/1"] {
            let verdict = try Rule.verdict(table, call, claims)
            #expect(
                verdict.refusal == .unmet && verdict.finding == RouteFinding(place: 0, unmet: .claim(0)),
                "\(call)")
        }
        #expect(
            try Rule.policy(table, claims).allowed.map(Rule.text) == ["/GET/c/alice/o/1", "/GET/c/alice/o/2"])
        #expect(
            try Rule.verdict(table, "GET/c/alice/o/1", #"{"sub":"alice"}"#).finding
                == RouteFinding(place: 0, unmet: .claim(1)))
    }

    @Test func twoClaimsForOneVariableMustAgree() throws {
        let table = try Rule.table(
            #"{"route":"GET /{id}","allow":{"claims":[{"claim":"a","matches_variable":"id"},{"claim":"b","matches_variable":"id"}]}}"#
        )
        let claims = #"{"a":["1","2","3"],"b":["3","2","4"]}"#
        #expect(try Rule.policy(table, claims).allowed.map(Rule.text) == ["/GET/2", "/GET/3"])
        #expect(try Rule.verdict(table, "GET/1", claims).refusal == .unmet)
    }

    @Test func valuesInAPolicyHaveALimit() throws {
        let limit = RouteLimits.boundRouteCount
        let table = try Rule.table(
            #"{"route":"GET /{id}","allow":{"claims":[{"claim":"a","matches_variable":"id"}]}}"#)
        func claims(_ count: Int) -> String {
            #"{"a":[\#((0..<count).map { "\"v\($0)\"" }.joined(separator: ","))]}"#
        }
        #expect(try Rule.verdict(table, "GET/none", claims(limit)).refusal == .unmet)
        #expect(try Rule.callPolicy(table, "GET/none", claims(limit))?.omittedRules == [])
        #expect(try Rule.policy(table, claims(limit)).allowed.count == limit)
        // With more values, only the called one is named.
        #expect(try Rule.verdict(table, "GET/v7", claims(limit + 1)).refusal == nil)
        #expect(try Rule.callPolicy(table, "GET/v7", claims(limit + 1))?.omittedRules == [0])
        #expect(
            try Rule.policy(table, claims(limit + 1), call: "GET/v7").allowed.map(Rule.text) == ["/GET/v7"])
        #expect(try Rule.policy(table, claims(limit + 1)).allowed.isEmpty)
        #expect(try Rule.verdict(table, "GET/none", claims(limit + 1)).refusal == .unmet)
    }
}
