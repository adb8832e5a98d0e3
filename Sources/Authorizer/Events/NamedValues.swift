// NamedValues.swift - headers, query parameters and cookies as the callers hand them over.
//
// Spec:    API Gateway Developer Guide: `headers` keeps the last value of a repeated header,
//          `multiValueHeaders` all; RFC 6265 §4.2.1 (Cookie), RFC 6455 §11.3.4.
// Secret:  the values.
// Reads:   Refusal; JSON. Read by: Event and the callers' files.

import Bytes
import JSON

/// The values of a name in a map of lists and in a map of single values; either may be absent or null.
///
/// - Throws: `eventMember` for a map or a value of another type.
func namedValues(
    _ root: JSONValue, _ name: Span<UInt8>, many: Refusal.EventMember? = nil, one: Refusal.EventMember,
    ignoringCase: Bool
) throws(Refusal) -> [[UInt8]] {
    var values: [[UInt8]] = []
    if let many {
        for list in try members(root, name, many, ignoringCase) {
            guard list.kind == .array else { throw .eventMember(many) }
            var elements = list.children
            while let element = elements.next() {
                guard let value = element.value.stringBytes else { throw .eventMember(many) }
                values.append(value)
            }
        }
    }
    var isFirst = true
    for member in try members(root, name, one, ignoringCase) {
        guard let value = member.stringBytes else { throw .eventMember(one) }
        // The same value that the lists have is the same header; a second spelling of the name,
        // or another value, is a second header.
        let isKnown = isFirst && values.contains { bytesEqual($0.span, value.span) }
        if !isKnown { values.append(value) }
        isFirst = false
    }
    return values
}

private func members(
    _ root: JSONValue, _ name: Span<UInt8>, _ map: Refusal.EventMember, _ ignoringCase: Bool
) throws(Refusal) -> [JSONValue] {
    guard let holder = root.member(map.name), !holder.isNull else { return [] }
    guard holder.kind == .object else { throw .eventMember(map) }
    if ignoringCase { return holder.members(ignoringASCIICase: name) }
    return holder.member(name).map { [$0] } ?? []
}

/// The values of a cookie in `a=b; c=d` (RFC 6265 §4.2.1).
func appendCookieValues(_ line: Span<UInt8>, _ name: Span<UInt8>, to values: inout [[UInt8]]) {
    forEachPart(of: line, separatedBy: 0x3B) { pair in
        if let value = valueOf(name, in: pair) { values.append(value) }
    }
}

/// The value of `name=value`, if the name is this one.
func valueOf(_ name: Span<UInt8>, in pair: Span<UInt8>) -> [UInt8]? {
    guard pair.count > name.count, pair[name.count] == 0x3D,
        bytesEqual(pair.extracting(0..<name.count), name)
    else { return nil }
    return [UInt8](pair.extracting((name.count + 1)..<pair.count))
}

/// The parts between separators, without the spaces and tabs around them.
func forEachPart(of text: Span<UInt8>, separatedBy separator: UInt8, _ body: (Span<UInt8>) -> Void) {
    var start = 0
    for index in 0...text.count where index == text.count || text[index] == separator {
        var first = start
        var end = index
        while first < end, text[first] == 0x20 || text[first] == 0x09 { first += 1 }
        while end > first, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        body(text.extracting(first..<end))
        start = index + 1
    }
}
