// RouteRelation.swift - the overlap of two routes in a policy.
//
// Spec:    none; README "Rules", "The policy".
// Secret:  no.
// Reads:   Route; Bytes. Read by: RouteTable, RoutePolicy, RouteReport.

import Bytes

/// The overlap of a route with another, `to`. It exists only for routes whose globs share a request.
struct RouteRelation: Sendable {
    let to: Int
    /// The two patterns have a request in common.
    let meets: Bool
    /// The glob matches a request of `to`.
    let globMeets: Bool
    /// The glob of `to` contains this glob.
    let globIsInside: Bool
    /// All requests of this route are requests of `to`.
    let isInside: Bool
    /// One bit for each excess pattern: `excessMeeting` if it matches a request of `to`, `excessInside` if the glob of `to`
    /// contains it.
    private(set) var excessMeeting: UInt64 = 0
    private(set) var excessInside: UInt64 = 0

    /// Appends the relation of `a` to `b`, if their globs share a request.
    static func append(_ from: Int, _ a: Route, _ to: Int, _ b: Route, _ list: inout [RouteRelation]) {
        if from == to || a.glob.meets(b.glob) { list.append(RouteRelation(a, to, b)) }
    }

    private init(_ a: Route, _ to: Int, _ b: Route) {
        self.to = to
        meets = a.pattern.meets(b.pattern)
        globMeets = a.glob.meets(b.pattern)
        globIsInside = b.glob.includes(a.glob)
        isInside = b.pattern.includes(a.pattern)
        for index in a.excessPatterns.indices {
            if a.excessPatterns[index].meets(b.pattern) { excessMeeting |= 1 << UInt64(index) }
            if b.glob.includes(a.excessPatterns[index]) { excessInside |= 1 << UInt64(index) }
        }
    }
}
