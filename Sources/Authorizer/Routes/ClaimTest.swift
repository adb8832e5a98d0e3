// ClaimTest.swift - one question to one claim.
//
// Spec:    none; README "Rules". RFC 8259 §6 for numbers: compared exactly, without floating point.
// Secret:  claim values, which go nowhere from here.
// Reads:   ClaimPath; JSON. Read by: Requirement, the document.

import Bytes
import JSON

/// What a claim must be. An absent claim fails every test but `present: false`.
final class ClaimTest: Sendable {
    enum Condition: Sendable {
        /// One of the scalars.
        case oneOf
        /// An array with the scalar among its elements, or a string with it among its words.
        case contains
        case present, absent
        case atLeast, atMost, greaterThan, lessThan
        /// The path's segment at the place of the number in the route's pattern; 0 is the verb.
        case matchesVariable
    }

    let path: ClaimPath
    let condition: Condition
    private let scalars: [Scalar]
    /// What is compared with; of a variable its segment.
    let number: Int64

    init(_ path: ClaimPath, _ condition: Condition, scalars: [Scalar] = [], number: Int64 = 0) {
        self.path = path
        self.condition = condition
        self.scalars = scalars
        self.number = number
    }

    /// A value to compare with.
    struct Scalar: Sendable {
        enum Kind: Sendable {
            case string, integer, bool
        }

        let kind: Kind
        let text: [UInt8]
        let number: Int64

        func isEqual(to value: JSONValue) -> Bool {
            switch kind {
            case .string: value.isString(text.span)
            case .integer: value.number?.integer == number
            case .bool: value.bool == (number == 1)
            }
        }
    }

    /// Whether the claim is so. `matchesVariable` is asked elsewhere, with the path at hand.
    func holds(in claims: JSONValue) -> Bool {
        guard let value = path.value(in: claims) else { return condition == .absent }
        switch condition {
        case .oneOf: return isOneOf(value)
        case .contains: return contains(value)
        case .present, .matchesVariable: return true
        case .absent: return false
        case .atLeast, .atMost, .greaterThan, .lessThan: break
        }
        guard let given = value.number, let floor = given.floor else { return false }
        // A number's floor tells it from a whole bound, but for a fraction at the bound itself.
        let isGreater = floor > number || (floor == number && given.hasFraction)
        switch condition {
        case .atLeast: return floor >= number
        case .lessThan: return floor < number
        case .greaterThan: return isGreater
        default: return !isGreater
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
        for scalar in scalars where scalar.kind == .string && hasWord(value, scalar.text.span) { return true }
        return false
    }

    /// The values of a claim that can stand for a path's segment: of a string itself, of an array its
    /// strings; without those that a policy's ARN must not hold (security-checklist 28).
    func segmentValues(in claims: JSONValue) -> [[UInt8]] {
        guard let value = path.value(in: claims) else { return [] }
        if let text = value.stringBytes { return Self.isSegment(text) ? [text] : [] }
        guard value.kind == .array else { return [] }
        var values: [[UInt8]] = []
        var elements = value.children
        while let element = elements.next() {
            guard let text = element.value.stringBytes, Self.isSegment(text) else { continue }
            values.append(text)
        }
        return values
    }

    /// RFC 3986 §3.3, pchar without escapes, and without `*` and `$`, which an ARN would read otherwise.
    private static func isSegment(_ text: [UInt8]) -> Bool {
        for byte in text where !isPathCharacter(byte) || byte == 0x24 { return false }
        let segment = text.span
        return !text.isEmpty && !bytesEqual(segment, ".") && !bytesEqual(segment, "..")
            && text.count <= AuthorizerLimits.segmentByteCount
    }
}

/// unreserved, sub-delims without `*`, `:` and `@`.
func isPathCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24, 0x26...0x29, 0x2B, 0x2C, 0x3A, 0x3B, 0x3D, 0x40: true
    default: isUnreserved(byte)
    }
}

/// Whether a string has a word, between spaces, that is exactly this (security-checklist 25).
func hasWord(_ value: JSONValue, _ wanted: Span<UInt8>) -> Bool {
    var isFound = false
    forEachWord(of: value) { if bytesEqual($0, wanted) { isFound = true } }
    return isFound
}

/// Goes through the words of a string, or the strings of an array.
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
