// ResourceMatch.swift - whether a Resource of a policy matches an ARN, in each interpretation that a gateway could use.
//
// Spec:    IAM JSON policy elements, Resource: `*` matches any sequence of characters, including slashes, and `?` one
//          character. It is not documented for API Gateway whether a `*` matches an ARN's colons, so both are considered.
// Secret:  no.
// Reads:   ComparedHead; URI (ARNFields). Read by: PolicyReader, the hints of `explain`; Authorizer (PolicyAnswer).

import URI

/// The possible comparisons of a Resource with the called ARN.
package enum ResourceReading: CaseIterable, Sendable {
    /// As one string: `*` also matches colons.
    case wholeString
    /// Split at the first five colons and compared field by field: `*` matches within its field, and the last field is the
    /// rest of the text. A Resource of `*` alone matches everything.
    case fieldByField
}

/// Whether `resource` matches `arn` in this interpretation.
package func resourceMatches(_ resource: Span<UInt8>, _ arn: Span<UInt8>, _ reading: ResourceReading) -> Bool
{
    if resource.count == 1, resource[0] == 0x2A { return true }
    if reading == .wholeString { return wildcardsMatch(resource, arn) }
    guard let fields = ARNFields(resource), let called = ARNFields(arn) else { return false }
    for field in 0..<ARNFields.count {
        guard wildcardsMatch(resource.extracting(fields[field]), arn.extracting(called[field])) else {
            return false
        }
    }
    return true
}

/// An ARN that is compared with Resources, in both interpretations.
struct ComparedARN: ~Escapable {
    private let text: Span<UInt8>
    /// Nil: each Resource is compared as a whole.
    private let head: ComparedHead?

    /// - Parameter hasMany: whether there are many Resources, nearly all with the same beginning as the ARN.
    @_lifetime(copy text)
    init(_ text: Span<UInt8>, hasMany: Bool = true) {
        self.text = text
        head = hasMany ? ComparedHead(text) : nil
    }

    /// The result of `resourceMatches` for each interpretation.
    func isMatched(by resource: Span<UInt8>) -> (wholeString: Bool, fieldByField: Bool) {
        if let matches = head?.matches(resource, text) { return (matches, matches) }
        return (
            resourceMatches(resource, text, .wholeString), resourceMatches(resource, text, .fieldByField)
        )
    }
}

/// Whether a pattern with `*` and `?` matches a whole text. A `?` matches one character of UTF-8.
///
/// Backtracks only to the last `*`. An earlier one need not be tried again, because the later one matches any sequence. The
/// number of steps is at most the product of the lengths of pattern and text.
@_optimize(speed)
func wildcardsMatch(_ pattern: Span<UInt8>, _ text: Span<UInt8>) -> Bool {
    var place = 0
    var offset = 0
    var star: Int?
    var starOffset = 0
    while offset < text.count {
        if place < pattern.count, pattern[place] == 0x2A {
            star = place
            starOffset = offset
            place += 1
        } else if place < pattern.count, pattern[place] == 0x3F {
            place += 1
            offset += 1
            while offset < text.count, text[offset] & 0xC0 == 0x80 { offset += 1 }
        } else if place < pattern.count, pattern[place] == text[offset] {
            place += 1
            offset += 1
        } else if let back = star {
            // The last `*` matches one byte more.
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
