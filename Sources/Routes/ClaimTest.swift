// ClaimTest.swift - one condition for one claim.
//
// Spec:    none; README "Rules". RFC 8259 §6 for numbers: compared exactly, without floating point.
// Secret:  claim values, which are never printed.
// Reads:   ClaimPath, LikePattern; JSON, Bytes, URI. Read by: Requirement, RouteFindingText, SubjectForm, the document; Settings.

import Bytes
import JSON
import URI

/// A condition for a claim. An absent claim fails every test except `present: false`.
package struct ClaimTest: Sendable {
    package enum Condition: Sendable {
        /// The claim equals one of the scalars.
        case oneOf
        /// The claim is an array with one of the scalars among its elements, or a string with one among its words.
        case contains
        case present, absent
        case atLeast, atMost, greaterThan, lessThan
        /// The claim is a string, or an array with a string, that begins with the text, ends with it, or matches the pattern.
        case startsWith, endsWith, like
        /// The claim is an array with an object that meets all of the inner tests.
        case anyElement
        /// The claim equals a segment of the path: `number` is the index in the route's pattern; 0 is the verb. The claim may have
        /// a text around the segment.
        case matchesVariable
    }

    let path: ClaimPath
    let condition: Condition
    let scalars: [Scalar]
    /// The number to compare with; for `matchesVariable` the index of the segment.
    let number: Int64
    /// The text of `startsWith`, `endsWith` and `like`; for `matchesVariable` the text before the segment and the text after it.
    let pattern: LikePattern
    let after: [UInt8]
    /// The tests of `anyElement`. None of them is `anyElement` or `matchesVariable`.
    let elementTests: [ClaimTest]

    /// - Requires: `elementTests` have no `elementTests`.
    package init(
        _ path: ClaimPath, _ condition: Condition, scalars: [Scalar] = [], number: Int64 = 0,
        text: [UInt8] = [], after: [UInt8] = [], elementTests: [ClaimTest] = []
    ) {
        self.path = path
        self.condition = condition
        self.scalars = scalars
        self.number = number
        pattern = LikePattern(text)
        self.after = after
        self.elementTests = elementTests
    }

    /// A value to compare with.
    package enum Scalar: Sendable {
        case string([UInt8])
        case integer(Int64)
        case bool(Bool)

        func isEqual(to value: JSONValue) -> Bool {
            switch self {
            case .string(let text): value.isString(text.span)
            case .integer(let number): value.number?.compared(with: number) == .equal
            case .bool(let bool): value.bool == bool
            }
        }
    }

    /// Whether the claim meets the condition. `matchesVariable` is tested in `TokenRoutes.bind`, which has the path.
    func holds(in claims: JSONValue) -> Bool {
        guard let value = path.value(in: claims) else { return condition == .absent }
        switch condition {
        case .oneOf: return isOneOf(value)
        case .contains: return contains(value)
        case .present, .matchesVariable: return true
        case .absent: return false
        case .startsWith, .endsWith, .like: return hasText(value)
        case .anyElement: return hasElement(value)
        case .atLeast, .atMost, .greaterThan, .lessThan: break
        }
        guard let order = value.number?.compared(with: number) else { return false }
        switch condition {
        case .atLeast: return order != .less
        case .lessThan: return order == .less
        case .greaterThan: return order == .greater
        default: return order != .greater
        }
    }

    private func isOneOf(_ value: JSONValue) -> Bool {
        for scalar in scalars where scalar.isEqual(to: value) { return true }
        return false
    }

    private func contains(_ value: JSONValue) -> Bool {
        if value.kind == .array {
            var elements = value.children
            while let element = elements.next() {
                if isOneOf(element.value) { return true }
            }
            return false
        }
        for scalar in scalars {
            if case .string(let text) = scalar, hasWord(value, text.span) { return true }
        }
        return false
    }

    /// Whether a string, or a string of an array, has the text. A string is compared whole: its words are not separate.
    private func hasText(_ value: JSONValue) -> Bool {
        if value.kind == .array {
            var elements = value.children
            while let element = elements.next() {
                if let text = element.value.stringBytes, isMet(by: text.span) { return true }
            }
            return false
        }
        guard let text = value.stringBytes else { return false }
        return isMet(by: text.span)
    }

    private func isMet(by text: Span<UInt8>) -> Bool {
        let expected = pattern.text
        switch condition {
        case .like: return pattern.matches(text)
        case .startsWith: return starts(text, with: expected.span)
        default: return ends(text, with: expected.span)
        }
    }

    /// Whether an element of an array is an object that meets every inner test. Other elements meet none, not even one for the
    /// absence of a claim.
    private func hasElement(_ value: JSONValue) -> Bool {
        guard value.kind == .array else { return false }
        var elements = value.children
        next: while let element = elements.next()?.value {
            guard element.kind == .object else { continue }
            for test in elementTests where !test.holds(in: element) { continue next }
            return true
        }
        return false
    }

    /// The values of a claim that can be a path's segment, percent-decoded, without the text around them: a string or a whole
    /// number, or the elements of an array. Values that could be read as more than one segment are omitted (AUDIT 28).
    func segmentValues(in claims: JSONValue) -> [[UInt8]] {
        guard let value = path.value(in: claims) else { return [] }
        guard value.kind == .array else { return segment(value).map { [$0] } ?? [] }
        var values: [[UInt8]] = []
        var elements = value.children
        while let element = elements.next() {
            if let segment = segment(element.value) { values.append(segment) }
        }
        return values
    }

    /// The part of a string between the text before the variable and the text after it, without control characters and
    /// `* ? $ / \ % #`, that is not a dot segment; or a number that consists of digits, if there is no text around the variable.
    private func segment(_ value: JSONValue) -> [UInt8]? {
        let (before, after) = (pattern.text, after)
        if let number = value.number {
            guard before.isEmpty, after.isEmpty else { return nil }
            for byte in number.text where byte != 0x2D && !(0x30...0x39).contains(byte) { return nil }
            return number.text
        }
        guard let whole = value.stringBytes, whole.count > before.count + after.count,
            starts(whole.span, with: before.span), ends(whole.span, with: after.span)
        else { return nil }
        let text = [UInt8](whole[before.count..<(whole.count - after.count)])
        guard text.count <= RouteLimits.segmentByteCount else { return nil }
        for byte in text {
            switch byte {
            case 0x2A, 0x3F, 0x24, 0x2F, 0x5C, 0x25, 0x23: return nil
            default: if isControl(byte) { return nil }
            }
        }
        // `.`, `..`, and these two before a `;` (CalledRoute).
        var dots = 0
        while dots < text.count, text[dots] == 0x2E { dots += 1 }
        if dots == 1 || dots == 2, dots == text.count || text[dots] == 0x3B { return nil }
        return text
    }
}

