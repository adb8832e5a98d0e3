// WildcardMatch.swift - does an ARN with wildcards cover an ARN?
//
// Spec:    IAM JSON policy elements, Resource: `*` stands for any run of characters, slashes among
//          them, `?` for one.
// Secret:  no.
// Reads:   nothing. Read by: PolicyAnswer.

/// Whether a pattern stands for a text.
///
/// Goes back to the last `*` alone: what an earlier one stood for need not be tried again, since the
/// later one takes any run. At most pattern times text steps.
package func wildcardsMatch(_ pattern: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    var place = 0
    var offset = 0
    var star: Int?
    var starOffset = 0
    while offset < text.count {
        if place < pattern.count, pattern[place] == 0x2A {
            star = place
            starOffset = offset
            place += 1
        } else if place < pattern.count, pattern[place] == 0x3F || pattern[place] == text[offset] {
            place += 1
            offset += 1
        } else if let back = star {
            // The last star takes one byte more.
            starOffset += 1
            offset = starOffset
            place = back + 1
        } else {
            return false
        }
    }
    while place < pattern.count, pattern[place] == 0x2A { place += 1 }
    return place == pattern.count
}
