// MCPPattern.swift - the method and the name of a `$mcp` rule, and the path of the calls that it decides.
//
// Spec:    MCP 2026-07-28, Streamable HTTP, "Standard Request Headers"; RULES.md "MCP".
// Secret:  no.
// Reads:   SegmentPattern, MCPCall; Bytes, URI. Read by: RouteText, Route, RouteTable, RouteVerdict; Settings.
//
// How a backend spells its own path is unknown: many ignore the case, a slash at the end, and what follows a `;`. A call that
// only such a backend takes for one of MCP must not escape the rules, so all these spellings are calls of MCP.

import Bytes
import URI

/// `tools/call get_*`: a method and a name, each with or without a final `*`.
package struct MCPPattern: Sendable {
    /// A text, or the beginning of one.
    private struct Part: Sendable {
        let text: [UInt8]
        /// Whether it ends with `*`, which matches any rest. An absent name is `*`.
        let isOpen: Bool

        /// Nil for an empty text, one with a control character, and one with another `*`.
        init?(_ text: Span<UInt8>) {
            let isOpen = text.count > 0 && text[text.count - 1] == 0x2A
            self.text = [UInt8](text.extracting(0..<(isOpen ? text.count - 1 : text.count)))
            self.isOpen = isOpen
            guard text.count > 0 else { return nil }
            for byte in self.text where isControl(byte) || byte == 0x2A { return nil }
        }

        func matches(_ value: [UInt8]) -> Bool {
            guard isOpen else { return bytesEqual(value.span, text.span) }
            return value.count >= text.count && bytesEqual(value.span.extracting(0..<text.count), text.span)
        }

        /// Whether it is more specific; nil if both are equal. Of two that match one value, the exact one is, then the longer.
        func precedes(_ other: Part) -> Bool? {
            if isOpen != other.isOpen { return other.isOpen }
            if text.count != other.text.count { return text.count > other.text.count }
            for index in text.indices where text[index] != other.text[index] {
                return text[index] < other.text[index]
            }
            return nil
        }
    }

    private let method: Part
    private let name: Part

    /// - Parameter text: what follows `$mcp` and a space.
    /// - Returns: nil for a text of another form; for a name without one of the three methods whose calls have a name.
    init?(_ text: Span<UInt8>) {
        let space = text.firstIndex(of: 0x20)
        let verb = text.extracting(0..<space)
        let rest = space < text.count ? [UInt8](text.extracting((space + 1)..<text.count)) : [0x2A]
        guard let method = Part(verb), let name = Part(rest.span),
            space == text.count || MCPCall.hasName(verb)
        else { return nil }
        (self.method, self.name) = (method, name)
    }

    func matches(_ call: MCPCall) -> Bool { method.matches(call.method) && name.matches(call.name) }

    /// Whether it is tried before another: the more specific method, then the more specific name. Nil if both are equal.
    func precedes(_ other: MCPPattern) -> Bool? { method.precedes(other.method) ?? name.precedes(other.name) }
}

/// Where the calls of MCP are sent, and what becomes of those of older versions.
package final class MCPEndpoint: Sendable {
    /// `POST` and the path's literals, decoded, without a slash at the end.
    private let path: SegmentPattern
    /// Whether the path's own rule alone decides calls of versions whose servers need not compare headers with the body.
    let acceptsOlder: Bool

    private init(_ path: SegmentPattern, _ acceptsOlder: Bool) {
        self.path = path
        self.acceptsOlder = acceptsOlder
    }

    /// - Parameter path: the pattern of `POST` and the path.
    /// - Returns: nil if it has a variable or `*`, or a `;`, `?` or `#` (escaped).
    package static func at(_ path: SegmentPattern, acceptsOlder: Bool) -> MCPEndpoint? {
        guard path.isLiteral else { return nil }
        var own = SegmentPattern()
        for index in path.segments.indices where index < path.count - 1 || !path.text(index).isEmpty {
            let text = percentDecoded(path.text(index))
            for byte in text where isEnd(byte) { return nil }
            own.append(literal: text.span)
        }
        return MCPEndpoint(own, acceptsOlder)
    }

    /// Whether a call is one of MCP, or a rule's pattern matches such a call.
    ///
    /// - Parameter other: decoded.
    func meets(_ other: SegmentPattern) -> Bool {
        let path = path
        for (index, segment) in other.segments.enumerated() {
            // After the path nothing may follow but a slash.
            guard index <= path.count, segment.kind != .more else { return index <= path.count }
            if segment.kind == .one {
                if index == path.count { return false }
                continue
            }
            let text = other.text(index)
            // A decoded `?` or `#` may end the path, a `;` the segment.
            let end = min(text.firstIndex(of: 0x3F), text.firstIndex(of: 0x23))
            let name = text.extracting(0..<min(end, text.firstIndex(of: 0x3B)))
            guard index < path.count ? bytesEqualIgnoringASCIICase(name, path.text(index)) : name.isEmpty
            else { return false }
            if end < text.count { return index >= path.count - 1 }
        }
        return other.count >= path.count
    }

    /// Whether some backend does not take a byte and what follows as part of a segment's name.
    private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x3B || byte == 0x3F || byte == 0x23 }
}
