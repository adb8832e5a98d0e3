// RouteReport.swift - the compiled rules in readable form, with warnings about what a policy cannot express.
//
// Spec:    README "Rules", "The policy".
// Secret:  no.
// Reads:   RouteReach, RouteTable, Route, RouteRelation; Bytes, URI. Read by: Reports (RulesReport), the differential tests.
//
// A policy is made for one token. This report determines whether a token could exist whose policy omits a route.
// Each rule with a condition may be met or not, so the report may contain warnings that no real token causes.

import Bytes
import URI

/// The compiled rules in readable form.
public struct RouteReport: Sendable {
    /// A warning about one rule, or about two; the numbers are indices in `lines`.
    public struct Warning: Sendable {
        public enum Kind: Equatable, Sendable {
            /// For some tokens, a policy that allows the first rule would allow too much or remove calls that the second
            /// allows. The first rule is then named only in answers to its own calls.
            case notExpressible
            /// The second is the first with a slash at the end.
            case trailingSlash
            /// No token is required.
            case isPublic
            /// The path has a character that may also be sent escaped, which is a different path.
            case spelling
            /// A wildcard in a test of a claim can match separators of a subject of this form.
            case crossed(SubjectForm)
        }

        public let kind: Kind
        public let rule: Int
        public let other: Int
    }

    /// A rule, by its index in the document; nil for the default.
    public struct Line: Sendable {
        public let place: Int?
        public let route: [UInt8]
        public let effect: StaticString
    }

    /// In the order of evaluation.
    public private(set) var lines: [Line] = []
    public private(set) var warnings: [Warning] = []

    private let table: RouteTable
    private let reach: RouteReach
    /// Whether every policy of a token that may call the route contains it.
    private var isConflictFree: [Bool]

    public init(_ table: RouteTable) {
        self.table = table
        reach = RouteReach(table: table)
        isConflictFree = [Bool](repeating: true, count: table.routes.count)
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
        findCrossed()
    }

    /// Whether every policy contains all routes that its token may call.
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

    // MARK: Warnings

    private mutating func findReach() {
        for (index, rule) in table.rules.enumerated() where rule.effect == .public { add(.isPublic, index) }
        for route in table.routes.indices {
            for other in table.routes.indices where differsBySlash(table.routes[route], table.routes[other]) {
                add(.trailingSlash, first(route), first(other))
            }
        }
    }

    private func first(_ route: Int) -> Int { table.routes[route].rules.lowerBound }

    private func isWrittenAsIs(_ route: Route) -> Bool {
        table.rules[route.rules.lowerBound].pattern.isSame(as: route.pattern)
    }

    /// Whether the second is the first with a slash at the end.
    private func differsBySlash(_ a: Route, _ b: Route) -> Bool {
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

    /// A denying rule that matches too much refuses too much, which is noticed.
    private mutating func findCrossed() {
        for (index, rule) in table.rules.enumerated() where rule.effect == .allow {
            for form in table.requirement(of: rule)?.crossedForms ?? [] { add(.crossed(form), index) }
        }
    }

    private mutating func findPairs() {
        var ordered: [Int] = []
        for route in table.routes.indices where reach.mayBeAllowed(route) && !reach.isHidden(route) {
            var place = ordered.count
            while place > 0, table.routes[ordered[place - 1]].measure < table.routes[route].measure {
                place -= 1
            }
            ordered.insert(route, at: place)
        }
        for route in ordered {
            guard let other = conflict(of: route) else { continue }
            isConflictFree[route] = false
            add(.notExpressible, first(route), first(other))
        }
    }

    /// A route whose allowed requests might be removed by a policy with this route; nil without such a route.
    private func conflict(of route: Int) -> Int? {
        let own = table.routes[route]
        if reach.namesSegmentBehindVariable(route) { return route }
        let open = reach.unboundExcess(route)
        for relation in table.relations[route] {
            let refused = relation.to
            let isBefore =
                relation.meets && !relation.isInside && table.routes[refused].rank < own.rank
            let isBeyond =
                table.isComplete && relation.excessMeeting & open != 0
                && (refused != route || reach.hasVariables(route))
            if isBeyond, reach.isUndecided(refused),
                let found = removedRoute(byDenying: refused, isSilent: true)
            {
                return found
            }
            guard isBefore || isBeyond, reach.mayBeRefused(refused, whenAllowed: route) else { continue }
            // If the Deny removes requests of `route` itself, the refused route is the cause.
            if let found = removedRoute(byDenying: refused, isSilent: false) {
                return found == route ? refused : found
            }
        }
        if table.isComplete { return nil }
        for relation in table.relations[route] where relation.excessMeeting & open != 0 {
            guard reach.mayBeAllowed(relation.to), !reach.isHidden(relation.to) else { continue }
            // If the other route has variables, the part of it that the token may call need not contain the excess.
            let isLarger =
                table.routes[relation.to].measure > own.measure && isConflictFree[relation.to]
                && !reach.hasVariables(relation.to)
            if isLarger, relation.excessMeeting & open & ~relation.excessInside == 0 { continue }
            return relation.to
        }
        return nil
    }

    /// A route that may be allowed while another route's glob is denied, and that shares requests with it.
    private func removedRoute(byDenying refused: Int, isSilent: Bool) -> Int? {
        if reach.hasVariables(refused) { return refused }
        for relation in table.relations[refused] where relation.to != refused {
            guard reach.mayBeAllowed(relation.to), !reach.isHidden(relation.to),
                isSilent || reach.mayBeRefused(refused, whenAllowed: relation.to)
            else { continue }
            let isBefore = isSilent || table.routes[relation.to].rank < table.routes[refused].rank
            if isBefore ? relation.globMeets : relation.excessMeeting != 0 { return relation.to }
        }
        return nil
    }
}

extension RouteTable {
    /// The ARN suffixes in the policy of a token that meets every rule. Rules with variables bound to claims are omitted: their
    /// values are unknown without a token.
    public var policyOfAll: (allowed: [[UInt8]], denied: [[UInt8]]) {
        let policy = RoutePolicy(TokenRoutes(meetingAll: policyTable))
        return (policy.allowed, policy.denied)
    }
}
