// RoutePolicy.swift - from the routes of a token to what its policy allows and denies.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer": `*` in a Resource spans
//          slashes, an explicit Deny comes before every Allow. security-checklist 28. README, "The policy".
// Secret:  no.
// Reads:   TokenRoutes, CalledRoute. Read by: RouteAnswer, RouteReport.
//
// The gateway caches a policy and holds it against other requests too, so it names every route that the
// token may call. An ARN's `*` takes in more than a variable; what is too much is denied again, if that takes
// nothing away that the rules allow. If it would, the route is left out, unless it is the one that was called.
//
// Why the result never allows too much. Take a request that an allowed glob takes in and no Deny does, and of
// the routes whose globs do so the one with the largest measure. If the request is one of that route's, no refused route
// of a smaller rank has it, for its glob would be denied; so the rules allow it. If not, one of the route's closers has
// it; that is no Deny, so it lies within the glob of an allowed route with a larger measure, and there is none.

import Bytes

/// The ends of a policy's ARNs, behind the stage.
struct RoutePolicy: Sendable {
    private(set) var allowed: [[UInt8]] = []
    private(set) var denied: [[UInt8]] = []
    /// Whether an ARN has a `*`: then what is no plain path must be denied.
    private(set) var hasWildcard = false
    /// Unreserved characters, bit for bit, whose escapes must be denied: with them a request could be spelled
    /// otherwise than a Deny.
    private(set) var escapes: (low: UInt64, high: UInt64) = (0, 0)
    /// Whether the called request is itself an entry, in the place of its route.
    private(set) var namesCall = false
    /// Allowed routes that are not in it, because it cannot tell them from others.
    private(set) var leftOut: [Int] = []

    private let routes: TokenRoutes
    /// Allowed, and not hidden behind a route of a smaller rank.
    private var isReached: [Bool]
    /// In the policy, with its glob.
    private var isWide: [Bool]
    /// What is denied: a route, and which of its closers; nil: its own glob.
    private var denials: [Denial] = []

    private struct Denial: Sendable {
        let route: Int
        let closer: Int?
    }

    /// - Parameters:
    ///   - called: the route that decides the call, if it is allowed.
    ///   - call: the call.
    init(_ routes: TokenRoutes, called: Int?, call: SegmentPattern) {
        self.routes = routes
        isWide = [Bool](repeating: false, count: routes.states.count)
        isReached = isWide
        let ordered = Self.allowedByMeasure(routes)
        for route in ordered { isReached[route] = true }
        for route in ordered {
            var further: [Denial] = []
            if collectDenials(route, &further, evenIfTaking: false) {
                isWide[route] = true
                add(further, for: route)
            } else {
                leftOut.append(route)
            }
        }
        if let called, !isWide[called] { nameCalled(called, call) }
        write()
    }

    /// The allowed routes that are reached at all, those with the largest measure first.
    private static func allowedByMeasure(_ routes: TokenRoutes) -> [Int] {
        var ordered: [Int] = []
        for route in routes.states.indices where routes.isAllowed(route) {
            let rank = routes[route].rank
            let isHidden = routes.hasRelation(of: route) { relation in
                guard relation.isInside, routes[relation.to].rank < rank else { return false }
                return routes.isAllowed(relation.to) || routes.isRefused(relation.to)
            }
            if isHidden { continue }
            var place = ordered.count
            while place > 0, routes[ordered[place - 1]].measure < routes[route].measure { place -= 1 }
            ordered.insert(route, at: place)
        }
        return ordered
    }

    // MARK: Denials

    /// What must be denied beside a route's glob.
    ///
    /// - Returns: whether that takes nothing away. If not, and not `evenIfTaking`, `denials` are incomplete.
    private func collectDenials(_ route: Int, _ denials: inout [Denial], evenIfTaking: Bool) -> Bool {
        let own = routes[route]
        var found: [Denial] = []
        var isHarmless = true
        // What rules of a smaller rank refuse.
        _ = routes.hasRelation(of: route) { relation in
            let isRefused = routes.isRefused(relation.to)
            let isBefore = isRefused && relation.meets && routes[relation.to].rank < own.rank
            // What the glob takes in of a route besides, if that is not closed as a whole.
            let isBeyond =
                routes.table.isComplete && relation.closersMeeting != 0
                && (isRefused || routes.isLeftSilent(relation.to))
            guard isBefore || isBeyond else { return false }
            if isHarmless, takesAway(refused: relation.to) { isHarmless = false }
            found.append(Denial(route: relation.to, closer: nil))
            return !isHarmless && !evenIfTaking
        }
        if !routes.table.isComplete {
            for closer in own.closers.indices where isHarmless || evenIfTaking {
                let bit: UInt64 = 1 << UInt64(closer)
                let isDelegated = routes.hasRelation(of: route) { relation in
                    relation.closersInside & bit != 0 && isWide[relation.to]
                        && routes[relation.to].measure > own.measure
                }
                if isDelegated { continue }
                let takes = routes.hasRelation(of: route) { relation in
                    relation.closersMeeting & bit != 0 && isReached[relation.to]
                }
                if takes { isHarmless = false }
                found.append(Denial(route: route, closer: closer))
            }
        }
        denials = found
        return isHarmless
    }