private func starts(_ text: Span<UInt8>, with expected: Span<UInt8>) -> Bool {
    text.count >= expected.count && bytesEqual(text.extracting(0..<expected.count), expected)
}

private func ends(_ text: Span<UInt8>, with expected: Span<UInt8>) -> Bool {
    text.count >= expected.count
        && bytesEqual(text.extracting((text.count - expected.count)..<text.count), expected)
}

/// Whether a string has a word, separated by spaces, that equals this one (AUDIT 25).
package func hasWord(_ value: JSONValue, _ expected: Span<UInt8>) -> Bool {
    var isFound = false
    forEachWord(of: value) { if bytesEqual($0, expected) { isFound = true } }
    return isFound
}

/// Calls `body` with each word of a string, or with each string of an array.
func forEachWord(of value: JSONValue, _ body: (Span<UInt8>) -> Void) {
    switch value.kind {
    case .string:
        if value.hasEscapes {
            let text = value.stringBytes ?? []
            splitWords(text.span, body)
        } else {
            splitWords(value.rawText, body)
        }
    case .array:
        var elements = value.children
        while let element = elements.next() {
            guard element.value.kind == .string else { continue }
            if element.value.hasEscapes {
                let text = element.value.stringBytes ?? []
                body(text.span)
            } else {
                body(element.value.rawText)
            }
        }
    default: return
    }
}

private func splitWords(_ text: Span<UInt8>, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == 0x20 {
        if index > start { body(text.extracting(start..<index)) }
        start = index + 1
    }
}
