// DuplicateNames.swift - finds two members of one object with the same name.
//
// Spec:    RFC 7493 §2.3; names are compared without their escapes (RFC 8259 §8.3).
// Secret:  no.
// Reads:   JSONNode, JSONStringText, NameSort; Bytes. Read by: JSONParser.
//
// Bound: a name's escapes are removed once and its bytes are hashed once. Each name is then compared with the names
// of its bucket; bytes are read only if both hashes and both lengths are equal. The hash has no secret key. If an
// attacker chooses names that fill one bucket, the search stops after a few steps per name and the names are sorted
// instead. Sorting n names with b bytes takes log2(n) passes, each of which compares n pairs and reads at most b bytes.

import Bytes

/// Searches the members of one object at a time for duplicate names. Its memory is reused for the next object.
struct DuplicateNames {
    /// A name of the current object.
    struct Name {
        var hash: UInt64 = 0
        /// The offset of the name's value, in `unescapedText` if `isUnescaped`, else in the JSON text.
        var start: UInt32 = 0
        var count: UInt32 = 0
        var isUnescaped = false
        /// The index of the name's node.
        var node: UInt32 = 0
        /// One more than the index of the next name in the bucket; 0 at the end of the bucket.
        var next: UInt32 = 0
    }

    /// The bits of the hash that are used. Tests clear them to put all names into one bucket.
    private let hashMask: UInt64
    /// The names of the current object come first; later elements are unused.
    var names: [Name] = []
    /// One more than the index of a bucket's last name; 0 for an empty bucket. There are at least as many buckets as
    /// names.
    private var buckets: [UInt32] = []
    /// The output of a merge pass.
    var merged: [Name] = []
    /// The values of names that contain escapes, concatenated.
    var unescapedText: [UInt8] = []

    /// The average number of comparisons per name before the search stops and the names are sorted.
    private static let bucketSteps = 4

    init(hashMask: UInt64 = .max) {
        self.hashMask = hashMask
    }

    /// The node index of the first name, in the order of the text, that repeats an earlier name of the object.
    ///
    /// - Parameter object: the index of an object whose members are all parsed.
    mutating func firstDuplicate(in object: Int, nodes: [JSONNode], text: Span<UInt8>) -> Int? {
        let count = Int(nodes[object].count)
        guard count > 1 else { return nil }
        while names.count < count { names.append(Name()) }
        unescapedText.removeAll(keepingCapacity: true)
        Self.read(object + 1, nodes.span, text, hashMask, &names, count, &unescapedText)
        var bucketCount = 16
        while bucketCount < count { bucketCount *= 2 }
        while buckets.count < bucketCount { buckets.append(0) }
        switch Self.search(&names, count, &buckets, bucketCount, text, unescapedText) {
        case .none: return nil
        case .name(let place): return Int(names[place].node)
        case .crowded: return sortedDuplicate(count, text)
        }
    }

    /// Fills `names` and `unescapedText`.
    @_optimize(speed)
    private static func read(
        _ first: Int, _ nodes: Span<JSONNode>, _ text: Span<UInt8>, _ hashMask: UInt64,
        _ list: inout [Name], _ count: Int, _ unescapedText: inout [UInt8]
    ) {
        var names = list.mutableSpan
        var child = first
        for place in 0..<count {
            let node = nodes[child]
            var name = Name(node: UInt32(child))
            if node.hasEscapes {
                name.start = UInt32(unescapedText.count)
                appendUnescaped(node, text, to: &unescapedText)
                name.count = UInt32(unescapedText.count) - name.start
                name.isUnescaped = true
                name.hash = hashOfName(unescapedText.span, from: Int(name.start)) & hashMask
            } else {
                name.start = node.start
                name.count = node.end - node.start
                name.hash = hashOfName(text.extracting(0..<Int(node.end)), from: Int(node.start)) & hashMask
            }
            names[place] = name
            child = Int(nodes[child + 1].next)
        }
    }

    private enum Found {
        case none
        case name(Int)
        /// The comparisons allowed were used up: too many names share a bucket.
        case crowded
    }

    /// Puts the names into buckets, in the order of the text.
    @_optimize(speed)
    private static func search(
        _ list: inout [Name], _ count: Int, _ table: inout [UInt32],
        _ bucketCount: Int, _ text: Span<UInt8>, _ unescapedText: [UInt8]
    ) -> Found {
        let unescaped = unescapedText.span
        var names = list.mutableSpan
        var buckets = table.mutableSpan
        for bucket in 0..<bucketCount { buckets[bucket] = 0 }
        var steps = bucketSteps * count
        for place in 0..<count {
            let name = names[place]
            let bucket = Int(truncatingIfNeeded: name.hash) & (bucketCount - 1)
            var other = buckets[bucket]
            names[place].next = other
            buckets[bucket] = UInt32(place + 1)
            while other != 0 {
                let known = names[Int(other) - 1]
                if known.hash == name.hash, known.count == name.count,
                    bytesEqual(
                        bytes(of: known, text, unescaped), bytes(of: name, text, unescaped))
                {
                    return .name(place)
                }
                steps -= 1
                guard steps > 0 else { return .crowded }
                other = known.next
            }
        }
        return .none
    }

    @_lifetime(copy text, copy unescaped) @inline(__always)
    static func bytes(of name: Name, _ text: Span<UInt8>, _ unescaped: Span<UInt8>) -> Span<UInt8> {
        let range = Int(name.start)..<Int(name.start + name.count)
        return name.isUnescaped ? unescaped.extracting(range) : text.extracting(range)
    }
}

/// 64 bits that depend on every byte from `start` on and on their count.
@inline(__always)
private func hashOfName(_ text: Span<UInt8>, from start: Int) -> UInt64 {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(text.count - start)
    var index = start
    while text.count - index >= 8 {
        hash = (hash ^ text.littleEndianWord(at: index)) &* factor
        hash ^= hash >> 32
        index += 8
    }
    var tail: UInt64 = 0
    while index < text.count {
        tail = tail << 8 | UInt64(text[index])
        index += 1
    }
    hash = (hash ^ tail) &* factor
    return hash ^ hash >> 32
}
