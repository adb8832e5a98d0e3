// PastedToken.swift - the token in what --token was given.
//
// Spec:    RFC 7515 §7.1 (compact serialisation), RFC 6750 §2.1; README "Commands".
// Secret:  the token; no note has a part of it.
// Reads:   Bytes. Read by: the commands (DecisionInput).
//
// Events are not cleaned: in an event a quotation mark was sent by the client. A person who pastes a token adds such characters by mistake.

import Bytes

/// A token, and what was done to find it.
package struct PastedToken {
    /// Parts of the text that do not belong to the token, in the order of `notes`.
    private struct Removed {
        var whiteSpaceAround = false
        var whiteSpaceWithin = false
        var quotationMarks = false
        var scheme = false
        var otherText = false
        var sameTokens = false
        var furtherTokens = false
    }

    package private(set) var token: [UInt8]
    private var removed = Removed()

    /// - Parameters:
    ///   - text: the argument, or the content of a file.
    ///   - isFromFile: whether it comes from a file or standard input; one line break at its end is then expected.
    package init(_ text: [UInt8], isFromFile: Bool = false) {
        var text = text
        if isFromFile {
            if text.last == 0x0A { text.removeLast() }
            if text.last == 0x0D { text.removeLast() }
        }
        text = Self.withASCIIMarks(text)
        let words = Self.words(text)
        var first = 0
        while first < words.count, !Self.beginsToken(words[first].text) { first += 1 }
        if first == words.count {
            // Nothing begins as a JWT does. Without its scheme and what is around it the rest is decided as it is.
            first = 0
            while first < words.count, Self.isScheme(words[first].text) { first += 1 }
            guard words.count - first == 1 else {
                token = text
                return
            }
        }
        var tokens: [[UInt8]] = []
        var isLast = false
        for (index, word) in words[first...].enumerated() {
            let isNew = index == 0 || Self.beginsToken(word.text)
            if isNew, index == 0 || !word.isNextToWhiteSpaceAlone || Self.isWhole(tokens[tokens.count - 1]) {
                tokens.append(word.text)
                isLast = false
            } else if word.isNextToWhiteSpaceAlone && !isLast {
                tokens[tokens.count - 1] += word.text
                removed.whiteSpaceWithin = removed.whiteSpaceWithin || tokens.count == 1
            } else {
                removed.otherText = true
                isLast = true
            }
        }
        token = tokens[0]
        for word in words[..<first] {
            if Self.isScheme(word.text) { removed.scheme = true } else { removed.otherText = true }
        }
        for further in tokens.dropFirst() {
            if bytesEqual(further.span, token.span) {
                removed.sameTokens = true
            } else {
                removed.furtherTokens = true
            }
        }
        for byte in text where byte == 0x22 || byte == 0x27 || byte == 0x60 { removed.quotationMarks = true }
        removed.whiteSpaceAround =
            Self.isWhiteSpace(text.first ?? 0x41) || Self.isWhiteSpace(text.last ?? 0x41)
    }

    /// A sentence for each change; empty if the text was a token.
    package var notes: [StaticString] {
        var notes: [StaticString] = []
        if removed.whiteSpaceAround { notes.append("white space around the token was removed") }
        if removed.whiteSpaceWithin { notes.append("line breaks or spaces within the token were removed") }
        if removed.quotationMarks { notes.append("quotation marks were removed") }
        if removed.scheme { notes.append("the scheme before the token was removed") }
        if removed.otherText { notes.append("text before or after the token was ignored") }
        if removed.sameTokens { notes.append("the token occurs more than once") }
        if removed.furtherTokens { notes.append("there is more than one token: only the first is decided") }
        return notes
    }

    /// Whether a text has the form of a file name and not that of a token.
    package static func looksLikeFileName(_ text: [UInt8]) -> Bool {
        guard !beginsToken(text), !text.contains(0x20), !text.contains(0x0A) else { return false }
        for start in ["/", "./", "../", "~/"] as [StaticString] where bytesStart(text.span, with: start) {
            return true
        }
        for end in [".jwt", ".txt", ".json", ".token"] as [StaticString] {
            let start = text.count - end.utf8ByteCount
            guard start > 0 else { continue }
            if bytesEqual(text.span.extracting(start..<text.count), end) { return true }
        }
        return false
    }

    // MARK: Words

    /// Typographic quotation marks as U+0022, no-break and zero-width spaces and a byte order mark as U+0020.
    private static func withASCIIMarks(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let rest = text.count - index
            let second = rest > 1 ? text[index + 1] : 0
            let third = rest > 2 ? text[index + 2] : 0
            switch (text[index], second, third) {
            case (0xC2, 0xA0, _):
                result.append(0x20)
                index += 2
            case (0xE2, 0x80, 0x8B...0x8F), (0xEF, 0xBB, 0xBF):
                result.append(0x20)
                index += 3
            case (0xE2, 0x80, 0x98...0x9F):
                result.append(0x22)
                index += 3
            default:
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    private struct Word {
        var text: [UInt8] = []
        /// Whether nothing but white space is between it and the word before.
        var isNextToWhiteSpaceAlone = true
    }

    /// The runs between white space, quotation marks, commas, semicolons, braces and brackets, none of which a token has.
    private static func words(_ text: [UInt8]) -> [Word] {
        var words: [Word] = []
        var word = Word()
        for byte in text + [0x20] {
            let isMark =
                switch byte {
                case 0x22, 0x27, 0x60, 0x2C, 0x3B, 0x7B, 0x7D, 0x5B, 0x5D: true
                default: false
                }
            guard isMark || isWhiteSpace(byte) else {
                word.text.append(byte)
                continue
            }
            if !word.text.isEmpty {
                words.append(word)
                word = Word()
            }
            if isMark { word.isNextToWhiteSpaceAlone = false }
        }
        return words
    }

    private static func isWhiteSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// `Bearer`, `DPoP`, the header's name before them, and the option of curl before that.
    private static func isScheme(_ text: [UInt8]) -> Bool {
        for known in ["bearer", "bearer:", "dpop", "authorization:", "authorization:bearer", "-h"]
            as [StaticString]
        where bytesEqualIgnoringASCIICase(text.span, known) { return true }
        return false
    }

    /// Whether a text begins with the base64url of an opening brace followed by a quotation mark or white space.
    private static func beginsToken(_ text: [UInt8]) -> Bool {
        for start in ["eyJ", "eyA", "ewo", "ew0", "ewk"] as [StaticString]
        where bytesStart(text.span, with: start) { return true }
        return false
    }

    /// Whether a text has two dots or more and does not end with one.
    private static func isWhole(_ text: [UInt8]) -> Bool {
        var dots = 0
        for byte in text where byte == 0x2E { dots += 1 }
        return dots >= 2 && text.last != 0x2E
    }
}
