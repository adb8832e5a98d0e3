// ARNFields.swift - the six fields of an Amazon Resource Name, as offsets.
//
// Spec:    AWS General Reference, "Amazon Resource Names (ARNs)": arn:partition:service:region:account:resource.
// Secret:  no.
// Reads:   Bytes. Read by: Events (RequestARN, AppSyncEvent), Routes (ResourceMatch), Settings (ResourceARN).
//
// Fields are offsets instead of copies, because an ARN is split for each event. Callers check the characters of a
// field.

import Bytes

/// An ARN split at its first five colons. The last field, the resource, contains all further colons.
package struct ARNFields {
    /// The number of fields of an ARN.
    package static let count = 6

    /// The offset of each field's first byte.
    private let starts: InlineArray<6, Int>
    private let byteCount: Int

    /// - Returns: nil for a text with fewer than five colons.
    package init?(_ text: Span<UInt8>) {
        var starts = InlineArray<6, Int>(repeating: 0)
        for field in 1..<Self.count {
            let colon = text.firstIndex(of: 0x3A, from: starts[field - 1])
            guard colon < text.count else { return nil }
            starts[field] = colon + 1
        }
        self.starts = starts
        byteCount = text.count
    }

    /// The range of a field, without its colons; may be empty.
    ///
    /// - Requires: `field` is from 0 (`arn`) to 5 (the resource).
    package subscript(_ field: Int) -> Range<Int> {
        starts[field]..<(field < 5 ? starts[field + 1] - 1 : byteCount)
    }

    package var partition: Range<Int> { self[1] }
    package var service: Range<Int> { self[2] }
    package var region: Range<Int> { self[3] }
    package var account: Range<Int> { self[4] }
    package var resource: Range<Int> { self[5] }
}
