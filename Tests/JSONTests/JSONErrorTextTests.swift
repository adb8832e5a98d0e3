import Testing

@testable import JSON

/// A fault names its limit or its member, cut between characters (AUDIT 3, 29).
@Suite struct JSONErrorTextTests {
    private func told(_ document: String, _ limits: JSONLimits = .standard) -> String {
        let bytes = Array(document.utf8)
        do throws(JSONError) {
            _ = try JSONDocument(parsing: bytes, limits: limits)
            return ""
        } catch {
            var text: [UInt8] = []
            error.append(to: &text, of: bytes)
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Each fault, as the parser finds it in a text.
    @Test func aFaultSaysWhichLimitOrWhichName() {
        let small = JSONLimits(byteCount: 90, depth: 2, memberCount: 2, elementCount: 2, nodeCount: 6)
        let long = String(repeating: "1", count: 65)
        for (document, expected) in [
            (#"{"a":1,"b":2,"c":3}"#, "an object has more than 2 members"),
            ("[1,2,3]", "an array has more than 2 elements"),
            ("[[[1]]]", "objects and arrays are nested more than 2 deep"),
            (#"[{"a":1,"b":2},1]"#, "there are more than 6 values and names"),
            ("[\(long)]", "a number has more than 64 characters, at byte 1"),
            (String(repeating: " ", count: 91), "91 bytes, of which at most 90 are read"),
            (
                #"{"sub":1,"sub":2}"#,
                #"the name "sub" is there twice in one object, the second time at byte 9"#
            ),
            (
                #"{"a":1,"\u0061":2}"#,
                #"the name "\u0061" is there twice in one object, the second time at byte 7"#
            ),
            (
                "{\"\u{202E}\":1,\"\u{202E}\":2}",
                #"the name "\u202e" is there twice in one object, the second time at byte 9"#
            ),
            (#"{"a""#, "it ends within a value"),
            ("[a]", "a character that JSON does not allow there, at byte 1"),
            ("[1] 2", "something follows the value, at byte 4"),
            ("[01]", "a number that is not written as in JSON, at byte 1"),
            ("[\"\u{1}\"]", "a control character in a string that is not escaped, at byte 2"),
            (#"["\x"]"#, "an escape that JSON does not have, at byte 2"),
            (#"["\ud800"]"#, "one half of a surrogate pair, at byte 2"),
        ] {
            #expect(told(document, small) == expected)
        }
    }

    @Test func aLongNameIsCutBeforeACharacter() {
        let name = String(repeating: "a", count: 63) + "é" + String(repeating: "b", count: 20)
        let text = told("{\"\(name)\":1,\"\(name)\":2}")
        #expect(text.hasPrefix("the name \"\(String(repeating: "a", count: 63))\" is there twice"))
    }

    @Test func withoutTheTextTheNameIsOmitted() {
        var text: [UInt8] = []
        JSONError.duplicateMember(offset: 9).append(to: &text)
        #expect(
            String(decoding: text, as: UTF8.self)
                == "a name is there twice in one object, the second time at byte 9")
        for offset in [-1, 0, 1, 2, 99] {
            JSONError.duplicateMember(offset: offset).append(to: &text, of: [0x22, 0x5C])
        }
    }
}
