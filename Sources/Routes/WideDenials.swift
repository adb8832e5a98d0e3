// WideDenials.swift - one Deny that replaces several, where it removes no allowed request.
//
// Spec:    none; README "Rules", "The policy": `*` in a Resource also matches slashes.
// Secret:  no.
// Reads:   SegmentPattern. Read by: RoutePolicy.
//
// The excess of a variable's `*` has more segments than the route, or an empty one at its end. If no route that
// the token may call has as many segments, one Deny by the number of segments covers the excess of all routes of that
// depth. This is done only for a long policy. A short policy lists each Deny separately.

/// Wide Denies for the excess patterns of one token's routes.
struct WideDenials {
    /// The patterns of all routes that the token may call.
    private let allowed: [SegmentPattern]
    /// Denies that match no request of these routes (`free`), and Denies that match one.
    private var free: [SegmentPattern] = []
    private var taken: [SegmentPattern] = []

    init(allowed: [SegmentPattern]) {
        self.allowed = allowed
    }

    /// The widest Deny that contains an excess pattern and no request of an allowed route; otherwise the excess pattern itself.
    mutating func widest(_ excessPattern: SegmentPattern) -> SegmentPattern {
        for pattern in free where pattern.includes(excessPattern) { return pattern }
        for keptCount in [0, 1, Self.leadingLiterals(excessPattern)] {
            let pattern = Self.widened(excessPattern, keeping: keptCount)
            guard pattern.includes(excessPattern), !isKnown(taken, pattern) else { continue }
            if isFree(pattern) {
                free.append(pattern)
                return pattern
            }
            taken.append(pattern)
        }
        return excessPattern
    }

    /// The number of segments before the first `*`: the method and literals.
    private static func leadingLiterals(_ excessPattern: SegmentPattern) -> Int {
        var count = 0
        while count < excessPattern.count, excessPattern.segments[count].kind == .literal { count += 1 }
        return count
    }

    /// The excess pattern with `*` for each segment after the first `keptCount`. An empty segment at its end is kept, after one
    /// `*`.
    private static func widened(_ excessPattern: SegmentPattern, keeping keptCount: Int) -> SegmentPattern {
        var result = SegmentPattern()
        for index in 0..<keptCount { result.append(index, of: excessPattern) }
        let last = excessPattern.count - 1
        if excessPattern.segments[last].kind == .literal, excessPattern.text(last).isEmpty {
            if keptCount < last { result.append(.more) }
            if keptCount <= last { result.append(last, of: excessPattern) }
        } else {
            for _ in keptCount..<excessPattern.count { result.append(.more) }
        }
        return result
    }

    private func isKnown(_ list: [SegmentPattern], _ pattern: SegmentPattern) -> Bool {
        for known in list where known.isSame(as: pattern) { return true }
        return false
    }

    private func isFree(_ pattern: SegmentPattern) -> Bool {
        for other in allowed where pattern.meets(other) { return false }
        return true
    }
}
