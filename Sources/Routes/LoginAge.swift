// LoginAge.swift - the parts of a requirement about the login: how long ago it was, and its class.
//
// Spec:    RFC 9470 §3, §6.2; RFC 9068 §2.2.1 (`auth_time`, `acr`).
// Secret:  no.
// Reads:   Requirement (TokenFacts), RouteDecision (TokenRoutes), Limits; JSON, Bytes. Read by: Requirement,
//          RouteDecision, RouteVerdict.
//
// A login only grows older: a call that is refused for it stays refused for the same token. A call that is allowed is refused
// later, perhaps within the TTL of the gateway's cache. So a policy allows such a rule for other calls only if the rule has
// decided this call, or if it still allows them when every cache has dropped the policy.

import Bytes
import JSON

extension Requirement {
    /// `acr` and `auth_time`; nil if they meet the requirement.
    func unmetLogin(_ facts: TokenFacts) -> Part? {
        if !acrValues.isEmpty {
            let acr = facts.claims.member("acr")
            guard acrValues.contains(where: { acr?.isString($0.span) == true }) else { return .acr }
        }
        guard let maximumAuthAgeSeconds else { return nil }
        guard let end = facts.loginEnd(maximumAuthAgeSeconds),
            facts.nowSeconds <= end + facts.clockSkewSeconds
        else { return .authAge }
        return nil
    }
}

extension TokenFacts {
    /// The last second at which the login is not too old, without clock skew; nil if `auth_time` is absent, not a date, or in the
    /// future.
    func loginEnd(_ maximumSeconds: Int64) -> Int64? {
        guard let number = claims.member("auth_time")?.number, let login = number.floor,
            login >= 0, login < 1 << 53, login + (number.hasFraction ? 1 : 0) <= nowSeconds + clockSkewSeconds
        else { return nil }
        return login + maximumSeconds
    }
}

extension TokenRoutes {
    /// The last second at which a rule that allows a call still allows it; `.max` if the rule does not read the clock.
    func end(of rule: Int) -> Int64 {
        guard table.readsClock, let facts, let place = table.rules[rule].requirement,
            let seconds = table.requirements[place].maximumAuthAgeSeconds
        else { return .max }
        return facts.loginEnd(seconds) ?? facts.nowSeconds
    }

    /// Whether a rule other than the one that decided the call allows a route, and may refuse it while a gateway applies
    /// the policy.
    func endsTooSoon(_ rule: Int) -> Bool {
        let end = end(of: rule)
        guard end < .max, let facts, rule != decidingRule else { return false }
        return end - facts.nowSeconds < RouteLimits.longestCacheSeconds
    }
}
