// RouteDecision.swift - what a token may call, and whether that is what was called.
//
// Spec:    README "Rules"; security-checklist 28.
// Secret:  claim values, of which some become part of patterns.
// Reads:   RouteTable, Requirement, Limits. Read by: RoutePolicy, RouteAnswer, explain.

import Bytes
import JSON

/// Which rule decided, and the part of it that was not met.
public struct RouteFinding: Equatable, Sendable {
    /// The rule's place in the document's `routes`; nil for its `default`.
    public let place: Int?
    public let unmet: Requirement.Part?
}

/// What the rules say about one route for one token.
enum RouteState: Sendable {
    /// By the rule at this place of the table.
    case allowed(rule: Int)
    /// `unmet` is nil for a rule that denies.
    case refused(rule: Int, unmet: Requirement.Part?)
    /// Only rules that deny under a condition which the token does not meet: the next route decides.
    case silent
}

/// The routes of a table as one token has them.
final class TokenRoutes {
    let table: RouteTable
    /// One for each route of the table, then one for each of `bound`.
    private(set) var states: [RouteState] = []
    /// Patterns with values of the token in place of variables, and the routes that they are cut from.
    private(set) var bound: [Route] = []
    private(set) var parents: [Int] = []
    /// Of each route, as the table has them; longer where there are bound ones.
    private var relations: [[RouteRelation]]
    /// Whether a claim has more values than are named: then the called one alone is.
    private(set) var hasMoreValues = false
    /// Of AppSync's fields those that are refused, by a rule of each.
    private(set) var deniedFields: [Int] = []

    /// - Parameters:
    ///   - facts: what the token has; nil: there is no token.
    ///   - call: what is called, so that its value is among those that are named.
    init(_ table: RouteTable, _ facts: TokenFacts?, call: SegmentPattern) {
        self.table = table
        relations = table.relations
        states.reserveCapacity(table.routes.count + 4)
        // Once for each requirement, however many routes ask it.
        var unmet: [Requirement.Part?] = []
        if let facts {
            unmet.reserveCapacity(table.requirements.count)
            for requirement in table.requirements { unmet.append(requirement.unmetPart(facts)) }
        }
        for index in table.routes.indices {
            states.append(state(table.routes[index].rules, of: index, facts, unmet, call))
        }
        for rules in table.fields {
            // A field has no variables, so no route is bound.
            if case .refused = state(rules, of: 0, facts, unmet, call) {
                deniedFields.append(rules.lowerBound)
            }
        }
        guard !bound.isEmpty else { return }
        for route in bound { states.append(.allowed(rule: route.rules.lowerBound)) }
        relateBound()
    }

    /// As a token has them that meets every rule that allows and none that denies under a condition.
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
        _ call: SegmentPattern
    ) -> RouteState {
        var refused: RouteState?
        for place in rules {
            let rule = table.rules[place]
            if rule.effect == .public { return .allowed(rule: place) }
            guard let facts else {
                // Without a token a condition is met by nobody, and an allowing rule by nobody either.
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
            bind(index, place, requirement, facts.claims, call)
            if refused == nil { refused = .refused(rule: place, unmet: .claim(test)) }
        }
        return refused ?? .silent
    }

    // MARK: Variables that a claim must match

    /// Adds the route with each value that the token has for its variables.
    private func bind(
        _ index: Int, _ rule: Int, _ requirement: Requirement, _ claims: JSONValue, _ call: SegmentPattern
    ) {
        let route = table.routes[index]
        var segments: [Int] = []
        var values: [[[UInt8]]] = []
        for test in requirement.claims {
            guard test.condition == .matchesVariable else { continue }
            let segment = Int(test.number)
            let found = test.segmentValues(in: claims)
            if let known = segments.firstIndex(of: segment) {
                // Two claims must match one variable: what both have.
                values[known] = values[known].filter { holds(found, $0.span) }
            } else {
                segments.append(segment)
                values.append(found)
            }
        }
        var count = 1
        for list in values { count = min(count * list.count, 1 << 20) }
        if count > AuthorizerLimits.boundRouteCount - bound.count {
            hasMoreValues = true
            guard route.pattern.matches(call) else { return }
            for position in segments.indices {
                let called = call.text(segments[position])
                guard holds(values[position], called) else { return }
                values[position] = [[UInt8](called)]
            }
            count = 1
        }
        for choice in 0..<count {
            var pattern = route.pattern
            // The digits of `choice`, with the lists' lengths for bases.
            var digits = choice
            for position in segments.indices {
                let value = values[position][digits % values[position].count]
                digits /= values[position].count
                pattern = pattern.replacing(segments[position], with: value.span)
            }
            append(pattern, rule, index, route.rank - 1)
        }
    }

    private func append(_ pattern: SegmentPattern, _ rule: Int, _ parent: Int, _ rank: Int) {
        for known in bound where known.pattern.isSame(as: pattern) { return }
        bound.append(Route(pattern, rules: rule..<(rule + 1), rank: rank))
        parents.append(parent)
    }

    private func holds(_ list: [[UInt8]], _ value: Span<UInt8>) -> Bool {
        for entry in list where bytesEqual(entry.span, value) { return true }
        return false
    }

    private func relateBound() {
        let first = table.routes.count
        for index in bound.indices {
            relations.append([])
            // What shares something with a part of a route shares it with the route.
            for relation in table.relations[parents[index]] {
                relate(first + index, relation.to)
                relate(relation.to, first + index)
            }
        }
        for index in bound.indices {
            for other in bound.indices { relate(first + index, first + other) }
        }
    }

    private func relate(_ from: Int, _ to: Int) {
        RouteRelation.append(from, self[from], to, self[to], &relations[from])
    }

    // MARK: Questions

    /// A route of the table, or one of `bound` behind them.
    subscript(index: Int) -> Route {
        index < table.routes.count ? table.routes[index] : bound[index - table.routes.count]
    }

    /// Of a route those that share something with its glob, itself among them.
    func relations(of route: Int) -> [RouteRelation] { relations[route] }

    func isAllowed(_ route: Int) -> Bool {
        if case .allowed = states[route] { return true }
        return false
    }

    func isRefused(_ route: Int) -> Bool {
        if case .refused = states[route] { return true }
        return false
    }

    /// Whether a route is silent, and no single one behind it decides all its requests.
    func isLeftSilent(_ route: Int) -> Bool {
        guard case .silent = states[route] else { return false }
        for relation in relations[route] where relation.isInside {
            if isAllowed(relation.to) || isRefused(relation.to) { return false }
        }
        return true
    }

    /// The first route that has something to say about a call; nil: none has.
    func deciding(_ call: SegmentPattern) -> Int? {
        for index in table.routes.indices where table.routes[index].pattern.matches(call) {
            switch states[index] {
            case .silent: continue
            case .allowed: return index
            case .refused:
                for place in bound.indices where parents[place] == index && bound[place].pattern.matches(call)
                {
                    return table.routes.count + place
                }
                return index
            }
        }
        return nil
    }

    func finding(_ route: Int) -> RouteFinding? {
        switch states[route] {
        case .allowed(let rule): RouteFinding(place: table.rules[rule].place, unmet: nil)
        case .refused(let rule, let part): RouteFinding(place: table.rules[rule].place, unmet: part)
        case .silent: nil
        }
    }
}
