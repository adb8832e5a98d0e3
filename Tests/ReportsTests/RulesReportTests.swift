import DecisionSupport
import Routes
import Settings
import TestSupport
import Testing

@testable import Reports

/// Rules as they are tried, and what a policy omits (AUDIT 36).
@Suite struct RulesReportTests {
    private let routes = [
        Rule.open("GET /a", "GET /a/", "GET /x%20y"), #"{"route":"* /health","public":true}"#,
        #"{"route":"GET /b","deny":"always"}"#, Rule.allow("GET /{id}", scope: "s"),
    ].joined(separator: ",")

    private func outline(_ report: RulesReport) -> Outline {
        var outline = Outline()
        report.add(to: &outline)
        return outline
    }

    @Test func rulesWarningsAndThePolicy() throws {
        let report = RulesReport(try Rule.table(routes))
        let shownRules = report.rules.map { text($0.name) + ": " + text([UInt8]($0.effect)) }
        #expect(shownRules.contains("routes[0] GET /a: any token"))
        #expect(shownRules.contains("routes[3] * /health: public"))
        #expect(shownRules.contains("routes[4] GET /b: deny always"))
        #expect(shownRules.contains("routes[5] GET /{id}: allow"))
        let warnings = report.warnings.map { text($0) }
        #expect(
            warnings.contains(
                "routes[0] GET /a and routes[1] GET /a/ are different routes: a trailing slash counts"))
        #expect(warnings.contains { $0.hasPrefix("routes[3] * /health is public: ") })
        #expect(warnings.contains { $0.hasPrefix("routes[2] GET /x%20y has a character") })
        #expect(warnings.last?.contains("routes_are_complete") == !report.isExpressible)
        var shown: [UInt8] = []
        report.append(to: &shown)
        let lines = text(shown).split(separator: "\n").map(String.init)
        let root = try outline(report).parsed()
        // Text and JSON have the same rules, resources and warnings, in the same order.
        let rules = root.list("rules").map { entry in
            let effect = entry.string("effect") ?? ""
            return "  " + effect + String(repeating: " ", count: 12 - effect.count)
                + (entry.string("rule") ?? "")
        }
        #expect(Array(lines[1...rules.count]) == rules)
        #expect(
            Array(lines[(rules.count + 3)...])
                == root.strings("allow").map { "  Allow " + $0 }
                + root.strings("deny").map { "  Deny  " + $0 }
                + root.strings("ruleWarnings").map { "warning: " + $0 })
        #expect(root.member("expressible")?.bool == report.isExpressible)
    }

    @Test func rulesThatAPolicyCannotDistinguish() throws {
        let pair = Rule.allow("GET /orders/{id}", scope: "s") + "," + Rule.allow("GET /orders/*", scope: "t")
        let report = RulesReport(try Rule.table(pair))
        #expect(!report.isExpressible && report.warnings.count >= 2)
        #expect(text(report.warnings[0]).contains(" cannot be distinguished by a policy: the first is"))
        let complete = RulesReport(try Rule.table(pair, #","routes_are_complete":true"#))
        #expect(!complete.warnings.contains { text($0).contains("routes_are_complete") })
    }

    @Test func whatPoliciesDoNotName() throws {
        let many = (0..<40).map { Rule.allow("GET /a/long/path/\($0)", scope: "s\($0)") }
            .joined(separator: ",")
        let settings = try Asked.settings(rules: many, [("POLICY_MAX_BYTES", "1024")])
        let reports = settings.rules.policyReports
        #expect(reports.map { $0.caller } == [.restRequest, .httpAPI1])
        for report in reports {
            var shown: [UInt8] = []
            report.append(to: &shown)
            let root = try report.outline.parsed()
            let names = try #require(root.string("omittedForLength"))
            #expect(names.hasSuffix(" more") && root.string("notExpressible") == "")
            #expect(
                text(shown)
                    == "warning: \(report.caller.isHTTPAPI ? "HTTP" : "REST") APIs: the policy of a token that meets every rule has \(report.byteCount) bytes of at most 1024; it does not name \(names): \(root.string("advice") ?? "")\n"
            )
        }
    }
}
