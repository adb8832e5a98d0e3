import JSON
import TestSupport
import Testing

func refusal(_ text: String, _ limits: JSONLimits = .standard) -> JSONError? {
    refusal(Array(text.utf8), limits)
}

func refusal(_ bytes: [UInt8], _ limits: JSONLimits = .standard) -> JSONError? {
    thrown { () throws(JSONError) in
        _ = try JSONDocument(parsing: bytes, limits: limits)
    }
}

// AUDIT 3: strict JSON.
@Suite struct JSONParserTests {
    @Test(arguments: [
        "{}", "[]", "0", "-0", "1.5e-7", "\"\"", "true", "false", "null", " \t\r\n[ 1 , 2 ]\n",
        "{\"a\":{\"b\":[]},\"c\":\"\\u0000\\ud83d\\ude00\"}", "\"\u{10FFFF}\"",
        "[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]",
        "{\"a\":1,\"A\":2}", "1E+2",
    ]) func wellFormedTextsAreAccepted(text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(arguments: [
        ("", JSONError.unexpectedEnd), (" ", .unexpectedEnd), ("[", .unexpectedEnd),
        ("{\"a\"", .unexpectedEnd),
        ("[1", .unexpectedEnd), ("\"", .unexpectedEnd), ("\"\\", .unexpectedEnd), ("\"\\u00", .unexpectedEnd),
        ("tru", .unexpectedEnd), ("trux", .unexpectedByte(offset: 3)), ("[1,]", .unexpectedByte(offset: 3)),
        ("[,1]", .unexpectedByte(offset: 1)), ("[1 2]", .unexpectedByte(offset: 3)),
        ("{\"a\":1,}", .unexpectedByte(offset: 7)), ("{,}", .unexpectedByte(offset: 1)),
        ("{a:1}", .unexpectedByte(offset: 1)), ("{1:1}", .unexpectedByte(offset: 1)),
        ("{\"a\" 1}", .unexpectedByte(offset: 5)), ("{\"a\":}", .unexpectedByte(offset: 5)),
        ("[1}", .unexpectedByte(offset: 2)), ("'a'", .unexpectedByte(offset: 0)),
        ("NaN", .unexpectedByte(offset: 0)), ("Infinity", .unexpectedByte(offset: 0)),
        ("+1", .unexpectedByte(offset: 0)), (".5", .unexpectedByte(offset: 0)),
        ("\u{FEFF}{}", .unexpectedByte(offset: 0)), ("/**/1", .unexpectedByte(offset: 0)),
        ("01", .invalidNumber(offset: 0)), ("-", .invalidNumber(offset: 0)),
        ("1.", .invalidNumber(offset: 0)),
        ("1e", .invalidNumber(offset: 0)), ("1e+", .invalidNumber(offset: 0)),
        ("-a", .invalidNumber(offset: 0)),
        ("0x1", .invalidNumber(offset: 0)), ("[1.e3]", .invalidNumber(offset: 1)),
        ("1 1", .trailingBytes(offset: 2)), ("{}{}", .trailingBytes(offset: 2)),
        ("{}\u{0}", .trailingBytes(offset: 2)), ("\"\n\"", .controlCharacter(offset: 1)),
        ("\"a\u{1F}\"", .controlCharacter(offset: 2)), ("\"\\x\"", .invalidEscape(offset: 1)),
        ("\"\\u12G4\"", .invalidEscape(offset: 1)), ("\"\\U0041\"", .invalidEscape(offset: 1)),
        ("\"\\ud800\"", .loneSurrogate(offset: 1)), ("\"\\udc00\"", .loneSurrogate(offset: 1)),
        ("\"\\ud800\\u0041\"", .loneSurrogate(offset: 1)), ("\"\\ud800\\ud800\"", .loneSurrogate(offset: 1)),
        ("\"\\ud800aaaaaa\"", .loneSurrogate(offset: 1)),
    ]) func everythingElseIsRefusedAtItsPlace(text: String, expected: JSONError) {
        #expect(refusal(text) == expected)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x8F, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1],
            [0xF0, 0x9F, 0x98],
        ] as [[UInt8]]) func illFormedUTF8IsRefused(bytes: [UInt8])
    {
        #expect(refusal([0x22] + bytes + [0x22]) == .invalidUTF8(offset: 1))
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", 7), ("{\"a\":1,\"\\u0061\":2}", 7), ("{\"\\u0061\":1,\"a\":2}", 12),
        ("[{\"x\":{\"y\":1,\"z\":{},\"y\":2}}]", 20), ("{\"\":1,\"\":2}", 6),
        ("{\"é\":1,\"\\u00e9\":2}", 8),
    ]) func duplicateNamesAreRefusedAtEveryLevel(text: String, offset: Int) {
        #expect(refusal(text) == .duplicateMember(offset: offset))
    }

    @Test func limitsMayBeTheLargestNumber() {
        let limits = JSONLimits(
            byteCount: .max, depth: .max, memberCount: .max, elementCount: .max, nodeCount: .max)
        #expect(refusal(#"{"a":[1,{"b":2}]}"#, limits) == nil)
    }

    @Test func limitsAreAcceptedAndOnePastThemIsRejected() {
        let limits = JSONLimits(byteCount: 60, depth: 3, memberCount: 2, elementCount: 3, nodeCount: 8)
        #expect(refusal("[[[]]]", limits) == nil)
        #expect(refusal("[[[[]]]]", limits) == .tooDeep(limit: 3))
        #expect(refusal("{\"a\":1,\"b\":2}", limits) == nil)
        #expect(refusal("{\"a\":1,\"b\":2,\"c\":3}", limits) == .tooManyMembers(limit: 2))
        #expect(refusal("[1,2,3]", limits) == nil)
        #expect(refusal("[1,2,3,4]", limits) == .tooManyElements(limit: 3))
        #expect(refusal("[[1,2],[3,4],[]]", limits) == nil)
        #expect(refusal("[[1,2],[3,4],[5]]", limits) == .tooManyNodes(limit: 8))
        #expect(refusal("\"" + String(repeating: "x", count: 58) + "\"", limits) == nil)
        #expect(
            refusal("\"" + String(repeating: "x", count: 59) + "\"", limits)
                == .tooLong(limit: 60, actual: 61))
        let digits = String(repeating: "1", count: JSONLimits.numberByteCount)
        #expect(refusal(digits) == nil)
        #expect(refusal(digits + "1") == .numberTooLong(limit: JSONLimits.numberByteCount, offset: 0))
    }

    @Test func aDeepNestIsRefusedWithoutRecursion() {
        #expect(refusal(String(repeating: "[", count: 1_000_000)) == .tooDeep(limit: 16))
        #expect(refusal(String(repeating: "{\"a\":", count: 100_000)) == .tooDeep(limit: 16))
    }

    @Test func everyPrefixOfATextIsRefused() {
        let text = Array("{\"a\":[1,-2.5e3,\"\\u00e9\\ud83d\\ude00é\",true,false,null],\"b\":{}}".utf8)
        #expect(refusal(text) == nil)
        for count in 0..<text.count { #expect(refusal(Array(text[..<count])) != nil) }
    }
}
