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
    /// What to know of a rule, or of two; places are those in `lines`.
    public struct Warning: Sendable {
        public enum Kind: Sendable {
            /// A policy that allows the first would, for some tokens, allow too much or take the second away: the
            /// first is named in answers to its own calls alone.
            case notExpressible
            /// The second is the first with a slash at the end.
            case twins
            /// No token is needed.
            case isPublic
            /// A character that may also be sent escaped, which is another path.
            case spelling
        }

        public let kind: Kind
        public let rule: Int
        public let other: Int
    }

    /// A rule, by its place in the document; nil for the default.
    public struct Line: Sendable {
        public let place: Int?
        public let route: [UInt8]
        public let effect: StaticString
    }

    /// In the order in which they are tried.
    public private(set) var lines: [Line] = []
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
            if warning.kind == .notExpressible { return false }
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

    private mutating func add(_ kind: Warning.Kind, _ rule: Int, _ other: Int = 0) {
        for known in warnings where known.kind == kind && known.rule == rule && known.other == other {
            return
        }
        warnings.append(Warning(kind: kind, rule: rule, other: other))
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

    /// Whether a route of a smaller rank decides all that this one matches: a verb that was written out may stand
    /// behind a rule of its own. (No rule as it is written is hidden: what is inside another comes before it.)
    private func isHidden(_ route: Int) -> Bool {
        for relation in table.relations[route] where relation.isInside {
            if table.routes[relation.to].rank < table.routes[route].rank, alwaysDecides(relation.to) {
                return true
            }
        }
        return false
    }

    /// Bit for bit: the closers of variables that not every rule which allows has the token name.
    private func openClosers(_ route: Int) -> UInt64 {
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

    /// Whether rules may be silent, and no single route behind them decides all their requests.
    private func isLeftSilent(_ route: Int) -> Bool {
        guard !alwaysDecides(route) else { return false }
        for relation in table.relations[route] where relation.isInside && relation.to != route {
            if alwaysDecides(relation.to) { return false }
        }
        return true
    }

    // MARK: Warnings

    private mutating func findReach() {
        for (index, rule) in table.rules.enumerated() where rule.effect == .public { add(.isPublic, index) }
        for route in table.routes.indices {
            for other in table.routes.indices where isTwin(table.routes[route], table.routes[other]) {
                add(.twins, first(route), first(other))
            }
        }
    }

    private func first(_ route: Int) -> Int { table.routes[route].rules.lowerBound }

    private func isWrittenAsIs(_ route: Route) -> Bool {
        table.rules[route.rules.lowerBound].pattern.isSame(as: route.pattern)
    }

    /// The second is the first with a slash behind.
    private func isTwin(_ a: Route, _ b: Route) -> Bool {
        guard b.pattern.count == a.pattern.count + 1, isWrittenAsIs(b) else { return false }
        var longer = a.pattern
        longer.appendEmpty()
        return longer.isSame(as: b.pattern)
    }

    private mutating func findSpelling() {
        for (index, rule) in table.rules.enumerated() {
            let pattern = rule.pattern
            for segment in 1..<max(1, pattern.count) {
                let text = pattern.text(segment)
                for byte in text.indices where !isUnreserved(text[byte]) { add(.spelling, index) }
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
            add(.notExpressible, first(route), first(other))
        }
    }

    /// A route that a policy with this one might take away; nil: there is none.
    private func inTheWay(of route: Int) -> Int? {
        let own = table.routes[route]
        if namesSegmentBehindVariable(route) { return route }
        let open = openClosers(route)
        for relation in table.relations[route] {
            let refused = relation.to
            let isBefore =
                relation.meets && !relation.isInside && table.routes[refused].rank < own.rank
            let isBeyond =
                table.isComplete && relation.closersMeeting & open != 0
                && (refused != route || hasVariables(route))
            if isBeyond, isLeftSilent(refused), let found = takenAway(byDenying: refused, isSilent: true) {
                return found
            }
            guard isBefore || isBeyond, mayBeRefused(refused, whenAllowed: route) else { continue }
            // What the Deny would take of the route itself it takes for the other's sake.
            if let found = takenAway(byDenying: refused, isSilent: false) {
                return found == route ? refused : found
            }
        }
        if table.isComplete { return nil }
        for relation in table.relations[route] where relation.closersMeeting & open != 0 {
            guard mayBeAllowed(relation.to), !isHidden(relation.to) else { continue }
            // With variables, what a token has of the other may not hold the excess.
            let isLarger =
                table.routes[relation.to].measure > own.measure && isFine[relation.to]
                && !hasVariables(relation.to)
            if isLarger, relation.closersMeeting & open & ~relation.closersInside == 0 { continue }
            return relation.to
        }
        return nil
    }

    /// Whether a `*` ends the route, and one of the segments before it is named by the token while an earlier
    /// one is not: the earlier one's `*` may then take in the name as well.
    private func namesSegmentBehindVariable(_ route: Int) -> Bool {
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

    /// A route that may be allowed where another's glob is denied, and shares something with it.
    private func takenAway(byDenying refused: Int, isSilent: Bool) -> Int? {
        if hasVariables(refused) { return refused }
        for relation in table.relations[refused] where relation.to != refused {
            guard mayBeAllowed(relation.to), !isHidden(relation.to),
                isSilent || mayBeRefused(refused, whenAllowed: relation.to)
            else { continue }
            let isBefore = isSilent || table.routes[relation.to].rank < table.routes[refused].rank
            if isBefore ? relation.globMeets : relation.closersMeeting != 0 { return relation.to }
        }
        return nil
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
