// RouteFindingText.swift - the rule that decided and its requirement, in the terms of the rules' document.
//
// Spec:    README "Logs", RULES.md.
// Secret:  no: the text is from the document and contains no value of a claim.
// Reads:   RouteTable, RouteDecision (RouteFinding), Requirement, ClaimTest; Bytes. Read by: LambdaRuntime (log lines),
//          Reports.

import Bytes

extension RouteTable {
    /// Appends "routes[3] GET /orders/{id}: allow.scopes is not met". The text contains no value of the token.
    public func append(_ finding: RouteFinding, to text: inout [UInt8]) {
        let (rule, route) = (place(of: finding), route(of: finding))
        text.append(rule.span)
        if finding.place != nil {
            text.append(" ")
            text.append(route.span)
        }
        guard let unmet = finding.unmet else { return }
        text.append(": ")
        Self.append(unmet, to: &text)
        text.append(" is not met")
    }

    /// `routes[3]`, or `default`.
    public func place(of finding: RouteFinding) -> [UInt8] {
        guard let place = finding.place else { return [UInt8]("default") }
        var text = [UInt8]("routes[")
        text.append(decimal: place)
        text.append("]")
        return text
    }

    /// The route as written in the document; for the default `* /*`.
    public func route(of finding: RouteFinding) -> [UInt8] {
        for rule in rules where rule.place == finding.place { return rule.written }
        return []
    }

    /// `allow.scopes (orders:read orders:write)`: the part of the rule that is not met, with the names that it requires; for a
    /// claim, its path. Empty if every part is met.
    public func unmetRequirement(of finding: RouteFinding) -> [UInt8] {
        guard let unmet = finding.unmet else { return [] }
        var asked: Requirement?
        for rule in rules where rule.place == finding.place { asked = requirement(of: rule) }
        var text: [UInt8] = []
        Self.append(unmet, to: &text)
        var names: [[UInt8]] = []
        switch unmet {
        case .issuers: break
        case .acr: names = asked?.acrValues ?? []
        case .authAge:
            var seconds: [UInt8] = []
            seconds.append(decimal: asked?.maximumAuthAgeSeconds ?? 0)
            names = [seconds]
        case .scopes: for place in asked?.scopes ?? [] { names.append(scopeNames.names[place]) }
        case .anyOfScopes: for place in asked?.anyOfScopes ?? [] { names.append(scopeNames.names[place]) }
        case .roles: for place in asked?.roles ?? [] { names.append(roleNames.names[place]) }
        case .anyOfRoles: for place in asked?.anyOfRoles ?? [] { names.append(roleNames.names[place]) }
        case .anyOfScopesLike:
            for place in asked?.anyOfScopesLike ?? [] { names.append(scopePatterns.patterns[place].text) }
        case .anyOfClaims: for test in asked?.anyOfClaims ?? [] { names.append(test.path.text) }
        case .claim(let place):
            if let tests = asked?.claims, place < tests.count { names.append(tests[place].path.text) }
        }
        guard !names.isEmpty else { return text }
        text.append(" (")
        for (index, name) in names.enumerated() {
            if index > 0 { text.append(0x20) }
            text.append(name.span)
        }
        text.append(")")
        return text
    }

    /// The member of the rule.
    private static func append(_ unmet: Requirement.Part, to text: inout [UInt8]) {
        switch unmet {
        case .issuers: text.append("issuers")
        case .scopes: text.append("allow.scopes")
        case .anyOfScopes: text.append("allow.any_of_scopes")
        case .anyOfScopesLike: text.append("allow.any_of_scopes_like")
        case .roles: text.append("allow.roles")
        case .anyOfRoles: text.append("allow.any_of_roles")
        case .anyOfClaims: text.append("allow.any_of_claims")
        case .acr: text.append("allow.acr_values")
        case .authAge: text.append("allow.auth_max_age_seconds")
        case .claim(let place):
            text.append("allow.claims[")
            text.append(decimal: place)
            text.append("]")
        }
    }
}
