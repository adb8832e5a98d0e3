import DecisionSupport
import Events
import JOSE
import TestSupport
import Testing

@testable import Authorizer
@testable import Routes

/// The routes that a policy names if they overlap. The calls are refused, so that no route is named for its own call.
@Suite struct PolicyChoiceTests {
    private func policy(_ table: RouteTable, _ claims: String = "{}", _ call: String = "POST/none") throws
        -> CallPolicy
    {
        try #require(try Rule.callPolicy(table, call, claims))
    }

    private func allows(_ policy: CallPolicy, _ call: String) throws -> Bool {
        let effect = Routes.effect(of: policy.statements ?? [], on: try Rule.arn(call).text.span)
        #expect(effect.allowsInEveryReading == effect.allowsInSomeReading)
        return effect.allowsInEveryReading
    }

    private func own(_ route: String) -> String {
        #"{"route":"\#(route)","allow":{"claims":[{"claim":"sub","matches_variable":"id"}]}}"#
    }

    /// The larger route comes first: it contains the excess of the smaller one's glob.
    @Test func theLargerRouteContainsTheExcess() throws {
        let table = try Rule.table(Rule.open("GET /{x}", "GET /{x}/{y}"))
        let found = try policy(table)
        #expect(found.omittedRules.isEmpty)
        for (call, isAllowed) in [
            ("GET/a", true), ("GET/a/b", true), ("GET/", false), ("GET/a/", false), ("GET/a/b/c", false),
        ] { #expect(try allows(found, call) == isAllowed, "\(call)") }
    }

    /// The Deny of other users' values would remove the token's own: the wider route is omitted.
    @Test func aDenyMayNotRemoveABoundRoute() throws {
        let table = try Rule.table(own("GET /c/{id}") + "," + Rule.open("GET /{x}/{y}"))
        let found = try policy(table, #"{"sub":"alice"}"#)
        #expect(try Rule.resources(found.statements) == ["Allow": ["\(Rule.prefix)/GET/c/alice"]])
        #expect(found.omittedRules == [1])
        // Without a value, the Deny removes nothing.
        let other = try policy(table, "{}")
        #expect(try allows(other, "GET/a/b") && !allows(other, "GET/c/alice") && other.omittedRules.isEmpty)
    }

    /// Two overlapping routes with the token's value.
    @Test func overlappingBoundRoutes() throws {
        let table = try Rule.table(own("GET /c/{id}/{x}") + "," + own("GET /c/{id}/{x}/y"))
        let found = try policy(table, #"{"sub":"alice"}"#)
        #expect(try allows(found, "GET/c/alice/1/y") && !allows(found, "GET/c/bob/1/y"))
        #expect(try !allows(found, "GET/c/alice/1/z") && found.omittedRules == [0])
    }

    /// If `routes_are_complete`, a silent rule leaves part of its requests to a route that does not contain it. No Deny may
    /// remove that part.
    @Test func requestsThatASilentRuleLeavesToOtherRoutes() throws {
        let routes =
            #"{"route":"GET /a/{z}/c","deny":{"roles":["x"]}},"# + Rule.open("GET /a/{y}", "GET /{q}/b/c")
        let table = try Rule.table(routes, #","routes_are_complete":true"#)
        #expect(try Rule.verdict(table, "GET/a/b/c").refusal == nil)
        let found = try policy(table)
        #expect(try allows(found, "GET/a/b/c") && allows(found, "GET/x/b/c") && !allows(found, "GET/a/1/c"))
        #expect(found.omittedRules == [1])
    }

    /// A route with several spellings is in no policy, so a Deny that matches it removes nothing.
    @Test func aRouteOfSeveralSpellingsBlocksNoOtherRoute() throws {
        let table = try Rule.table(
            [
                Rule.allow("GET /a/%40", scope: "1"), Rule.allow("GET /a/@", scope: "2"),
                Rule.allow("GET /a/{x}", scope: "3"), Rule.open("GET /{x}/{y}"),
            ].joined(separator: ","))
        let found = try policy(table, #"{"scope":"1"}"#)
        #expect(try allows(found, "GET/b/c"))
        for call in ["GET/a/@", "GET/a/%40", "GET/a/b"] { #expect(try !allows(found, call), "\(call)") }
    }

    /// An Allow is written like a sent path: characters that a path cannot contain are escaped.
    @Test func literalsAreWrittenEscaped() throws {
        let found = try policy(try Rule.table(Rule.open("GET /caf%C3%A9/a%20b")))
        #expect(try Rule.resources(found.statements) == ["Allow": ["\(Rule.prefix)/GET/caf%C3%A9/a%20b"]])
        #expect(try allows(found, "GET/caf%C3%A9/a%20b"))
    }

    /// If `routes_are_complete`, a glob that matches another route's literal does not allow spellings of it that no rule
    /// matches in normal form.
    @Test func spellingsOfAnotherRoutesLiteral() throws {
        let table = try Rule.table(
            Rule.open("GET /a/{x}", "GET /a/b/@me", "GET /a/b/c"), #","routes_are_complete":true"#)
        let found = try policy(table)
        for call in ["GET/a/1", "GET/a/b/@me", "GET/a/b/c"] { #expect(try allows(found, call), "\(call)") }
        for call in ["GET/a/b/%40me", "GET/a/b/%40m%65"] {
            #expect(try Rule.verdict(table, call).refusal == .unknown && !allows(found, call), "\(call)")
        }
        // An unreserved character has one spelling in normal form.
        #expect(try allows(found, "GET/a/b/%63") && Rule.verdict(table, "GET/a/b/%63").refusal == nil)
        #expect(try Rule.resources(found.statements)["Deny"]?.filter { $0.contains("%40") }.count == 1)
    }

    /// If `routes_are_complete`, the token's policy does not deny other paths. A call of one is denied in its own answer.
    @Test func aCallThatTheAPIDoesNotHave() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}"), #","routes_are_complete":true"#)
        for call in ["GET/a/1/2", "GET/a/"] {
            #expect(try Rule.verdict(table, call).refusal == .unknown)
            let found = try policy(table, "{}", call)
            #expect(try !allows(found, call) && allows(found, "GET/a/1"), "\(call)")
        }
    }

    /// A Deny contains one `?` for a character that IAM does not support, and so matches other characters too. An allowed call
    /// that it matches is named.
    @Test func aDenyThatMatchesMoreThanItsLiteral() throws {
        let table = try Rule.table(Rule.allow("GET /caf%C4%80", scope: "s") + "," + Rule.open("GET /*"))
        let found = try policy(table, "{}", "GET/cafe")
        #expect(
            try allows(found, "GET/cafe") && !allows(found, "GET/caf%C4%80")
                && !allows(found, "GET/caf\u{100}"))
    }

    /// If a literal has more than three characters that a path cannot contain, a Deny matches any characters there.
    @Test func literalsWithManyOtherCharacters() throws {
        for (route, count, ends) in [
            ("GET /%20%20%20a", 8, "/GET/%20%20%20a"), ("GET /%20%20%20a%20", 1, "/GET/*a*"),
        ] {
            let found = spelledResources(of: try RouteText(Array(route.utf8).span).pattern.decoded)
            #expect(found.count == count && Rule.text(found[0]) == ends)
        }
    }

    /// The root is called with its slash and without: each call is allowed by its own policy.
    @Test func bothSpellingsOfTheRoot() throws {
        let table = try Rule.table(Rule.open("GET /", "GET /a"))
        for call in ["GET", "GET/"] {
            let found = try policy(table, "{}", call)
            #expect(try allows(found, call) && allows(found, "GET/a") && !allows(found, "POST/"))
        }
    }

    /// The cached policy of a token is used for its allowed calls and for its refused ones, which also contain a reason.
    @Test func oneCachedPolicyForAllowedAndRefusedCalls() throws {
        for context in [[], [("CONTEXT_CLAIMS", "sub,nick")]] {
            let settings = try Asked.settings(
                rules: Rule.open("GET /a", "GET /b/{x}") + "," + Rule.allow("GET /admin", scope: "s"), context
            )
            let table = try #require(settings.rules.routes)
            let token = Asked.token()
            let allowed = try Asked.decision(Asked.event(.restRequest, "GET/a", token), settings)
            guard case .allow(let grant) = allowed.outcome else {
                Issue.record("refused")
                return
            }
            var subjects: [String] = []
            for call in ["GET/a", "GET/admin", "GET/none"] {
                var note: PolicyNote?
                let event = try Event(parsing: Asked.event(.restRequest, call, token))
                let verdict = table.verdict(try Rule.arn(call), try Rule.facts(table, "{}"))
                _ = try settings.rules.policyAnswer(grant, event, verdict, isProved: false, &note)
                subjects.append(Rule.text(try #require(note).subject))
            }
            #expect(Set(subjects).count == 1, "\(subjects)")
        }
    }
}
