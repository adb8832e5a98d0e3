import TestSupport
import Testing

@testable import JSON

/// A character in the form of a JSON string.
private func written(_ character: Character, _ random: inout SplitMix) -> String {
    guard Int.random(in: 0..<3, using: &random) == 0 else { return String(character) }
    return String(character).utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
}

private func refusal(_ text: String) -> JSONError? {
    let limits = JSONLimits(
        byteCount: 1 << 20, depth: 4, memberCount: 4096, elementCount: 4096, nodeCount: 65_536)
    return thrown { () throws(JSONError) in
        _ = try JSONDocument(parsing: Array(text.utf8), limits: limits)
    }
}

/// A duplicate name in an object is found at any positions, also with equal hashes (AUDIT 3).
@Suite struct DuplicateNamesTests {
    /// The first name, in the order of the text, that repeats an earlier one; found with a Set.
    @Test func randomObjects() {
        var random = SplitMix(state: 9449)
        var refusals = 0
        for round in 0..<600 {
            let count = Int.random(in: 1...(round % 3 == 0 ? 300 : 20), using: &random)
            let length = Int.random(in: 1...(round % 2 == 0 ? 24 : 4), using: &random)
            var text = "{"
            var known: Set<String> = []
            var expected: JSONError?
            for _ in 0..<count {
                let name = (0..<length).map { _ in Array("abä😀").randomElement(using: &random) ?? "a" }
                if text.utf8.count > 1 { text += "," }
                if !known.insert(String(name)).inserted, expected == nil {
                    expected = .duplicateMember(offset: text.utf8.count)
                }
                text += "\"" + name.map { written($0, &random) }.joined() + "\":[0,{}]"
            }
            if expected != nil { refusals += 1 }
            #expect(refusal(text + "}") == expected, "\(text)")
        }
        #expect(refusals > 100 && refusals < 500)
    }

    /// One name twice, at every pair of places of a long object.
    @Test func everyPairOfPlaces() {
        for count in [2, 3, 8, 9, 16, 17, 33] {
            for later in 1..<count {
                for earlier in 0..<later {
                    var text = "{"
                    var offset = 0
                    for place in 0..<count {
                        if place > 0 { text += "," }
                        if place == later { offset = text.utf8.count }
                        text += place == later ? "\"\\u006e\(earlier)\":0" : "\"n\(place)\":0"
                    }
                    #expect(refusal(text + "}") == .duplicateMember(offset: offset))
                }
            }
            let all = (0..<count).map { "\"n\($0)\":0" }.joined(separator: ",")
            #expect(refusal("{\(all)}") == nil)
        }
    }

    /// The table of an object whose members are nulls, and the first duplicate name.
    private func firstDuplicate(_ names: [String], _ hashMask: UInt64) -> Int? {
        var text: [UInt8] = []
        var nodes = [
            JSONNode(
                kind: .object, hasEscapes: false, start: 0, end: 0, count: UInt32(names.count),
                next: UInt32(1 + 2 * names.count))
        ]
        for name in names {
            let start = UInt32(text.count)
            text += Array(name.utf8)
            for kind in [JSONKind.string, .null] {
                nodes.append(
                    JSONNode(
                        kind: kind, hasEscapes: name.contains("\\"), start: start, end: UInt32(text.count),
                        count: 0, next: UInt32(nodes.count + 1)))
            }
        }
        var duplicates = DuplicateNames(hashMask: hashMask)
        let found = duplicates.firstDuplicate(in: 0, nodes: nodes, text: text.span)
        return found.map { ($0 - 1) / 2 }
    }

    /// Names with equal hashes are distinguished by their bytes.
    @Test(arguments: [0, 1, 7, UInt64.max]) func equalHashes(mask: UInt64) {
        for count in [2, 8, 9, 40, 257] {
            for prefix in ["", "a", "abcdefgh", "abcdefghijk"] {
                let names = (0..<count).map { "\(prefix)\($0 * 7919 % 1000)" }
                #expect(firstDuplicate(names, mask) == nil)
                #expect(firstDuplicate(names + [names[0]], mask) == count)
                #expect(firstDuplicate([names[1]] + names, mask) == 2)
                #expect(firstDuplicate(names + names, mask) == count)
            }
        }
        #expect(firstDuplicate([], mask) == nil && firstDuplicate(["a"], mask) == nil)
        #expect(firstDuplicate(["", "b", ""], mask) == 2)
        #expect(firstDuplicate([#"\u0061\n"#, "a", #"a\u000a"#], mask) == 2)
    }
}
