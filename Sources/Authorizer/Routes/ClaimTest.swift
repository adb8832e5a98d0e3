// ClaimTest.swift - one question to one claim.
//
// Spec:    none; README "Rules". RFC 8259 §6 for numbers: compared exactly, without floating point.
// Secret:  claim values, which go nowhere from here.
// Reads:   ClaimPath; JSON. Read by: Requirement, the document.

import Bytes
import JSON

/// What a claim must be. An absent claim fails every test but `present: false`.
struct ClaimTest: Sendable {
    /// A value to compare with.
    enum Scalar: Sendable {
        case string([UInt8])
        case integer(Int64)
        case bool(Bool)

        func isEqual(to value: JSONValue) -> Bool {
            switch self {
            case .string(let text): value.isString(text.span)
            case .integer(let number): value.number?.integer == number
            case .bool(let wanted): value.bool == wanted
            }
        }
    }

    enum Condition: Sendable {
        case equals(Scalar)
        case oneOf([Scalar])
        /// An array with this element, or a string with it among its words.
        case contains(Scalar)
        case present(Bool)
        case atLeast(Int64)
        case atMost(Int64)
        case greaterThan(Int64)
        case lessThan(Int64)
        /// The path's segment at this place of the route's pattern; 0 is the verb.
        case matchesVariable(segment: Int)
    }

    let path: ClaimPath
    let condition: Condition

    /// Whether the claim is so. `matchesVariable` is asked elsewhere, with the path at hand.
    func holds(in claims: JSONValue) -> Bool {
        let value = path.value(in: claims)
        if case .present(let wanted) = condition { return (value != nil) == wanted }
        guard let value else { return false }
        switch condition {
        case .equals(let scalar): return scalar.isEqual(to: value)
        case .oneOf(let scalars):
            for scalar in scalars where scalar.isEqual(to: value) { return true }
            return false
        case .contains(let scalar): return Self.contains(value, scalar)
        // A number's floor tells it from a whole bound, but for a fraction at the bound itself.
        case .atLeast(let bound): return value.number?.floor.map { $0 >= bound } ?? false
        case .lessThan(let bound): return value.number?.floor.map { $0 < bound } ?? false
        case .greaterThan(let bound): return Self.isGreater(value.number, bound) ?? false
        case .atMost(let bound): return Self.isGreater(value.number, bound).map { !$0 } ?? false
        case .present, .matchesVariable: return true
        }
    }

    private static func isGreater(_ number: JSONNumber?, _ bound: Int64) -> Bool? {
        guard let number, let floor = number.floor else { return nil }
        return floor > bound || (floor == bound && number.hasFraction)
    }

    private static func contains(_ value: JSONValue, _ scalar: Scalar) -> Bool {
        if value.kind == .array {
            var elements = value.children
            while let element = elements.next() {
                if scalar.isEqual(to: element.value) { return true }
            }
            return false
        }
        guard case .string(let wanted) = scalar else { return false }
        return hasWord(value, wanted.span)
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
