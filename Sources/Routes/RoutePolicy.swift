// RoutePolicy.swift - computes the Allows and Denies of a token's policy from its routes.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer": `*` in a Resource matches
//          slashes too, an explicit Deny overrides every Allow. AUDIT 28. README, "The policy".
// Secret:  no.
// Reads:   RouteDecision (TokenRoutes), PolicyForm, DeniedSpellings; Bytes. Read by: RouteVerdict, RouteReport.
//
// The gateway caches a policy and applies it to other requests too, so the policy names every route that the
// token may call. An ARN's `*` matches more than a variable. This excess is denied, if that removes no request that
// the rules allow. If it would, or if the policy would be too long, the route is omitted.
//
// Why the result never allows too much: take a request that an allowed glob matches and no Deny matches. Of the routes
// with such a glob, take the one with the largest measure. If the request belongs to that route, no refused route
// of a smaller rank contains it, because its glob would be denied; so the rules allow the request. If it does not belong to
// that route, one of the route's excess patterns (`excessPatterns`) contains it. That pattern is not denied, so it lies within the
// glob of an allowed route with a larger measure, which contradicts the choice.
//
// The routes are those of the decoded table (RouteTable.policyTable). An Allow is written in one spelling of its
// literals. A Deny applies to every spelling: other escapes of the bytes of its literals are denied anywhere in the path.
// So a request that matches an Allow and no Deny has the spelling of the Allow and of no Deny, and both decisions
// (CalledRoute) compare the same literals.

import Bytes

/// The routes of a policy, with the Denies that they need.
final class RoutePolicy {
    /// Allowed routes that are omitted, in the order of the table.
    private(set) var omitted: [Omission] = []

    enum OmissionCause: Sendable, Equatable {
        /// Its ARN cannot be distinguished from another route's.
        case notExpressible
        /// The policy would be too long with it.
        case tooLong
    }

    struct Omission: Sendable, Equatable {
        let route: Int
        let cause: OmissionCause
    }

    private let routes: TokenRoutes
    /// Nil: only the ARN suffixes are needed, without a limit on the length.
    private let form: PolicyForm?
    /// Whether a route is allowed and not hidden by a route of a smaller rank.
    private var isReached: [Bool]
    /// Whether the policy contains the route's glob.
    private var isNamed: [Bool]
    private var denials: [Denial] = []
    /// Escapes that are denied anywhere in the path.
    private(set) var spellings = DeniedSpellings()

    /// Wide Denies that replace several Denies; nil in a short policy.
    private var wide: WideDenials?

    /// A Deny: of a refused route, or of an excess pattern.
    private enum Denial {
        case route(Int)
        case excess(SegmentPattern)
    }

    /// - Parameters:
    ///   - form: the format of the ARNs, to compute their lengths; nil: no limit applies.
    ///   - byteLimit: the most bytes of the statements.
    ///   - called: the route of an allowed call that a policy without this parameter would not allow. It is added even if its
    ///     Denies remove other requests, and first if not all routes fit.
    init(_ routes: TokenRoutes, _ form: PolicyForm? = nil, byteLimit: Int = .max, called: Int? = nil) {
        self.routes = routes
        self.form = form
        isNamed = [Bool](repeating: false, count: routes.states.count)
        isReached = isNamed
        let ordered = Self.allowedByMeasure(routes)
        for route in ordered { isReached[route] = true }
        nameAll(ordered)
        if form != nil, byteCount > RouteLimits.statementsByteCount {
            wide = WideDenials(allowed: ordered.map { routes[$0].pattern })
            nameAll(ordered)
        }
        let expressible = isNamed
        if let called, !isIn(called), isNameable(called) {
            name(called, denials(beside: called, evenIfRemoving: true) ?? [])
        }
        if form != nil, byteCount > RouteLimits.statementsByteCount { dropHeldDenials() }
        if let form, byteCount > byteLimit { nameFittingRoutes(ordered, form, byteLimit, called) }
        for route in routes.states.indices where routes.isAllowed(route) {
            if isReached[route] ? !isIn(route) : routes.isWithheld(route) {
                omitted.append(
                    Omission(route: route, cause: expressible[route] ? .tooLong : .notExpressible))
            }
        }
    }

    /// Whether the policy allows nothing.
    var isEmpty: Bool { !isNamed.contains(true) }

    /// Whether a policy may contain a route's ARN: not if the ARN is too long, and not if the rule is oddly spelled. ARNs are
    /// written in the usual spelling, which is a different path for such a rule.
    private func isNameable(_ route: Int) -> Bool {
        if routes[route].hasUnusualSpelling { return false }
        guard let form else { return true }
        return form.longestARNByteCount(routes[route]) <= RouteLimits.resourceByteCount
    }

    /// Adds every route whose Denies remove no request that the rules allow.
    private func nameAll(_ ordered: [Int]) {
        forgetAll()
        for route in ordered where isNameable(route) {
            if let further = denials(beside: route) { name(route, further) }
        }
    }

    private func forgetAll() {
        isNamed = [Bool](repeating: false, count: isNamed.count)
        denials = []
        spellings = DeniedSpellings()
    }

