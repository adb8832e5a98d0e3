// RouteReport.swift - what the compiled rules are, and what a policy cannot say of them.
//
// Spec:    README "Rules", "The policy".
// Secret:  no.
// Reads:   RouteTable, Route, RouteRelation. Read by: check-config, the differential tests.
//
// A policy is made for one token. Here the question is whether there could be a token for which a route is
// left out: any rule with a condition may be met or not. So it errs on the side of a warning.

import Bytes

/// The rules for people to look through.
public struct RouteReport: Sendable {
    public enum Warning: Sendable, Equatable {
        /// A policy that allows the first would, for some tokens, allow too much or take the second away: the
        /// first is named in answers to its own calls alone.
        case notExpressible(Int, Int)
        /// Two rules whose paths differ by a slash at the end.
        case twins(Int, Int)
        /// The first decides all that the second matches.
        case unreachable(Int, by: Int)
        /// No token is needed.
        case isPublic(Int)
        /// A character that may also be sent escaped, which is another path.
        case spelling(Int)
    }

    /// A rule, by its place in the document; nil for the default.
    public struct Line: Sendable {
        public let place: Int?
        public let route: [UInt8]
        public let effect: StaticString
    }

    /// In the order in which they are tried.
    public private(set) var lines: [Line] = []
    /// With places in `lines`.
    public private(set) var warnings: [Warning] = []

    private let table: RouteTable
    /// Whether a route is in every policy of a token that may call it.
    private var isFine: [Bool]

    public init(_ table: RouteTable) {
        self.table = table
        isFine = [Bool](repeating: true, count: table.routes.count)
        for rule in table.rules {
            let effect: StaticString
            switch rule.effect {
            case .allow: effect = rule.requirement == nil ? "any token" : "allow"
            case .deny: effect = rule.requirement == nil ? "deny always" : "deny"
            case .public: effect = "public"
            }
            lines.append(Line(place: rule.place, route: rule.written, effect: effect))
        }
        findReach()
        findPairs()
        findSpelling()
    }

    /// Whether every policy names all that its token may call.
    public var isExpressible: Bool {
        for warning in warnings {
            if case .notExpressible = warning { return false }
        }
        return true
    }

    /// Appends "routes[3] GET /orders/{id}".
    public func append(_ line: Int, to text: inout [UInt8]) {
        if let place = lines[line].place {
            text.append("routes[")
            text.append(decimal: place)
            text.append("] ")
        } else {
            text.append("default ")
        }
        let route = lines[line].route
        text.append(route.span)
    }

    private mutating func add(_ warning: Warning) {
        if !warnings.contains(warning) { warnings.append(warning) }
    }

    // MARK: What a token could have

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

    private func mayBeAllowed(_ route: Int) -> Bool {
        !denies(route, always: true) && (hasRule(route, .allow) || hasRule(route, .public))
    }

    /// Whether a token could be refused at one route that is let in at another.
    private func mayBeRefused(_ refused: Int, whenAllowed allowed: Int) -> Bool {
        if denies(refused, always: false) { return true }
        if hasRule(refused, .public) { return false }
        for rule in rules(refused) where rule.effect == .allow && rule.requirement == nil {
            return hasRule(allowed, .public)
        }
        // Where both ask the same and nothing else, whoever is let in at one is at the other.
        guard rules(refused).count == 1, rules(allowed).count == 1,
            let ours = rules(refused).first?.requirement,
            ours == rules(allowed).first?.requirement, table.requirements[ours].firstVariable == nil
        else { return true }
        return false
    }

    /// Whether a token is let in for some of its requests and not for others.
    private func hasVariables(_ route: Int) -> Bool {
        for rule in rules(route) {
            if let requirement = table.requirement(of: rule), requirement.firstVariable != nil { return true }
        }
        return false
    }

    private func isHidden(_ route: Int) -> Bool {
        table.hasRelation(of: route) { relation in
            relation.isInside && table.routes[relation.to].rank < table.routes[route].rank
                && alwaysDecides(relation.to)
        }
    }

    private func alwaysDecides(_ route: Int) -> Bool {
        denies(route, always: true) || hasRule(route, .allow) || hasRule(route, .public)
    }

    /// Whether rules may be silent, and no single route behind them decides all their requests.
    private func isLeftSilent(_ route: Int) -> Bool {
        guard !alwaysDecides(route) else { return false }
        return !table.hasRelation(of: route) { relation in
            relation.isInside && relation.to != route && alwaysDecides(relation.to)
        }
    }

    // MARK: Warnings

    private mutating func findReach() {
        for (index, rule) in table.rules.enumerated() where rule.effect == .public { add(.isPublic(index)) }
        for route in table.routes.indices {
            var by: Int?
            _ = table.hasRelation(of: route) { relation in
                guard relation.isInside, table.routes[relation.to].rank < table.routes[route].rank,
                    alwaysDecides(relation.to), by == nil
                else { return false }
                by = relation.to
                return true
            }
            // A verb that was written out may well be hidden behind a rule of its own.
            if let by, isWrittenAsIs(route) { add(.unreachable(first(route), by: first(by))) }
        }
        for route in table.routes.indices {
            for other in table.routes.indices where isTwin(table.routes[route], table.routes[other]) {
                add(.twins(first(route), first(other)))
            }
        }
    }

