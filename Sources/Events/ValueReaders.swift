// ValueReaders.swift - parses cookies, a query string and subprotocols; each text is read once for all names.
//
// Spec:    RFC 6265 §4.2.1 (Cookie), RFC 3986 §3.4 (query), RFC 6455 §11.3.4 (Sec-WebSocket-Protocol).
// Secret:  the values.
// Reads:   NamedValues, Limits; Bytes. Read by: Event, PresentedToken, IoTCoreEvent.

import Bytes

/// The values of several names in texts such as `a=b; c=d` (RFC 6265 §4.2.1) or `a=b&c=d`. Each text is read once,
/// for any number of names.
struct PairReader {
    private let names: [[UInt8]]
    private let separator: UInt8
    /// For each key, the index plus one of the last name with this key; 0 if no name has it.
    private var places = [UInt8](repeating: 0, count: 256)
    /// For each name, the index plus one of the next name with the same key.
    private var next: [UInt8] = []
    /// The values in the texts read so far, in the order of the names.
    private(set) var values: [MemberValues]
    private var found = 0

    /// - Requires: at most 255 names, none of which is empty.
    init(_ names: [[UInt8]], separatedBy separator: UInt8) {
        self.names = names
        self.separator = separator
        values = [MemberValues](repeating: MemberValues(), count: names.count)
        for place in names.indices {
            let name = names[place]
            let key = Self.key(name.span, 0, name.count)
            next.append(places[key])
            places[key] = UInt8(place + 1)
        }
    }

    /// A key that differs for most names: computed from the first byte, the last byte and the length.
    @inline(__always)
    private static func key(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        (Int(text[start]) &* 5 ^ Int(text[end - 1]) &* 3 ^ (end - start)) & 0xFF
    }

    /// Spaces and tabs around a pair are ignored.
    @_optimize(speed)
    mutating func read(_ text: Span<UInt8>) {
        var index = 0
        while index < text.count, found < EventLimits.countedValueCount {
            let byte = text[index]
            if byte == separator || byte == 0x20 || byte == 0x09 {
                index += 1
                continue
            }
            // Names contain no `=`.
            let start = index
            while index < text.count, text[index] != 0x3D, text[index] != separator { index += 1 }
            if index == text.count || text[index] == separator { continue }
            let end = text.firstIndex(of: separator, from: index)
            if index > start {
                var place = places[Self.key(text, start, index)]
                while place > 0 {
                    read(text, start, index, end, Int(place) - 1)
                    place = next[Int(place) - 1]
                }
            }
            index = end
        }
    }

    /// Reads a pair whose name has the key of the name at `place`.
    private mutating func read(_ text: Span<UInt8>, _ start: Int, _ equals: Int, _ pairEnd: Int, _ place: Int)
    {
        let name = names[place]
        guard bytesEqual(text.extracting(start..<equals), name.span) else { return }
        var end = pairEnd
        while text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
        values[place].add(text.extracting((equals + 1)..<end))
        found += 1
    }
}

/// The tokens among the subprotocols that a browser requested: the entry after an entry that equals a prefix, or the
/// rest of an entry that starts with a prefix and a dot. Each text is read once, for any number of prefixes.
struct SubprotocolReader {
    private let prefixes: [[UInt8]]
    /// Whether some prefix starts with the byte.
    private var isFirst = [Bool](repeating: false, count: 256)
    /// The distinct lengths of the prefixes.
    private var counts: [Int] = []
    /// For each of these lengths and each byte: the prefixes of that length that end with the byte, one bit each.
    private var ends: [UInt64] = []
    /// The prefixes that equal the last entry, one bit each.
    private var expecting: UInt64 = 0
    private(set) var values: [MemberValues]
    private var found = 0

    /// - Requires: at most 64 prefixes, none of which is empty.
    init(_ prefixes: [[UInt8]]) {
        self.prefixes = prefixes
        values = [MemberValues](repeating: MemberValues(), count: prefixes.count)
        for place in prefixes.indices {
            guard let first = prefixes[place].first, let last = prefixes[place].last else { continue }
            isFirst[Int(first)] = true
            let count = prefixes[place].count
            let index = counts.firstIndex(of: count) ?? counts.count
            if index == counts.count {
                counts.append(count)
                ends += [UInt64](repeating: 0, count: 256)
            }
            ends[256 * index + Int(last)] |= 1 << UInt64(place)
        }
    }

    /// Entries are separated by commas. Spaces and tabs around them are ignored. Empty entries count too.
    @_optimize(speed)
    mutating func read(_ text: Span<UInt8>) {
        var start = 0
        while start <= text.count, found < EventLimits.countedValueCount {
            var end = text.firstIndex(of: 0x2C, from: start)
            let following = end + 1
            while start < end, text[start] == 0x20 || text[start] == 0x09 { start += 1 }
            while end > start, text[end - 1] == 0x20 || text[end - 1] == 0x09 { end -= 1 }
            if expecting != 0 || (start < end && isFirst[Int(text[start])]) { read(text, start, end) }
            start = following
        }
    }

    /// A prefix without a following entry counts as an empty token.
    mutating func end() {
        for place in prefixes.indices where expecting >> UInt64(place) & 1 == 1 {
            values[place].add([UInt8]().span)
        }
    }

    /// Reads one entry.
    @_optimize(speed)
    private mutating func read(_ text: Span<UInt8>, _ start: Int, _ end: Int) {
        let expected = expecting
        expecting = 0
        if expected != 0 {
            for place in prefixes.indices where expected >> UInt64(place) & 1 == 1 {
                add(text.extracting(start..<end), place)
            }
        }
        for index in 0..<counts.count where end - start >= counts[index] {
            let count = counts[index]
            // Most entries end differently from all prefixes.
            var candidates = ends[256 * index + Int(text[start + count - 1])] & ~expected
            while candidates != 0 {
                let place = candidates.trailingZeroBitCount
                candidates &= candidates - 1
                let prefix = prefixes[place]
                guard bytesEqual(text.extracting(start..<(start + count)), prefix.span) else { continue }
                if end - start == count {
                    expecting |= 1 << UInt64(place)
                } else if text[start + count] == 0x2E, end - start > count + 1 {
                    add(text.extracting((start + count + 1)..<end), place)
                }
            }
        }
    }

    private mutating func add(_ value: Span<UInt8>, _ place: Int) {
        values[place].add(value)
        found += 1
    }
}
