// DeniedSpellings.swift - the equivalent spellings of a refused path, which a policy must deny too.
//
// Spec:    RFC 3986 §2.1 (escapes), §6.2.2 (equivalent spellings).
// Secret:  no.
// Reads:   SegmentPattern; Bytes, URI (PercentEscape). Read by: RoutePolicy.
//
// A client may send a byte of a refused literal unescaped, as an escape with uppercase digits, or as one with lowercase or
// mixed digits. Bytes that a path can contain unescaped need no escape: each of their escapes is denied anywhere in the
// path. The others (a space, `é`) have one usual escape, which is part of the Deny and also of other, allowed paths. Of
// these, only the escapes with lowercase digits are denied anywhere. The Deny is written both with the byte escaped and
// with the byte unescaped.

import Bytes
import URI

/// A set of escapes to deny, each followed by `*`.
struct DeniedSpellings: Sendable {
    /// One bit for each byte. `every`: all escapes of the byte are denied; `unusual`: only its unusual escapes.
    private var every: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var unusual: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Adds the bytes of a refused pattern's literals, without the leading literals that the allowed pattern has too: the Allow
    /// does not match other spellings of those. (If the method of an Allow is `*`, it also matches segments of the path, so
    /// nothing after it is at a fixed position.)
    mutating func add(_ refused: SegmentPattern, beside allowed: SegmentPattern) {
        var first = 1
        let isAnchored = allowed.segments[0].kind == .literal
        while isAnchored, first < min(refused.count, allowed.count), refused.segments[first].kind == .literal,
            allowed.segments[first].kind == .literal, bytesEqual(refused.text(first), allowed.text(first))
        { first += 1 }
        for segment in stride(from: first, to: refused.count, by: 1) {
            let text = refused.text(segment)
            for index in text.indices {
                if isLiteralCharacter(text[index]) {
                    Self.insert(text[index], into: &every)
                } else {
                    Self.insert(text[index], into: &unusual)
                }
            }
        }
    }

    /// Adds the characters of a pattern's literals that have two spellings in normal form. In one of the two decisions `@` and
    /// `%40` are different paths, in the other they are the same path.
    mutating func addReserved(_ pattern: SegmentPattern) {
        for segment in stride(from: 1, to: pattern.count, by: 1) {
            let text = pattern.text(segment)
            for index in text.indices where isLiteralCharacter(text[index]) && !isUnreserved(text[index]) {
                Self.insert(text[index], into: &every)
            }
        }
    }

    private static func insert(_ byte: UInt8, into set: inout (UInt64, UInt64, UInt64, UInt64)) {
        let bit: UInt64 = 1 << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: set.0 |= bit
        case 1: set.1 |= bit
        case 2: set.2 |= bit
        default: set.3 |= bit
        }
    }

    private static func contains(_ byte: UInt8, _ set: (UInt64, UInt64, UInt64, UInt64)) -> Bool {
        let bits =
            switch byte >> 6 {
            case 0: set.0
            case 1: set.1
            case 2: set.2
            default: set.3
            }
        return bits >> UInt64(byte & 63) & 1 == 1
    }

    /// The number of escapes.
    var count: Int {
        var count = 0
        visitAll { _ in count += 1 }
        return count
    }

    /// Calls `body` with each escape as `%61*`. Escapes of the dot are omitted: they are denied as ambiguous paths.
    func visitAll(_ body: (Span<UInt8>) -> Void) {
        for byte in UInt8.min...UInt8.max where byte != 0x2E {
            let isEvery = Self.contains(byte, every)
            guard isEvery || Self.contains(byte, unusual) else { continue }
            // Two hexadecimal digits. Each may be a letter, in uppercase or lowercase.
            for high in Self.digits(byte >> 4) {
                for low in Self.digits(byte & 0x0F) {
                    let isUsual = high < 0x61 && low < 0x61
                    if isUsual && !isEvery { continue }
                    let escape: InlineArray<4, UInt8> = [0x25, high, low, 0x2A]
                    body(escape.span)
                }
            }
        }
    }

    /// A digit in uppercase and, if it is a letter, in lowercase.
    private static func digits(_ value: UInt8) -> [UInt8] {
        value < 10 ? [0x30 + value] : [0x37 + value, 0x57 + value]
    }
}

/// The ARN suffixes that deny a decoded pattern. Each character that a path cannot contain is written escaped and
/// unescaped, in every combination of up to three such characters; if there are more, each is replaced by `*`.
func spelledResources(of pattern: SegmentPattern) -> [[UInt8]] {
    var others = 0
    for segment in pattern.segments.indices {
        forEachCharacter(of: pattern.text(segment)) { if !$0.isPlain && $0.isWhole { others += 1 } }
    }
    if others == 0 { return [pattern.resource] }
    let limit = 3
    if others > limit { return [resource(pattern, spelling: nil)] }
    var ends: [[UInt8]] = []
    for choice in 0..<(1 << others) { ends.append(resource(pattern, spelling: choice)) }
    return ends
}

/// - Parameter spelling: a bit for each character that a path cannot contain: 1 for unescaped, 0 for escaped; nil: each is
///   replaced by `*`.
private func resource(_ pattern: SegmentPattern, spelling: Int?) -> [UInt8] {
    var text: [UInt8] = []
    var place = 0
    for index in pattern.segments.indices {
        text.append(0x2F)
        guard pattern.segments[index].kind == .literal else {
            text.append(0x2A)
            continue
        }
        forEachCharacter(of: pattern.text(index)) { character in
            if character.isPlain {
                text.append(character.bytes[0])
            } else if let spelling {
                if character.isWhole, spelling >> place & 1 == 1 {
                    text += character.literalText
                } else {
                    for byte in character.bytes { appendEscape(of: byte, to: &text) }
                }
                if character.isWhole { place += 1 }
            } else if text.last != 0x2A {
                text.append(0x2A)
            }
        }
    }
    return text
}

/// A UTF-8 character, or an invalid byte.
private struct Character {
    let bytes: [UInt8]

    /// Whether a path can contain it unescaped.
    var isPlain: Bool { bytes.count == 1 && isLiteralCharacter(bytes[0]) }

    /// Whether it is a character. JSON texts, such as events, contain no other bytes.
    var isWhole: Bool { bytes.count > 1 || bytes[0] < 0x80 }

    /// Its form in a Resource: IAM's grammar ends at U+00FF, and `*`, `?` and `"` would be interpreted differently.
    var literalText: [UInt8] {
        switch bytes[0] {
        case 0x22, 0x2A, 0x3F, 0xC4...: [0x3F]
        default: bytes
        }
    }
}

private func forEachCharacter(of text: Span<UInt8>, _ body: (Character) -> Void) {
    var start = 0
    while start < text.count {
        let further =
            switch text[start] {
            case 0xC2...0xDF: 1
            case 0xE0...0xEF: 2
            case 0xF0...0xF4: 3
            default: 0
            }
        var end = start + 1
        while end < text.count, end <= start + further, text[end] & 0xC0 == 0x80 { end += 1 }
        // A truncated sequence: each byte is taken separately.
        if end - start != further + 1 { end = start + 1 }
        body(Character(bytes: [UInt8](text.extracting(start..<end))))
        start = end
    }
}
