import Authorizer
import DecisionSupport
import Events
import JSON
import TestSupport
import Testing

@testable import Routes

/// Literal routes for any token, whose statements have `byteCount` bytes.
private func table(statementsOf byteCount: Int) throws -> RouteTable {
    let prefix = Rule.prefix.utf8.count
    let overhead = #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":[]}]"#.utf8.count
    // Each ARN has two quotes and a comma; the last one lacks the comma.
    var left = byteCount - overhead + 1
    var routes: [String] = []
    while left > 0 {
        let head = "/GET/\(routes.count)-"
        let smallest = prefix + head.utf8.count + 3
        // The second last leaves enough bytes for the last.
        let most = min(left, prefix + 200)
        let count = left - most > 0 && left - most < smallest ? left - smallest : most
        routes.append("GET " + head.dropFirst(4) + String(repeating: "a", count: count - smallest))
        left -= count
    }
    return try Rule.table(routes.map { Rule.open($0) }.joined(separator: ","))
}

/// A policy allows exactly the calls that the rules allow, as ARNs (AUDIT 28, 33, 36).
@Suite struct CallPolicyTests {
    private let denied = "arn:aws:execute-api:*:*:a1b2c3d4e5/prod"

    private func effect(_ policy: CallPolicy?, _ call: String) throws -> PolicyEffect {
        Routes.effect(of: policy?.statements ?? [], on: try Rule.arn(call).text.span)
    }

    // MARK: Form of the policy

