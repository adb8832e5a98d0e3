// RouteDecision.swift - the routes that a token may call, and the route that decides a call.
//
// Spec:    README "Rules"; AUDIT 28.
// Secret:  claim values, of which some become part of patterns.
// Reads:   RouteTable, Requirement, Limits; Bytes, JSON. Read by: RoutePolicy, explain; Authorizer (RouteAnswer).

import Bytes
import JSON

/// The rule that decided, and the part of it that was not met.
public struct RouteFinding: Equatable, Sendable {
    /// The rule's index in the document's `routes`; nil for its `default`.
    public let place: Int?
    public let unmet: Requirement.Part?
}

/// The result of the rules of one route for one token.
enum RouteState: Sendable {
    /// Allowed by the rule at this index of the table.
    case allowed(rule: Int)
    /// Refused; `unmet` is nil for a rule that denies.
    case refused(rule: Int, unmet: Requirement.Part?)
    /// The route has only denying rules whose conditions the token does not meet. The next route decides.
    case silent
}

/// The routes of a table, evaluated for one token.
final class TokenRoutes {
    let table: RouteTable
    /// One state for each route of the table, then one for each of `bound`.
    private(set) var states: [RouteState] = []
    /// Patterns whose variables are replaced by values of the token. `parents` has the route of each one, and `boundSegments`
    /// the segments that were replaced.
    private(set) var bound: [Route] = []
    private(set) var parents: [Int] = []
    private var boundSegments: [[Int]] = []
    /// The relations of each route: those of the table, extended by those of bound routes.
    private var relations: [[RouteRelation]]
    /// The rules with a claim that has more values than a policy can name. Of these values, only the called one is named.
    private(set) var rulesWithMoreValues: [Int] = []
    var hasMoreValues: Bool { !rulesWithMoreValues.isEmpty }
    /// The refused AppSync fields, each by one of its rules.
    private(set) var deniedFields: [Int] = []

    /// - Parameters:
    ///   - facts: the token's properties; nil without a token.
    ///   - call: the call, decoded. Its value is always among the values that a policy names.
    ///   - form: the same call in the form of the table; nil: also decoded.
    init(_ table: RouteTable, _ facts: TokenFacts?, call: SegmentPattern, form: SegmentPattern? = nil) {
        self.table = table
        relations = table.relations
        states.reserveCapacity(table.routes.count + 4)
        // Evaluated once for each requirement, however many routes use it.
        var unmet: [Requirement.Part?] = []
        if let facts {
            unmet.reserveCapacity(table.requirements.count)
            for requirement in table.requirements { unmet.append(requirement.unmetPart(facts)) }
        }
        for index in table.routes.indices {
            states.append(state(table.routes[index].rules, of: index, facts, unmet, call, form ?? call))
        }
        for rules in table.fields {
            // A field has no variables, so no route is bound.
            if case .refused = state(rules, of: 0, facts, unmet, call, form ?? call) {
                deniedFields.append(rules.lowerBound)
            }
        }
        guard !bound.isEmpty else { return }
        for route in bound { states.append(.allowed(rule: route.rules.lowerBound)) }
        addBoundRelations()
    }

    /// The routes for a token that meets every allowing rule and no condition of a denying rule.
    init(meetingAll table: RouteTable) {
        self.table = table
        relations = table.relations
        for route in table.routes {
            var state = RouteState.silent
            for place in route.rules {
                let rule = table.rules[place]
                if rule.effect != .deny {
                    state = .allowed(rule: place)
                } else if rule.requirement == nil {
                    state = .refused(rule: place, unmet: nil)
                    break
                }
            }
            states.append(state)
        }
    }

    private func state(
        _ rules: Range<Int>, of index: Int, _ facts: TokenFacts?, _ unmet: [Requirement.Part?],
        _ call: SegmentPattern, _ form: SegmentPattern
    ) -> RouteState {
        var refused: RouteState?
        for place in rules {
            let rule = table.rules[place]
            if rule.effect == .public { return .allowed(rule: place) }
            guard let facts else {
                // Without a token, no condition and no allowing rule is met.
                if rule.effect == .allow || rule.requirement == nil {
                    if refused == nil { refused = .refused(rule: place, unmet: nil) }
                    if rule.effect == .deny { break }
                }
                continue
            }
            let part = rule.requirement.flatMap { unmet[$0] }
            if rule.effect == .deny {
                if part == nil { return .refused(rule: place, unmet: nil) }
                continue
            }
            if let part {
                if refused == nil { refused = .refused(rule: place, unmet: part) }
                continue
            }
            guard let requirement = table.requirement(of: rule), let test = requirement.firstVariable else {
                return .allowed(rule: place)
            }
            bind(index, place, requirement, facts.claims, call, form)
            if refused == nil { refused = .refused(rule: place, unmet: .claim(test)) }
        }
        return refused ?? .silent
    }

    // MARK: Variables that a claim must match

