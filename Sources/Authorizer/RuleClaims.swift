// RuleClaims.swift - the claims that settings require, and the claims that an answer contains: context, usage plan.
//
// Spec:    RFC 6749 §3.3 (scope), RFC 9068 §2.2.3; AUDIT 25, 28.
// Secret:  no; the values are sent to the integration and are never logged.
// Reads:   Rules, ContextEntry; JSON, Bytes, Events, Routes. Read by: Ruling.

import Bytes
import Events
import JSON
import Routes

extension Rules {
    /// Whether the token has every required scope, each compared as a whole (AUDIT 25). The claim is a string with spaces
    /// between the scopes, or an array.
    ///
    /// - Parameter places: the issuer's claim paths.
    func scopesAreMet(by claims: JSONValue, at places: [ClaimPath]) -> Bool {
        for expected in requiredScopes {
            var isFound = false
            for place in places {
                if let claim = place.value(in: claims), hasWord(claim, expected.span) { isFound = true }
            }
            guard isFound else { return false }
        }
        return true
    }

    func context(of claims: JSONValue, for caller: Caller) -> (entries: [ContextEntry], omitted: Int) {
        var entries: [ContextEntry] = []
        var omitted = 0
        for claim in contextClaims {
            guard let value = claim.path.value(in: claims) else { continue }
            let key = claim.key
            // HTTP APIs reserve the key `claims`.
            let isReserved = caller.isHTTPAPI && bytesEqual(key.span, "claims")
            if !isReserved, let entry = ContextEntry(key: key, value: value) {
                entries.append(entry)
            } else {
                omitted += 1
            }
        }
        return (entries, omitted)
    }

    /// `usageIdentifierKey`: an API key of a usage plan, 20 to 128 characters; nil for anything else.
    func usageKey(of claims: JSONValue) -> [UInt8]? {
        guard let usageKeyClaim = answers.usageKeyClaim,
            let value = claims.member(usageKeyClaim.span)?.stringBytes,
            (20...128).contains(value.count)
        else { return nil }
        for byte in value where byte <= 0x20 || byte >= 0x7F { return nil }
        return value
    }
}