    @Test func aLiteralRouteNeedsOnlyAnAllow() throws {
        let policy = try Rule.callPolicy(try Rule.table(Rule.open("GET /a")), "GET/none")
        #expect(
            policy?.statements.map(Rule.text)
                == #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["\#(Rule.prefix)/GET/a"]}]"#
        )
    }

    @Test func aPolicyThatAllowsNothingHasNoStatements() throws {
        let policy = try Rule.callPolicy(try Rule.table(Rule.allow("GET /a", scope: "x")), "GET/a")
        #expect(policy != nil && policy?.statements == nil)
    }

    /// AUDIT 28: a `*` would match ambiguous paths.
    @Test func aWildcardNeedsDeniesOfAmbiguousPaths() throws {
        let found = try Rule.resources(
            try Rule.callPolicy(try Rule.table(Rule.open("GET /a/*")), "GET/none")?.statements)
        #expect(found["Allow"] == ["\(Rule.prefix)/GET/a/*"])
        let ends = [
            "//*", "/./*", "/../*", "/.", "/..", "/.;*", "/..;*", "/.%3B*", "/.%3b*", "/..%3B*", "/..%3b*",
            "\\*",
            "%2F*", "%2f*", "%5C*", "%5c*", "%0?*", "%1?*", "%7F*", "%7f*", "%2E*", "%2e*", "%%*", "%?%*",
        ]
        #expect(found["Deny"] == ends.map { "arn:aws:execute-api:*:*:*\($0)" })
    }

    @Test func refusedPathsAreDeniedInEverySpelling() throws {
        let table = try Rule.table(
            [Rule.allow("GET /k-z", scope: "x"), Rule.open("GET /*")].joined(separator: ","))
        let found = try Rule.resources(try Rule.callPolicy(table, "GET/none")?.statements)
        let denies = try #require(found["Deny"])
        #expect(denies.first == "\(denied)/GET/k-z")
        // `k` is 6B, `-` 2D, `z` 7A: their hexadecimal digits include letters in both cases.
        let escapes = ["%2D*", "%2d*", "%6B*", "%6b*", "%7A*", "%7a*"]
        #expect(denies.suffix(6) == escapes.map { "arn:aws:execute-api:*:*:*\($0)" }[...])
        #expect(denies.count == 1 + 24 + 6)
    }

    /// A `*` before the API's ID may match colons, and then a path that the client chose.
    @Test func noAllowHasAWildcardBeforeTheAPI() throws {
        for count in [1, 20, 60] {
            let routes = (0..<count).map { "GET /catalogue/section\($0)/items/{id}" }.map { Rule.open($0) }
            let table = try Rule.table(
                (routes + [Rule.allow("GET /secret/*", scope: "admin")]).joined(separator: ","))
            let policy = try Rule.callPolicy(table, "GET/none")
            let found = try Rule.resources(policy?.statements)
            #expect(found["Allow"]?.allSatisfy { $0.hasPrefix("\(Rule.prefix)/GET/catalogue/") } == true)
            let call = "GET/secret/:x:a1b2c3d4e5/prod/GET/catalogue/section0/items/1"
            #expect(try !effect(policy, call).allowsInSomeReading)
        }
    }

    /// An HTTP API also forwards requests with methods that no rule can name.
    @Test func anHTTPAPIGetsTheSevenMethods() throws {
        let table = try Rule.table(Rule.open("* /a", "GET /b"))
        for caller in [Caller.httpAPI1, .httpAPI2] {
            let policy = try Rule.callPolicy(table, "GET/a", caller: caller)
            let methods = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
            #expect(
                try Rule.resources(policy?.statements)["Allow"]
                    == methods.map { "\(Rule.prefix)/\($0)/a" } + ["\(Rule.prefix)/GET/b"])
            for call in ["PROPFIND/a", "get/a", "TRACE/a", "a/a"] {
                #expect(try !effect(policy, call).allowsInSomeReading)
            }
        }
        let rest = try Rule.resources(try Rule.callPolicy(table, "GET/a", caller: .restRequest)?.statements)
        #expect(rest["Allow"] == ["\(Rule.prefix)/*/a", "\(Rule.prefix)/GET/b"])
    }

    // MARK: The called ARN

    /// A Deny matches the called spelling: the policy names only the call.
    @Test func anAllowedCallIsAllowedInItsSpelling() throws {
        let table = try Rule.table(
            [Rule.allow("GET /admin", scope: "x"), Rule.open("GET /*")].joined(separator: ","))
        for call in [
            "GET/a", "GET/%61", "GET/x%2561", "GET/b%6d", "GET/%6Dx", "GET/admins", "GET/a:b/@c", "GET/a b",
            "GET/é",
        ] {
            let policy = try Rule.callPolicy(table, call)
            #expect(try effect(policy, call).allowsInEveryReading, "\(call)")
            #expect(try !effect(policy, "GET/admin").allowsInSomeReading, "\(call)")
        }
        #expect(
            try Rule.resources(try Rule.callPolicy(table, "GET/%61")?.statements)
                == ["Allow": ["\(Rule.prefix)/GET/%61"]])
        // With an escape that a Deny matches and a byte that is a wildcard in an ARN, no policy can allow the call.
        #expect(try Rule.callPolicy(table, "GET/%61*") == nil)
        #expect(try effect(try Rule.callPolicy(table, "GET/b*"), "GET/b*").allowsInEveryReading)
    }

    /// A call that the rules refuse and a wildcard of the policy would allow is also denied.
    @Test func aRefusedCallIsDenied() throws {
        let table = try Rule.table(Rule.open("* /*"))
        let long = "GET/" + String(repeating: "x", count: 600)
        let hostile = [
            "LINK/a", "get/a", "GET/a\u{1}", "GET/a\u{7F}b", "LINK/a*b?c$d", "LINK/\"é\\", "LINK/" + long,
            "LINK/" + String(repeating: "é", count: 300), "PUT/\u{1}" + String(repeating: "é", count: 300),
        ]
        for call in hostile {
            let policy = try Rule.callPolicy(table, call)
            #expect(try !effect(policy, call).allowsInSomeReading, "\(call)")
            #expect(try effect(policy, "GET/b").allowsInEveryReading, "\(call)")
            let all = try Rule.resources(policy?.statements)
            #expect(all["Deny"]?.allSatisfy { $0.utf8.count <= RouteLimits.resourceByteCount } == true)
        }
        let one = try Rule.resources(try Rule.callPolicy(table, "GET/a\u{1}*?$b")?.statements)
        #expect(one["Deny"]?.last == "\(Rule.prefix)/GET/a????b")
    }

    /// If the Deny does not fit, nothing is allowed.
    @Test func withoutRoomForTheDenyNothingIsAllowed() throws {
        let table = try Rule.table(Rule.open("* /*"))
        let size = try #require(try Rule.callPolicy(table, "GET/none")?.statements?.count)
        let call = "LINK/a"
        let needed = try #require(try Rule.callPolicy(table, call)?.statements?.count)
        #expect(needed > size)
        #expect(try Rule.callPolicy(table, call, limit: needed)?.statements?.count == needed)
        let none = try Rule.callPolicy(table, call, limit: needed - 1)
        #expect(none != nil && none?.statements == nil)
    }

    @Test func callsThatCanBeNamed() throws {
        for call in [
            "GET/a", "GET/a%20b", "GET/a:b+c,d;e=f@g", "GET/", "GET", "GET/a b", "GET/ä", "GET/\"",
            "$connect",
        ] {
            for stage in ["prod", "$default"] {
                let arn = try Rule.arn(call, prefix: "arn:aws:execute-api:r:1:a/\(stage)")
                #expect(arn.canBeNamed, "\(call)")
            }
        }
        for call in ["GET/a*", "GET/*", "GET/a?", "GET/$a", "GET/a\u{1}", "GET/\u{7F}", "GET/$connect"] {
            #expect(try !Rule.arn(call).canBeNamed, "\(call)")
        }
        func arn(_ count: Int) throws -> RequestARN {
            try Rule.arn("GET/" + String(repeating: "a", count: count - Rule.prefix.utf8.count - 5))
        }
        let limit = RouteLimits.resourceByteCount
        #expect(try arn(limit).canBeNamed && !arn(limit + 1).canBeNamed)
        let past = resourceDenying(try arn(limit + 1).text)
        #expect(try resourceDenying(arn(limit).text) == arn(limit).text && past.count == limit)
        #expect(past.last == UInt8(ascii: "*"))
    }

    // MARK: Other calls, answered from the gateway's cache

    /// The method `*` of an Allow also matches segments of the path, so no segment has a fixed position.
    @Test func spellingsAreDeniedForTheMethodWildcard() throws {
        let table = try Rule.table(
            [Rule.allow("* /admin/*", scope: "z"), Rule.open("* /admin/{y}")].joined(separator: ","),
            #","routes_are_complete":true"#)
        let policy = try Rule.callPolicy(table, "GET/%61dmin/b")
        #expect(try effect(policy, "GET/%61dmin/b").allowsInEveryReading)
        #expect(try !effect(policy, "GET/%61dmin/admin/x").allowsInSomeReading)
    }

    /// A Deny of an excess pattern has one spelling. It does not replace the Deny of a refused route.
    @Test func aRefusedRouteIsDeniedInEverySpelling() throws {
        for pads in [0, 10, 30, 60] {
            let padding = (0..<pads).map { Rule.open("GET /padpadpadpadpadpadpadpad\($0)/x") }
            let table = try Rule.table(
                ([
                    Rule.open("GET /{p}/b/{r}", "GET /%C3%A9/{x}"),
                    #"{"route":"GET /%C3%A9/b/c","deny":"always"}"#,
                ] + padding)
                .joined(separator: ","))
            for limit in [2048, 8192] {
                let policy = try Rule.callPolicy(table, "GET/%C3%A9/z", limit: limit)
                #expect(try effect(policy, "GET/%C3%A9/z").allowsInEveryReading)
                for call in ["GET/é/b/c", "GET/%C3%A9/b/c", "GET/%c3%A9/b/c", "GET/é/b/%63"] {
                    #expect(try !effect(policy, call).allowsInSomeReading, "\(pads) \(limit) \(call)")
                }
            }
        }
    }

    /// An allowed route with an unusual spelling is not named, so it is denied.
    @Test func anOddlySpelledRouteIsDenied() throws {
        let table = try Rule.table(
            Rule.open("GET /{x}", "GET /%40/%40"), #","routes_are_complete":true"#)
        #expect(try Rule.verdict(table, "GET/@/@").refusal == .unknown)
        let policy = try Rule.callPolicy(table, "GET/b")
        #expect(
            try effect(policy, "GET/b").allowsInEveryReading && !effect(policy, "GET/@/@").allowsInSomeReading
        )
        #expect(try effect(try Rule.callPolicy(table, "GET/%40/%40"), "GET/%40/%40").allowsInEveryReading)
    }

    /// A call that cannot be named is allowed by its route's ARN, even if that does not fit with the others.
    @Test func theRouteOfACallThatCannotBeNamed() throws {
        let routes = (0..<150).map { Rule.open("GET /catalogue/section-with-a-name-\($0)/items/{id}") }
        let table = try Rule.table((routes + [Rule.open("GET /odata/{x}")]).joined(separator: ","))
        for call in ["GET/odata/$count", "GET/odata/a*b", "GET/odata/" + String(repeating: "x", count: 600)] {
            #expect(try effect(try Rule.callPolicy(table, call), call).allowsInEveryReading, "\(call)")
        }
    }

    /// If a claim has more values than a policy can name, only those of the called rule are used.
    @Test func manyRulesWithTheTokensValue() throws {
        let rule = { (number: Int) in
            #"{"route":"GET /t/{t}/r\#(number)/{id}","allow":{"claims":[{"claim":"t","matches_variable":"t"}]}}"#
        }
        let table = try Rule.table((0..<60).map(rule).joined(separator: ","))
        let facts = try Rule.facts(table, #"{"t":"acme"}"#)
        for call in ["GET/t/acme/r0/1", "GET/t/acme/r59/1", "GET/t/other/r59/1"] {
            let routes = TokenRoutes(table, facts, call: try Rule.called(call).decoded)
            #expect(routes.bound.count <= RouteLimits.boundRouteCount + 1)
            #expect(routes.rulesWithMoreValues.count == 60 - RouteLimits.boundRouteCount)
        }
        #expect(
            try effect(try Rule.callPolicy(table, "GET/t/acme/r59/1", #"{"t":"acme"}"#), "GET/t/acme/r59/1")
                .allowsInEveryReading)
        #expect(try Rule.verdict(table, "GET/t/other/r59/1", #"{"t":"acme"}"#).refusal == .unmet)
    }

    /// Of two long lists for one variable, only the called value is compared.
    @Test func twoClaimsWithManyValues() throws {
        let table = try Rule.table(
            #"{"route":"GET /{a}","allow":{"claims":[{"claim":"x","matches_variable":"a"},{"claim":"y","matches_variable":"a"}]}}"#
        )
        let list = { (range: Range<Int>) in "[" + range.map { "\($0)" }.joined(separator: ",") + "]" }
        let claims = #"{"x":\#(list(0..<200)),"y":\#(list(100..<250))}"#
        #expect(try Rule.verdict(table, "GET/150", claims).refusal == nil)
        #expect(try Rule.verdict(table, "GET/50", claims).refusal == .unmet)
        #expect(try Rule.verdict(table, "GET/220", claims).refusal == .unmet)
        #expect(try Rule.callPolicy(table, "GET/150", claims)?.omittedRules == [0])
    }

    // MARK: Limits

    /// Routes that do not fit are omitted. The call is never omitted: it is named first, then its route.
    @Test func aPolicyNamesAsManyRoutesAsFit() throws {
        let routes = (0..<120).map { "GET /section\($0)/items/{id}" }
        let table = try Rule.table(routes.map { Rule.open($0) }.joined(separator: ","))
        for limit in [2_000, 8_192, 65_536] {
            for number in [0, 119] {
                let call = "GET/section\(number)/items/1"
                let policy = try #require(try Rule.callPolicy(table, call, limit: limit))
                #expect(try effect(policy, call).allowsInEveryReading, "\(limit) \(call)")
                let next = try effect(policy, "GET/section\(number)/items/2")
                #expect(next.allowsInEveryReading, "\(limit) \(call)")
                #expect(try !effect(policy, "GET/section\(number)/items/1/x").allowsInSomeReading)
                #expect(try #require(policy.statements).count <= limit)
                let named = try #require(try Rule.resources(policy.statements)["Allow"]).filter {
                    $0.hasSuffix("*")
                }
                #expect(named.count + policy.omittedRules.count == 120)
                #expect(
                    (policy.omittedRules.count == 0) == (limit == 65_536)
                        && !policy.omittedRules.contains(number))
            }
        }
    }

    @Test func statementsEndAtTheirLimit() throws {
        let limit = AuthorizerLimits.answerByteCount
        let fits = try #require(try Rule.callPolicy(try table(statementsOf: limit), "GET/none"))
        #expect(fits.statements?.count == limit && fits.omittedRules.isEmpty)
        let past = try table(statementsOf: limit + 1)
        let shorter = try #require(try Rule.callPolicy(past, "GET/none"))
        #expect(try #require(shorter.statements).count <= limit && shorter.omittedRules.count == 1)
        for rule in past.rules {
            let call = Rule.text(rule.written).replacing(" ", with: "")
            #expect(try effect(try Rule.callPolicy(past, call), call).allowsInEveryReading)
        }
    }

    @Test func anARNHasALimit() throws {
        let limit = RouteLimits.resourceByteCount
        let resource = "/GET/" + String(repeating: "a", count: 200)
        let table = try Rule.table(Rule.open("GET " + resource.dropFirst(4)))
        func policy(_ byteCount: Int) throws -> CallPolicy? {
            let base = "arn:aws:execute-api:r:1:a/"
            let stage = String(repeating: "s", count: byteCount - base.utf8.count - resource.utf8.count)
            return table.verdict(try Rule.arn("GET/none", prefix: base + stage), try Rule.facts(table, "{}"))
                .policy(for: .restRequest, byteLimit: 8192)
        }
        #expect(try policy(limit)?.statements != nil && policy(limit)?.omittedRules == [])
        #expect(try policy(limit + 1)?.statements == nil && policy(limit + 1)?.omittedRules == [0])
    }
}

