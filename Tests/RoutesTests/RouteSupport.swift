import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// Patterns and calls from text, for the suites of this module.
extension Rule {
    static func pattern(_ text: String) throws -> SegmentPattern {
        try RouteText(Array(text.utf8).span).pattern
    }

    static func route(_ text: String, rank: Int = 1) throws -> Route {
        Route(try pattern(text), rules: 0..<1, rank: rank)
    }

    static func called(_ call: String, prefix: String = prefix) throws -> CalledRoute {
        try #require(CalledRoute(try arn(call, prefix: prefix)))
    }

    static func policy(_ table: RouteTable, _ claims: String? = "{}", call: String = "GET/none") throws
        -> RoutePolicy
    {
        let called = try called(call)
        let routes = TokenRoutes(table.policyTable, try facts(table, claims), call: called.decoded)
        let deciding = routes.deciding(called.decoded, decoded: called.decoded)
        let isAllowed = deciding.map { routes.isAllowed($0) } ?? false
        return RoutePolicy(routes, called: isAllowed ? deciding : nil)
    }
}
