// ClaimPath.swift - the path of a claim in a token.
//
// Spec:    none; README "Rules". Names may contain dots, colons and slashes: https://example.com/roles.
// Secret:  no.
// Reads:   JSON, Bytes. Read by: ClaimTest, Requirement, the document; Authorizer, Settings.

import Bytes
import JSON

/// The names of members, from the claims' root downwards.
package struct ClaimPath: Sendable {
    package let names: [[UInt8]]

    package init(_ names: [[UInt8]]) {
        self.names = names
    }

    /// The path of a member of the root.
    package init(_ name: StaticString) {
        names = [[UInt8](name)]
    }

    /// The value at this path; nil if a name is missing.
    package func value(in claims: JSONValue) -> JSONValue? {
        var value = claims
        for name in names {
            guard let member = value.member(name.span) else { return nil }
            value = member
        }
        return value
    }

    /// Appends the names joined by dots, as the document may contain them.
    package func append(to text: inout [UInt8]) {
        for (index, name) in names.enumerated() {
            if index > 0 { text.append(0x2E) }
            text.append(name.span)
        }
    }

    var text: [UInt8] {
        var text: [UInt8] = []
        append(to: &text)
        return text
    }
}
