import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// A wildcard that can match more than one field of a known subject, and those that cannot.
@Suite struct LikeReportTests {
    private func form(_ condition: ClaimTest.Condition, _ text: String) -> String? {
        let test = ClaimTest(ClaimPath("sub"), condition, text: Array(text.utf8))
        return test.crossedForm.map { "\($0.prefix)" }
    }

    @Test(arguments: [
        "repo:acme/*:ref:refs/heads/main", "repo:acme@12/*:ref:refs/heads/main",
        "repo:acme/app:ref:refs/heads/*",
        "repo:acme/*:pull_request", "repo:*/app:ref:refs/heads/main", "repo:acme/app-?:environment:prod",
        "repo:acme/app:ref:refs/heads/main", "repo:acme/app:ref:refs/heads/release/*",
        "project_path:acme/*:ref_type:branch:ref:main", "project_path:acme/app:ref_type:branch:ref:*",
        "system:serviceaccount:prod:*", "system:serviceaccount:prod-*:api", "system:serviceaccount:prod:api",
        "spiffe://prod.example.com/ns/pay/*", "spiffe://prod.example.com/*",
        "spiffe://*.example.com/ns/pay/*",
        "arn:aws:iam::123456789012:role/deploy/*", "arn:aws:iam::123456789012:role/*",
        "arn:aws:sts::123456789012:assumed-role/deploy/*", "other*", "*", "repository:*", "user-?*",
    ]) func fine(pattern: String) {
        #expect(form(.like, pattern) == nil)
    }

    @Test(arguments: [
        ("repo:acme*", "repo:"), ("repo:*", "repo:"), ("repo:acme/*", "repo:"), ("repo:acme/app:*", "repo:"),
        ("repo:acme/app*:ref", "repo:"), ("repo:acme?app:ref:refs/heads/main", "repo:"),
        ("repo:acme/*:pull_requests", "repo:"), ("repo:*:ref:refs/heads/main", "repo:"),
        ("project_path:acme*", "project_path:"), ("project_path:acme/*", "project_path:"),
        ("project_path:acme/app:ref_type:branch:*", "project_path:"),
        ("project_path:*:ref_type:branch:ref:main", "project_path:"),
        ("system:serviceaccount:*", "system:serviceaccount:"),
        ("system:serviceaccount:prod*", "system:serviceaccount:"),
        ("spiffe://prod.example.com*", "spiffe://"), ("spiffe://prod.example.com/ns/pay*", "spiffe://"),
        ("spiffe://prod.example.com/ns/*/sa/api", "spiffe://"),
        ("spiffe://prod.example.com/ns/pay/sa-?", "spiffe://"),
        ("arn:aws:iam::*:role/deploy/*", "arn:"), ("arn:aws:iam::123456789012:role/deploy*", "arn:"),
        ("arn:aws:iam::123456789012:role/*/api", "arn:"), ("arn:*", "arn:"),
        ("arn:aws:iam::123456789012:*", "arn:"),
    ]) func crossed(pattern: String, prefix: String) {
        #expect(form(.like, pattern) == prefix)
    }

    @Test(
        arguments: [
            ("repo:acme/app:ref:refs/heads/release/", nil), ("repo:acme/app:", "repo:"),
            ("repo:acme", "repo:"),
            ("system:serviceaccount:prod:", nil), ("system:serviceaccount:prod", "system:serviceaccount:"),
            ("spiffe://prod.example.com/ns/pay/", nil), ("spiffe://prod.example.com/ns/pay", "spiffe://"),
            ("arn:aws:iam::123456789012:role/deploy/", nil),
            ("arn:aws:iam::123456789012:role/deploy", "arn:"),
            // `*` is a character of starts_with.
            ("repo:acme/*:ref:", nil), ("tenant-", nil),
        ] as [(String, String?)]) func beginnings(text: String, prefix: String?)
    {
        #expect(form(.startsWith, text) == prefix)
    }

    @Test func otherConditions() {
        for condition in [ClaimTest.Condition.oneOf, .contains, .endsWith, .matchesVariable] {
            #expect(form(condition, "repo:acme*") == nil)
        }
    }

    /// The warning names the rule, once for a form; a rule that denies is not warned of.
    @Test func theWarning() throws {
        let table = try Rule.table(
            #"""
            {"route":"GET /a","allow":{"claims":[{"claim":"sub","like":"repo:acme*"},{"claim":"sub","like":"repo:*"}]}},
            {"route":"GET /b","allow":{"any_of_claims":[{"claim":"sub","starts_with":"spiffe://x"},
              {"claim":"a","any_element":[{"claim":"b","like":"arn:*"}]}]}},
            {"route":"GET /c","deny":{"claims":[{"claim":"sub","like":"repo:acme*"}]}},
            {"route":"GET /d","allow":{"claims":[{"claim":"sub","like":"repo:acme/*:ref:refs/heads/main"}]}}
            """#)
        let report = RouteReport(table)
        var names: [String] = []
        for warning in report.warnings {
            guard case .crossed(let form) = warning.kind else { continue }
            var text: [UInt8] = []
            report.append(warning.rule, to: &text)
            names.append(Rule.text(text) + " \(form.prefix)")
        }
        #expect(names == ["routes[0] GET /a repo:", "routes[1] GET /b spiffe://", "routes[1] GET /b arn:"])
    }
}
