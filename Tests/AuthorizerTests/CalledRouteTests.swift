import Testing

@testable import Authorizer

private func segments(_ call: String) throws -> [String] {
    let called = try Rule.called(call).call
    return called.segments.indices.map { index in
        let text = called.text(index)
        return String(decoding: (0..<text.count).map { text[$0] }, as: UTF8.self)
    }
}

@Suite struct CalledRouteTests {
    @Test func aCallIsAVerbAndSegments() throws {
        #expect(try segments("GET/orders/42") == ["GET", "orders", "42"])
        #expect(try segments("GET/orders/") == ["GET", "orders", ""])
        #expect(try segments("GET/") == ["GET", ""] && segments("GET") == ["GET", ""])
        #expect(try segments("$connect") == ["$connect"])
    }

    /// RFC 3986 §6.2.2.2: escapes of unreserved characters are the characters, and no others.
    @Test func onlyUnreservedEscapesAreTakenAway() throws {
        #expect(try segments("GET/%6Frders/%7e%2D%2E%5f%41%39") == ["GET", "orders", "~-._A9"])
        for kept in ["%20", "%3A", "%40", "%2B", "%25", "%zz", "%4", "%", "%e4", "%2541"] {
            #expect(try segments("GET/a\(kept)") == ["GET", "a\(kept)"])
        }
        // A verb has no escapes.
        #expect(try segments("%47ET/a") == ["%47ET", "a"])
    }

    /// Security-checklist 28.
    @Test(arguments: [
        "GET//", "GET//a", "GET/a//b", "GET/a//", "GET/.", "GET/..", "GET/a/../b", "GET/./a", "GET/%2e",
        "GET/%2E%2e/a",
        "GET/.%2E", "GET/a%2Fb", "GET/a%2fb", "GET/a%5Cb", "GET/a%5cb", "GET/a%00", "GET/a\\b", "GET/a\u{1}",
        "GET/a\u{7F}",
        "GET/a\n",
    ]) func aPathThatMeansSeveralThingsIsNotPlain(call: String) throws {
        let called = try Rule.called(call)
        #expect(!called.isPlain && !called.canBeNamed)
    }

    @Test(arguments: [
        "GET/", "GET", "GET/a/", "GET/a.b", "GET/...", "GET/.a", "GET/a..", "GET/%20", "GET/%2541",
        "GET/%252F", "GET/a%2",
        "GET/ä", "$connect",
    ]) func otherPathsArePlain(call: String) throws { #expect(try Rule.called(call).isPlain) }

    /// What a policy's ARN would read as more than itself, or JSON could not hold.
    @Test func whatMayStandInAPolicy() throws {
        for call in ["GET/a", "GET/a%20b", "GET/a:b+c,d;e=f@g", "GET/", "GET"] {
            #expect(try Rule.called(call).canBeNamed, "\(call)")
        }
        for call in ["GET/a*", "GET/*", "GET/a?", "GET/$a", "GET/a\"", "GET/a b", "GET/ä", "$connect"] {
            let called = try Rule.called(call)
            #expect(called.isPlain && !called.canBeNamed, "\(call)")
        }
    }

    /// A policy would begin with it.
    @Test func nothingOddStandsBeforeThePath() throws {
        for prefix in ["a*", "a?", "a\"", "a\\", "a b", "ä"] {
            let arn = try Rule.arn("GET/a", prefix: "arn:aws:execute-api:r:1:x/\(prefix)")
            #expect(CalledRoute(arn) == nil, "\(prefix)")
        }
        let usual = try Rule.arn("GET/a", prefix: "arn:aws:execute-api:r:1:x/$default")
        #expect(CalledRoute(usual) != nil)
    }

    @Test(arguments: [
        ("arn:aws:execute-api:eu-central-1:123456789012:a1/prod", "aws", "arn:aws:execute-api:*:*:a1/prod"),
        ("arn:aws-cn:execute-api:cn-north-1:1:b/v:1", "aws-cn", "arn:aws-cn:execute-api:*:*:b/v:1"),
        (
            "arn:aws-us-gov:execute-api:us-gov-west-1:1:c/$default", "aws-us-gov",
            "arn:aws-us-gov:execute-api:*:*:c/$default"
        ),
    ]) func thePartsOfTheARN(prefix: String, partition: String, short: String) throws {
        let called = try Rule.called("GET/a", prefix: prefix)
        #expect(Rule.text(called.partition) == partition && Rule.text(called.shortPrefix) == short)
        #expect(called.prefixByteCount == prefix.utf8.count)
    }

    @Test func pathsEndAtTheirLimits() throws {
        let named = AuthorizerLimits.resourceByteCount
        let overhead = Rule.prefix.utf8.count + "/GET/".utf8.count
        let path = String(repeating: "a", count: named - overhead)
        #expect(try Rule.called("GET/\(path)").canBeNamed)
        let longer = try Rule.called("GET/\(path)a")
        #expect(longer.isPlain && !longer.canBeNamed)
        let limit = AuthorizerLimits.calledPathByteCount
        let longest = "GET/" + String(repeating: "a", count: limit - 4)
        #expect(try Rule.called(longest).isPlain && Rule.called(longest).call.count == 2)
        let past = try Rule.called(longest + "a")
        #expect(!past.isPlain && past.call.count == 0)
        // Nothing that allows matches it, be it a public route.
        let table = try Rule.table(#"{"route":"* /*","public":true}"#)
        #expect(try Rule.verdict(table, longest, nil).refusal == nil)
        #expect(try Rule.verdict(table, longest + "a", nil).refusal == .path)
    }
}
