import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// The overlap of two routes, for pairs of every kind (AUDIT 33).
@Suite struct RouteRelationTests {
    private func relation(_ a: String, _ b: String) throws -> RouteRelation? {
        var list: [RouteRelation] = []
        RouteRelation.append(0, try Rule.route(a), 7, try Rule.route(b, rank: 3), &list)
        #expect(list.count <= 1 && list.first?.to ?? 7 == 7)
        return list.first
    }

    /// meets, globMeets, globIsInside, isInside; excessMeeting and excessInside.
    @Test(arguments: [
        ("GET /a/{x}", "GET /a/{y}", [true, true, true, true], 0, 0b11),
        ("GET /a/{x}", "GET /a/b", [true, true, false, false], 0, 0),
        ("GET /a/b", "GET /a/{x}", [true, true, true, true], 0, 0),
        // A variable's `*` matches slashes too. Its excess pattern matches the longer path, and is inside that path's glob.
        ("GET /a/{x}", "GET /a/{x}/c", [false, true, false, false], 0b01, 0),
        ("GET /a/{x}", "GET /a/{x}/{y}", [false, true, false, false], 0b01, 0b01),
        ("GET /a/{x}/c", "GET /a/{x}", [false, false, true, false], 0, 0b1),
        ("GET /a/{x}", "GET /a/", [false, true, false, false], 0b10, 0b10),
        ("GET /a/{x}", "GET /a/*", [true, true, true, true], 0b11, 0b11),
        ("GET /a/*", "GET /a/{x}", [true, true, true, false], 0, 0),
        // `*` at the end needs no excess pattern, and neither does a variable directly before it.
        ("GET /{x}/*", "GET /a/b/c", [true, true, false, false], 0, 0),
        ("* /a", "GET /b/a", [false, true, false, false], 0b1, 0),
    ]) func relationsOfTwoRoutes(
        a: String, b: String, expected: [Bool], meeting: UInt64, inside: UInt64
    ) throws {
        let relation = try #require(try relation(a, b))
        #expect([relation.meets, relation.globMeets, relation.globIsInside, relation.isInside] == expected)
        #expect(relation.excessMeeting == meeting && relation.excessInside == inside)
    }

    @Test func routesWithoutASharedRequestHaveNoRelation() throws {
        for (a, b) in [
            ("GET /a", "GET /b"), ("GET /a", "GET /a/"), ("GET /a", "POST /a"), ("GET /a/*", "GET /b/*"),
            ("GET /a/{x}", "GET /a"), ("GET /{x}/a", "GET /{x}/b"),
        ] { #expect(try relation(a, b) == nil && relation(b, a) == nil, "\(a) \(b)") }
    }

    @Test func aRouteIsRelatedToItself() throws {
        var list: [RouteRelation] = []
        let route = try Rule.route("GET /a")
        RouteRelation.append(3, route, 3, route, &list)
        #expect(list.count == 1 && list[0].to == 3 && list[0].isInside && list[0].globIsInside)
    }

    /// The excess patterns of a route's glob, and the variable of each.
    @Test(arguments: [
        ("GET /a", [], []), ("GET /a/*", [], []), ("GET /{x}", ["/GET/*/*", "/GET/"], [1, 1]),
        ("GET /{x}/a", ["/GET/*/*/a"], [1]),
        ("GET /{x}/a/{y}", ["/GET/*/*/a/*", "/GET/*/a/*/*", "/GET/*/a/"], [1, 3, 3]),
        ("GET /{x}/*", [], []), ("GET /{x}/a/{y}/*", ["/GET/*/*/a/*/*"], [1]), ("* /a", ["/*/*/a"], [0]),
        ("* /*", [], []), ("$connect", [], []),
    ]) func theExcessPatternsOfARoute(route: String, excessPatterns: [String], segments: [Int]) throws {
        let built = try Rule.route(route)
        #expect(
            built.excessPatterns.map { Rule.text($0.resource) } == excessPatterns
                && built.closedSegments == segments)
    }

    /// A route whose glob contains an excess pattern of another has a larger measure.
    @Test func theMeasureGrowsWithTheGlob() throws {
        let measures = try ["GET /a", "GET /a/b", "GET /a/", "GET /a/*", "GET /a/b/c"].map {
            try Rule.route($0).measure
        }
        #expect(measures == measures.sorted() && Set(measures).count == measures.count)
        #expect(try Rule.route("GET /a/{x}").measure == Rule.route("GET /a/b").measure)
    }
}
