// ClaimPath.swift - where in a token a claim is.
//
// Spec:    none; README "Rules". Names may hold dots, colons and slashes: https://example.com/roles.
// Secret:  no.
// Reads:   JSON. Read by: ClaimTest, TokenFacts, the document.

import Bytes
import JSON

/// The names of members, from the claims' root downwards.
struct ClaimPath: Sendable {
    let names: [[UInt8]]

    init(_ names: [[UInt8]]) {
        self.names = names
    }

    /// One name at the root.
    init(_ name: StaticString) {
        names = [[UInt8](name)]
    }

    /// The value there; nil if a name on the way is missing.
    func value(in claims: JSONValue) -> JSONValue? {
        var value = claims
        for name in names {
            guard let member = value.member(name.span) else { return nil }
            value = member
        }
        return value
    }
}
