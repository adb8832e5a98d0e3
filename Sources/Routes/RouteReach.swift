// RouteReach.swift - whether a token could exist that is allowed at one route and refused at another.
//
// Spec:    RULES.md "The policy".
// Secret:  no.
// Reads:   RouteTable, Route, RouteRelation, Requirement. Read by: RouteReport.
//
// The token is unknown: each rule with a condition may be met or not.

/// Predicates about the routes of a table.
struct RouteReach: Sendable {
    let table: RouteTable

    private func rules(_ route: Int) -> ArraySlice<RouteRule> { table.rules[table.routes[route].rules] }

    private func denies(_ route: Int, always: Bool) -> Bool {
        for rule in rules(route) where rule.effect == .deny && (!always || rule.requirement == nil) {
            return true
        }
        return false
    }

    private func hasRule(_ route: Int, _ effect: RouteRule.Effect) -> Bool {
        for rule in rules(route) where rule.effect == effect { return true }
        return false
    }

    func mayBeAllowed(_ route: Int) -> Bool {
        !denies(route, always: true) && (hasRule(route, .allow) || hasRule(route, .public))
    }

    /// Whether a token that is allowed at one route could be refused at another.
    func mayBeRefused(_ refused: Int, whenAllowed allowed: Int) -> Bool {
        if denies(refused, always: false) { return true }
        if hasRule(refused, .public) { return false }
        for rule in rules(refused) where rule.effect == .allow && rule.requirement == nil {
            return hasRule(allowed, .public)
        }
        // If both routes have one rule with the same requirement, a token is allowed at both or refused at both.
        guard rules(refused).count == 1, rules(allowed).count == 1,
            let ours = rules(refused).first?.requirement,
            ours == rules(allowed).first?.requirement, table.requirements[ours].firstVariable == nil
        else { return true }
        return false
    }

    /// Whether a token may be allowed for some of a route's requests and refused for others.
    func hasVariables(_ route: Int) -> Bool {
        for rule in rules(route) {
            if let requirement = table.requirement(of: rule), requirement.firstVariable != nil { return true }
        }
        return false
    }

    /// Whether a route of a smaller rank decides all requests of this one: a written-out verb may rank after a rule
    /// for that verb. (A rule as written is never hidden: a route that is contained in another ranks first.)
    func isHidden(_ route: Int) -> Bool {
        for relation in table.relations[route] where relation.isInside {
            if table.routes[relation.to].rank < table.routes[route].rank, alwaysDecides(relation.to) {
                return true
            }
        }
        return false
    }

    /// One bit for each excess pattern: set unless every allowing rule binds the pattern's variable to a claim.
    func unboundExcess(_ route: Int) -> UInt64 {
        var open: UInt64 = 0
        for (index, segment) in table.routes[route].closedSegments.enumerated()
        where !isAlwaysNamed(segment, route) { open |= 1 << UInt64(index) }
        return open
    }

    private func isAlwaysNamed(_ segment: Int, _ route: Int) -> Bool {
        for rule in rules(route) where rule.effect != .deny {
            var isNamed = false
            for test in table.requirement(of: rule)?.claims ?? [] {
                if test.condition == .matchesVariable, test.number == segment { isNamed = true }
            }
            if !isNamed { return false }
        }
        return true
    }

    private func alwaysDecides(_ route: Int) -> Bool {
        denies(route, always: true) || hasRule(route, .allow) || hasRule(route, .public)
    }

    /// Whether the route may be silent, and no single later route decides all its requests.
    func isUndecided(_ route: Int) -> Bool {
        guard !alwaysDecides(route) else { return false }
        for relation in table.relations[route] where relation.isInside && relation.to != route {
            if alwaysDecides(relation.to) { return false }
        }
        return true
    }

    /// Whether the route ends with `*`, and a claim binds one of its segments after a variable. The `*` of that variable
    /// may then match the claim's value too.
    func namesSegmentBehindVariable(_ route: Int) -> Bool {
        let pattern = table.routes[route].pattern
        guard let last = pattern.segments.last, last.kind == .more else { return false }
        for rule in rules(route) {
            for test in table.requirement(of: rule)?.claims ?? [] {
                guard test.condition == .matchesVariable else { continue }
                for segment in 0..<Int(test.number) where pattern.segments[segment].kind == .one {
                    return true
                }
            }
        }
        return false
    }
}
