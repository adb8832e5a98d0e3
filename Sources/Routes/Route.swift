// Route.swift - a rule, and the route of all rules with the same pattern.
//
// Spec:    none; README "Rules".
// Secret:  no.
// Reads:   SegmentPattern, Requirement; Bytes. Read by: RouteTable, RouteRelation, RoutePolicy, RouteReport; Settings.

import Bytes

/// One rule of the document.
package final class RouteRule: Sendable {
    package enum Effect: Sendable {
        case allow, deny
        /// No token is required.
        case `public`
    }

    /// Its index in the document's `routes`; nil for the default.
    let place: Int?
    /// Its text in the document.
    let written: [UInt8]
    let pattern: SegmentPattern
    let effect: Effect
    /// Its index in the table's requirements; nil: any valid token.
    let requirement: Int?
    /// Whether a literal has an escape of a character that a path can contain unescaped: `%40` for `@`. The ARNs of a policy
    /// contain the character unescaped.
    let hasUnusualSpelling: Bool

    package init(
        place: Int?, written: [UInt8], pattern: SegmentPattern, effect: Effect, requirement: Int?,
        hasUnusualSpelling: Bool = false
    ) {
        self.place = place
        self.written = written
        self.pattern = pattern
        self.effect = effect
        self.requirement = requirement
        self.hasUnusualSpelling = hasUnusualSpelling
    }

    /// The same rule with every escape of its pattern decoded once.
    var decoded: RouteRule {
        RouteRule(
            place: place, written: written, pattern: pattern.decoded, effect: effect,
            requirement: requirement,
            hasUnusualSpelling: pattern.hasNeedlessEscape)
    }
}

/// All rules with one pattern. The first route in order of rank that is not silent decides a request.
final class Route: Sendable {
    let pattern: SegmentPattern
    /// The pattern as an ARN expresses it. It matches more requests: a variable's `*` also matches slashes.
    let glob: SegmentPattern
    /// The ARN's suffix after the stage.
    let resource: [UInt8]
    /// Excess patterns: together they match every request that the glob matches and the pattern does not, except requests
    /// that no rule allows.
    let excessPatterns: [SegmentPattern]
    /// The segment of the variable that causes each excess pattern.
    let closedSegments: [Int]
    /// The range of its rules in the table; denying rules are first.
    let rules: Range<Int>
    /// Routes with a smaller rank are tried first.
    let rank: Int
    /// If another route's glob contains an excess pattern of this one, its measure is larger.
    let measure: Int
    /// Whether one of its rules is oddly spelled.
    let hasUnusualSpelling: Bool
    /// Whether its rules have different spellings, which are different paths in normal form.
    let isMixed: Bool

    init(
        _ pattern: SegmentPattern, rules: Range<Int>, rank: Int, hasUnusualSpelling: Bool = false,
        isMixed: Bool = false
    ) {
        self.hasUnusualSpelling = hasUnusualSpelling
        self.isMixed = isMixed
        self.pattern = pattern
        self.rules = rules
        self.rank = rank
        glob = pattern.glob
        resource = pattern.resource
        (excessPatterns, closedSegments) = Self.excessPatterns(of: pattern)
        var kind = 0
        if let last = pattern.segments.last {
            switch last.kind {
            case .literal: kind = pattern.text(pattern.count - 1).isEmpty ? 1 : 0
            case .one: kind = 0
            case .more: kind = 2
            }
        }
        measure = 3 * pattern.count + kind
    }

    /// Whether the method is `*`.
    var hasAnyMethod: Bool { pattern.segments[0].kind == .one }

    /// For each variable: the glob in which it matches two segments or more. If the last segment is a variable, also the glob in
    /// which that segment is empty. (Empty segments elsewhere are denied for all routes.) Variables directly before a `*` at
    /// the end need no excess pattern: the `*` may match the additional segments.
    private static func excessPatterns(of pattern: SegmentPattern) -> ([SegmentPattern], [Int]) {
        var excessPatterns: [SegmentPattern] = []
        var closed: [Int] = []
        var last = pattern.count - 1
        guard last >= 0 else { return ([], []) }
        if pattern.segments[last].kind == .more {
            last -= 1
            while last >= 0, pattern.segments[last].kind == .one { last -= 1 }
        }
        for wide in stride(from: 0, through: last, by: 1) where pattern.segments[wide].kind == .one {
            var excessPattern = SegmentPattern()
            for index in pattern.segments.indices {
                excessPattern.appendGlob(index, of: pattern)
                if index == wide { excessPattern.append(.more) }
            }
            excessPatterns.append(excessPattern)
            closed.append(wide)
        }
        if last == pattern.count - 1, pattern.segments[last].kind == .one {
            var excessPattern = SegmentPattern()
            for index in 0..<last { excessPattern.appendGlob(index, of: pattern) }
            excessPattern.appendEmpty()
            excessPatterns.append(excessPattern)
            closed.append(last)
        }
        return (excessPatterns, closed)
    }
}
