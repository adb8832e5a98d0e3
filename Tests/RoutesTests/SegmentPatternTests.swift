import DecisionSupport
import TestSupport
import Testing

@testable import Routes

/// All patterns of up to three segments from five kinds, and all calls of up to five segments from four literals. This is
/// small enough to test all combinations, and long enough for a request that two patterns share.
private struct Universe {
    enum Part: Equatable {
        case literal(String)
        case one, more
    }

    let parts: [[Part]]
    let patterns: [SegmentPattern]
    let calls: [[String]]
    /// For each pattern the calls that match it, by its definition in words.
    let own: [Set<Int>]

    init() {
        var parts: [[Part]] = [[]]
        let choices: [Part] = [.literal("a"), .literal("b"), .literal(""), .one, .more]
        for _ in 0..<3 { parts += parts.flatMap { list in choices.map { list + [$0] } } }
        var unique: [[Part]] = []
        for list in parts where !list.isEmpty && !unique.contains(list) { unique.append(list) }
        self.parts = unique
        patterns = unique.map(Self.pattern)
        var calls: [[String]] = [[]]
        var longest = calls
        for _ in 0..<5 {
            longest = longest.flatMap { list in ["a", "b", "c", ""].map { list + [$0] } }
            calls += longest
        }
        self.calls = calls
        own = unique.map { list in
            Set(calls.indices.filter { Self.naive(list[...], calls[$0][...]) })
        }
    }

    static func pattern(_ parts: [Part]) -> SegmentPattern {
        var pattern = SegmentPattern()
        for part in parts {
            switch part {
            case .literal(let text): pattern.append(literal: Array(text.utf8).span)
            case .one: pattern.append(.one)
            case .more: pattern.append(.more)
            }
        }
        return pattern
    }

    static func naive(_ parts: ArraySlice<Part>, _ call: ArraySlice<String>) -> Bool {
        guard let part = parts.first else { return call.isEmpty }
        guard let segment = call.first else { return false }
        switch part {
        case .literal(let text): return text == segment && naive(parts.dropFirst(), call.dropFirst())
        case .one: return !segment.isEmpty && naive(parts.dropFirst(), call.dropFirst())
        case .more:
            return (1...call.count).contains { naive(parts.dropFirst(), call.dropFirst($0)) }
        }
    }
}

/// The results of `matches`, `meets` and `includes` agree with exhaustive counting (AUDIT 33).
@Suite struct SegmentPatternTests {
    @Test(arguments: [
        ("GET /orders", "GET/orders", true), ("GET /orders", "GET/orders/", false),
        ("GET /orders/", "GET/orders/", true), ("GET /orders/", "GET/orders", false),
        ("GET /orders", "POST/orders", false), ("* /orders", "POST/orders", true),
        ("GET /orders/{id}", "GET/orders/1", true), ("GET /orders/{id}", "GET/orders/", false),
        ("GET /orders/{id}", "GET/orders/1/2", false), ("GET /{a}/x/{b}", "GET/1/x/2", true),
        ("GET /{a}/x/{b}", "GET/1/y/2", false), ("GET /files/*", "GET/files/", true),
        ("GET /files/*", "GET/files", false), ("GET /files/*", "GET/files/a/b/", true),
        ("GET /files/*", "GET/filesx/a", false), ("GET /", "GET/", true), ("GET /", "GET", true),
        ("GET /*", "GET", true), ("$connect", "$connect", true), ("$appsync", "$connect", false),
    ]) func callsThatMatchAPattern(route: String, call: String, expected: Bool) throws {
        let (pattern, called) = (try Rule.pattern(route), try Rule.called(call).normal)
        #expect(pattern.matches(called) == expected)
    }

