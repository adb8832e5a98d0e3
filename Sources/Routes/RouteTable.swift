// RouteTable.swift - all rules, in the order of evaluation.
//
// Spec:    none; README "Rules": the most specific first, deny before allow at equal rank; refused if no rule matches.
// Secret:  no.
// Reads:   Route, RouteRelation, Requirement, Limits; Bytes, JSON. Read by: RouteDecision, RoutePolicy, RouteReport, the
//          document; Authorizer, Settings, Reports, LambdaRuntime.

import Bytes
import JSON

/// The rules of a document, compiled.
public final class RouteTable: Sendable {
    /// Sorted. Rules with the same pattern are adjacent, denying rules first, otherwise in the document's order.
    let rules: [RouteRule]
    /// In order of rank.
    let routes: [Route]
    /// The rules of each AppSync field that has rules.
    let fields: [Range<Int>]
    let requirements: [Requirement]
    let scopeNames: NameTable
    let scopePatterns: PatternTable
    let roleNames: NameTable
    /// Whether the API is declared to have only requests that a rule matches (`routes_are_complete`). A policy then need not
    /// deny other requests.
    public let isComplete: Bool

    /// For each route, the routes that share requests with its glob, including the route itself.
    let relations: [[RouteRelation]]
    /// The same rules with every escape decoded once; nil if no rule has an escape, because the tables would be equal.
    let decoded: RouteTable?
    /// Whether this is the decoded table.
    let isDecoded: Bool

    /// - Parameter isDecoded: whether the patterns' escapes are already decoded.
    /// - Requires: no more rules than `RouteLimits.routeCount`, none with more segments than
    ///   `RouteLimits.segmentCount`.
    package init(
        rules unsorted: [RouteRule], requirements: [Requirement], scopeNames: NameTable,
        scopePatterns: PatternTable = PatternTable(), roleNames: NameTable, isComplete: Bool,
        isDecoded: Bool = false
    ) {
        self.requirements = requirements
        self.scopeNames = scopeNames
        self.scopePatterns = scopePatterns
        self.roleNames = roleNames
        self.isComplete = isComplete
        self.isDecoded = isDecoded
        decoded =
            !isDecoded && Self.hasEscape(unsorted)
            ? RouteTable(
                rules: unsorted.map { $0.decoded }, requirements: requirements, scopeNames: scopeNames,
                scopePatterns: scopePatterns, roleNames: roleNames, isComplete: isComplete, isDecoded: true)
            : nil
        var rules: [RouteRule] = []
        for rule in unsorted {
            var place = rules.count
            while place > 0, Self.precedes(rule, rules[place - 1]) { place -= 1 }
            rules.insert(rule, at: place)
        }
        self.rules = rules
        var grouped: [Route] = []
        var fields: [Range<Int>] = []
        var start = 0
        while start < rules.count {
            var end = start + 1
            while end < rules.count, rules[end].pattern.isSame(as: rules[start].pattern) { end += 1 }
            let pattern = rules[start].pattern
            if pattern.count == 2, bytesEqual(pattern.text(0), "$appsync") {
                fields.append(start..<end)
            } else {
                // Ranks are odd. The even rank before each is for the route of a single token (`bound`).
                var (odd, usual) = (false, false)
                for rule in rules[start..<end] {
                    if rule.hasUnusualSpelling { odd = true } else { usual = true }
                }
                // Two oddly spelled rules may differ from each other too.
                grouped.append(
                    Route(
                        pattern, rules: start..<end, rank: 2 * grouped.count + 1, hasUnusualSpelling: odd,
                        isMixed: odd && (usual || end - start > 1)))
            }
            start = end
        }
        self.fields = fields
        routes = Self.withVerbsWrittenOut(grouped, rules, requirements)
        var relations: [[RouteRelation]] = []
        for from in routes.indices {
            var list: [RouteRelation] = []
            for to in routes.indices { RouteRelation.append(from, routes[from], to, routes[to], &list) }
            relations.append(list)
        }
        self.relations = relations
    }

    private static func hasEscape(_ rules: [RouteRule]) -> Bool {
        for rule in rules where rule.pattern.hasEscape { return true }
        return false
    }

    /// The table for policies: its patterns have every escape decoded.
    var policyTable: RouteTable { decoded ?? self }

    private static func precedes(_ a: RouteRule, _ b: RouteRule) -> Bool {
        if a.pattern.isSame(as: b.pattern) { return a.effect == .deny && b.effect != .deny }
        return a.pattern.precedes(b.pattern)
    }

    /// The verb `*` in an ARN also matches segments of the path: `*/orders` matches `GET/any/orders` too. If that overlaps
    /// another route, the seven verbs are written out, as far as the limit allows.
    private static func withVerbsWrittenOut(
        _ routes: [Route], _ rules: [RouteRule], _ requirements: [Requirement]
    ) -> [Route] {
        var result: [Route] = []
        var spare = RouteLimits.writtenOutRouteCount - routes.count
        for route in routes {
            guard route.pattern.segments[0].kind == .one, spare >= verbs.count - 1,
                hasVariables(route, rules, requirements) || hasConflict(route, routes)
            else {
                result.append(route)
                continue
            }
            spare -= verbs.count - 1
            for verb in verbs {
                let name = [UInt8](verb)
                let pattern = route.pattern.replacing(0, with: name.span)
                result.append(
                    Route(
                        pattern, rules: route.rules, rank: route.rank,
                        hasUnusualSpelling: route.hasUnusualSpelling,
                        isMixed: route.isMixed))
            }
        }
        return result
    }

    private static func hasConflict(_ route: Route, _ routes: [Route]) -> Bool {
        guard let excessPattern = route.excessPatterns.first else { return false }
        for other in routes where excessPattern.meets(other.pattern) {
            if other.measure <= route.measure || !other.glob.includes(excessPattern) { return true }
        }
        return false
    }

    private static func hasVariables(
        _ route: Route, _ rules: [RouteRule], _ requirements: [Requirement]
    ) -> Bool {
        for rule in route.rules {
            if let place = rules[rule].requirement, requirements[place].firstVariable != nil { return true }
        }
        return false
    }

    /// The methods of API Gateway.
    static let verbs: [StaticString] = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]

    // MARK: Questions

    func requirement(of rule: RouteRule) -> Requirement? {
        rule.requirement.map { requirements[$0] }
    }

    /// The properties of a token that the rules require.
    ///
    /// - Parameter places: the issuer's claim paths.
    package func facts(of claims: JSONValue, issuer: Int, places: ClaimPlaces) -> TokenFacts {
        TokenFacts(
            claims: claims, issuer: issuer, scopes: scopeNames.held(claims, at: places.scopes),
            scopesLike: scopePatterns.held(claims, at: places.scopes),
            roles: roleNames.held(claims, at: places.roles))
    }
}
