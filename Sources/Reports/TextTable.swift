// TextTable.swift - rows of texts out of one literal.
//
// Spec:    none: a line each, fields with a bar between.
// Secret:  no.
// Reads:   Bytes. Read by: Reasons.

import Bytes

/// The rows of a literal, one after the other.
struct TextTable {
    private let text: StaticString
    private var place = 0

    init(_ text: StaticString) { self.text = text }

    /// The next line's fields, of which there is at least one; nil at the end.
    mutating func next() -> [[UInt8]]? {
        let bytes = text.utf8Span
        guard place < bytes.count else { return nil }
        var fields: [[UInt8]] = []
        let end = bytes.firstIndex(of: 0x0A, from: place)
        while place <= end {
            let stop = min(end, bytes.firstIndex(of: 0x7C, from: place))
            fields.append([UInt8](bytes.extracting(place..<stop)))
            place = stop + 1
        }
        return fields
    }
}
