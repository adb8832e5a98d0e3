// RouteRelation.swift - how two routes get in each other's way within a policy.
//
// Spec:    none; README "Rules", "The policy".
// Secret:  no.
// Reads:   Route. Read by: RouteTable, RoutePolicy, RouteReport.

import Bytes

/// What `from`'s ARNs do to `to`. There is none for two routes whose globs share nothing.
struct RouteRelation: Sendable {
    let from: Int
    let to: Int
    /// The two have a request in common.
    let meets: Bool
    /// `from`'s glob takes in a request of `to`.
    let globMeets: Bool
    /// All that `from`'s glob takes in is in `to`'s glob.
    let globIsInside: Bool
    /// All requests of `from` are requests of `to`.
    let isInside: Bool
    /// Bit for bit: `from`'s closers that take in a request of `to`, and those that are inside `to`'s glob.
    let closersMeeting: UInt64
    let closersInside: UInt64

    /// Nil if the globs share nothing.
    init?(_ from: Int, _ a: Route, _ to: Int, _ b: Route) {
        guard a.glob.meets(b.glob) else { return nil }
        self.from = from
        self.to = to
        meets = a.pattern.meets(b.pattern)
        globMeets = a.glob.meets(b.pattern)
        globIsInside = b.glob.includes(a.glob)
        isInside = b.pattern.includes(a.pattern)
        var meeting: UInt64 = 0
        var inside: UInt64 = 0
        for index in a.closers.indices {
            if a.closers[index].meets(b.pattern) { meeting |= 1 << UInt64(index) }
            if b.glob.includes(a.closers[index]) { inside |= 1 << UInt64(index) }
        }
        closersMeeting = meeting
        closersInside = inside
    }
}
