// RouteTable.swift - all rules, in the order in which they are tried.
//
// Spec:    none; README "Rules": most specific first, deny before allow at equal rank, no match refused.
// Secret:  no.
// Reads:   Route, RouteRelation, Requirement, Limits. Read by: RouteDecision, RoutePolicy, RouteReport, the document.

import Bytes
import JSON

/// The rules of a document, compiled.
public final class RouteTable: Sendable {
    /// Sorted: rules of one pattern stand together, denying ones first, else as in the document.
    let rules: [RouteRule]
    /// In order of rank.
    let routes: [Route]
    /// The rules of each of AppSync's fields that has some.
    let fields: [Range<Int>]
    let requirements: [Requirement]
    let scopeNames: NameTable
    let roleNames: NameTable
    /// Whether the API is said to have no request but those that a rule matches. A policy then need not
    /// be closed against others.
    public let isComplete: Bool

    /// Of each route those that share something with its glob, itself among them.
    let relations: [[RouteRelation]]

    /// - Requires: no more rules than `AuthorizerLimits.routeCount`, none with more segments than
    ///   `AuthorizerLimits.segmentCount`.
    init(
        rules unsorted: [RouteRule], requirements: [Requirement], scopeNames: NameTable, roleNames: NameTable,
        isComplete: Bool
    ) {
        self.requirements = requirements
        self.scopeNames = scopeNames
        self.roleNames = roleNames
        self.isComplete = isComplete
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
                // Odd ranks: what a rule gives a single token comes just before it.
                grouped.append(Route(pattern, rules: start..<end, rank: 2 * grouped.count + 1))
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

    private static func precedes(_ a: RouteRule, _ b: RouteRule) -> Bool {
        if a.pattern.isSame(as: b.pattern) { return a.effect == .deny && b.effect != .deny }
        return a.pattern.precedes(b.pattern)
    }

    /// The verb `*` in an ARN takes in segments of the path as well: `*/orders` is `GET/any/orders` too. Where
    /// that gets in another route's way the seven verbs are written out, as far as the limit allows.
    private static func withVerbsWrittenOut(
        _ routes: [Route], _ rules: [RouteRule], _ requirements: [Requirement]
    ) -> [Route] {
        var result: [Route] = []
        var spare = AuthorizerLimits.writtenOutRouteCount - routes.count
        for route in routes {
            guard route.pattern.segments[0].kind == .one, spare >= verbs.count - 1,
                hasVariables(route, rules, requirements) || isInTheWay(route, routes)
            else {
                result.append(route)
                continue
            }
            spare -= verbs.count - 1
            for verb in verbs {
                let name = [UInt8](verb)
                let pattern = route.pattern.replacing(0, with: name.span)
                result.append(Route(pattern, rules: route.rules, rank: route.rank))
            }
        }
        return result
    }

    private static func isInTheWay(_ route: Route, _ routes: [Route]) -> Bool {
        guard let closer = route.closers.first else { return false }
        for other in routes where closer.meets(other.pattern) {
            if other.measure <= route.measure || !other.glob.includes(closer) { return true }
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

    /// What a token has of that which rules ask for.
    ///
    /// - Parameter places: the issuer's.
    package func facts(of claims: JSONValue, issuer: Int, places: ClaimPlaces) -> TokenFacts {
        TokenFacts(
            claims: claims, issuer: issuer, scopes: scopeNames.held(claims, at: places.scopes),
            roles: roleNames.held(claims, at: places.roles))
    }

    // MARK: Told to people

    /// Appends "routes[3] GET /orders/{id}: allow.scopes is not met"; no value of the token.
    public func append(_ finding: RouteFinding, to text: inout [UInt8]) {
        var written: [UInt8] = []
        for rule in rules where rule.place == finding.place { written = rule.written }
        if let place = finding.place {
            text.append("routes[")
            text.append(decimal: place)
            text.append("] ")
            text.append(written.span)
        } else {
            text.append("default")
        }
        guard let unmet = finding.unmet else { return }
        text.append(": ")
        switch unmet {
        case .issuers: text.append("issuers")
        case .scopes: text.append("allow.scopes")
        case .anyOfScopes: text.append("allow.any_of_scopes")
        case .roles: text.append("allow.roles")
        case .anyOfRoles: text.append("allow.any_of_roles")
        case .anyOfClaims: text.append("allow.any_of_claims")
        case .claim(let place):
            text.append("allow.claims[")
            text.append(decimal: place)
            text.append("]")
        }
        text.append(" is not met")
    }
}
