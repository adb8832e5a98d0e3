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
        text.append("every other call is refused.\n")
        text.append("the policy of a token that meets every rule, behind arn:…:api/stage:\n")
        let policy = table.policyOfAll
        for (word, resources) in [("Allow", policy.allowed), ("Deny ", policy.denied)]
            as [(StaticString, [[UInt8]])]
        {
            for resource in resources {
                text.append("  ")
                text.append(word)
                text.append(" ")
                text.append(resource.span)
                text.append(0x0A)
            }
        }
        for warning in warnings {
            text.append("warning: ")
            append(warning, to: &text)
            text.append(0x0A)
        }
        if !isExpressible {
            text.append(
                "warning: turn the gateway's result caching off, or key it by route ($context.routeKey): then every call is decided by the rules\n"
            )
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
        for (name, resources) in [("allow", policy.allowed), ("deny", policy.denied)]
            as [(StaticString, [[UInt8]])]
        {
            writer.key(name)
            writer.beginArray()
            for resource in resources { writer.string(resource.span) }
            writer.endArray()
        }
        writer.key("ruleWarnings")
        writer.beginArray()
        for warning in warnings {
            var text: [UInt8] = []
            append(warning, to: &text)
            writer.string(text.span)
        }
        writer.endArray()
    }

    private func append(_ warning: Warning, to text: inout [UInt8]) {
        switch warning {
        case .notExpressible(let route, let other):
            append(route, to: &text)
            if route == other {
                text.append(" cannot be written in a policy without allowing more")
            } else {
                text.append(" and ")
                append(other, to: &text)
                text.append(" cannot be told apart by a policy")
            }
            text.append(": the first is named in the answers to its own calls alone")
        case .twins(let route, let other):
            append(route, to: &text)
            text.append(" and ")
            append(other, to: &text)
            text.append(" are two routes: the slash at the end counts")
        case .unreachable(let route, let other):
            append(route, to: &text)
            text.append(" is never reached: ")
            append(other, to: &text)
            text.append(" comes first")
        case .isPublic(let route):
            append(route, to: &text)
            text.append(
                " is public: anybody may call it, where the gateway asks without a token at all (never for TOKEN)"
            )
        case .spelling(let route):
            append(route, to: &text)
            text.append(
                " has a character that may also be sent escaped, or an escape: that is another path, which this rule does not match"
            )
        }
    }
}
