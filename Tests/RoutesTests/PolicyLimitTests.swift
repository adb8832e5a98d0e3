import DecisionSupport
import Events
import JOSE
import TestSupport
import Testing

@testable import Routes

private func effect(_ policy: CallPolicy?, _ call: String, prefix: String = Rule.prefix) throws
    -> PolicyEffect
{
    Routes.effect(of: policy?.statements ?? [], on: try Rule.arn(call, prefix: prefix).text.span)
}

/// The length of a policy in bytes, and calls that need their own statement (AUDIT 33, 36).
@Suite struct PolicyLimitTests {
    /// With a limit of its own length a policy is complete; with one byte less it is shorter. So all bytes are counted correctly.
    /// The call is refused and does not need its own statement.
    @Test(arguments: [
        Rule.open("GET /a", "POST /b/c"), Rule.open("GET /a", "GET /b/{x}"), Rule.open("GET /a/*"),
        Rule.allow("GET /k-z", scope: "s") + "," + Rule.open("GET /*", "POST /a"),
        Rule.allow("GET /caf%C3%A9", scope: "s") + "," + Rule.open("GET /*"), Rule.open("* /a", "GET /b"),
        Rule.open("* /a/{x}", "* /b"), Rule.open("* /*"),
    ]) func everyByteIsCounted(routes: String) throws {
        let table = try Rule.table(routes)
        for caller in Asked.policyCallers {
            let whole = try #require(try Rule.callPolicy(table, "GET/none//x", caller: caller, limit: 65_536))
            let text = try #require(whole.statements)
            #expect(whole.omittedRules.isEmpty)
            let same = try #require(
                try Rule.callPolicy(table, "GET/none//x", caller: caller, limit: text.count))
            #expect(same.statements == text && same.omittedRules.isEmpty)
            let less = try #require(
                try Rule.callPolicy(table, "GET/none//x", caller: caller, limit: text.count - 1))
            #expect(less.statements?.count ?? 0 < text.count && !less.omittedRules.isEmpty)
        }
    }

    /// The length of a Resource is computed with the longest of the seven methods.
    @Test func eachOfTheSevenMethodsHasAnARN() throws {
        let resource = "/*/" + String(repeating: "a", count: 200)
        let table = try Rule.table(Rule.open("* " + resource.dropFirst(2)))
        func named(_ byteCount: Int, _ caller: Caller) throws -> Bool {
            let base = "arn:aws:execute-api:r:1:a/"
            let stage = String(repeating: "s", count: byteCount - base.utf8.count - resource.utf8.count)
            let verdict = table.verdict(
                try Rule.arn("GET/none", prefix: base + stage), try Rule.facts(table, "{}"))
            let policy = try #require(verdict.policy(for: caller, byteLimit: 65_536))
            let longest = try policy.statements.map {
                try Rule.resources($0)["Allow"]?.map(\.utf8.count).max() ?? 0
            }
            #expect(longest ?? 0 <= RouteLimits.resourceByteCount)
            return policy.statements != nil
        }
        let limit = RouteLimits.resourceByteCount
        for caller in [Caller.restRequest, .restToken] {
            #expect(try named(limit, caller) && !named(limit + 1, caller))
        }
        // OPTIONS is six bytes longer than `*`.
        for caller in [Caller.httpAPI1, .httpAPI2] {
            #expect(try named(limit - 6, caller) && !named(limit - 5, caller))
        }
    }

    /// The method `*` is written out up to the limit of routes.
    @Test func theLastRouteThatIsWrittenOut() throws {
        let limit = RouteLimits.writtenOutRouteCount
        // Each route has the method `*` and overlaps a route with two segments, so it becomes seven routes.
        let count = (limit - 1) / 7
        func routes(_ further: Int) throws -> Int {
            let written =
                (0..<count).map { "* /a\($0)" } + ["GET /{x}/{y}"] + (0..<further).map { "POST /z/\($0)/1" }
            return try Rule.table(written.map { Rule.open($0) }.joined(separator: ",")).routes.count
        }
        let room = limit - 7 * count - 1
        #expect(try routes(room) == limit)
        #expect(try routes(room + 1) == limit + 1 - 6)
    }

    /// Denies contain the partition, the API and the stage of the call.
    @Test(arguments: ["aws", "aws-cn", "aws-us-gov"]) func thePartition(partition: String) throws {
        let prefix = "arn:\(partition):execute-api:r-1:123456789012:a1b2c3d4e5/v:1"
        let table = try Rule.table(Rule.allow("GET /admin", scope: "s") + "," + Rule.open("GET /*"))
        let policy = table.verdict(try Rule.arn("GET/a", prefix: prefix), try Rule.facts(table, "{}"))
            .policy(for: .restRequest, byteLimit: 8192)
        #expect(try effect(policy, "GET/a", prefix: prefix).allowsInEveryReading)
        for call in ["GET/admin", "GET/a//b", "GET/%61dmin"] {
            #expect(try !effect(policy, call, prefix: prefix).allowsInSomeReading, "\(call)")
        }
        let denies = try #require(try Rule.resources(policy?.statements)["Deny"])
        #expect(denies.first == "arn:\(partition):execute-api:*:*:a1b2c3d4e5/v:1/GET/admin")
        #expect(denies.dropFirst().allSatisfy { $0.hasPrefix("arn:\(partition):execute-api:*:*:*") })
    }

    // MARK: Calls that need their own statement

    /// A Deny matches an allowed call in one interpretation: only the call is named.
    @Test func aCallThatIsDeniedInOneInterpretation() throws {
        let table = try Rule.table(Rule.allow("GET /admin", scope: "s") + "," + Rule.open("GET /*"))
        let call = "GET/x/:x:a1b2c3d4e5/prod/GET/admin"
        #expect(try Rule.verdict(table, call).refusal == nil)
        let policy = try Rule.callPolicy(table, call)
        #expect(try effect(policy, call).allowsInEveryReading)
        #expect(try Rule.resources(policy?.statements) == ["Allow": ["\(Rule.prefix)/\(call)"]])
        // A byte that is a wildcard in an ARN: no policy allows the call in every interpretation.
        #expect(try Rule.callPolicy(table, call.replacing("/x/", with: "/*/")) == nil)
        #expect(try Rule.callPolicy(table, call, limit: Rule.prefix.utf8.count) == nil)
    }

    /// A refused call that the policy allows once unnecessary escapes are decoded is denied.
    @Test func aRefusedCallWithUnnecessaryEscapes() throws {
        let table = try Rule.table(Rule.open("* /a"))
        let policy = try #require(try Rule.callPolicy(table, "LINK/%61"))
        #expect(try Rule.resources(policy.statements)["Deny"]?.last == "\(Rule.prefix)/LINK/a")
        for call in ["LINK/%61", "LINK/a"] { #expect(try !effect(policy, call).allowsInSomeReading) }
        #expect(try effect(policy, "GET/a").allowsInEveryReading)
        // Escapes of reserved characters are necessary.
        let colon = try Rule.table(Rule.open("* /a:b"))
        let other = try #require(try Rule.callPolicy(colon, "LINK/a%3Ab"))
        #expect(try !effect(other, "LINK/a%3Ab").allowsInSomeReading)
        #expect(try Rule.resources(other.statements)["Deny"]?.contains { $0.hasSuffix("LINK/a:b") } == false)
    }

    /// The call comes first. If it does not fit into the token's policy, fewer routes are named.
    @Test func theNamedCallCountsTowardsTheLimit() throws {
        let routes =
            Rule.allow("GET /a/{x}/c", scope: "s") + ","
            + Rule.open("GET /a/*", "GET /b1", "GET /b2", "GET /b3", "GET /b4")
        let table = try Rule.table(routes)
        let call = "GET/a/x/y/c"
        let least = statementText("Allow", [try Rule.arn(call).text]).count
        for limit in stride(from: least - 1, through: least + 400, by: 1) {
            let policy = try Rule.callPolicy(table, call, limit: limit)
            guard limit >= least else {
                #expect(policy == nil)
                continue
            }
            #expect(try effect(policy, call).allowsInEveryReading, "\(limit)")
            #expect(try #require(policy?.statements).count <= limit)
        }
    }

    /// A truncated Resource ends with a whole character, and matches the call in every interpretation.
    @Test func aTruncatedResource() throws {
        for character in ["x", "é", "\u{20AC}", "\u{1F600}"] {
            for shift in 0..<4 {
                let path = String(repeating: "a", count: shift) + String(repeating: character, count: 600)
                let arn = try Rule.arn("GET/" + path).text
                let cut = resourceDenying(arn)
                #expect(cut.count <= RouteLimits.resourceByteCount && cut.last == UInt8(ascii: "*"))
                #expect(cut.count >= RouteLimits.resourceByteCount - 4)
                #expect(String(validating: cut, as: UTF8.self) != nil, "\(character) \(shift)")
                for reading in ResourceReading.allCases {
                    let matches = resourceMatches(cut.span, arn.span, reading)
                    #expect(matches)
                }
            }
        }
    }

    // MARK: Notes

    /// A cached policy has its own limit.
    @Test func longPoliciesAreNotCached() throws {
        func note(_ count: Int) throws -> (kept: Bool, length: Int) {
            let routes = (0..<count).map {
                Rule.open("GET /section\($0)/" + String(repeating: "a", count: 80))
            }
            let table = try Rule.table(routes.joined(separator: ","))
            var note: PolicyNote?
            let policy = table.verdict(try Rule.arn("GET/none"), try Rule.facts(table, "{}"))
                .policy(for: .restRequest, byteLimit: 65_536, &note)
            return (note != nil, policy?.statements?.count ?? 0)
        }
        var lengths: [Int] = []
        for count in [1, 40, 44, 46, 47, 48, 49, 52, 60] {
            let (kept, length) = try note(count)
            #expect(kept == (length <= RouteLimits.notedByteCount), "\(length)")
            lengths.append(length)
        }
        #expect(
            lengths.first! < RouteLimits.notedByteCount
                && lengths.last! > RouteLimits.notedByteCount)
    }

    /// A policy that was cached for another limit is not used.
    @Test func eachLimitHasItsOwnCachedPolicy() throws {
        let table = try Rule.table(
            (0..<40).map { Rule.open("GET /section\($0)/items/{id}") }.joined(separator: ","))
        let facts = try Rule.facts(table, "{}")
        var note: PolicyNote?
        for limit in [2048, 8192, 65_536, 4096] {
            let arn = try Rule.arn("GET/section0/items/1")
            let verdict = table.verdict(arn, facts)
            let policy = try #require(verdict.policy(for: .restRequest, byteLimit: limit, &note))
            #expect(try #require(policy.statements).count <= limit)
            #expect(policy.statements == verdict.policy(for: .restRequest, byteLimit: limit)?.statements)
        }
    }

    // MARK: Interpretations

    @Test func wildcardsInEachField() throws {
        func effect(_ resource: String, _ called: String) -> PolicyEffect {
            let (text, arn) = (statementText("Allow", [Array(resource.utf8)]), Array(called.utf8))
            return Routes.effect(of: text, on: arn.span)
        }
        for (resource, arn, some, every) in [
            // `?` and `*` that match a colon only when compared as one string.
            ("arn:aws:x:r:1?a/p:b", "arn:aws:x:r:1:a/p:b", true, false),
            ("arn:aws:x:r:*:a/p/open", "arn:aws:x:r:1:a/p/shut/:a/p/open", true, false),
            ("arn:aws:x:*:1:a/p/open", "arn:aws:x:r:1:a/p/shut/:1:a/p/open", true, false),
            ("arn:aws:x:r:?:a/p/open", "arn:aws:x:r:1:a/p/open", true, true),
            ("arn:aws:x:r:1:a/*/open", "arn:aws:x:r:1:a/p/shut/:a/p/open", true, true),
        ] {
            let found = effect(resource, arn)
            #expect(found.allowsInSomeReading == some && found.allowsInEveryReading == every, "\(resource)")
        }
    }

    /// The combined comparison gives the same result as both interpretations separately.
    @Test func bothInterpretationsInOneComparison() {
        var texts: [String] = []
        for partition in ["aws", "*"] {
            for region in ["r", "*", "r*", "?"] {
                for account in ["1", "*", "?"] {
                    for end in [
                        "a/p/open", "a/p/*", "a/?/open", "*", "", "a/p/shut/:1:a/p/open",
                        "a/p/x:r:1:a/p/open",
                        "a/p/:x:a/p/open",
                    ] { texts.append("arn:\(partition):x:\(region):\(account):\(end)") }
                }
            }
        }
        texts += [
            "*", "arn:aws:x", "arn:aws:*", "arn:aws:x:r:1", "", "arn:aws:x:*:*:", "arn:aws:x:*:*:*", "a",
        ]
        for arn in texts {
            let called = Array(arn.utf8)
            let compared = ComparedARN(called.span)
            for text in texts {
                let resource = Array(text.utf8)
                let both = compared.isMatched(by: resource.span)
                let whole = resourceMatches(resource.span, called.span, .wholeString)
                let fields = resourceMatches(resource.span, called.span, .fieldByField)
                #expect(both.wholeString == whole && both.fieldByField == fields, "\(text) \(arn)")
            }
        }
    }
}
