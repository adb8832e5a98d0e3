// RulesReport.swift - the compiled rules, the policy that they make, and warnings.
//
// Spec:    RULES.md; README "Commands", check-config.
// Secret:  no.
// Reads:   Outline; Routes (RouteReport), Bytes. Read by: SettingsReport.

import Bytes
import Routes

/// The rules of a document.
struct RulesReport {
    struct Rule {
        /// "routes[3] GET /orders/{id}".
        let name: [UInt8]
        let effect: StaticString
    }

    /// In the order in which they are tried.
    let rules: [Rule]
    /// Whether every policy can name all routes that its token may call.
    let isExpressible: Bool
    /// The ends of the ARNs in the policy of a token that meets every rule.
    let allowed: [[UInt8]]
    let denied: [[UInt8]]
    let warnings: [[UInt8]]

    init(_ table: RouteTable) {
        let report = RouteReport(table)
        rules = report.lines.indices.map { index in
            var name: [UInt8] = []
            report.append(index, to: &name)
            return Rule(name: name, effect: report.lines[index].effect)
        }
        isExpressible = report.isExpressible
        let policy = table.policyOfAll
        allowed = policy.allowed
        denied = policy.denied
        var warnings = report.warnings.map { Self.text($0, report) }
        if !isExpressible && !table.isComplete {
            warnings.append(
                [UInt8](
                    "if the API has only the paths of the rules, set routes_are_complete: policies can then distinguish more rules"
                ))
        }
        self.warnings = warnings
    }

    private static func text(_ warning: RouteReport.Warning, _ report: RouteReport) -> [UInt8] {
        var text: [UInt8] = []
        report.append(warning.rule, to: &text)
        switch warning.kind {
        case .notExpressible:
            text.append(" and ")
            report.append(warning.other, to: &text)
            text.append(
                " cannot be distinguished by a policy: the first is only named in answers to its own calls")
        case .trailingSlash:
            text.append(" and ")
            report.append(warning.other, to: &text)
            text.append(" are different routes: a trailing slash counts")
        case .isPublic:
            text.append(
                " is public: it may be called without a token, if the gateway invokes the authorizer without one (never for TOKEN)"
            )
        case .spelling:
            text.append(
                " has a character that may also be sent escaped, or an escape: a call is allowed only if the rules allow it in both spellings"
            )
        case .crossed(let form):
            text.append(
                " has a like or starts_with that can match more than one field: write every separator of ")
            text.append(form.shape)
            text.append(", and * for a field or after the last slash")
        }
        return text
    }

    /// For people.
    func append(to text: inout [UInt8]) {
        text.append("rules, in the order in which they are tried:\n")
        for rule in rules {
            text.append("  ")
            text.append(rule.effect)
            for _ in rule.effect.utf8ByteCount..<12 { text.append(0x20) }
            text.append(rule.name.span)
            text.append(0x0A)
        }
        text.append(
            "every other call is refused.\nthe policy of a token that meets every rule, after arn:…:api/stage:\n"
        )
        append("  Allow ", allowed, to: &text)
        append("  Deny  ", denied, to: &text)
        append("warning: ", warnings, to: &text)
    }

    /// A line for each.
    private func append(_ label: StaticString, _ list: [[UInt8]], to text: inout [UInt8]) {
        for entry in list {
            text.append(label)
            text.append(entry.span)
            text.append(0x0A)
        }
    }

    /// For programs.
    func add(to outline: inout Outline) {
        outline.add(
            "rules",
            rules.map { rule in
                var entry = Outline()
                entry.add("rule", rule.name)
                entry.add("effect", rule.effect)
                return entry
            })
        outline.add("expressible", isExpressible)
        outline.add("allow", allowed)
        outline.add("deny", denied)
        outline.add("ruleWarnings", warnings)
    }
}
