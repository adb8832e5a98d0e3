import JOSE
import TestSupport
import Testing

@testable import Authorizer

private let now: Int64 = 1_800_000_000

/// What a verdict says, to compare two.
private func said(_ verdict: RouteVerdict) -> String {
    "\(String(describing: verdict.refusal)) \(String(describing: verdict.finding)) \(verdict.leftOutRoutes) "
        + (verdict.statements.map(Rule.text) ?? "nothing")
}

@Suite struct RouteVerdictTests {
    private let orders = [
        Rule.allow("GET /o/{id}", scope: "o"), Rule.allow("GET /o/{id}/items", scope: "i"),
        Rule.open("POST /o"),
    ]
    .joined(separator: ",")

    // MARK: What is kept of a token's last call

    @Test func theStatementsOfACallServeTheNext() throws {
        let table = try Rule.table(orders)
        let facts = try Rule.facts(table, #"{"scope":"o"}"#)
        var note: TokenNote?
        _ = table.verdict(try Rule.arn("GET/o/1"), facts, &note)
        #expect(note.map { Rule.text($0.subject) } == Rule.prefix)
        let kept = note
        for call in ["GET/o/2", "GET/o/1/items", "POST/o", "GET/none", "GET/o//1", "GET/o/a*b"] {
            let arn = try Rule.arn(call)
            #expect(said(table.verdict(arn, facts, &note)) == said(table.verdict(arn, facts)), "\(call)")
        }
        #expect(note?.text == kept?.text)
        // Another stage has its own, and takes the place.
        let other = try Rule.arn("GET/o/1", prefix: Rule.prefix + "2")
        #expect(said(table.verdict(other, facts, &note)) == said(table.verdict(other, facts)))
        #expect(note.map { Rule.text($0.subject) } == Rule.prefix + "2")
    }

    /// Where a policy depends on what is called.
    @Test func otherwiseNothingIsKept() throws {
        let table = try Rule.table(orders)
        var note: TokenNote?
        // Two routes that cannot be told apart.
        let both = try Rule.facts(table, #"{"scope":"o i"}"#)
        for call in ["GET/o/1", "GET/o/1/items", "POST/o"] {
            let arn = try Rule.arn(call)
            #expect(
                said(table.verdict(arn, both, &note)) == said(table.verdict(arn, both)) && note == nil,
                "\(call)")
        }
        // More values than are named.
        let own = try Rule.table(
            #"{"route":"GET /{id}","allow":{"claims":[{"claim":"a","matches_variable":"id"}]}}"#)
        let many = try Rule.facts(
            own,
            #"{"a":[\#((0...AuthorizerLimits.boundRouteCount).map { "\"\($0)\"" }.joined(separator: ","))]}"#)
        _ = own.verdict(try Rule.arn("GET/1"), many, &note)
        #expect(note == nil)
        // A token that may call nothing.
        let closed = try Rule.table(Rule.allow("GET /a", scope: "x"))
        _ = closed.verdict(try Rule.arn("GET/a"), try Rule.facts(closed, "{}"), &note)
        #expect(note == nil)
    }

    /// The vectors' rules, tokens and calls, each call with what all calls before it left.
    @Test func vectorsComeToTheSameWithIt() throws {
        let cases = try readVectors(
            "routes/decisions.txt", fields: ["document", "claims", "call", "rule", "allow", "deny", "expect"])
        var notes: [String: TokenNote] = [:]
        var used = 0
        for one in cases {
            let (document, claims) = (try one.text("document"), one.fields["claims"])
            let table = try #require(try RulesDocument(parsing: Array(document.utf8)).routes)
            let facts = try Rule.facts(table, claims)
            let arn = try Rule.arn(try one.text("call"))
            var note = notes[document + (claims ?? "none")]
            used += note == nil ? 0 : 1
            #expect(
                said(table.verdict(arn, facts, &note)) == said(table.verdict(arn, facts)), "\(one.comment)")
            notes[document + (claims ?? "none")] = note
        }
        #expect(used >= 80, "\(used) of \(cases.count)")
    }

    // MARK: The whole decision

    /// Answers with a memory of tokens are those without, token by token and call by call.
    @Test func decisionsAreTheSameWithAMemory() throws {
        let settings = try Settings(
            environment: [
                ("JWKS_URI", "/k"), ("ISSUER", "iss"), ("AUDIENCE", "aud"),
                ("RULES", #"{"routes":[\#(orders)]}"#),
            ].map { (Array($0.0.utf8), Array($0.1.utf8)) })
        var keys = KeyRing(settings.issuers, policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
        // Fewer places than tokens: some are forgotten and come again.
        var memo = VerifiedTokenMemo(capacity: 2)
        let tokens = ["o", "i", "o i", "x"].map {
            TestIssuer.first.token(
                #"{"iss":"iss","aud":"aud","sub":"alice","exp":\#(now + 60),"scope":"\#($0)"}"#)
        }
        func answer(_ event: [UInt8], _ memo: inout VerifiedTokenMemo) -> [UInt8] {
            var authorization = Authorization(event: event, issuers: settings.issuers, rules: settings.rules)
            guard case .decided(let decision) = authorization.next(keys: keys, memo: &memo, nowSeconds: now)
            else { return [] }
            return settings.rules.answer(to: decision).body
        }
        for token in [0, 0, 1, 0, 2, 2, 0, 3, 3, 1, 0, 1, 2].map({ tokens[$0] }) {
            for call in ["GET/o/1", "GET/o/2", "GET/o/1/items", "POST/o", "GET/o/"] {
                let event = Array(
                    #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"\#(Rule.prefix)/\#(call)"}"#
                        .utf8)
                var none = VerifiedTokenMemo(capacity: 0)
                let (with, without) = (answer(event, &memo), answer(event, &none))
                #expect(!with.isEmpty && with == without, "\(call)")
            }
        }
    }
}
