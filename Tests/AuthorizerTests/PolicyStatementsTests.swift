import JSON
import Testing

@testable import Authorizer

/// The resources of a policy's statements, by effect.
private func resources(_ statements: [UInt8]?) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for statement in try JSONDocument(parsing: statements ?? []).root.elements ?? [] {
        #expect(statement.member("Action")?.isString("execute-api:Invoke") == true && statement.count == 3)
        let effect = Rule.text(statement.member("Effect")?.stringBytes ?? [])
        found[effect] = (statement.member("Resource")?.elements ?? []).map { Rule.text($0.stringBytes ?? []) }
    }
    return found
}

private func statements(
    _ table: RouteTable, _ claims: String = "{}", call: String = "GET/none", isShort: Bool = false
) throws -> PolicyStatements? {
    PolicyStatements(try Rule.policy(table, claims, call: call), try Rule.called(call), isShort: isShort)
}

/// Literal routes for any token whose statements have `byteCount` bytes when they begin with `prefix`.
private func table(statementsOf byteCount: Int, prefix: Int) throws -> RouteTable {
    let overhead = #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":[]}]"#.utf8.count
    // Quotes and a comma around each, but for the last one's comma.
    var left = byteCount - overhead + 1
    var routes: [String] = []
    while left > 0 {
        let head = "/GET/\(routes.count)-"
        let smallest = prefix + head.utf8.count + 3
        // The last but one leaves enough for the last.
        let most = min(left, prefix + 200)
        let count = left - most > 0 && left - most < smallest ? left - smallest : most
        routes.append("GET " + head.dropFirst(4) + String(repeating: "a", count: count - smallest))
        left -= count
    }
    return try Rule.table(routes.map { Rule.open($0) }.joined(separator: ","))
}

@Suite struct PolicyStatementsTests {
    private let short = "arn:aws:execute-api:*:*:a1b2c3d4e5/prod"

    @Test func aLiteralRouteIsAnAllowAlone() throws {
        let statements = try #require(try statements(try Rule.table(Rule.open("GET /a"))))
        #expect(
            Rule.text(statements.text)
                == #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["\#(Rule.prefix)/GET/a"]}]"#
        )
        #expect(statements.longestARNByteCount == Rule.prefix.utf8.count + "/GET/a".utf8.count)
    }

    @Test func whatAllowsNothingHasNoStatements() throws {
        let table = try Rule.table(Rule.allow("GET /a", scope: "x"))
        #expect(try statements(table) == nil)
        #expect(try Rule.verdict(table, "GET/a").statements == nil)
    }

    /// Security-checklist 28: a `*` would take in what is no plain path.
    @Test func aWildcardComesWithWhatIsNotPlain() throws {
        let found = try resources(try statements(try Rule.table(Rule.open("GET /a/*")))?.text)
        #expect(found["Allow"] == ["\(Rule.prefix)/GET/a/*"])
        let ends = [
            "//*", "/./*", "/../*", "/.", "/..", "\\*", "%2F*", "%2f*", "%5C*", "%5c*", "%00*", "%2E*",
            "%2e*",
        ]
        #expect(found["Deny"] == ends.map { "arn:aws:execute-api:*:*:*\($0)" })
    }

    @Test func refusedPathsAreDeniedInTheirSpellings() throws {
        let table = try Rule.table(
            [Rule.allow("GET /k-z", scope: "x"), Rule.open("GET /*")].joined(separator: ","))
        let denied = try #require(try resources(try statements(table)?.text)["Deny"])
        #expect(denied.first == "\(Rule.prefix)/GET/k-z")
        // `k` is 6B, `-` 2D, `z` 7A: digits that are letters in either case.
        let escapes = ["%2d*", "%2D*", "%6b*", "%6B*", "%7a*", "%7A*"]
        #expect(denied.suffix(6) == escapes.map { "arn:aws:execute-api:*:*:*\($0)" }[...])
        #expect(denied.count == 1 + 13 + 6)
    }

    @Test func theCallIsNamedAsItCame() throws {
        let table = try Rule.table(
            [Rule.allow("GET /a/{x}/c", scope: "x"), Rule.open("GET /a/*")].joined(separator: ","))
        let found = try resources(try statements(table, call: "GET/a/%78/y/c")?.text)
        #expect(found == ["Allow": ["\(Rule.prefix)/GET/a/%78/y/c"]])
        #expect(try statements(table, call: "GET/a/x*/y/c") == nil)
    }

    @Test func regionAndAccountMayBeLeftOut() throws {
        let table = try Rule.table(Rule.open("GET /a/{x}"))
        let found = try resources(try statements(table, isShort: true)?.text)
        #expect(found["Allow"] == ["\(short)/GET/a/*"])
        #expect(found["Deny"]?.prefix(2) == ["\(short)/GET/a/*/*", "\(short)/GET/a/"])
    }

    // MARK: Limits

    @Test func longStatementsAreWrittenShorter() throws {
        let limit = AuthorizerLimits.statementsByteCount
        let longest = try Rule.verdict(
            try table(statementsOf: limit, prefix: Rule.prefix.utf8.count), "GET/none")
        let whole = try #require(longest.statements)
        #expect(whole.count == limit && Rule.text(whole).contains(Rule.prefix))
        let past = try Rule.verdict(
            try table(statementsOf: limit + 1, prefix: Rule.prefix.utf8.count), "GET/none")
        let found = try resources(past.statements)
        #expect(found["Allow"]?.allSatisfy { $0.hasPrefix("\(short)/GET/") } == true)
        #expect(try #require(past.statements).count < limit)
    }

    /// A shorter policy would give too much, or forget a route at random: the call is refused.
    @Test func statementsThatStayTooLongAreRefused() throws {
        let limit = AuthorizerLimits.answerByteCount
        let longest = try table(statementsOf: limit, prefix: short.utf8.count)
        let good = try Rule.verdict(longest, "GET/none")
        #expect(good.statements?.count == limit && good.refusal == .unknown)
        let past = try table(statementsOf: limit + 1, prefix: short.utf8.count)
        let call = Rule.text(past.rules[0].written).replacing(" ", with: "")
        let refused = try Rule.verdict(past, call)
        #expect(refused.statements == nil && refused.refusal == .policyTooLong)
        #expect(
            try Rule.verdict(longest, Rule.text(longest.rules[0].written).replacing(" ", with: "")).refusal
                == nil)
    }

    @Test func anARNEndsAtItsLimit() throws {
        let limit = AuthorizerLimits.resourceByteCount
        let resource = "/GET/" + String(repeating: "a", count: 200)
        let table = try Rule.table(Rule.open("GET " + resource.dropFirst(4)))
        func verdict(_ byteCount: Int) throws -> RouteVerdict {
            let base = "arn:aws:execute-api:r:1:a/"
            let stage = String(repeating: "s", count: byteCount - base.utf8.count - resource.utf8.count)
            return table.verdict(try Rule.arn("GET/none", prefix: base + stage), try Rule.facts(table, "{}"))
        }
        #expect(try verdict(limit).statements != nil && verdict(limit).refusal == .unknown)
        #expect(try verdict(limit + 1).statements == nil && verdict(limit + 1).refusal == .policyTooLong)
    }
}
