import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// A wide Deny matches no request of an allowed route (AUDIT 33).
@Suite struct WideDenialsTests {
    private func widest(_ excessPatterns: [String], beside allowed: [String]) throws -> [String] {
        var wide = WideDenials(allowed: try allowed.map { try Rule.pattern($0) })
        return try excessPatterns.map { text in
            // `*` within an excess pattern is one segment or more.
            var excessPattern = SegmentPattern()
            for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
                if part == "*" {
                    excessPattern.append(.more)
                } else {
                    excessPattern.append(literal: Array(part.utf8).span)
                }
            }
            return Rule.text(wide.widest(excessPattern).resource)
        }
    }

    /// By depth alone, by method and depth, by the literals before the first `*`, or unchanged.
    @Test func theWidestDenyThatMatchesNoAllowedRoute() throws {
        #expect(try widest(["/GET/a/*/*"], beside: ["GET /a/{x}"]) == ["/*/*/*/*"])
        #expect(try widest(["/GET/a/*/*"], beside: ["GET /a/{x}", "POST /b/c/d"]) == ["/GET/*/*/*"])
        #expect(try widest(["/GET/a/*/c/*"], beside: ["GET /a/{x}", "GET /b/c/d/e"]) == ["/GET/a/*/*/*"])
        #expect(try widest(["/GET/a/*/*/c"], beside: ["GET /a/{x}/c", "GET /a/b/c/d"]) == ["/GET/a/*/*/c"])
        // A route of the same depth with a `*` at its end, or a deeper one.
        #expect(try widest(["/GET/a/*/*"], beside: ["POST /b/*"]) == ["/GET/*/*/*"])
        #expect(try widest(["/GET/a/*/*"], beside: ["POST /b/c/d/e/f"]) == ["/GET/*/*/*"])
        // An empty segment at the end is kept.
        #expect(try widest(["/GET/a/b/"], beside: ["GET /a/b/{x}"]) == ["/*/"])
        #expect(try widest(["/GET/a/b/"], beside: ["GET /a/b/{x}", "POST /c/"]) == ["/GET/*/"])
        #expect(try widest(["/GET/a/b/"], beside: ["GET /a/b/{x}", "GET /c/d/"]) == ["/GET/a/b/"])
        #expect(try widest(["/GET/"], beside: ["GET /{x}"]) == ["/*/"])
    }

    /// The result for one excess pattern is reused for others that it contains.
    @Test func oneDenyCoversManyExcessPatterns() throws {
        let allowed = ["GET /a/{x}", "GET /b/{x}", "GET /b/{x}/c"]
        #expect(
            try widest(["/GET/b/*/*/c", "/GET/a/*/*", "/GET/b/*/*/c", "/GET/a/", "/GET/b/"], beside: allowed)
                == ["/*/*/*/*/*", "/GET/a/*/*", "/*/*/*/*/*", "/*/", "/*/"])
        // A Deny that is not possible for one excess pattern is not possible for the next of its kind either.
        let deep = ["GET /a/{x}", "PUT /a/b/c"]
        #expect(
            try widest(["/GET/a/*/*", "/GET/b/*/*", "/PUT/a/*/*"], beside: deep)
                == ["/GET/*/*/*", "/GET/*/*/*", "/PUT/a/*/*"])
    }

    /// Long rule sets: the policy allows every allowed call, denies the excess, and needs few Denies.
    @Test func longPolicies() throws {
        let routes = (0..<36).map { number in
            [
                "GET /section\(number)/{id}", "PUT /section\(number)/{id}",
                "GET /section\(number)/x/{id}/items",
            ][number % 3]
        }
        let table = try Rule.table(
            (routes.map { Rule.open($0) } + [Rule.allow("GET /section0/secret", scope: "s")]).joined(
                separator: ","))
        let policy = try #require(try Rule.callPolicy(table, "POST/none", limit: 65_536))
        let text = try #require(policy.statements)
        #expect(policy.omittedRules.isEmpty)
        func allows(_ call: String) throws -> Bool {
            let effect = Routes.effect(of: text, on: try Rule.arn(call).text.span)
            #expect(effect.allowsInEveryReading == effect.allowsInSomeReading)
            return effect.allowsInEveryReading
        }
        for route in routes {
            let call = route.replacing(" ", with: "").replacing("{id}", with: "17")
            #expect(try Rule.verdict(table, call).refusal == nil)
            #expect(try allows(call), "\(call)")
            for other in [
                call + "/more", call + "/", call + "/more/and/more", call.replacing("17", with: "17/18"),
                call.replacing("17", with: ""),
            ] {
                #expect(try Rule.verdict(table, other).refusal != nil)
                #expect(try !allows(other), "\(other)")
            }
        }
        #expect(try !allows("GET/section0/secret"))
        // The usual Denies, those of the letters, and a few by depth.
        let denies = try #require(try Rule.resources(text)["Deny"])
        #expect(denies.filter { $0.contains("a1b2c3d4e5") }.count < 20, "\(denies.count)")
    }
}