    private func name(_ route: Int, _ further: [Denial]) {
        isNamed[route] = true
        addReserved(beside: route, to: &spellings)
        for denial in further {
            if case .route(let refused) = denial {
                spellings.add(routes[refused].pattern, beside: routes[route].pattern)
            }
            if !isKnown(denial) { denials.append(denial) }
        }
    }

    /// If `routes_are_complete`, the requests of other allowed routes that a glob matches are not denied. This denies them in
    /// spellings that no rule matches in normal form.
    private func addReserved(beside route: Int, to spellings: inout DeniedSpellings) {
        guard routes.table.isComplete else { return }
        for relation in routes.relations(of: route) where relation.excessMeeting != 0 {
            spellings.addReserved(routes[relation.to].pattern)
        }
    }

    /// Adds routes in the same order until the limit is reached, without routes that another route's glob contains.
    private func nameFittingRoutes(_ ordered: [Int], _ form: PolicyForm, _ byteLimit: Int, _ called: Int?) {
        var candidates: [Int] = []
        for route in ordered where isNamed[route] && !isHeld(route) && route != called {
            candidates.append(route)
        }
        if let called, isNamed[called] { candidates.insert(called, at: 0) }
        forgetAll()
        var isCompact = true
        for route in candidates {
            // An omitted route takes over no excess patterns, so the Denies are computed again.
            guard let further = denials(beside: route, evenIfRemoving: route == called) else { continue }
            if addedByteCount(route, further, form) + byteCount > byteLimit, !isCompact {
                dropHeldDenials()
                isCompact = true
            }
            guard addedByteCount(route, further, form) + byteCount <= byteLimit else { continue }
            name(route, further)
            isCompact = false
        }
        dropHeldDenials()
    }

    /// An upper bound of the bytes that a route adds to the statements.
    private func addedByteCount(_ route: Int, _ further: [Denial], _ form: PolicyForm) -> Int {
        var count = form.allowedByteCount(routes[route])
        if !hasWildcard, !routes[route].pattern.isLiteral { count += form.fixedDeniedByteCount }
        var all = spellings
        addReserved(beside: route, to: &all)
        for denial in further where !isKnown(denial) {
            if case .route(let refused) = denial {
                all.add(routes[refused].pattern, beside: routes[route].pattern)
            }
            for end in resources(denial) { count += form.deniedByteCount(end) }
        }
        return count + (all.count - spellings.count) * form.escapeByteCount
    }

    /// Whether the policy contains a whole route: by its own glob, or by a larger one whose Denies remove no allowed request.
    private func isIn(_ route: Int) -> Bool {
        for relation in routes.relations(of: route) where relation.globIsInside && isNamed[relation.to] {
            if relation.to == route || !routes[route].hasUnusualSpelling { return true }
        }
        return false
    }

    /// The allowed routes that are not hidden, sorted by descending measure.
    private static func allowedByMeasure(_ routes: TokenRoutes) -> [Int] {
        var ordered: [Int] = []
        for route in routes.states.indices where routes.policyAllows(route) {
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
            if routes.policyAllows(relation.to) || routes.policyRefuses(relation.to) { return true }
        }
        return false
    }

    // MARK: Denials

    /// The Denies that a route's glob needs; nil if they would remove a request that the rules allow, unless `evenIfRemoving`.
    private func denials(beside route: Int, evenIfRemoving: Bool = false) -> [Denial]? {
        var denials: [Denial] = []
        let own = routes[route]
        for relation in routes.relations(of: route) {
            let isRefused = routes.policyRefuses(relation.to)
            // Requests that rules of a smaller rank refuse.
            let isBefore = isRefused && relation.meets && routes[relation.to].rank < own.rank
            // Requests of another route that the glob matches, if the excess is not denied as a whole.
            let isBeyond =
                routes.table.isComplete && relation.excessMeeting != 0
                && (isRefused || routes.isUndecided(relation.to) || routes[relation.to].hasUnusualSpelling)
            guard isBefore || isBeyond else { continue }
            if !evenIfRemoving, removesAllowed(refused: relation.to) { return nil }
            denials.append(.route(relation.to))
        }
        if routes.table.isComplete { return denials }
        for excessPattern in own.excessPatterns.indices {
            if isDelegated(excessPattern, of: route) { continue }
            if !evenIfRemoving, removesAllowed(excessPattern, of: route) { return nil }
            denials.append(
                .excess(wide?.widest(own.excessPatterns[excessPattern]) ?? own.excessPatterns[excessPattern]))
        }
        return denials
    }

    /// Whether a larger route's glob contains an excess pattern, which then needs no Deny here.
    private func isDelegated(_ excessPattern: Int, of route: Int) -> Bool {
        for relation in routes.relations(of: route)
        where relation.excessInside >> UInt64(excessPattern) & 1 == 1 {
            if isNamed[relation.to], routes[relation.to].measure > routes[route].measure { return true }
        }
        return false
    }