    /// Whether denying a refused route's glob takes an allowed request away.
    private func takesAway(refused: Int) -> Bool {
        // Where rules are silent, nothing of a larger rank is lost to them.
        let rank = routes.isRefused(refused) ? routes[refused].rank : .max
        return routes.hasRelation(of: refused) { relation in
            guard isReached[relation.to] else { return false }
            // A route of a smaller rank keeps what the two share; one of a larger has lost it anyway.
            if routes[relation.to].rank < rank { return relation.globMeets }
            return relation.closersMeeting != 0
        }
    }

    private mutating func add(_ further: [Denial], for route: Int) {
        for denial in further {
            if denial.closer == nil {
                noteEscapes(routes[denial.route].pattern, besides: routes[route].pattern)
            }
            let isKnown = denials.contains { $0.route == denial.route && $0.closer == denial.closer }
            if !isKnown { denials.append(denial) }
        }
    }

    /// The route that was called, although it gets in others' way: with what must be denied beside it. If
    /// that would deny the call as well, the call alone.
    private mutating func nameCalled(_ called: Int, _ call: SegmentPattern) {
        var further: [Denial] = []
        _ = collectDenials(called, &further, evenIfTaking: true)
        for denial in further where glob(denial).includes(call) {
            namesCall = true
            return
        }
        isWide[called] = true
        add(further, for: called)
    }

    private func glob(_ denial: Denial) -> SegmentPattern {
        let route = routes[denial.route]
        return denial.closer.map { route.closers[$0] } ?? route.glob
    }

    // MARK: What is written

    private mutating func write() {
        for route in isWide.indices where isWide[route] {
            // Another's glob may hold this one's.
            let isHeld = routes.hasRelation(of: route) { relation in
                guard relation.globIsInside, isWide[relation.to], relation.to != route else { return false }
                let (own, other) = (routes[route].measure, routes[relation.to].measure)
                return !routes[relation.to].glob.isSame(as: routes[route].glob)
                    || (other, relation.to) > (own, route)
            }
            if isHeld { continue }
            allowed.append(routes[route].resource)
            if !routes[route].pattern.isLiteral { hasWildcard = true }
        }
        for denial in denials { denied.append(resource(denial)) }
    }

    /// Drops what is denied already by another glob.
    mutating func dropHeldDenials() {
        var kept: [Denial] = []
        for (index, denial) in denials.enumerated() {
            let own = glob(denial)
            var isHeld = false
            for (other, further) in denials.enumerated() where other != index {
                let holder = glob(further)
                if holder.includes(own), !own.includes(holder) || other < index { isHeld = true }
            }
            if !isHeld { kept.append(denial) }
        }
        denials = kept
        denied = kept.map { resource($0) }
    }

    private func resource(_ denial: Denial) -> [UInt8] {
        let route = routes[denial.route]
        return denial.closer.map { route.closerResources[$0] } ?? route.resource
    }

    /// A refused request may be spelled with escapes of the letters of its path; but for those at its beginning
    /// that the allowed route has too, for with them that takes in nothing.
    private mutating func noteEscapes(_ pattern: SegmentPattern, besides allowed: SegmentPattern) {
        var first = 1
        while first < min(pattern.count, allowed.count), pattern.segments[first].kind == .literal,
            allowed.segments[first].kind == .literal
        { first += 1 }
        for segment in stride(from: first, to: pattern.count, by: 1) {
            let text = pattern.text(segment)
            for index in text.indices where isUnreserved(text[index]) {
                if text[index] < 64 {
                    escapes.low |= 1 << UInt64(text[index])
                } else {
                    escapes.high |= 1 << UInt64(text[index] - 64)
                }
            }
        }
    }
}
