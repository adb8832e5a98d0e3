import DecisionSupport
import TestSupport
import Testing

@testable import Routes

private func segments(_ call: String) throws -> [String] { texts(try Rule.called(call).normal) }

private func texts(_ called: SegmentPattern) -> [String] {
    called.segments.indices.map { index in
        let text = called.text(index)
        return String(decoding: (0..<text.count).map { text[$0] }, as: UTF8.self)
    }
}

/// A path is evaluated in its normal and its decoded form, and an ambiguous path is not plain (AUDIT 28, 35).
@Suite struct CalledRouteTests {
    @Test func aCallIsAVerbAndSegments() throws {
        #expect(try segments("GET/orders/42") == ["GET", "orders", "42"])
        #expect(try segments("GET/orders/") == ["GET", "orders", ""])
        #expect(try segments("GET/") == ["GET", ""] && segments("GET") == ["GET", ""])
        #expect(try segments("$connect") == ["$connect"])
    }

    /// RFC 3986 §6.2.2.2: only escapes of unreserved characters are decoded; §6.2.2.1: the digits of others become uppercase.
    @Test func theNormalForm() throws {
        #expect(try segments("GET/%6Frders/%7e%2D%2E%5f%41%39") == ["GET", "orders", "~-._A9"])
        for kept in ["%20", "%3A", "%40", "%2B", "%25", "%zz", "%4", "%", "%E4", "%2541"] {
            #expect(try segments("GET/a\(kept)") == ["GET", "a\(kept)"])
        }
        #expect(try segments("GET/%e4%c3%a9%2b%zz") == ["GET", "%E4%C3%A9%2B%zz"])
        // Escapes in a method are not decoded.
        #expect(try segments("%47ET/a") == ["%47ET", "a"])
    }

    /// Every escape decoded once, for paths that are unambiguous.
    @Test func theDecodedForm() throws {
        let called = try Rule.called("GET/%40me/caf%c3%a9/%2541/%6F/%")
        #expect(called.hasEscapes && called.isPlain)
        #expect(texts(called.decoded) == ["GET", "@me", "café", "%41", "o", "%"])
        let same = try Rule.called("GET/%6Frders/a+b")
        #expect(!same.hasEscapes && texts(same.decoded) == texts(same.normal))
    }

    @Test func methods() throws {
        for call in ["DELETE/a", "GET/a", "HEAD/a", "OPTIONS/a", "PATCH/a", "POST/a", "PUT/a", "$connect"] {
            #expect(try Rule.called(call).hasKnownMethod, "\(call)")
        }
        for call in ["get/a", "PROPFIND/a", "TRACE/a", "GE/a", "GETT/a", "*/a", "$connect/a", "%47ET/a"] {
            #expect(try !Rule.called(call).hasKnownMethod, "\(call)")
        }
    }

    /// AUDIT 28.
    @Test(arguments: [
        "GET//", "GET//a", "GET/a//b", "GET/a//", "GET/.", "GET/..", "GET/a/../b", "GET/./a", "GET/%2e",
        "GET/%2E%2e/a",
        "GET/.%2E", "GET/a%2Fb", "GET/a%2fb", "GET/a%5Cb", "GET/a%5cb", "GET/a%00", "GET/a\\b", "GET/a\u{1}",
        "GET/a\u{7F}",
        "GET/a\n", "GET/..;", "GET/.;", "GET/..;/b", "GET/a/..;x=1/b", "GET/%2e%2E;/b", "GET/..%3B",
        "GET/..%3bx", "GET/.%3B",
        "GET/%2e%3b", "GET/a%0Ab", "GET/%1F", "GET/%7f", "GET/%01a", "GET/%%361", "GET/%%32e%%32e",
        "GET/..%%33B", "GET/%%34%30me", "GET/%a%3261", "GET/%%32F",
    ]) func ambiguousPathsAreNotPlain(call: String) throws {
        let called = try Rule.called(call)
        #expect(!called.isPlain)
    }

    @Test(arguments: [
        "GET/", "GET", "GET/a/", "GET/a.b", "GET/...", "GET/.a", "GET/a..", "GET/%20", "GET/%2541",
        "GET/%252F", "GET/a%2",
        "GET/ä", "$connect", "GET/...;", "GET/a..;", "GET/;", "GET/.a;b", "GET/..%3C", "GET/%%61", "GET/%%zz",
        "GET/%%%41",
    ]) func otherPathsArePlain(call: String) throws { #expect(try Rule.called(call).isPlain) }

    /// These bytes would be in the prefix of a policy's ARNs.
    @Test func invalidCharactersBeforeThePath() throws {
        for prefix in ["a*", "a?", "a\"", "a\\", "a b", "ä"] {
            let arn = try Rule.arn("GET/a", prefix: "arn:aws:execute-api:r:1:x/\(prefix)")
            #expect(CalledRoute(arn) == nil, "\(prefix)")
        }
        let usual = try Rule.arn("GET/a", prefix: "arn:aws:execute-api:r:1:x/$default")
        #expect(CalledRoute(usual) != nil)
    }

    @Test(arguments: [
        ("arn:aws:execute-api:eu-central-1:123456789012:a1/prod", "aws", "a1/prod"),
        ("arn:aws-cn:execute-api:cn-north-1:1:b/v:1", "aws-cn", "b/v:1"),
        ("arn:aws-us-gov:execute-api:us-gov-west-1:1:c/$default", "aws-us-gov", "c/$default"),
    ]) func thePartsOfTheARN(prefix: String, partition: String, api: String) throws {
        let called = try Rule.called("GET/a", prefix: prefix)
        #expect(Rule.text(called.partition) == partition && Rule.text(called.apiAndStage) == api)
        #expect(called.prefixByteCount == prefix.utf8.count)
    }

    @Test func pathsHaveLimits() throws {
        let limit = RouteLimits.calledPathByteCount
        let longest = "GET/" + String(repeating: "a", count: limit - 4)
        #expect(try Rule.called(longest).isPlain && Rule.called(longest).normal.count == 2)
        let past = try Rule.called(longest + "a")
        #expect(!past.isPlain && past.normal.count == 0)
        // No allowing rule matches it, not even a public route.
        let table = try Rule.table(#"{"route":"* /*","public":true}"#)
        #expect(try Rule.verdict(table, longest, nil).refusal == nil)
        #expect(try Rule.verdict(table, longest + "a", nil).refusal == .path)
    }
}