    /// Adds the route once for each value that the token has for its variables.
    private func bind(
        _ index: Int, _ rule: Int, _ requirement: Requirement, _ claims: JSONValue, _ call: SegmentPattern,
        _ form: SegmentPattern
    ) {
        let route = table.routes[index]
        var segments: [Int] = []
        var values: [[[UInt8]]] = []
        for test in requirement.claims {
            guard test.condition == .matchesVariable else { continue }
            let segment = Int(test.number)
            let found = test.segmentValues(in: claims)
            if let known = segments.firstIndex(of: segment) {
                // Two claims must match one variable: only common values count, or the called value if the
                // lists are too long to compare.
                if values[known].count * found.count <= RouteLimits.comparedValueCount {
                    values[known] = values[known].filter { found.contains($0.span) }
                } else {
                    rulesWithMoreValues.append(rule)
                    let called = segment < call.count ? [UInt8](call.text(segment)) : []
                    let isHeld = found.contains(called.span) && values[known].contains(called.span)
                    values[known] = isHeld ? [called] : []
                }
            } else {
                segments.append(segment)
                values.append(found)
            }
        }
        var count = 1
        for list in values { count = min(count * list.count, 1 << 20) }
        if count > RouteLimits.boundRouteCount - bound.count {
            rulesWithMoreValues.append(rule)
            guard route.pattern.matches(form) else { return }
            for position in segments.indices {
                guard segments[position] < call.count else { return }
                let called = call.text(segments[position])
                guard values[position].contains(called) else { return }
                values[position] = [[UInt8](called)]
            }
            count = 1
        }
        for choice in 0..<count {
            var pattern = route.pattern
            // The digits of `choice` in a mixed radix: the lengths of the lists.
            var digits = choice
            for position in segments.indices {
                let value = values[position][digits % values[position].count]
                digits /= values[position].count
                pattern = pattern.replacing(segments[position], with: value.span)
            }
            append(pattern, rule, index, segments)
        }
    }

    private func append(_ pattern: SegmentPattern, _ rule: Int, _ parent: Int, _ segments: [Int]) {
        for known in bound where known.pattern.isSame(as: pattern) { return }
        let route = table.routes[parent]
        bound.append(
            Route(
                pattern, rules: rule..<(rule + 1), rank: route.rank - 1,
                hasUnusualSpelling: route.hasUnusualSpelling,
                isMixed: route.isMixed))
        parents.append(parent)
        boundSegments.append(segments)
    }

    private func addBoundRelations() {
        let first = table.routes.count
        for index in bound.indices {
            relations.append([])
            // A relation of a bound route is also a relation of the route that it comes from.
            for relation in table.relations[parents[index]] {
                addRelation(first + index, relation.to)
                addRelation(relation.to, first + index)
            }
        }
        for index in bound.indices {
            for other in bound.indices { addRelation(first + index, first + other) }
        }
    }

    private func addRelation(_ from: Int, _ to: Int) {
        RouteRelation.append(from, self[from], to, self[to], &relations[from])
    }

    // MARK: Questions

    /// A route of the table, or of `bound`, whose indices follow those of the table.
    subscript(index: Int) -> Route {
        index < table.routes.count ? table.routes[index] : bound[index - table.routes.count]
    }

    /// The routes that share requests with a route's glob, including the route itself.
    func relations(of route: Int) -> [RouteRelation] { relations[route] }

    func isAllowed(_ route: Int) -> Bool {
        if case .allowed = states[route] { return true }
        return false
    }

    func isRefused(_ route: Int) -> Bool {
        if case .refused = states[route] { return true }
        return false
    }

    /// Whether a policy may allow a route. It may not if the route's rules are different paths in normal form.
    func policyAllows(_ route: Int) -> Bool { isAllowed(route) && !self[route].isMixed }

    /// Whether a policy must deny a route.
    func policyRefuses(_ route: Int) -> Bool {
        isRefused(route) || (isAllowed(route) && self[route].isMixed)
    }

    /// Whether a route is silent, and no single later route decides all its requests.
    func isUndecided(_ route: Int) -> Bool {
        guard case .silent = states[route] else { return false }
        for relation in relations[route] where relation.isInside {
            if isAllowed(relation.to) || isRefused(relation.to) { return false }
        }
        return true
    }

    /// The first route that decides a call; nil if no route does.
    ///
    /// - Parameters:
    ///   - call: the call in the form of the table, normal or decoded.
    ///   - decoded: the same call decoded, to compare with values of claims.
    func deciding(_ call: SegmentPattern, decoded: SegmentPattern) -> Int? {
        for index in table.routes.indices where table.routes[index].pattern.matches(call) {
            switch states[index] {
            case .silent: continue
            case .allowed: return index
            case .refused:
                for place in bound.indices where parents[place] == index && hasValues(place, decoded) {
                    return table.routes.count + place
                }
                return index
            }
        }
        return nil
    }

    /// Whether a call that matches the route has the values of a bound pattern.
    private func hasValues(_ place: Int, _ decoded: SegmentPattern) -> Bool {
        let pattern = bound[place].pattern
        for segment in boundSegments[place]
        where !bytesEqual(pattern.text(segment), decoded.text(segment)) {
            return false
        }
        return true
    }

    func finding(_ route: Int) -> RouteFinding? {
        switch states[route] {
        case .allowed(let rule): RouteFinding(place: table.rules[rule].place, unmet: nil)
        case .refused(let rule, let part): RouteFinding(place: table.rules[rule].place, unmet: part)
        case .silent: nil
        }
    }
}
