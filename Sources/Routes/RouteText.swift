// RouteText.swift - parses "GET /orders/{id}" into a pattern.
//
// Spec:    RFC 3986 §3.3 (pchar), §6.2.2 (one spelling for each path); README "Rules".
// Secret:  no.
// Reads:   SegmentPattern, RouteTable (verbs), Limits; Bytes, URI. Read by: the document; Settings.

import Bytes
import URI

/// A route as written in the document.
public struct RouteText: Sendable {
    /// The fault of a route, as a phrase that starts with "is" or "has".
    public enum Fault: Error, Equatable, Sendable {
        case tooLong(limit: Int)
        case tooManySegments(limit: Int)
        case form, verb, field, character, escape, dotSegment, emptySegment, variableName, variableRepeated,
            starWithin

        package var words: StaticString {
            switch self {
            case .tooLong, .tooManySegments: "is too long"
            case .form: "is not a verb, a space and a path (nor $connect, $appsync, $iot)"
            case .verb: "has a verb other than DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT and *"
            case .field: "is not $appsync, a space and a field as Type.field"
            case .character: "has a character that must be escaped in a path, or a brace within a segment"
            case .escape:
                "has an escape that is not % and two upper-case hexadecimal digits, or the escape of a letter, digit, -, ., _, ~, /, \\ or a control character, or is .%3B or ..%3B"
            case .dotSegment: "has a segment . or .., alone or before a ;"
            case .emptySegment: "has an empty segment (//)"
            case .variableName: "has a variable whose name is not made of letters, digits and _"
            case .variableRepeated: "has a variable twice"
            case .starWithin: "has a * that is not the whole last segment"
            }
        }
    }

    package private(set) var pattern = SegmentPattern()
    /// The variables' names and the indices of their segments.
    package private(set) var variables: [(name: [UInt8], segment: Int)] = []

    /// - Throws: the first fault.
    package init(_ text: Span<UInt8>) throws(Fault) {
        guard text.count <= RouteLimits.routeByteCount else {
            throw .tooLong(limit: RouteLimits.routeByteCount)
        }
        for special in Self.callersWithoutPath where bytesEqual(text, special) {
            pattern.append(literal: text)
            return
        }
        if bytesStart(text, with: "$appsync ") {
            try readField(text.extracting(9..<text.count))
            return
        }
        var space = 0
        while space < text.count, text[space] != 0x20 { space += 1 }
        guard space + 1 < text.count, text[space + 1] == 0x2F else { throw .form }
        try readVerb(text.extracting(0..<space))
        var start = space + 2
        for index in start...text.count where index == text.count || text[index] == 0x2F {
            let isLast = index == text.count
            guard pattern.count < RouteLimits.segmentCount else {
                throw .tooManySegments(limit: RouteLimits.segmentCount)
            }
            try readSegment(text.extracting(start..<index), isLast: isLast)
            start = index + 1
        }
    }

    /// WebSocket's connection request, and the two callers without a path.
    static let callersWithoutPath: [StaticString] = ["$connect", "$appsync", "$iot"]

    /// `Type.field`: two names as defined by the GraphQL specification.
    private mutating func readField(_ text: Span<UInt8>) throws(Fault) {
        var (start, dots) = (0, 0)
        for index in text.indices {
            switch text[index] {
            case 0x41...0x5A, 0x61...0x7A, 0x5F: continue
            case 0x30...0x39 where index > start: continue
            case 0x2E where index > start: (start, dots) = (index + 1, dots + 1)
            default: throw .field
            }
        }
        guard dots == 1, start < text.count else { throw .field }
        let appSync = [UInt8]("$appsync")
        pattern.append(literal: appSync.span)
        pattern.append(literal: text)
    }

    private mutating func readVerb(_ text: Span<UInt8>) throws(Fault) {
        if bytesEqual(text, "*") {
            pattern.append(.one)
            return
        }
        for verb in RouteTable.verbs where bytesEqual(text, verb) {
            pattern.append(literal: text)
            return
        }
        throw .verb
    }

    private mutating func readSegment(_ text: Span<UInt8>, isLast: Bool) throws(Fault) {
        guard text.count > 0 else {
            guard isLast else { throw .emptySegment }
            pattern.append(literal: text)
            return
        }
        if bytesEqual(text, "*") {
            guard isLast else { throw .starWithin }
            pattern.append(.more)
            return
        }
        if text[0] == 0x7B, text[text.count - 1] == 0x7D {
            try readVariable(text.extracting(1..<(text.count - 1)))
            return
        }
        if bytesEqual(text, ".") || bytesEqual(text, "..") { throw .dotSegment }
        var index = 0
        var escapeCount = 0
        while index < text.count {
            if text[index] == 0x2A { throw .starWithin }
            if text[index] == 0x25 {
                guard index + 2 < text.count else { throw .escape }
                try checkEscape(text[index + 1], text[index + 2])
                index += 3
                escapeCount += 1
            } else {
                guard isLiteralCharacter(text[index]) else { throw .character }
                index += 1
            }
        }
        // No call of it would be allowed: a dot segment before a `;`, escaped or unescaped.
        guard CalledRoute.isPlainSegment(text, escapeCount: escapeCount) else {
            throw escapeCount > 0 ? .escape : .dotSegment
        }
        pattern.append(literal: text)
    }

    /// Accepts one spelling only: unreserved characters unescaped, and uppercase digits.
    private func checkEscape(_ first: UInt8, _ second: UInt8) throws(Fault) {
        for digit in [first, second] where digit >= 0x61 { throw .escape }
        guard let high = Hex.value(first), let low = Hex.value(second) else { throw .escape }
        let character = high << 4 | low
        if isUnreserved(character) || isControl(character) || character == 0x2F || character == 0x5C {
            throw .escape
        }
    }

    private mutating func readVariable(_ name: Span<UInt8>) throws(Fault) {
        guard name.count > 0 else { throw .variableName }
        for index in name.indices {
            switch name[index] {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: continue
            default: throw .variableName
            }
        }
        for known in variables where bytesEqual(known.name.span, name) { throw .variableRepeated }
        variables.append((name: [UInt8](name), segment: pattern.count))
        pattern.append(.one)
    }
}
