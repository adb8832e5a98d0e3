import JSON
import Testing

private func parse(_ text: String) throws -> JSONValue {
    try JSONDocument(parsing: Array(text.utf8)).root
}

private func count(_ root: JSONValue, _ name: [UInt8]) -> Int {
    root.members(ignoringASCIICase: name.span).count
}

/// Members and strings are compared by value, whatever their escapes (AUDIT 3).
@Suite struct JSONValueTests {
    @Test func membersAreFoundByTheirValueNotTheirSpelling() throws {
        let root = try parse("{\"\\u006bid\":\"x\",\"alg\":{\"kid\":1},\"é\":true}")
        #expect(root.member("kid")?.isString("x") == true)
        #expect(root.member("é")?.bool == true)
        #expect(root.member("Kid")?.kind == nil)
        #expect(root.member("alg")?.member("kid")?.number?.integer == 1)
        #expect(root.member("kid")?.member("kid")?.kind == nil)
        #expect(root.count == 3)
    }

    @Test func membersAreFoundWhateverTheirCase() throws {
        let text = #"{"Ab":1,"aB":2,"abc":3,"\u0041B":4,"ab\u00e4":5,"x":{"ab":6}}"#
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        func values(_ name: String) -> [Int64?] {
            let name = Array(name.utf8)
            return root.members(ignoringASCIICase: name.span).map { $0.number?.integer }
        }
        #expect(values("AB") == [1, 2, 4] && values("abc") == [3] && values("") == [])
        // An escaped name is compared by its value; letters beyond ASCII keep their case.
        #expect(values("ab\u{E4}") == [5] && values("ab\u{C4}") == [])
        let number = try JSONDocument(parsing: Array("1".utf8)).root
        let name = Array("a".utf8)
        #expect(number.members(ignoringASCIICase: name.span).isEmpty)
    }

    /// A name with escapes is compared by its value, whatever escapes it is written with.
    @Test func escapedNamesAndStrings() throws {
        for (written, name) in [
            (#"\u0061b"#, "ab"), (#"a\u0062"#, "ab"), (#"\u0000"#, "\u{0}"), (#"\/\\\""#, #"/\""#),
            (#"\b\f\n\r\t"#, "\u{8}\u{C}\n\r\t"), (#"\u00e4x"#, "äx"), (#"\u20AC"#, "€"),
            (#"\ud83d\uDE00!"#, "😀!"), (#"ä\u00E4"#, "ää"),
        ] {
            let root = try parse(#"{"x":0,"\#(written)":"\#(written)"}"#)
            let bytes = Array(name.utf8)
            let found = root.member(bytes.span)
            let value = try #require(found, "\(written)")
            let isEqual = value.isString(bytes.span)
            #expect(isEqual && value.stringBytes == bytes, "\(written)")
            #expect(count(root, bytes) == 1, "\(written)")
            // A prefix, a longer text, and the same with one byte changed are others.
            for other in [Array(bytes.dropLast()), bytes + [0x78], bytes.dropLast() + [bytes.last! ^ 1]] {
                let isOther = root.member(other.span)?.kind == nil && !value.isString(other.span)
                #expect(isOther && count(root, other) == 0, "\(written)")
            }
        }
        let root = try parse(#"{"\u0041\u00c4":1}"#)
        #expect(count(root, Array("aÄ".utf8)) == 1 && count(root, Array("aä".utf8)) == 0)
    }

    @Test func stringsComeWithoutTheirEscapes() throws {
        let value = try parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\ud83d\\ude00z\"")
        #expect(value.stringBytes == Array("\"\\/\u{8}\u{C}\n\r\tAé😀z".utf8))
        #expect(try parse("1").stringBytes == nil)
    }

    @Test func childrenComeInTheOrderOfTheText() throws {
        let root = try parse("{\"b\":[1,[2,3],{}],\"a\":null}")
        var walk = root.children
        let first = walk.next()
        #expect(first?.name == Array("b".utf8))
        #expect(first?.value.elements?.map(\.kind) == [.number, .array, .object])
        let second = walk.next()
        #expect(second?.name == Array("a".utf8))
        #expect(second?.value.isNull == true)
        let end = walk.next()?.name
        #expect(end == nil)
        #expect(try parse("7").elements?.count == nil)
    }
}

/// Numbers are exact or refused (AUDIT 4).
@Suite struct JSONNumberTests {
    @Test(
        arguments: [
            ("0", 0, false), ("-0", 0, false), ("1700000000", 1_700_000_000, false),
            ("1.7e9", 1_700_000_000, false),
            ("10.0", 10, false), ("10.5", 10, true), ("-10.5", -11, true), ("1e3", 1000, false),
            ("15e-1", 1, true),
            ("1700000000.9999999999", 1_700_000_000, true), ("9223372036854775807", Int64.max, false),
            ("-9223372036854775808", Int64.min, false), ("0e400", 0, false), ("1e-400", 0, true),
            ("-0.1", -1, true), ("123456789012345678.0e1", 1_234_567_890_123_456_780, false),
            ("0.00", 0, false),
        ] as [(String, Int64, Bool)]) func wholePartsAreExact(text: String, floor: Int64, hasFraction: Bool)
        throws
    {
        let number = try #require(try parse(text).number)
        #expect(number.floor == floor)
        #expect(number.hasFraction == hasFraction)
        #expect(number.integer == (hasFraction ? nil : floor))
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "1e99999999999999999999",
    ])
    func numbersOutOfRangeAreNil(text: String) throws {
        let number = try #require(try parse(text).number)
        #expect(number.floor == nil)
        #expect(number.integer == nil)
    }

    /// Exactly, on every side of what fits into 64 bits.
    @Test(
        arguments: [
            ("1e30", Int64.max, .greater), ("9223372036854775808", Int64.max, .greater),
            ("9223372036854775807", Int64.max, .equal), ("9223372036854775806.9", Int64.max, .less),
            ("-9223372036854775808", Int64.min, .equal), ("-9223372036854775809", Int64.min, .less),
            ("-9223372036854775808.5", Int64.min, .less), ("-9223372036854775807.5", Int64.min, .greater),
            ("-1e30", Int64.min, .less), ("1e999999999", Int64.max, .greater), ("0e999999999", 0, .equal),
            ("1e-5", 0, .greater), ("-1e-5", 0, .less), ("1e-5", 1, .less), ("-1e-5", -1, .greater),
            ("-2.5", -2, .less), ("-2.5", -3, .greater), ("25e-1", 2, .greater), ("25e-1", 3, .less),
        ] as [(String, Int64, JSONNumber.Order)]) func comparedWithWholeNumbers(
            text: String, bound: Int64, order: JSONNumber.Order
        ) throws
    {
        let number = try #require(try parse(text).number)
        #expect(number.compared(with: bound) == order)
    }
}
