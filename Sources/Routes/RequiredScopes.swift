// RequiredScopes.swift - the scopes that rules require, for a challenge and for the resource's metadata.
//
// Spec:    RFC 6750 §3 (scope); RFC 9728 §2 (scopes_supported); README "Challenges".
// Secret:  no: names of the document.
// Reads:   RouteTable, RouteDecision (RouteFinding), Requirement; Bytes. Read by: Authorizer (Challenge), Reports.

import Bytes

extension RouteTable {
    /// All scopes with which a token meets the rule that refused it: each of `scopes`, and the first of `any_of_scopes`.
    ///
    /// - Returns: nil if something other than a scope is missing; empty if no list of scopes meets the rule for certain,
    ///   because it has patterns.
    package func scopes(requiredBy finding: RouteFinding) -> [[UInt8]]? {
        switch finding.unmet {
        case .scopes, .anyOfScopes, .anyOfScopesLike: break
        default: return nil
        }
        for rule in rules where rule.place == finding.place {
            guard let requirement = requirement(of: rule) else { return nil }
            guard requirement.anyOfScopesLike.isEmpty else { return [] }
            var places = requirement.scopes
            if let first = requirement.anyOfScopes.first,
                !requirement.anyOfScopes.contains(where: { places.contains($0) })
            {
                places.append(first)
            }
            return names(places)
        }
        return nil
    }

    /// The scopes that an allowing rule names, each once, in the order of evaluation.
    package var scopesOfAllowingRules: [[UInt8]] {
        var places: [Int] = []
        for rule in rules where rule.effect == .allow {
            guard let requirement = requirement(of: rule) else { continue }
            for place in requirement.scopes + requirement.anyOfScopes where !places.contains(place) {
                places.append(place)
            }
        }
        return names(places)
    }

    private func names(_ places: [Int]) -> [[UInt8]] { places.map { scopeNames.names[$0] } }
}
