// SegmentPattern.swift - a verb and a path as segments, and the requests that two patterns share.
//
// Spec:    none; README "Rules". API Gateway compares a policy's ARN character by character, and its `*` also matches
//          `/`. Between slashes, `*` therefore means "one segment or more".
// Secret:  no.
// Reads:   Bytes, URI (PercentEscape). Read by: every file of Routes; Settings.
//
// Two small automata without backtracking: the states reached so far are the bits of one UInt64, so the number of steps
// is bounded by the product of the two lengths.

import Bytes
import URI

/// One segment: the verb, or the part of a path between two slashes.
package struct Segment: Sendable {
    package enum Kind: UInt8, Sendable {
        /// These bytes.
        case literal
        /// Any one non-empty segment: `{name}`, and the verb `*`.
        case one
        /// One segment or more, the last of which may be empty: `*` at a path's end, and `*` in an ARN.
        case more
    }

    let kind: Kind
    /// The position of a literal's bytes.
    let start: UInt16
    let end: UInt16
}

/// The verb and the segments of a path: of a pattern, of an ARN's glob, or of a call.
package struct SegmentPattern: Sendable {
    private var bytes: [UInt8] = []
    private(set) var segments: [Segment] = []

    /// The most segments that `meets` and `includes` can process.
    static let stateCount = 63

    package init() {}

    mutating func append(literal text: Span<UInt8>) {
        let start = UInt16(bytes.count)
        bytes.append(text)
        segments.append(Segment(kind: .literal, start: start, end: UInt16(bytes.count)))
    }

    package mutating func append(_ kind: Segment.Kind) {
        segments.append(Segment(kind: kind, start: 0, end: 0))
    }

    /// Appends an empty literal, for a path that ends with a slash.
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

    /// Whether every segment is a literal, so the pattern matches exactly one request.
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

    /// The pattern as an ARN expresses it: variables become `*`, which also matches slashes.
    var glob: SegmentPattern {
        var result = SegmentPattern()
        for index in segments.indices { result.appendGlob(index, of: self) }
        return result
    }

    /// Appends a segment of another pattern; a variable becomes `*`.
    mutating func appendGlob(_ index: Int, of other: SegmentPattern) {
        if other.segments[index].kind == .one { append(.more) } else { append(index, of: other) }
    }

    /// The pattern with a segment replaced by a literal.
    func replacing(_ place: Int, with text: Span<UInt8>) -> SegmentPattern {
        var result = SegmentPattern()
        for index in segments.indices {
            if index == place { result.append(literal: text) } else { result.append(index, of: self) }
        }
        return result
    }

    /// Whether a literal has an escape.
    var hasEscape: Bool {
        for byte in bytes where byte == 0x25 { return true }
        return false
    }

    /// Whether a literal has an escape of a byte that a path can contain unescaped.
    var hasNeedlessEscape: Bool {
        let text = bytes.span
        for index in text.indices {
            if let byte = escapedByte(text, index), isLiteralCharacter(byte) { return true }
        }
        return false
    }

    /// The pattern with every escape of its literals decoded once.
    var decoded: SegmentPattern {
        var result = SegmentPattern()
        for index in segments.indices {
            guard segments[index].kind == .literal else {
                result.append(segments[index].kind)
                continue
            }
            let text = percentDecoded(self.text(index))
            result.append(literal: text.span)
        }
        return result
    }

    /// The ARN suffix after the stage, for a decoded pattern: a slash before each segment, `*` for segments that are not
    /// literals, and in literals an escape for each byte that a path cannot contain unescaped (RFC 3986 §3.3).
    var resource: [UInt8] {
        var text: [UInt8] = []
        for index in segments.indices {
            text.append(0x2F)
            guard segments[index].kind == .literal else {
                text.append(0x2A)
                continue
            }
            let literal = self.text(index)
            for offset in literal.indices {
                if isLiteralCharacter(literal[offset]) {
                    text.append(literal[offset])
                } else {
                    appendEscape(of: literal[offset], to: &text)
                }
            }
        }
        return text
    }

    // MARK: A call

    /// Whether a call, which consists of literals, is one of the pattern's requests.
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

    /// Whether a request matches both patterns.
    func meets(_ other: SegmentPattern) -> Bool {
        precondition(count <= Self.stateCount && other.count <= Self.stateCount, "bits for every state")
        // Bit j of row i is set if some request matches the first i segments here and the first j there.
        var row: UInt64 = 1
        for i in segments.indices {
            var next: UInt64 = 0
            for j in other.segments.indices where row >> UInt64(j) & 1 == 1 {
                guard canShare(i, other, j) else { continue }
                // Both advance. A segment that matches one or more may also be repeated.
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

    /// Whether every request of `inner` matches this pattern. True is always correct. If both patterns have variables at
    /// certain positions, the result may be false although `inner` is included.
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

    /// Whether this pattern is tried before another: literal before variable before `*`, segment by segment from the left of
    /// the path, then a named verb before `*`. The order of two patterns with equal rank is arbitrary: they share no request.
    func precedes(_ other: SegmentPattern) -> Bool {
        for index in 1..<max(1, min(count, other.count)) {
            if let order = Self.order(self, other, index) { return order }
        }
        if count != other.count { return count < other.count }
        return Self.order(self, other, 0) ?? false
    }

    /// Whether two patterns are equal, ignoring the names of variables.
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

/// Whether a literal segment contains this character unescaped: pchar (RFC 3986 §3.3) without `*`, which would be a
/// wildcard in an ARN.
func isLiteralCharacter(_ byte: UInt8) -> Bool { byte != 0x2A && isPathCharacter(byte) }
