import DecisionSupport
import JSON
import TestSupport
import Testing

@testable import Routes

private func scalar(_ text: String) -> ClaimTest.Scalar {
    .string(Array(text.utf8))
}

private func scalar(_ number: Int64) -> ClaimTest.Scalar {
    .integer(number)
}

private func scalar(_ bool: Bool) -> ClaimTest.Scalar {
    .bool(bool)
}

/// Whether a claim `c` with this value passes; nil: the claim is absent.
private func holds(
    _ value: String?, _ condition: ClaimTest.Condition, _ scalars: [ClaimTest.Scalar] = [],
    _ number: Int64 = 0
) throws -> Bool {
    let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
    return ClaimTest(ClaimPath("c"), condition, scalars: scalars, number: number).holds(in: claims)
}

/// Claims are compared as a whole and by type; no value becomes a wildcard (AUDIT 25, 28).
@Suite struct ClaimTestTests {
    @Test func oneOfComparesTheWholeValueAndItsType() throws {
        let values = [scalar("gold"), scalar(7), scalar(true)]
        for good in [#""gold""#, #""\u0067old""#, "7", "7.0", "70e-1", "true"] {
            #expect(try holds(good, .oneOf, values), "\(good)")
        }
        for other in [
            #""Gold""#, #""gold ""#, #""gol""#, #""7""#, "8", "7.5", "false", #""true""#, "null", "[7]",
            #"["gold"]"#,
            "{}",
        ] { #expect(try !holds(other, .oneOf, values), "\(other)") }
        #expect(try holds("false", .oneOf, [scalar(false)]))
        #expect(try !holds("0", .oneOf, [scalar(false)]) && !holds("1", .oneOf, [scalar(true)]))
        #expect(try !holds(nil, .oneOf, values) && !holds("7", .oneOf, []))
    }

    /// AUDIT 25: whole words, whole elements.
    @Test func containsComparesWordsAndElements() throws {
        let values = [scalar("read")]
        for good in [
            #""read""#, #""a read b""#, #""a  read""#, #"["x","read"]"#, #"[1,"read"]"#, #""r\u0065ad""#,
            #"["r\u0065ad"]"#,
        ] { #expect(try holds(good, .contains, values), "\(good)") }
        for other in [
            #""reads""#, #""aread""#, #""read,b""#, #""a\tread""#, #"["read b"]"#, #"[["read"]]"#,
            #"{"read":1}"#, "null",
            "[]", #""""#,
        ] { #expect(try !holds(other, .contains, values), "\(other)") }
        #expect(try holds("[1,2]", .contains, [scalar(2)]) && holds("[true]", .contains, [scalar(true)]))
        #expect(try !holds(#"["2"]"#, .contains, [scalar(2)]) && !holds(#""2""#, .contains, [scalar(2)]))
        #expect(try !holds(nil, .contains, values))
    }

    @Test func presence() throws {
        for value in ["null", "false", "[]", #""""#] {
            #expect(try holds(value, .present) && !holds(value, .absent), "\(value)")
        }
        #expect(try !holds(nil, .present) && holds(nil, .absent))
        // Whether the path has the value is tested elsewhere. Here the claim only has to be present.
        #expect(try holds(#""x""#, .matchesVariable) && !holds(nil, .matchesVariable))
    }

    /// at_least, greater_than, at_most, less_than 18, and of -2.
    @Test(arguments: [
        ("17", 18, [false, false, true, true]), ("18", 18, [true, false, true, false]),
        ("19", 18, [true, true, false, false]), ("18.0", 18, [true, false, true, false]),
        ("18.000000000000000001", 18, [true, true, false, false]),
        ("17.999999999999999999", 18, [false, false, true, true]),
        ("1.8e1", 18, [true, false, true, false]), ("-2.5", -2, [false, false, true, true]),
        ("-1.5", -2, [true, true, false, false]), ("-2", -2, [true, false, true, false]),
        ("9223372036854775807", Int64.max, [true, false, true, false]),
        ("-9223372036854775808", Int64.min, [true, false, true, false]),
    ]) func numbersAreComparedExactly(value: String, bound: Int64, expected: [Bool]) throws {
        let conditions: [ClaimTest.Condition] = [.atLeast, .greaterThan, .atMost, .lessThan]
        #expect(try conditions.map { try holds(value, $0, [], bound) } == expected)
    }

    /// A number beyond 64 bits is greater or less than every bound, and never equal to one.
    @Test(arguments: [
        ("1e30", true), ("9223372036854775808", true), ("9223372036854775807.5", true), ("1E+19", true),
        ("1e999999999", true), ("99999999999999999999999999999999999999999999999999999999999999", true),
        ("-1e30", false), ("-9223372036854775809", false), ("-9223372036854775808.1", false),
        ("-1e999999999", false),
    ]) func numbersBeyond64Bits(value: String, isGreater: Bool) throws {
        let conditions: [ClaimTest.Condition] = [.atLeast, .greaterThan, .atMost, .lessThan]
        for bound in [80, 0, -80, Int64.max, Int64.min] {
            let found = try conditions.map { try holds(value, $0, [], bound) }
            #expect(found == [isGreater, isGreater, !isGreater, !isGreater], "\(bound)")
            #expect(try !holds(value, .oneOf, [scalar(bound)]), "\(bound)")
            #expect(try !holds("[\(value)]", .contains, [scalar(bound)]), "\(bound)")
        }
    }

    /// Between two whole numbers, even with a very small fraction.
    @Test(arguments: [
        ("1e-5", 0, true), ("1e-999999999", 0, true), ("-1e-5", 0, false), ("-1e-999999999", 0, false),
        ("9223372036854775807e-1", 922_337_203_685_477_580, true),
        ("-9223372036854775808.5e0", Int64.min, false), ("-0.5", 0, false),
    ]) func numbersCloseToABound(value: String, bound: Int64, isGreater: Bool) throws {
        let conditions: [ClaimTest.Condition] = [.atLeast, .greaterThan, .atMost, .lessThan]
        let found = try conditions.map { try holds(value, $0, [], bound) }
        #expect(found == [isGreater, isGreater, !isGreater, !isGreater])
        #expect(try !holds(value, .oneOf, [scalar(bound)]))
    }

    /// A zero with any exponent is zero.
    @Test(arguments: ["0e999999999", "-0", "0.000e-999999999", "-0.0e999999999"]) func zeros(value: String)
        throws
    {
        #expect(try holds(value, .oneOf, [scalar(0)]) && holds(value, .atLeast, [], 0))
        #expect(try holds(value, .atMost, [], 0) && !holds(value, .greaterThan, [], 0))
        #expect(try !holds(value, .lessThan, [], 0))
    }

    @Test func otherTypesFailNumericConditions() throws {
        for condition in [ClaimTest.Condition.atLeast, .greaterThan, .atMost, .lessThan] {
            for value in [#""18""#, "true", "null", "[18]", "{}", nil] {
                #expect(try !holds(value, condition, [], 18), "\(condition) \(value ?? "nothing")")
            }
        }
    }

    // MARK: Parts of texts

    private func has(_ value: String?, _ condition: ClaimTest.Condition, _ text: String) throws -> Bool {
        let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
        return ClaimTest(ClaimPath("c"), condition, text: Array(text.utf8)).holds(in: claims)
    }

    @Test func theBeginningOfATextOrOfAnElement() throws {
        for good in [#""ab""#, #""abc""#, #""a\u0062c""#, #"["x","abc"]"#, #"[1,"ab"]"#] {
            #expect(try has(good, .startsWith, "ab"), "\(good)")
        }
        for other in [
            #""a""#, #""xab""#, #""Ab""#, #"["xab"]"#, "7", "null", "{}", #"{"ab":1}"#, #"[["ab"]]"#,
            #""x ab""#, "[]",
        ] { #expect(try !has(other, .startsWith, "ab"), "\(other)") }
        #expect(try !has(nil, .startsWith, "ab"))
        // Wildcards are characters.
        #expect(try has(#""a*b""#, .startsWith, "a*") && !has(#""abb""#, .startsWith, "a*"))
        #expect(try !has("7", .startsWith, "7"))
    }

    @Test func theEndOfATextOrOfAnElement() throws {
        for good in [#""bc""#, #""abc""#, #"["x","abc"]"#] {
            #expect(try has(good, .endsWith, "bc"), "\(good)")
        }
        for other in [#""c""#, #""bcx""#, #""BC""#, "7", "true", #"[["bc"]]"#, #""bc x""#] {
            #expect(try !has(other, .endsWith, "bc"), "\(other)")
        }
        #expect(try !has(nil, .endsWith, "bc") && !has(#""abc""#, .endsWith, "?c"))
    }

    @Test func patterns() throws {
        #expect(try has(#""abc""#, .like, "a*") && has(#"[7,"x","abc"]"#, .like, "a?c"))
        #expect(try has(#""\u20ac""#, .like, "?") && has(#""\ud83d\ude00""#, .like, "?"))
        // A string is compared whole.
        #expect(try !has(#""x abc""#, .like, "a*") && has(#""a b""#, .like, "a*"))
        for other in ["7", "true", "null", "{}", "[]", #"[["abc"]]"#, #"{"c":"abc"}"#] {
            #expect(try !has(other, .like, "*"), "\(other)")
        }
        #expect(try !has(nil, .like, "*"))
    }

    // MARK: Elements

    private func hasElement(_ value: String?, _ tests: [ClaimTest]) throws -> Bool {
        let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
        return ClaimTest(ClaimPath("c"), .anyElement, elementTests: tests).holds(in: claims)
    }

    /// One element meets all of the tests; two that meet them together do not.
    @Test func oneElementMeetsAll() throws {
        let tests = [
            ClaimTest(ClaimPath("type"), .oneOf, scalars: [scalar("pay")]),
            ClaimTest(ClaimPath([[UInt8]("o".utf8), [UInt8]("n".utf8)]), .atLeast, number: 7),
        ]
        for good in [
            #"[{"type":"pay","o":{"n":7}}]"#,
            #"[1,"pay",null,{"type":"x"},{"type":"pay","o":{"n":9},"z":[]}]"#,
        ] { #expect(try hasElement(good, tests), "\(good)") }
        for other in [
            "[]", "{}", #"{"type":"pay","o":{"n":7}}"#, #"[{"type":"pay"},{"o":{"n":7}}]"#, #"["pay"]"#,
            #"[{"type":"pay","o":{"n":6}}]"#, #"[{"type":"pay","o":{"n":"7"}}]"#,
            #"[[{"type":"pay","o":{"n":7}}]]"#,
            #"[{"type":"pay","o":[{"n":7}]}]"#, #""pay""#, "null",
        ] { #expect(try !hasElement(other, tests), "\(other)") }
        #expect(try !hasElement(nil, tests))
    }

    /// An element that is not an object lacks every claim, but does not meet a test for the absence of one.
    @Test func absenceInAnElement() throws {
        let tests = [ClaimTest(ClaimPath("x"), .absent)]
        #expect(try hasElement("[{}]", tests) && hasElement(#"[{"x":1},{"y":1}]"#, tests))
        for other in [#"[1,"x",null,[],[{}]]"#, #"[{"x":null}]"#, "[]", "{}"] {
            #expect(try !hasElement(other, tests), "\(other)")
        }
    }

    // MARK: Values that are used as a segment

    private func segments(_ value: String, before: String, after: String = "") throws -> [String] {
        let test = ClaimTest(
            ClaimPath("c"), .matchesVariable, number: 1, text: Array(before.utf8), after: Array(after.utf8))
        return Rule.texts(test.segmentValues(in: try Rule.claims(#"{"c":\#(value)}"#)))
    }

    /// The text around the variable is removed; the rest is compared like a whole value (AUDIT 28).
    @Test func aTextAroundTheSegment() throws {
        #expect(try segments(#""auth0|abc""#, before: "auth0|") == ["abc"])
        #expect(
            try segments(#"["auth0|a","google|b","auth0|","xauth0|c","auth0|d/e"]"#, before: "auth0|") == [
                "a"
            ])
        #expect(try segments(#""role/a/x""#, before: "role/", after: "/x") == ["a"])
        #expect(
            try segments(#""a-b""#, before: "a-", after: "-b") == []
                && segments(#""aa""#, before: "a", after: "a") == [])
        #expect(try segments(#""aba""#, before: "a", after: "a") == ["b"])
        for value in ["x*", "x?", "x$", "x/", "x\\\\", "x%41", "x#", "x.", "x..", "x..;", "x\\u0000"] {
            #expect(try segments("\"\(value)\"", before: "x") == [], "\(value)")
        }
        // A number matches only without text around the variable.
        #expect(try segments("17", before: "1") == [] && segments("[17,\"17\"]", before: "1") == ["7"])
        let limit = RouteLimits.segmentByteCount
        let longest = String(repeating: "a", count: limit)
        #expect(try segments("\"x\(longest)\"", before: "x") == [longest])
        #expect(try segments("\"x\(longest)a\"", before: "x") == [])
    }

    private func segments(_ value: String?) throws -> [String] {
        let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
        return Rule.texts(ClaimTest(ClaimPath("c"), .matchesVariable, number: 1).segmentValues(in: claims))
    }

    @Test func valuesThatCanBeASegment() throws {
        #expect(try segments(#""alice""#) == ["alice"] && segments(#"["a","b"]"#) == ["a", "b"])
        #expect(try segments(#"["a",1,null,["x"],"","b c","d"]"#) == ["a", "1", "b c", "d"])
        #expect(try segments(#""auth0:a.b-c_d~e!&'()+,;=@""#) == ["auth0:a.b-c_d~e!&'()+,;=@"])
        #expect(
            try segments("17") == ["17"] && segments("-1") == ["-1"] && segments("1.0") == []
                && segments("1e3") == []
                && segments("{}") == [] && segments(nil) == [] && segments("true") == [])
    }

    /// AUDIT 28: values that an ARN or a path would interpret as more than one segment.
    @Test(arguments: [
        "*", "a*", "?", "$", "${x}", "a/b", "/", "%41", ".", "..", "\\\\", "\\u0000", "\\u001f", "\\u007f",
        "#", "a#b", "a%", "..;", ".;a", "",
    ]) func valuesThatAnARNWouldInterpret(value: String) throws {
        #expect(try segments("\"\(value)\"") == [])
    }

    /// A path contains these values escaped.
    @Test(arguments: ["a b", "ä", "[a]", "auth0|abc", "a@b.c", "...", "..a", "a;b", "\\\""]) func otherValues(
        value: String
    ) throws {
        #expect(try segments("\"\(value)\"").count == 1)
    }

    @Test func aValueHasALimit() throws {
        let limit = RouteLimits.segmentByteCount
        let longest = String(repeating: "a", count: limit)
        #expect(try segments("\"\(longest)\"") == [longest] && segments("\"\(longest)a\"") == [])
    }
}
