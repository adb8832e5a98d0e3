import Authorizer
import DecisionSupport
import Events
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Routes

private let now: Int64 = 1_800_000_000

/// A verdict and its policy as text, to compare two of them.
private func said(
    _ table: RouteTable, _ arn: RequestARN, _ facts: TokenFacts?, _ note: inout PolicyNote?
) -> String {
    let verdict = table.verdict(arn, facts)
    let policy = verdict.policy(for: .restRequest, byteLimit: AuthorizerLimits.answerByteCount, &note)
    return
        "\(String(describing: verdict.refusal)) \(String(describing: verdict.finding)) \(policy?.omittedRules ?? [-7]) "
        + (policy?.statements.map(Rule.text) ?? "nothing")
}

private func said(_ table: RouteTable, _ arn: RequestARN, _ facts: TokenFacts?) -> String {
    var note: PolicyNote?
    return said(table, arn, facts, &note)
}

/// A cached policy is used only for calls of the same API and stage (AUDIT 27).
@Suite struct RouteVerdictTests {
    private let orders = [
        Rule.allow("GET /o/{id}", scope: "o"), Rule.allow("GET /o/{id}/items", scope: "i"),
        Rule.open("POST /o"),
    ]
    .joined(separator: ",")

    // MARK: The policy cached by a token's last call

    @Test func theCachedStatementsAreUsedForTheNextCall() throws {
        let table = try Rule.table(orders)
        let facts = try Rule.facts(table, #"{"scope":"o"}"#)
        var note: PolicyNote?
        _ = said(table, try Rule.arn("GET/o/1"), facts, &note)
        #expect(note.map { Rule.text($0.subject) } == Rule.prefix + " REST 8192")
        let kept = note
        for call in ["GET/o/2", "GET/o/1/items", "POST/o", "GET/none", "GET/o//1", "GET/o/a*b"] {
            let arn = try Rule.arn(call)
            #expect(said(table, arn, facts, &note) == said(table, arn, facts), "\(call)")
        }
        #expect(note?.text == kept?.text)
        // The policy of another stage replaces the cached one.
        let other = try Rule.arn("GET/o/1", prefix: Rule.prefix + "2")
        #expect(said(table, other, facts, &note) == said(table, other, facts))
        #expect(note.map { Rule.text($0.subject) } == Rule.prefix + "2 REST 8192")
    }

    /// Two routes that ARNs cannot distinguish: the cached policy does not depend on the order of the calls.
    @Test func theCachedPolicyIsUsedForOmittedRoutes() throws {
        let table = try Rule.table(orders)
        let both = try Rule.facts(table, #"{"scope":"o i"}"#)
        for first in ["GET/o/1", "GET/o/1/items", "POST/o", "GET/none"] {
            var note: PolicyNote?
            _ = said(table, try Rule.arn(first), both, &note)
            #expect(note?.omitted == [0])
            for call in ["GET/o/1", "GET/o/2", "GET/o/1/items", "POST/o", "GET/o//1"] {
                let arn = try Rule.arn(call)
                #expect(said(table, arn, both, &note) == said(table, arn, both), "\(first), \(call)")
            }
        }
    }

    /// The policy for one kind of gateway is not used for another.
    @Test func theCachedPolicyIsForOneKindOfGateway() throws {
        let table = try Rule.table(Rule.open("* /a"))
        let facts = try Rule.facts(table, "{}")
        var note: PolicyNote?
        for (caller, count) in [(Caller.restToken, 1), (.httpAPI2, 7), (.webSocket, 1), (.httpAPI1, 7)] {
            let policy = table.verdict(try Rule.arn("GET/a"), facts).policy(
                for: caller, byteLimit: 8192, &note)
            #expect(try Rule.resources(policy?.statements)["Allow"]?.count == count)
        }
    }

    /// Policies that depend on the call are not cached.
    @Test func policiesThatAreNotCached() throws {
        var note: PolicyNote?
        // More values than a policy can name.
        let own = try Rule.table(
            #"{"route":"GET /{id}","allow":{"claims":[{"claim":"a","matches_variable":"id"}]}}"#)
        let many = try Rule.facts(
            own,
            #"{"a":[\#((0...RouteLimits.boundRouteCount).map { "\"\($0)\"" }.joined(separator: ","))]}"#)
        _ = said(own, try Rule.arn("GET/1"), many, &note)
        #expect(note == nil)
        // A token that may call nothing.
        let closed = try Rule.table(Rule.allow("GET /a", scope: "x"))
        _ = said(closed, try Rule.arn("GET/a"), try Rule.facts(closed, "{}"), &note)
        #expect(note == nil)
    }

    /// The vectors' rules, tokens and calls. Each call uses the policy that the calls before it cached.
    @Test func vectorsGiveTheSameWithACachedPolicy() throws {
        let cases = try readVectors(
            "routes/decisions.txt", fields: ["document", "claims", "call", "rule", "allow", "deny", "expect"])
        var notes: [String: PolicyNote] = [:]
        var used = 0
        for one in cases {
            let (document, claims) = (try one.text("document"), one.fields["claims"])
            let table = try #require(try RulesDocument(parsing: Array(document.utf8)).routes)
            let facts = try Rule.facts(table, claims)
            let arn = try Rule.arn(try one.text("call"))
            var note = notes[document + (claims ?? "none")]
            used += note == nil ? 0 : 1
            #expect(
                said(table, arn, facts, &note) == said(table, arn, facts), "\(one.comment)")
            notes[document + (claims ?? "none")] = note
        }
        #expect(used >= 80, "\(used) of \(cases.count)")
    }
}