    @Test func sharedRequestsAgreeWithExhaustiveCounting() {
        let all = Universe()
        #expect(all.patterns.count == 155 && all.calls.count == 1365)
        var (meetings, inclusions, missed) = (0, 0, 0)
        for a in all.patterns.indices {
            for b in all.patterns.indices {
                let meets = all.patterns[a].meets(all.patterns[b])
                if meets == all.own[a].isDisjoint(with: all.own[b]) {
                    Issue.record("meets: \(all.parts[a]) and \(all.parts[b])")
                }
                let (includes, isSubset) = (
                    all.patterns[a].includes(all.patterns[b]), all.own[b].isSubset(of: all.own[a])
                )
                if includes && !isSubset { Issue.record("includes: \(all.parts[a]) and \(all.parts[b])") }
                meetings += meets ? 1 : 0
                inclusions += includes ? 1 : 0
                missed += isSubset && !includes ? 1 : 0
            }
        }
        // A missed inclusion would only make a policy narrower. None is missed here.
        #expect(meetings == 7361 && inclusions == 2038 && missed == 0)
    }

    @Test func theOrderIsAnOrder() {
        let all = Universe()
        for (a, pattern) in all.patterns.enumerated() {
            #expect(!pattern.precedes(pattern))
            for (b, other) in all.patterns.enumerated() where a < b {
                let (before, behind) = (pattern.precedes(other), other.precedes(pattern))
                #expect(before != behind && !pattern.isSame(as: other), "\(all.parts[a]), \(all.parts[b])")
            }
        }
    }

    /// Literal before variable before `*`, from the left of the path; for the same path, the named verb first.
    @Test func theMoreSpecificComesFirst() throws {
        let ordered = [
            "DELETE /a/b", "GET /a/b", "* /a/b", "GET /a/{x}", "* /a/{x}", "GET /a/*", "GET /b/c",
            "POST /{x}/a",
            "GET /{x}/{y}", "* /{x}/*", "GET /*", "* /*",
        ]
        for (place, route) in ordered.enumerated() {
            for other in ordered.dropFirst(place + 1) {
                let (first, second) = (try Rule.pattern(route), try Rule.pattern(other))
                let isFirst = first.precedes(second) && !second.precedes(first)
                #expect(isFirst, "\(route) before \(other)")
            }
        }
    }

    @Test func formsOfAPattern() throws {
        let pattern = try Rule.pattern("* /a/{id}/b/*")
        let (resource, glob) = (pattern.resource, pattern.glob)
        #expect(Rule.text(resource) == "/*/a/*/b/*")
        #expect(glob.segments.map(\.kind) == [.more, .literal, .more, .literal, .more])
        let named = pattern.replacing(2, with: Array("42".utf8).span)
        #expect(Rule.text(named.resource) == "/*/a/42/b/*" && named.count == pattern.count)
        #expect(!pattern.isLiteral && !named.isLiteral)
        let (literal, same) = (try Rule.pattern("GET /a/"), try Rule.pattern("* /a/{other}/b/*"))
        #expect(literal.isLiteral && Rule.text(literal.resource) == "/GET/a/")
        #expect(pattern.isSame(as: same) && !pattern.isSame(as: named) && !pattern.isSame(as: glob))
        let empty = SegmentPattern()
        #expect(!empty.matches(literal))
    }

    /// The states of 63 segments are the bits of a UInt64. One segment more would be a fault of this program, which stops.
    @Test func longPatternsHaveALimit() async {
        func long(_ count: Int) -> SegmentPattern {
            var pattern = SegmentPattern()
            for _ in 0..<count { pattern.append(.more) }
            return pattern
        }
        let longest = long(SegmentPattern.stateCount)
        #expect(longest.meets(longest) && longest.includes(longest))
        #expect(!longest.includes(long(SegmentPattern.stateCount - 1)))
        await #expect(processExitsWith: .failure) {
            var pattern = SegmentPattern()
            for _ in 0...SegmentPattern.stateCount { pattern.append(.more) }
            _ = pattern.includes(pattern)
        }
        await #expect(processExitsWith: .failure) {
            var (pattern, short) = (SegmentPattern(), SegmentPattern())
            for _ in 0...SegmentPattern.stateCount { pattern.append(.more) }
            short.append(.more)
            _ = short.meets(pattern)
        }
    }
}
