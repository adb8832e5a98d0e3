// Route.swift - a rule, and the pattern that rules of one rank share.
//
// Spec:    none; README "Rules".
// Secret:  no.
// Reads:   SegmentPattern, Requirement. Read by: RouteTable, RouteRelations, RoutePolicy, RouteReport.

import Bytes

/// One rule of the document.
final class RouteRule: Sendable {
    enum Effect: Sendable {
        case allow, deny
        /// No token is needed.
        case `public`
    }

    /// Its place in the document's `routes`; nil for the default.
    let place: Int?
    /// As the document has it.
    let written: [UInt8]
    let pattern: SegmentPattern
    let effect: Effect
    /// Its place in the table's requirements; nil: any good token.
    let requirement: Int?

    init(place: Int?, written: [UInt8], pattern: SegmentPattern, effect: Effect, requirement: Int?) {
        self.place = place
        self.written = written
        self.pattern = pattern
        self.effect = effect
        self.requirement = requirement
    }
}

/// All rules with one pattern. A request is decided by the first route, in order of rank, that has something to say.
final class Route: Sendable {
    let pattern: SegmentPattern
    /// What an ARN can say of the pattern. It takes in more requests: a variable's `*` spans slashes.
    let glob: SegmentPattern
    /// The ARN's end behind the stage.
    let resource: [UInt8]
    /// Globs that together hold all requests of the glob that are none of the pattern's, but for those
    /// that no rule allows anyway.
    let closers: [SegmentPattern]
    /// The variable that each closes.
    let closedSegments: [Int]
    let closerResources: [[UInt8]]
    /// Rules with this pattern: where they begin and end in the table, denying ones first.
    let rules: Range<Int>
    /// Its rank: smaller is tried first.
    let rank: Int
    /// A measure by which a glob that closes another's excess is larger than the other.
    let measure: Int

    init(_ pattern: SegmentPattern, rules: Range<Int>, rank: Int) {
        self.pattern = pattern
        self.rules = rules
        self.rank = rank
        glob = pattern.glob
        resource = pattern.resource
        (closers, closedSegments) = Self.closers(of: pattern)
        var resources: [[UInt8]] = []
        for closer in closers { resources.append(closer.resource) }
        closerResources = resources
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

    /// For each variable: the glob in which it takes two segments or more. And, if the last segment is a
    /// variable, the glob in which that is empty. (Empty segments elsewhere are closed for all.)
    /// Variables that stand directly before a `*` at the end need none: what they take too much
    /// of, the `*` may have.
    private static func closers(of pattern: SegmentPattern) -> ([SegmentPattern], [Int]) {
        var closers: [SegmentPattern] = []
        var closed: [Int] = []
        var last = pattern.count - 1
        guard last >= 0 else { return ([], []) }
        if pattern.segments[last].kind == .more {
            last -= 1
            while last >= 0, pattern.segments[last].kind == .one { last -= 1 }
        }
        for wide in stride(from: 0, through: last, by: 1) where pattern.segments[wide].kind == .one {
            var closer = SegmentPattern()
            for index in pattern.segments.indices {
                closer.appendGlob(index, of: pattern)
                if index == wide { closer.append(.more) }
            }
            closers.append(closer)
            closed.append(wide)
        }
        if last == pattern.count - 1, pattern.segments[last].kind == .one {
            var closer = SegmentPattern()
            for index in 0..<last { closer.appendGlob(index, of: pattern) }
            closer.appendEmpty()
            closers.append(closer)
            closed.append(last)
        }
        return (closers, closed)
    }
}
