import JSON
import Testing

@testable import Authorizer

private func scalar(_ text: String) -> ClaimTest.Scalar {
    ClaimTest.Scalar(kind: .string, text: Array(text.utf8), number: 0)
}

private func scalar(_ number: Int64) -> ClaimTest.Scalar {
    ClaimTest.Scalar(kind: .integer, text: [], number: number)
}

private func scalar(_ bool: Bool) -> ClaimTest.Scalar {
    ClaimTest.Scalar(kind: .bool, text: [], number: bool ? 1 : 0)
}

/// Whether a claim `c` with this value (nil: without it) passes.
private func holds(
    _ value: String?, _ condition: ClaimTest.Condition, _ scalars: [ClaimTest.Scalar] = [],
    _ number: Int64 = 0
) throws -> Bool {
    let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
    return ClaimTest(ClaimPath("c"), condition, scalars: scalars, number: number).holds(in: claims)
}

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

    /// Security-checklist 25: words whole, elements whole.
    @Test func containsLooksAtWordsAndElements() throws {
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
        // That the path has the value is asked elsewhere: here the claim has to be there.
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

    @Test func whatIsNoNumberIsNeitherMoreNorLess() throws {
        for condition in [ClaimTest.Condition.atLeast, .greaterThan, .atMost, .lessThan] {
            for value in [#""18""#, "true", "null", "[18]", "{}", nil] {
                #expect(try !holds(value, condition, [], 18), "\(condition) \(value ?? "nothing")")
            }
        }
    }

    // MARK: Values that stand for a segment

    private func segments(_ value: String?) throws -> [String] {
        let claims = try Rule.claims(value.map { #"{"c":\#($0)}"# } ?? "{}")
        return Rule.texts(ClaimTest(ClaimPath("c"), .matchesVariable, number: 1).segmentValues(in: claims))
    }

    @Test func valuesThatStandForASegment() throws {
        #expect(try segments(#""alice""#) == ["alice"] && segments(#"["a","b"]"#) == ["a", "b"])
        #expect(try segments(#"["a",1,null,["x"],"","b c","d"]"#) == ["a", "d"])
        #expect(try segments(#""auth0:a.b-c_d~e!&'()+,;=@""#) == ["auth0:a.b-c_d~e!&'()+,;=@"])
        #expect(
            try segments("1") == [] && segments("{}") == [] && segments(nil) == [] && segments("true") == [])
    }

    /// Security-checklist 28: what an ARN or a path would read as more than itself.
    @Test(arguments: [
        "*", "a*", "?", "$", "${x}", "a/b", "/", "%41", "a b", ".", "..", "ä", "\\\\", "\\u0000", "\\u001f",
        "\\u007f", "\\\"",
        "#", "[a]", "",
    ]) func valuesThatAnARNWouldReadOtherwise(value: String) throws {
        #expect(try segments("\"\(value)\"") == [])
    }

    @Test func aValueEndsAtItsLimit() throws {
        let limit = AuthorizerLimits.segmentByteCount
        let longest = String(repeating: "a", count: limit)
        #expect(try segments("\"\(longest)\"") == [longest] && segments("\"\(longest)a\"") == [])
    }
}
