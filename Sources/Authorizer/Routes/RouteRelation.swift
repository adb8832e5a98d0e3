// RouteRelation.swift - how two routes get in each other's way within a policy.
//
// Spec:    none; README "Rules", "The policy".
// Secret:  no.
// Reads:   Route. Read by: RouteTable, RoutePolicy, RouteReport.

import Bytes

/// What a route's ARNs do to another, `to`. There is none for two routes whose globs share nothing.
struct RouteRelation: Sendable {
    let to: Int
    /// The two have a request in common.
    let meets: Bool
    /// The glob takes in a request of `to`.
    let globMeets: Bool
    /// All that the glob takes in is in `to`'s glob.
    let globIsInside: Bool
    /// All requests of the one are requests of `to`.
    let isInside: Bool
    /// Bit for bit: the closers that take in a request of `to`, and those that are inside `to`'s glob.
    private(set) var closersMeeting: UInt64 = 0
    private(set) var closersInside: UInt64 = 0

    /// Appends the relation of `a` to `b`, if their globs share anything.
    static func append(_ from: Int, _ a: Route, _ to: Int, _ b: Route, _ list: inout [RouteRelation]) {
        if from == to || a.glob.meets(b.glob) { list.append(RouteRelation(a, to, b)) }
    }

    private init(_ a: Route, _ to: Int, _ b: Route) {
        self.to = to
        meets = a.pattern.meets(b.pattern)
        globMeets = a.glob.meets(b.pattern)
        globIsInside = b.glob.includes(a.glob)
        isInside = b.pattern.includes(a.pattern)
        for index in a.closers.indices {
            if a.closers[index].meets(b.pattern) { closersMeeting |= 1 << UInt64(index) }
            if b.glob.includes(a.closers[index]) { closersInside |= 1 << UInt64(index) }
        }
    }
}