    private func first(_ route: Int) -> Int { table.routes[route].rules.lowerBound }

    private func isWrittenAsIs(_ route: Int) -> Bool {
        table.rules[first(route)].pattern.isSame(as: table.routes[route].pattern)
    }

    /// The second is the first with a slash behind.
    private func isTwin(_ a: Route, _ b: Route) -> Bool {
        guard b.pattern.count == a.pattern.count + 1, let last = b.pattern.segments.last,
            last.kind == .literal,
            b.pattern.text(a.pattern.count).isEmpty, isWrittenAsIsPattern(b)
        else { return false }
        var longer = a.pattern
        longer.appendEmpty()
        return longer.isSame(as: b.pattern)
    }

    private func isWrittenAsIsPattern(_ route: Route) -> Bool {
        table.rules[route.rules.lowerBound].pattern.isSame(as: route.pattern)
    }

    private mutating func findSpelling() {
        for (index, rule) in table.rules.enumerated() {
            for segment in 1..<max(1, rule.pattern.count) {
                let text = rule.pattern.text(segment)
                for byte in text.indices where !isUnreserved(text[byte]) { add(.spelling(index)) }
            }
        }
    }

    private mutating func findPairs() {
        var ordered: [Int] = []
        for route in table.routes.indices where mayBeAllowed(route) && !isHidden(route) {
            var place = ordered.count
            while place > 0, table.routes[ordered[place - 1]].measure < table.routes[route].measure {
                place -= 1
            }
            ordered.insert(route, at: place)
        }
        for route in ordered {
            guard let other = inTheWay(of: route) else { continue }
            isFine[route] = false
            add(.notExpressible(first(route), first(other)))
        }
    }

    /// A route that a policy with this one might take away; nil: there is none.
    private func inTheWay(of route: Int) -> Int? {
        let own = table.routes[route]
        if namesSegmentBehindVariable(route) { return route }
        var found: Int?
        _ = table.hasRelation(of: route) { relation in
            let refused = relation.to
            let isBefore =
                relation.meets && !relation.isInside && table.routes[refused].rank < own.rank
            let isBeyond =
                table.isComplete && relation.closersMeeting != 0
                && (refused != route || hasVariables(route))
            if isBeyond, isLeftSilent(refused) {
                found = takenAway(byDenying: refused, isSilent: true)
                if found != nil { return true }
            }
            guard isBefore || isBeyond, mayBeRefused(refused, whenAllowed: route) else { return false }
            found = takenAway(byDenying: refused, isSilent: false)
            return found != nil
        }
        if found != nil || table.isComplete { return found }
        _ = table.hasRelation(of: route) { relation in
            guard relation.closersMeeting != 0, mayBeAllowed(relation.to), !isHidden(relation.to) else {
                return false
            }
            // With variables, what a token has of the other may not hold the excess.
            let isLarger =
                table.routes[relation.to].measure > own.measure && isFine[relation.to]
                && !hasVariables(relation.to)
            if isLarger, relation.closersMeeting & ~relation.closersInside == 0 { return false }
            found = relation.to
            return true
        }
        return found
    }

    /// Whether a `*` ends the route, and one of the segments before it is named by the token while an earlier
    /// one is not: the earlier one's `*` may then take in the name as well.
    private func namesSegmentBehindVariable(_ route: Int) -> Bool {
        let pattern = table.routes[route].pattern
        guard let last = pattern.segments.last, last.kind == .more else { return false }
        for rule in rules(route) {
            for test in table.requirement(of: rule)?.claims ?? [] {
                guard case .matchesVariable(let named) = test.condition else { continue }
                for segment in 0..<named where pattern.segments[segment].kind == .one { return true }
            }
        }
        return false
    }

    /// A route that may be allowed where another's glob is denied, and shares something with it.
    private func takenAway(byDenying refused: Int, isSilent: Bool) -> Int? {
        if hasVariables(refused) { return refused }
        var found: Int?
        _ = table.hasRelation(of: refused) { relation in
            guard relation.to != refused, mayBeAllowed(relation.to), !isHidden(relation.to),
                isSilent || mayBeRefused(refused, whenAllowed: relation.to)
            else { return false }
            let isBefore = isSilent || table.routes[relation.to].rank < table.routes[refused].rank
            guard isBefore ? relation.globMeets : relation.closersMeeting != 0 else { return false }
            found = relation.to
            return true
        }
        return found
    }
}

extension RouteTable {
    /// The ends of the ARNs in the policy of a token that meets every rule, but for variables: of those nothing
    /// is known before there is a token.
    public var policyOfAll: (allowed: [[UInt8]], denied: [[UInt8]]) {
        let policy = RoutePolicy(TokenRoutes(meetingAll: self), called: nil, call: SegmentPattern())
        return (policy.allowed, policy.denied)
    }
}
