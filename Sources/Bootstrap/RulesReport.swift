// RulesReport.swift - the compiled rules, as check-config prints them.
//
// Spec:    README "Rules".
// Secret:  no.
// Reads:   Authorizer, JSON. Read by: CheckConfigCommand.

import Authorizer
import Bytes
import JSON

extension RouteReport {
    /// The rules in the order in which they are tried, the policy of a token that meets all, and what to know.
    func appendText(_ table: RouteTable, to text: inout [UInt8]) {
        text.append("rules, in the order in which they are tried:\n")
        for index in lines.indices {
            text.append("  ")
            text.append(lines[index].effect)
            for _ in lines[index].effect.utf8ByteCount..<12 { text.append(0x20) }
            append(index, to: &text)
            text.append(0x0A)
        }
        text.append(
            "every other call is refused.\nthe policy of a token that meets every rule, behind arn:…:api/stage:\n"
        )
        let policy = table.policyOfAll
        for resource in policy.allowed {
            text.append("  Allow ")
            text.append(resource.span)
            text.append(0x0A)
        }
        for resource in policy.denied {
            text.append("  Deny  ")
            text.append(resource.span)
            text.append(0x0A)
        }
        for warning in warningTexts(table) {
            text.append("warning: ")
            text.append(warning.span)
            text.append(0x0A)
        }
    }

    func write(_ table: RouteTable, to writer: inout JSONWriter) {
        writer.key("rules")
        writer.beginArray()
        for index in lines.indices {
            var text: [UInt8] = []
            append(index, to: &text)
            writer.beginObject()
            writer.key("rule")
            writer.string(text.span)
            writer.key("effect")
            writer.string(lines[index].effect)
            writer.endObject()
        }
        writer.endArray()
        writer.key("expressible")
        writer.bool(isExpressible)
        let policy = table.policyOfAll
        write("allow", policy.allowed, to: &writer)
        write("deny", policy.denied, to: &writer)
        write("ruleWarnings", warningTexts(table), to: &writer)
    }

    private func write(_ name: StaticString, _ list: [[UInt8]], to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for entry in list { writer.string(entry.span) }
        writer.endArray()
    }

    private func warningTexts(_ table: RouteTable) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for warning in warnings {
            var text: [UInt8] = []
            append(warning.rule, to: &text)
            switch warning.kind {
            case .notExpressible, .twins: text.append(" and ")
            case .isPublic:
                text.append(
                    " is public: anybody may call it, where the gateway asks without a token at all (never for TOKEN)"
                )
            case .spelling:
                text.append(
                    " has a character that may also be sent escaped, or an escape: that is another path, which the rule does not match"
                )
            }
            switch warning.kind {
            case .notExpressible:
                append(warning.other, to: &text)
                text.append(
                    " cannot be told apart by a policy: the first is named in the answers to its own calls alone"
                )
            case .twins:
                append(warning.other, to: &text)
                text.append(" are two routes: the slash at the end counts")
            case .isPublic, .spelling: break
            }
            texts.append(text)
        }
        if !isExpressible {
            texts.append(
                [UInt8](
                    "turn the gateway's result caching off, or key it by route ($context.routeKey): then every call is decided by the rules"
                ))
            if !table.isComplete {
                texts.append(
                    [UInt8](
                        "if the API has no paths but those of the rules, routes_are_complete says so, and more can be told apart"
                    ))
            }
        }
        return texts
    }
}
