// NamedValues.swift - headers, query parameters and cookies in the form in which the callers send them.
//
// Spec:    API Gateway Developer Guide: `headers` contains the last value of a repeated header,
//          `multiValueHeaders` all values; RFC 6265 §4.2.1 (Cookie), RFC 6455 §11.3.4.
// Secret:  the values.
// Reads:   EventError, Limits; JSON, Bytes. Read by: Event, the callers' files; Authorizer.

import Bytes
import JSON

/// The values of one name in one member of an event: their number, and the first of them.
struct MemberValues {
    private(set) var count = 0
    private(set) var values: [[UInt8]] = []

    mutating func add(_ value: Span<UInt8>) {
        count += 1
        if values.count < EventLimits.keptValueCount { values.append([UInt8](value)) }
    }

    /// - Requires: a string.
    mutating func add(_ value: JSONValue) {
        count += 1
        if values.count < EventLimits.keptValueCount { values.append(value.stringBytes ?? []) }
    }
}

/// The values of one name in several members of an event. If a second member repeats a value of the first byte for byte,
/// both describe the same line of the request, and the value counts once. If one member contains a value twice, it was sent
/// twice.
package struct RepeatedValues {
    package private(set) var count = 0
    /// The first values.
    package private(set) var values: [[UInt8]] = []

    init() {}

    /// The strings of each member.
    package init(_ members: [[JSONValue]]) {
        for strings in members {
            var member = MemberValues()
            for string in strings { member.add(string) }
            add(member)
        }
    }

    /// Adds the values of the next member.
    mutating func add(_ member: MemberValues) {
        let known = values.count
        var isMatched = [Bool](repeating: false, count: known)
        count += member.count
        for value in member.values {
            var match = 0
            while match < known {
                let earlier = values[match]
                if !isMatched[match] && bytesEqual(earlier.span, value.span) { break }
                match += 1
            }
            if match < known {
                isMatched[match] = true
                count -= 1
            } else if values.count < EventLimits.keptValueCount {
                values.append(value)
            }
        }
    }
}

/// The strings of a name, for each member that may contain it: a map of lists, and a map of single values. A map, list or
/// value that is null is treated as absent.
///
/// - Throws: `member` for a map or a value of another type.
func namedValues(
    _ root: JSONValue, _ name: Span<UInt8>, many: EventError.Member? = nil, one: EventError.Member,
    ignoringCase: Bool
) throws(EventError) -> [[JSONValue]] {
    var all: [[JSONValue]] = []
    if let many {
        var strings: [JSONValue] = []
        for list in try members(root, name, many, ignoringCase) where !list.isNull {
            guard list.kind == .array else { throw .member(many) }
            try appendStrings(of: list, many, to: &strings)
        }
        all.append(strings)
    }
    all.append(try onlyStrings(try members(root, name, one, ignoringCase), one))
    return all
}

/// The values that are not null.
///
/// - Throws: `member` for a value of another type.
func onlyStrings(
    _ values: [JSONValue], _ member: EventError.Member
) throws(EventError) -> [JSONValue] {
    var strings: [JSONValue] = []
    for value in values where !value.isNull {
        guard value.kind == .string else { throw .member(member) }
        strings.append(value)
    }
    return strings
}

/// Appends the elements of an array of strings, without null elements.
///
/// - Throws: `member` for an element of another type.
func appendStrings(
    of array: JSONValue, _ member: EventError.Member, to strings: inout [JSONValue]
) throws(EventError) {
    var elements = array.children
    while let element = elements.next() {
        if element.value.isNull { continue }
        guard element.value.kind == .string else { throw .member(member) }
        strings.append(element.value)
    }
}

private func members(
    _ root: JSONValue, _ name: Span<UInt8>, _ map: EventError.Member, _ ignoringCase: Bool
) throws(EventError) -> [JSONValue] {
    guard let holder = root.member(map.name), !holder.isNull else { return [] }
    guard holder.kind == .object else { throw .member(map) }
    if ignoringCase { return holder.members(ignoringASCIICase: name) }
    return holder.member(name).map { [$0] } ?? []
}

extension JSONValue {
    /// Calls `body` with the value of a string, which is copied only if it has escapes.
    func withText(_ body: (Span<UInt8>) -> Void) {
        guard hasEscapes else { return body(rawText) }
        let text = stringBytes ?? []
        body(text.span)
    }
}
