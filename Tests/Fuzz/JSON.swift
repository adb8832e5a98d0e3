// JSON.swift - fuzz target: any text parses or is refused, and what was written parses to itself.

import JSON

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzJSON(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = input(start, count)
    let document: JSONDocument
    do { document = try JSONDocument(parsing: bytes) } catch { return 0 }
    var first = JSONWriter()
    write(document.root, into: &first)
    let written = first.bytes

    let limits = JSONLimits(
        byteCount: 6 * bytes.count + 64, depth: 4096, memberCount: .max, elementCount: .max,
        nodeCount: bytes.count + 1)
    let again: JSONDocument
    do { again = try JSONDocument(parsing: written, limits: limits) } catch {
        require(false, "what the writer writes parses")
        return 0
    }
    var second = JSONWriter()
    write(again.root, into: &second)
    require(written == second.bytes, "writing what was parsed from written text changes nothing")
    return 0
}

/// Writes a value, and asks it everything on the way. The depth is bounded by the parser's limit.
private func write(_ value: JSONValue, into writer: inout JSONWriter) {
    switch value.kind {
    case .object:
        writer.beginObject()
        var walk = value.children
        var place = 0
        while let child = walk.next() {
            if place < 32 {
                let found = value.member(child.name.span)
                require(found != nil && found!.kind == child.value.kind, "a member is found by its name")
                place += 1
            }
            writer.key(child.name.span)
            write(child.value, into: &writer)
        }
        writer.endObject()
    case .array:
        writer.beginArray()
        let elements = value.elements
        require(elements?.count == value.count, "an array has as many elements as it says")
        for element in elements ?? [] { write(element, into: &writer) }
        writer.endArray()
    case .string:
        let text = value.stringBytes ?? []
        require(value.isString(text.span), "a string is its own bytes")
        writer.string(text.span)
    case .number:
        guard let number = value.number else { return require(false, "a number is a number") }
        if let integer = number.integer, !number.hasFraction {
            require(number.floor == integer, "an integer is its own floor")
        }
        _ = number.isNegative
        writer.raw(value.rawText)
    case .true, .false: writer.bool(value.bool == true)
    case .null: writer.null()
    }
}
