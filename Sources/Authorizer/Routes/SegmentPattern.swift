// SegmentPattern.swift - a verb and a path as segments, and which requests two of them share.
//
// Spec:    none; README "Rules". API Gateway compares a policy's ARN character by character, and its `*`
//          spans `/`: with whole segments between slashes that is "one segment or more".
// Secret:  no.
// Reads:   Bytes. Read by: every file of Routes.
//
// Two small automata, without backtracking: the states reached so far are the bits of one word, so the
// work is bounded by the product of the two lengths.

import Bytes

/// One segment: the verb, or what stands between two slashes of a path.
struct Segment: Sendable {
    enum Kind: UInt8, Sendable {
        /// These bytes.
        case literal
        /// Any one segment that is not empty: `{name}`, and the verb `*`.
        case one
        /// One segment or more, the last of which may be empty: `*` at a path's end, and `*` in an ARN.
        case more
    }

    let kind: Kind
    /// Where a literal's bytes are.
    let start: UInt16
    let end: UInt16
}

/// The verb and the segments of a path; of a pattern, of an ARN's glob, or of a call.
struct SegmentPattern: Sendable {
    private var bytes: [UInt8] = []
    private(set) var segments: [Segment] = []

    /// The most segments that `meets` and `includes` hold states for.
    static let stateCount = 63

    init() {}

    mutating func append(literal text: Span<UInt8>) {
        let start = UInt16(bytes.count)
        bytes.append(text)
        segments.append(Segment(kind: .literal, start: start, end: UInt16(bytes.count)))
    }

    mutating func append(_ kind: Segment.Kind) {
        segments.append(Segment(kind: kind, start: 0, end: 0))
    }

    /// Appends a literal without bytes: behind a slash at the end.
    mutating func appendEmpty() {
        let empty: [UInt8] = []
        append(literal: empty.span)
    }

    var count: Int { segments.count }

    /// A literal's bytes; empty for the others.
    @_lifetime(borrow self)
    func text(_ index: Int) -> Span<UInt8> {
        bytes.span.extracting(Int(segments[index].start)..<Int(segments[index].end))
    }

    /// Whether every segment is a literal: one request and no other.
    var isLiteral: Bool {
        for segment in segments where segment.kind != .literal { return false }
        return true
    }

    /// Appends a segment of another pattern.
    @inline(never)
    mutating func append(_ index: Int, of other: SegmentPattern) {
        if other.segments[index].kind == .literal {
            append(literal: other.text(index))
        } else {
            append(other.segments[index].kind)
        }
    }

    /// What an ARN can say of it: variables are `*`, which spans slashes.
    var glob: SegmentPattern {
        var result = SegmentPattern()
        for index in segments.indices { result.appendGlob(index, of: self) }
        return result
    }

    /// Appends a segment of another pattern, a variable as `*`.
    mutating func appendGlob(_ index: Int, of other: SegmentPattern) {
        if other.segments[index].kind == .one { append(.more) } else { append(index, of: other) }
    }

    /// The pattern with a literal in place of a segment.
    func replacing(_ place: Int, with text: Span<UInt8>) -> SegmentPattern {
        var result = SegmentPattern()
        for index in segments.indices {
            if index == place { result.append(literal: text) } else { result.append(index, of: self) }
        }
        return result
    }

    /// The end of an ARN behind the stage: a slash before each segment.
    var resource: [UInt8] {
        var text: [UInt8] = []
        for index in segments.indices {
            text.append(0x2F)
            if segments[index].kind == .literal { text.append(self.text(index)) } else { text.append(0x2A) }
        }
        return text
    }

    // MARK: A call

    /// Whether a call, of literals alone, is one of the pattern's requests.
    func matches(_ call: SegmentPattern) -> Bool {
        guard let last = segments.last else { return false }
        if last.kind == .more {
            guard call.count >= count else { return false }
        } else {
            guard call.count == count else { return false }
        }
        for index in segments.indices {
            switch segments[index].kind {
            case .literal: if !bytesEqual(text(index), call.text(index)) { return false }
            case .one: if call.text(index).isEmpty { return false }
            case .more: continue
            }
        }
        return true
    }

    // MARK: Two patterns

    /// Whether there is a request that is one of both.
    func meets(_ other: SegmentPattern) -> Bool {
        precondition(count <= Self.stateCount && other.count <= Self.stateCount, "bits for every state")
        // Bit j of row i: i segments here and j there have been passed by the same requests.
        var row: UInt64 = 1
        for i in segments.indices {
            var next: UInt64 = 0
            for j in other.segments.indices where row >> UInt64(j) & 1 == 1 {
                guard canShare(i, other, j) else { continue }
                // Both go on; and whichever takes one segment or more may stay for a further one.
                next |= 1 << UInt64(j + 1)
                if segments[i].kind == .more { row |= 1 << UInt64(j + 1) }
                if other.segments[j].kind == .more { next |= 1 << UInt64(j) }
            }
            row = next
        }
        return row >> UInt64(other.count) & 1 == 1
    }

    private func canShare(_ i: Int, _ other: SegmentPattern, _ j: Int) -> Bool {
        switch (segments[i].kind, other.segments[j].kind) {
        case (.literal, .literal): bytesEqual(text(i), other.text(j))
        case (.literal, .one): !text(i).isEmpty
        case (.one, .literal): !other.text(j).isEmpty
        default: true
        }
    }

    /// Whether every request of `inner` is one of this pattern. True is always right; with a variable in
    /// both at odd places it may say false.
    func includes(_ inner: SegmentPattern) -> Bool {
        precondition(count <= Self.stateCount, "bits for every state")
        var states: UInt64 = 1
        for j in inner.segments.indices {
            var next: UInt64 = 0
            for i in segments.indices where states >> UInt64(i) & 1 == 1 {
                switch (segments[i].kind, inner.segments[j].kind) {
                case (.literal, .literal):
                    if bytesEqual(text(i), inner.text(j)) { next |= 1 << UInt64(i + 1) }
                case (.one, .literal): if !inner.text(j).isEmpty { next |= 1 << UInt64(i + 1) }
                case (.one, .one): next |= 1 << UInt64(i + 1)
                case (.more, _): next |= 3 << UInt64(i)
                case (.literal, _), (.one, .more): continue
                }
            }
            states = next
        }
        return states >> UInt64(count) & 1 == 1
    }

    // MARK: Order

    /// Whether this pattern is tried before another: literal before variable before `*`, segment by segment
    /// from the left of the path, then a named verb before `*`. Of two with equal rank whichever: they share no request.
    func precedes(_ other: SegmentPattern) -> Bool {
        for index in 1..<max(1, min(count, other.count)) {
            if let order = Self.order(self, other, index) { return order }
        }
        if count != other.count { return count < other.count }
        return Self.order(self, other, 0) ?? false
    }

    /// Whether two patterns are one, whatever their variables are called.
    func isSame(as other: SegmentPattern) -> Bool {
        guard count == other.count else { return false }
        for index in segments.indices where Self.order(self, other, index) != nil { return false }
        return true
    }

    private static func order(_ a: SegmentPattern, _ b: SegmentPattern, _ index: Int) -> Bool? {
        let (first, second) = (a.segments[index].kind, b.segments[index].kind)
        if first != second { return first.rawValue < second.rawValue }
        let (left, right) = (a.text(index), b.text(index))
        for position in 0..<min(left.count, right.count) where left[position] != right[position] {
            return left[position] < right[position]
        }
        return left.count == right.count ? nil : left.count < right.count
    }
}
