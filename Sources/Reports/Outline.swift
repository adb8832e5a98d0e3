// Outline.swift - a report as names and values, written as JSON or as lines.
//
// Spec:    RFC 8259; README "Commands": --json.
// Secret:  no: each report decides what it contains.
// Reads:   JSON, Bytes. Read by: every report; LambdaRuntime (Doctor), the commands.

import Bytes
import JSON

/// Members in their order.
package struct Outline {
    /// The value of a member, or an entry of a list.
    package enum Value {
        case text([UInt8])
        case number(Int64)
        case flag(Bool)
        case list([Value])
        case group(Outline)
    }

    package private(set) var members: [(name: StaticString, value: Value)] = []

    package init() {}

    package mutating func add(_ name: StaticString, _ value: Value) { members.append((name, value)) }

    package mutating func add(_ name: StaticString, _ text: [UInt8]) { add(name, .text(text)) }

    package mutating func add(_ name: StaticString, _ text: StaticString) { add(name, .text([UInt8](text))) }

    package mutating func add(_ name: StaticString, _ number: Int64) { add(name, .number(number)) }

    package mutating func add(_ name: StaticString, _ number: Int) { add(name, .number(Int64(number))) }

    package mutating func add(_ name: StaticString, _ flag: Bool) { add(name, .flag(flag)) }

    package mutating func add(_ name: StaticString, _ group: Outline) { add(name, .group(group)) }

    package mutating func add(_ name: StaticString, _ texts: [[UInt8]]) {
        add(name, .list(texts.map { .text($0) }))
    }

    package mutating func add(_ name: StaticString, _ texts: [StaticString]) {
        add(name, .list(texts.map { .text([UInt8]($0)) }))
    }

    package mutating func add(_ name: StaticString, _ groups: [Outline]) {
        add(name, .list(groups.map { .group($0) }))
    }

    // MARK: For programs

    /// One JSON value, without a line feed.
    package var json: [UInt8] {
        var writer = JSONWriter()
        Self.write(.group(self), to: &writer)
        return writer.bytes
    }

    /// It calls itself as deep as a report is nested, which no input has a say in.
    private static func write(_ value: Value, to writer: inout JSONWriter) {
        switch value {
        case .text(let text): writer.string(text.span)
        case .number(let number): writer.integer(number)
        case .flag(let flag): writer.bool(flag)
        case .list(let values):
            writer.beginArray()
            for value in values { write(value, to: &writer) }
            writer.endArray()
        case .group(let outline):
            writer.beginObject()
            for (name, value) in outline.members {
                writer.key(name)
                write(value, to: &writer)
            }
            writer.endObject()
        }
    }

    // MARK: For people

    /// A line for each member and entry, indented; an empty line before each group of a list. Without a line feed at the end.
    package var lines: [UInt8] {
        var lines: [UInt8] = []
        append(to: &lines, depth: 0)
        return lines
    }

    private func append(to lines: inout [UInt8], depth: Int) {
        for (index, member) in members.enumerated() {
            if index > 0 { lines.append(0x0A) }
            Self.indent(&lines, 2 * depth)
            lines.append(member.name)
            lines.append(0x3A)
            Self.append(member.value, to: &lines, depth: depth + 1, gap: 1)
        }
    }

    /// - Parameters:
    ///   - depth: of what is within the value.
    ///   - gap: the spaces before it, if it is of one line.
    private static func append(_ value: Value, to lines: inout [UInt8], depth: Int, gap: Int) {
        switch value {
        case .text(let text):
            if !text.isEmpty { indent(&lines, gap) }
            appendPlain(text, to: &lines)
        case .number(let number):
            indent(&lines, gap)
            lines.append(decimal: number)
        case .flag(let flag):
            indent(&lines, gap)
            lines.append(flag ? "true" : "false")
        case .list(let values):
            lines.append(0x0A)
            for (index, value) in values.enumerated() {
                if index > 0 { lines.append(0x0A) }
                append(value, to: &lines, depth: depth + 1, gap: 2 * depth)
            }
        case .group(let outline):
            lines.append(0x0A)
            outline.append(to: &lines, depth: depth)
        }
    }

    private static func indent(_ lines: inout [UInt8], _ count: Int) {
        for _ in 0..<count { lines.append(0x20) }
    }

    /// As JSON has it, without quotation marks and backslashes: text from outside stays in its line. Only ASCII, for any terminal.
    private static func appendPlain(_ text: [UInt8], to lines: inout [UInt8]) {
        var writer = JSONWriter()
        writer.string(text.span)
        let quoted = writer.bytes
        var isEscaped = false
        for byte in quoted[1..<(quoted.count - 1)] {
            isEscaped = byte == 0x5C && !isEscaped
            if !isEscaped { lines.append(byte < 0x7F ? byte : 0x3F) }
        }
    }
}
