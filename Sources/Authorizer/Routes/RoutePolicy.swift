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
final class RoutePolicy {
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
            }
        }
        for route in ordered where !isIn(route) { leftOut.append(route) }
        if let called, !isIn(called) { nameCalled(called, call) }
        write()
    }

    /// Whether the policy has all of a route: by its own glob, or by one around it, of which no Deny takes what is
    /// allowed.
    private func isIn(_ route: Int) -> Bool {
        for relation in routes.relations(of: route) where relation.globIsInside && isWide[relation.to] {
            return true
        }
        return false
    }

    /// The allowed routes that are reached at all, those with the largest measure first.
    private static func allowedByMeasure(_ routes: TokenRoutes) -> [Int] {
        var ordered: [Int] = []
        for route in routes.states.indices where routes.isAllowed(route) {
            if isHidden(route, routes) { continue }
            var place = ordered.count
            while place > 0, routes[ordered[place - 1]].measure < routes[route].measure { place -= 1 }
            ordered.insert(route, at: place)
        }
        return ordered
    }

    private static func isHidden(_ route: Int, _ routes: TokenRoutes) -> Bool {
        let rank = routes[route].rank
        for relation in routes.relations(of: route) where relation.isInside {
            guard routes[relation.to].rank < rank else { continue }
            if routes.isAllowed(relation.to) || routes.isRefused(relation.to) { return true }
        }
        return false
    }

    // MARK: Denials

    /// What must be denied beside a route's glob.
    ///
    /// - Returns: whether that takes nothing away. If not, and not `evenIfTaking`, they are incomplete.
    private func collectDenials(_ route: Int, _ denials: inout [Denial], evenIfTaking: Bool) -> Bool {
        let own = routes[route]
        var isHarmless = true
        for relation in routes.relations(of: route) {
            let isRefused = routes.isRefused(relation.to)
            // What rules of a smaller rank refuse.
            let isBefore = isRefused && relation.meets && routes[relation.to].rank < own.rank
            // What the glob takes in of a route besides, if that is not closed as a whole.
            let isBeyond =
                routes.table.isComplete && relation.closersMeeting != 0
                && (isRefused || routes.isLeftSilent(relation.to))
            guard isBefore || isBeyond else { continue }
            if isHarmless, takesAway(refused: relation.to) { isHarmless = false }
            if !isHarmless && !evenIfTaking { return false }
            denials.append(Denial(route: relation.to, closer: nil))
        }
        if routes.table.isComplete { return isHarmless }
        for closer in own.closers.indices {
            if isDelegated(closer, of: route) { continue }
            if takesAway(closer, of: route) { isHarmless = false }
            if !isHarmless && !evenIfTaking { return false }
            denials.append(Denial(route: route, closer: closer))
        }
        return isHarmless
    }

    /// Whether what a closer has is the affair of a larger route's glob.
    private func isDelegated(_ closer: Int, of route: Int) -> Bool {
        for relation in routes.relations(of: route) where relation.closersInside >> UInt64(closer) & 1 == 1 {
            if isWide[relation.to], routes[relation.to].measure > routes[route].measure { return true }
        }
        return false
    }

    /// Whether denying a closer takes an allowed request away.
    private func takesAway(_ closer: Int, of route: Int) -> Bool {
        for relation in routes.relations(of: route) where relation.closersMeeting >> UInt64(closer) & 1 == 1 {
            if isReached[relation.to] { return true }
        }
        return false
    }

    /// Whether denying a refused route's glob takes an allowed request away.
    private func takesAway(refused: Int) -> Bool {
        // Where rules are silent, nothing of a larger rank is lost to them.
        let rank = routes.isRefused(refused) ? routes[refused].rank : .max
        for relation in routes.relations(of: refused) where isReached[relation.to] {
            // A route of a smaller rank keeps what the two share; one of a larger has lost it anyway.
            let takes =
                routes[relation.to].rank < rank ? relation.globMeets : relation.closersMeeting != 0
            if takes { return true }
        }
        return false
    }

    private func add(_ further: [Denial], for route: Int) {
        for denial in further {
            if denial.closer == nil {
                noteEscapes(routes[denial.route].pattern, besides: routes[route].pattern)
            }
            if !isKnown(denial) { denials.append(denial) }
        }
    }

    private func isKnown(_ denial: Denial) -> Bool {
        for known in denials where known.route == denial.route && known.closer == denial.closer {
            return true
        }
        return false
    }

    /// The route that was called, although it gets in others' way: with what must be denied beside it. If
    /// that would deny the call as well, the call alone.
    private func nameCalled(_ called: Int, _ call: SegmentPattern) {
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

    private func write() {
        for route in isWide.indices where isWide[route] {
            if isHeld(route) { continue }
            allowed.append(routes[route].resource)
            if !routes[route].pattern.isLiteral { hasWildcard = true }
        }
        for denial in denials { denied.append(resource(denial)) }
    }

    /// Whether another's glob holds this one's.
    private func isHeld(_ route: Int) -> Bool {
        let own = routes[route]
        for relation in routes.relations(of: route) where relation.globIsInside && relation.to != route {
            guard isWide[relation.to] else { continue }
            // Of two that are the same the larger one stays.
            let other = routes[relation.to]
            if other.measure > own.measure || (other.measure == own.measure && relation.to > route)
                || !other.glob.isSame(as: own.glob)
            {
                return true
            }
        }
        return false
    }

    /// Drops what is denied already by another glob.
    func dropHeldDenials() {
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
    private func noteEscapes(_ pattern: SegmentPattern, besides allowed: SegmentPattern) {
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