    /// Whether denying an excess pattern removes an allowed request.
    private func removesAllowed(_ excessPattern: Int, of route: Int) -> Bool {
        for relation in routes.relations(of: route)
        where relation.excessMeeting >> UInt64(excessPattern) & 1 == 1 {
            if isReached[relation.to] { return true }
        }
        return false
    }

    /// Whether denying a refused route's glob removes an allowed request.
    private func removesAllowed(refused: Int) -> Bool {
        // A silent route refuses nothing, so the routes of a larger rank still decide its requests.
        let rank = routes.policyRefuses(refused) ? routes[refused].rank : .max
        for relation in routes.relations(of: refused) where isReached[relation.to] {
            // A route of a smaller rank decides the common requests. A route of a larger rank does not decide them anyway.
            let removes =
                routes[relation.to].rank < rank ? relation.globMeets : relation.excessMeeting != 0
            if removes { return true }
        }
        return false
    }

    private func isKnown(_ denial: Denial) -> Bool {
        for known in denials {
            switch (known, denial) {
            case (.route(let a), .route(let b)): if a == b { return true }
            case (.excess(let a), .excess(let b)): if a.isSame(as: b) { return true }
            default: continue
            }
        }
        return false
    }

    private func glob(_ denial: Denial) -> SegmentPattern {
        switch denial {
        case .route(let route): routes[route].glob
        case .excess(let pattern): pattern
        }
    }

    /// Removes Denies that another Deny contains.
    func dropHeldDenials() {
        var kept: [Denial] = []
        for (index, denial) in denials.enumerated() {
            let own = glob(denial)
            var isHeld = false
            for (other, further) in denials.enumerated() where other != index {
                guard holds(further, denial) else { continue }
                let holder = glob(further)
                if holder.includes(own), !own.includes(holder) || other < index { isHeld = true }
            }
            if !isHeld { kept.append(denial) }
        }
        denials = kept
    }

    /// Whether a Deny covers every spelling of another one. An excess pattern is denied only in the Allow's spelling, a refused
    /// route in several spellings.
    private func holds(_ holder: Denial, _ held: Denial) -> Bool {
        guard case .excess(let pattern) = holder, case .route = held else { return true }
        for byte in pattern.resource where byte == 0x25 { return false }
        return true
    }

    /// Whether another route's glob contains this one's.
    private func isHeld(_ route: Int) -> Bool {
        let own = routes[route]
        for relation in routes.relations(of: route) where relation.globIsInside && relation.to != route {
            guard isNamed[relation.to] else { continue }
            // Of two equal globs, the one with the larger measure is kept.
            let other = routes[relation.to]
            if other.measure > own.measure || (other.measure == own.measure && relation.to > route)
                || !other.glob.isSame(as: own.glob)
            {
                return true
            }
        }
        return false
    }

    // MARK: Output

    /// The routes with an Allow.
    private var allowedRoutes: [Route] {
        var result: [Route] = []
        for route in isNamed.indices where isNamed[route] && !isHeld(route) { result.append(routes[route]) }
        return result
    }

    /// The suffixes of the allowed ARNs, after the stage.
    var allowed: [[UInt8]] {
        var ends: [[UInt8]] = []
        for route in allowedRoutes { ends.append(route.resource) }
        return ends
    }

    /// The suffixes of the denied ARNs, without those that every policy with a wildcard denies.
    var denied: [[UInt8]] {
        var ends: [[UInt8]] = []
        for denial in denials { ends += resources(denial) }
        return ends
    }

    private func resources(_ denial: Denial) -> [[UInt8]] {
        switch denial {
        case .route(let route): spelledResources(of: routes[route].pattern)
        case .excess(let pattern): [pattern.resource]
        }
    }

    /// Whether an ARN has a `*`. Then ambiguous paths must be denied.
    var hasWildcard: Bool {
        for route in isNamed.indices where isNamed[route] && !routes[route].pattern.isLiteral { return true }
        return false
    }

    /// The length of the statements in bytes.
    private var byteCount: Int {
        guard let form else { return 0 }
        var count = PolicyForm.emptyAllowByteCount
        for route in allowedRoutes { count += form.allowedByteCount(route) }
        guard hasWildcard else { return count }
        count += form.fixedDeniedByteCount + spellings.count * form.escapeByteCount
        for end in denied { count += form.deniedByteCount(end) }
        return count
    }

    /// The value of a policy's `Statement`; nil if nothing is allowed, because IAM has no empty statement.
    func statements(_ form: PolicyForm) -> [UInt8]? {
        guard !isEmpty else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(RouteLimits.statementsByteCount)
        text.append("[{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Allow\",\"Resource\":[")
        for route in allowedRoutes { form.appendAllowed(route, to: &text) }
        text.removeLast()
        text.append("]}")
        if hasWildcard {
            text.append(",{\"Action\":\"execute-api:Invoke\",\"Effect\":\"Deny\",\"Resource\":[")
            for end in denied { form.appendDenied(end, to: &text) }
            for part in PolicyForm.notPlain { form.appendDeniedEverywhere(part.utf8Span, to: &text) }
            spellings.visitAll { form.appendDeniedEverywhere($0, to: &text) }
            text.removeLast()
            text.append("]}")
        }
        text.append("]")
        return text
    }
}
