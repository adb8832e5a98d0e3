// NameSort.swift - finds duplicate names by sorting, if too many names share one bucket.
//
// Spec:    RFC 7493 §2.3.
// Secret:  no.
// Reads:   DuplicateNames; Bytes. Read by: DuplicateNames.
//
// Only names that were chosen for their hashes lead here. Sorting n names with b bytes takes log2(n) passes, each of
// which compares n pairs and reads at most b bytes.

import Bytes

/// Runs of this length are sorted by insertion.
private let runLength = 8

extension DuplicateNames {
    mutating func sortedDuplicate(_ count: Int, _ text: Span<UInt8>) -> Int? {
        names.removeLast(names.count - count)
        sort(text)
        // The sort is stable: of two adjacent equal names, the second one is the later one in the text.
        var first: Int?
        for index in 1..<count where order(names[index - 1], names[index], text) == 0 {
            first = min(first ?? .max, Int(names[index].node))
        }
        return first
    }

    /// Negative, zero or positive. The order is by length, then by hash, then by bytes.
    private func order(_ a: Name, _ b: Name, _ text: Span<UInt8>) -> Int {
        if a.count != b.count { return a.count < b.count ? -1 : 1 }
        if a.hash != b.hash { return a.hash < b.hash ? -1 : 1 }
        let unescaped = unescapedText.span
        return orderOfBytes(Self.bytes(of: a, text, unescaped), Self.bytes(of: b, text, unescaped))
    }

    /// A stable merge sort that starts with short sorted runs.
    private mutating func sort(_ text: Span<UInt8>) {
        var start = 0
        while start < names.count {
            let end = min(start + runLength, names.count)
            for index in start..<end {
                let name = names[index]
                var place = index
                while place > start, order(names[place - 1], name, text) > 0 {
                    names[place] = names[place - 1]
                    place -= 1
                }
                names[place] = name
            }
            start = end
        }
        var width = runLength
        while width < names.count {
            merge(runsOf: width, text)
            width *= 2
        }
    }

    private mutating func merge(runsOf width: Int, _ text: Span<UInt8>) {
        merged.removeAll(keepingCapacity: true)
        var start = 0
        while start < names.count {
            let middle = min(start + width, names.count)
            let end = min(middle + width, names.count)
            var left = start
            var right = middle
            while left < middle || right < end {
                let isLeft =
                    right == end || (left < middle && order(names[left], names[right], text) <= 0)
                merged.append(names[isLeft ? left : right])
                if isLeft { left += 1 } else { right += 1 }
            }
            start = end
        }
        swap(&names, &merged)
    }
}

/// Negative, zero or positive, in any total order; it need not be lexicographic.
///
/// - Requires: both have the same count.
@inline(never) @_optimize(speed)
private func orderOfBytes(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Int {
    var index = 0
    while a.count - index >= 8 {
        let (first, second) = (a.littleEndianWord(at: index), b.littleEndianWord(at: index))
        if first != second { return first < second ? -1 : 1 }
        index += 8
    }
    while index < a.count {
        if a[index] != b[index] { return a[index] < b[index] ? -1 : 1 }
        index += 1
    }
    return 0
}
