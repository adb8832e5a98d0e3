// LikePattern.swift - text with wildcards: `*` for any run, `?` for one character.
//
// Spec:    RULES.md, `like`; the wildcards of StringLike (IAM User Guide, condition operators). The search for a literal is that
//          of Knuth, Morris and Pratt.
// Secret:  no.
// Reads:   Bytes. Read by: ClaimTest, Requirement, SubjectForm.
//
// Work is linear in the claim, whatever the pattern is. The text before the first `*` and after the last one is compared at its
// only possible place. The pieces between are searched from left to right, each at its first place after the piece before:
// a later place could only leave less for the next ones, so nothing is tried twice. A piece without `?` takes two steps for each
// byte that it passes. A piece with `?` takes at most eight for each byte of the claim and each of its `?`, of which a pattern
// has at most `RouteLimits.likeMarkCount`.

import Bytes

/// A pattern of `like`.
package struct LikePattern: Sendable {
    private static let star: UInt8 = 0x2A
    private static let mark: UInt8 = 0x3F

    /// UTF-8.
    package let text: [UInt8]
    /// For each byte: how many bytes at the beginning of its literal (a run without wildcards) the literal up to this byte also
    /// ends with, without being all of it. 0 for a wildcard.
    private let borders: [UInt16]

    /// - Requires: UTF-8 of at most 65,535 bytes, with at most `RouteLimits.likeMarkCount` `?`.
    package init(_ text: [UInt8]) {
        precondition(text.count <= Int(UInt16.max), "the document limits its texts")
        self.text = text
        var borders = [UInt16](repeating: 0, count: text.count)
        var start = 0
        for index in text.indices {
            if text[index] == Self.star || text[index] == Self.mark {
                start = index + 1
                continue
            }
            guard index > start else { continue }
            var length = Int(borders[index - 1])
            while length > 0, text[start + length] != text[index] {
                length = Int(borders[start + length - 1])
            }
            if text[start + length] == text[index] { length += 1 }
            borders[index] = UInt16(length)
        }
        self.borders = borders
    }

    /// Whether the whole of a text matches.
    ///
    /// - Parameter subject: UTF-8.
    package func matches(_ subject: Span<UInt8>) -> Bool {
        var steps = 0
        return matches(subject, &steps)
    }

    /// - Parameter steps: the comparisons and moves are added to it.
    func matches(_ subject: Span<UInt8>, _ steps: inout Int) -> Bool {
        let first = text.span.firstIndex(of: Self.star)
        guard var place = end(of: 0..<first, in: subject, &steps) else { return false }
        if first == text.count { return place == subject.count }
        var last = text.count - 1
        while text[last] != Self.star { last -= 1 }
        guard let tail = start(of: (last + 1)..<text.count, in: subject, &steps), tail >= place else {
            return false
        }
        let middle = subject.extracting(0..<tail)
        var start = first + 1
        while start <= last {
            let pieceEnd = text.span.firstIndex(of: Self.star, from: start)
            guard let found = search(start..<pieceEnd, in: middle, from: place, &steps) else { return false }
            place = found
            start = pieceEnd + 1
        }
        return true
    }

    // MARK: At one place

    /// The end of a piece without `*` that begins where the subject begins; nil if it differs.
    private func end(of piece: Range<Int>, in subject: Span<UInt8>, _ steps: inout Int) -> Int? {
        var place = 0
        for index in piece {
            steps += 1
            guard place < subject.count else { return nil }
            if text[index] == Self.mark {
                repeat { place += 1 } while isWithinCharacter(subject, place)
            } else {
                guard subject[place] == text[index] else { return nil }
                place += 1
            }
        }
        return place
    }

    /// The start of a piece without `*` that ends where the subject ends; nil if it differs.
    private func start(of piece: Range<Int>, in subject: Span<UInt8>, _ steps: inout Int) -> Int? {
        var (place, index) = (subject.count, piece.upperBound)
        while index > piece.lowerBound {
            steps += 1
            guard place > 0 else { return nil }
            (place, index) = (place - 1, index - 1)
            if text[index] == Self.mark {
                while place > 0, isWithinCharacter(subject, place) { place -= 1 }
            } else {
                guard subject[place] == text[index] else { return nil }
            }
        }
        return place
    }

    /// Whether a place is inside the bytes of one character.
    private func isWithinCharacter(_ subject: Span<UInt8>, _ place: Int) -> Bool {
        place < subject.count && subject[place] & 0xC0 == 0x80
    }

    // MARK: At the first of all places

    /// The end of the first occurrence of a piece without `*`; nil without an occurrence.
    private func search(
        _ piece: Range<Int>, in subject: Span<UInt8>, from place: Int, _ steps: inout Int
    ) -> Int? {
        var literal = piece.lowerBound..<min(piece.upperBound, nextMark(piece.lowerBound))
        if literal == piece {
            return piece.isEmpty ? place : search(literal, in: subject, from: place, &steps) { _ in true }
        }
        // The places up to which the piece's beginning, as far as it is read, can reach. At first each character's start.
        steps += subject.count
        var isReached = [Bool](repeating: true, count: subject.count + 1)
        for index in isReached.indices where index < place || isWithinCharacter(subject, index) {
            isReached[index] = false
        }
        while true {
            if !literal.isEmpty {
                steps += subject.count
                var isNext = [Bool](repeating: false, count: subject.count + 1)
                let length = literal.count
                _ = search(literal, in: subject, from: place, &steps) { end in
                    if isReached[end - length] { isNext[end] = true }
                    return false
                }
                isReached = isNext
            }
            guard literal.upperBound < piece.upperBound else { break }
            // A `?`: one character further.
            var isBefore = false
            for index in place...subject.count where !isWithinCharacter(subject, index) {
                steps += 1
                (isBefore, isReached[index]) = (isReached[index], isBefore)
            }
            let start = literal.upperBound + 1
            literal = start..<min(piece.upperBound, nextMark(start))
        }
        for index in place...subject.count where isReached[index] { return index }
        return nil
    }

    private func nextMark(_ start: Int) -> Int { text.span.firstIndex(of: Self.mark, from: start) }

    /// The end of the first occurrence of a literal for which `isAccepted` returns true.
    ///
    /// - Requires: the literal is not empty.
    private func search(
        _ literal: Range<Int>, in subject: Span<UInt8>, from place: Int, _ steps: inout Int,
        _ isAccepted: (Int) -> Bool
    ) -> Int? {
        // Each step advances `index`, or makes `length` smaller, which grows only with `index`: at most two for each byte.
        var (index, length) = (place, 0)
        while index < subject.count {
            steps += 1
            if subject[index] == text[literal.lowerBound + length] {
                (index, length) = (index + 1, length + 1)
                guard length == literal.count else { continue }
                if isAccepted(index) { return index }
                length = Int(borders[literal.upperBound - 1])
            } else if length > 0 {
                length = Int(borders[literal.lowerBound + length - 1])
            } else {
                index += 1
            }
        }
        return nil
    }
}
