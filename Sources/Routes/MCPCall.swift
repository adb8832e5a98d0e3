// MCPCall.swift - the method and the name of a call of the Model Context Protocol, from its headers.
//
// Spec:    MCP 2026-07-28, Streamable HTTP, "Standard Request Headers", "Value Encoding", "Server Validation".
// Secret:  no; names may contain personal data and are never printed.
// Reads:   RouteFault; Events, JSON (UTF-8), URI (isControl), Bytes. Read by: MCPPattern, RouteVerdict, RouteDecision.
//
// Headers can be trusted only from version 2026-07-28 on: its servers refuse a request whose headers differ from its body.

import Bytes
import Events
import JSON
import URI

/// What a call of MCP asks for.
struct MCPCall: Sendable {
    let method: [UInt8]
    /// The tool's or prompt's name, or the resource's URI; empty for other methods.
    let name: [UInt8]

    /// Reads the headers of a request.
    ///
    /// - Parameters:
    ///   - event: nil: the request is not known.
    ///   - acceptsOlder: whether calls of older versions are accepted.
    /// - Returns: nil for an accepted call of an older version.
    /// - Throws: `mcpCaller`, `mcpVersion`, `mcpHeader`.
    static func read(_ event: Event?, acceptsOlder: Bool) throws(RouteFault) -> MCPCall? {
        // A TOKEN authorizer gets no headers: neither an older version nor a method can be known.
        guard let event, event.caller != .restToken else { throw .mcpCaller }
        let version = try header("mcp-protocol-version", of: event)
        guard isDate(version.span), !isBefore(version.span, current) else {
            if acceptsOlder, version.isEmpty || isDate(version.span) { return nil }
            throw .mcpVersion
        }
        let method = try decoded(header("mcp-method", of: event))
        let name = try decoded(header("mcp-name", of: event))
        guard !method.isEmpty else { throw .mcpHeader }
        // Servers need not compare the header of another method with the body.
        guard hasName(method.span) else { return MCPCall(method: method, name: []) }
        guard !name.isEmpty else { throw .mcpHeader }
        return MCPCall(method: method, name: name)
    }

    /// Whether the calls of a method have a name in their headers.
    static func hasName(_ method: Span<UInt8>) -> Bool {
        bytesEqual(method, "tools/call") || bytesEqual(method, "resources/read")
            || bytesEqual(method, "prompts/get")
    }

    private static let current: StaticString = "2026-07-28"

    private static func isDate(_ text: Span<UInt8>) -> Bool {
        guard text.count == 10 else { return false }
        for index in text.indices {
            let isDash = index == 4 || index == 7
            guard isDash ? text[index] == 0x2D : (0x30...0x39).contains(text[index]) else { return false }
        }
        return true
    }

    /// - Requires: equal lengths.
    private static func isBefore(_ text: Span<UInt8>, _ date: StaticString) -> Bool {
        let date = [UInt8](date)
        for index in text.indices where text[index] != date[index] { return text[index] < date[index] }
        return false
    }

    /// The one value of a header; empty without the header.
    ///
    /// - Throws: `mcpHeader` for several values, and for one that is not of visible ASCII characters with spaces between them.
    private static func header(_ name: StaticString, of event: Event) throws(RouteFault) -> [UInt8] {
        let found: RepeatedValues
        do throws(EventError) {
            found = RepeatedValues(try event.headerStrings([UInt8](name).span))
        } catch { throw .mcpHeader }
        guard found.count > 0 else { return [] }
        guard found.count == 1, let value = found.values.first, let last = value.last, value[0] != 0x20,
            last != 0x20
        else { throw .mcpHeader }
        for byte in value {
            // An HTTP API joins repeated headers by commas.
            if byte < 0x20 || byte > 0x7E || (byte == 0x2C && event.caller == .httpAPI2) { throw .mcpHeader }
        }
        return value
    }

    /// A value, decoded if it has the form `=?base64?…?=`.
    ///
    /// - Throws: `mcpHeader` for a value that begins so and is not base64 of UTF-8 without control characters.
    private static func decoded(_ value: [UInt8]) throws(RouteFault) -> [UInt8] {
        let mark: StaticString = "=?base64?"
        let start = mark.utf8ByteCount
        guard bytesStart(value.span, with: mark) else { return value }
        let end = value.count - 2
        guard end > start, value[end] == 0x3F, value[end + 1] == 0x3D else { throw .mcpHeader }
        do throws(BytesError) {
            let text = try Base64.decode(value.span.extracting(start..<end))
            var index = 0
            while index < text.count {
                guard !isControl(text[index]), let count = utf8SequenceByteCount(text.span, at: index) else {
                    throw BytesError.invalidCharacter(offset: index)
                }
                index += count
            }
            return text
        } catch { throw .mcpHeader }
    }
}