/// A refused route is denied in every spelling (AUDIT 28, 33).
@Suite struct DeniedSpellingsTests {
    private func spelled(_ route: String) throws -> [String] {
        Rule.texts(spelledResources(of: try Rule.pattern(route).decoded))
    }

    @Test func charactersThatAPathCannotContain() throws {
        #expect(try spelled("GET /a:b/{x}") == ["/GET/a:b/*"])
        #expect(try spelled("GET /caf%C3%A9") == ["/GET/caf%C3%A9", "/GET/café"])
        #expect(try spelled("GET /%E2%82%AC") == ["/GET/%E2%82%AC", "/GET/?"])
        // Not UTF-8: no event contains the bytes unescaped.
        #expect(try spelled("GET /a%E9%C3") == ["/GET/a%E9%C3"])
        #expect(
            try spelled("GET /a%20b%7Cc/*")
                == ["/GET/a%20b%7Cc/*", "/GET/a b%7Cc/*", "/GET/a%20b|c/*", "/GET/a b|c/*"])
        #expect(
            try spelled("GET /a%2Ab%3F%22") == [
                "/GET/a%2Ab%3F%22", "/GET/a?b%3F%22", "/GET/a%2Ab?%22", "/GET/a?b?%22", "/GET/a%2Ab%3F?",
                "/GET/a?b%3F?",
                "/GET/a%2Ab??", "/GET/a?b??",
            ])
        #expect(try spelled("GET /%20%20%20").count == 8)
        // With more than three, there would be too many variants.
        #expect(try spelled("GET /%20a%20%20%20b%20") == ["/GET/*a*b*"])
        // An escape of a percent sign is decoded once.
        #expect(try spelled("GET /%2541") == ["/GET/%2541", "/GET/%41"])
    }

    @Test func escapesOfEachByte() throws {
        var spellings = DeniedSpellings()
        spellings.add(try Rule.pattern("GET /x/@%C3%A9.").decoded, beside: try Rule.pattern("GET /x/*"))
        var found: [String] = []
        spellings.visitAll { escape in found.append(Rule.text(escape.indices.map { escape[$0] })) }
        // All escapes of `@`; for the bytes of `é` those with a lowercase digit.
        #expect(found == ["%40*", "%a9*", "%c3*"])
        #expect(spellings.count == 3)
        spellings.add(try Rule.pattern("GET /%AB").decoded, beside: try Rule.pattern("GET /*"))
        #expect(spellings.count == 6)
    }
}
