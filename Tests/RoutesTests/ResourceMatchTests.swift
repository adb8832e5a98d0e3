import Testing

@testable import Routes

private func matches(_ resource: String, _ arn: String) -> [Bool] {
    let (resource, arn) = (Array(resource.utf8), Array(arn.utf8))
    return ResourceReading.allCases.map { resourceMatches(resource.span, arn.span, $0) }
}

/// A Resource matches an ARN under both interpretations (AUDIT 33).
@Suite struct ResourceMatchTests {
    private let arn = "arn:aws:execute-api:r:1:api/prod/GET/a"

    /// First as a whole string, then field by field.
    @Test(arguments: [
        ("*", [true, true]), ("arn:aws:execute-api:r:1:api/prod/GET/a", [true, true]),
        ("arn:aws:execute-api:*:*:api/prod/*", [true, true]), ("arn:aws:execute-api:r:1:*", [true, true]),
        ("arn:*:*:*:*:*", [true, true]), ("arn:aws:execute-api:r:1:api/?rod/???/a", [true, true]),
        ("arn:aws:execute-api:r:1:api/prod/GET/a*", [true, true]),
        ("arn:aws:execute-api:r:2:*", [false, false]),
        // A `*` that would match past the end of its field.
        ("arn:aws:execute-api:*", [true, false]), ("arn:aws:*:api/prod/GET/a", [true, false]),
        ("arn*", [true, false]),
        ("*GET/a", [true, false]), ("arn:aws:execute-api:*:api/prod/GET/a", [true, false]),
        ("arn:aws:execute-api:r:1:api/prod/GET/", [false, false]), ("", [false, false]),
        ("**", [true, false]),
    ]) func interpretationsOfAResource(resource: String, expected: [Bool]) {
        #expect(matches(resource, arn) == expected)
    }

    /// Colons of a path belong to the last field.
    @Test func aPathWithColons() {
        let hostile = "arn:aws:execute-api:r:1:api/prod/GET/secret/:x:api/prod/GET/open"
        #expect(matches("arn:aws:execute-api:*:*:api/prod/GET/open", hostile) == [true, false])
        #expect(matches("arn:aws:execute-api:r:1:api/prod/GET/*:x:*", hostile) == [true, true])
        #expect(matches("arn:aws:execute-api:r:1:api/prod/GET/open", hostile) == [false, false])
    }

    @Test func aQuestionMarkIsOneCharacter() {
        #expect(matches("arn:a:b:c:d:é?x", "arn:a:b:c:d:ééx") == [true, true])
        #expect(matches("arn:a:b:c:d:é??x", "arn:a:b:c:d:ééx") == [false, false])
        #expect(matches("arn:a:b:c:d:?", "arn:a:b:c:d:\u{1F600}") == [true, true])
    }

    @Test(arguments: [
        ("*", "", true), ("", "", true), ("", "a", false), ("a", "", false), ("?", "", false),
        ("?", "a", true),
        ("a*", "a", true), ("a*b", "ab", true), ("a*b", "aXbXb", true), ("a*b", "aXbX", false),
        ("*a*b*", "xaybz", true), ("*a*b*", "xbya", false), ("a?c", "a/c", true), ("**", "a", true),
        ("a*", "b", false), ("*/GET/*", "x/GET/y/z", true), ("A", "a", false), ("*ab", "aab", true),
        ("a**b?", "abbb", true), ("a", "ab", false), ("ab", "a", false),
    ]) func wildcardsMatchSequences(pattern: String, text: String, matches: Bool) {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        let found = wildcardsMatch(pattern.span, text.span)
        #expect(found == matches)
    }
}

/// A written policy is parsed, and an explicit Deny takes precedence (AUDIT 33).
@Suite struct PolicyReaderTests {
    private let arn = "arn:aws:execute-api:r:1:api/prod/GET/a"

    private func effect(_ text: String) -> PolicyEffect? {
        let (bytes, called) = (Array(text.utf8), Array(arn.utf8))
        var reader = PolicyReader(bytes.span)
        return reader.statements(about: called.span)
    }

    private func statement(_ effect: String, _ resource: String) -> String {
        #"{"Action":"execute-api:Invoke","Effect":"\#(effect)","Resource":\#(resource)}"#
    }

    @Test func anExplicitDenyTakesPrecedence() throws {
        let allow = statement("Allow", #"["x","arn:aws:execute-api:r:1:api/prod/GET/*"]"#)
        let one = try #require(effect("[\(allow)]"))
        #expect(one.allowsInEveryReading && one.allowsInSomeReading && one.hasAllow)
        let both = try #require(effect("[\(allow),\(statement("Deny", #""*""#))]"))
        #expect(!both.allowsInEveryReading && !both.allowsInSomeReading && both.hasAllow)
        let reverse = try #require(effect("[\(statement("Deny", #"["*"]"#)),\(allow)]"))
        #expect(!reverse.allowsInSomeReading)
        let none = try #require(effect("[\(statement("Deny", #"["x"]"#))]"))
        #expect(!none.allowsInSomeReading && !none.hasAllow)
    }

    /// A call that is allowed in one interpretation only counts neither as allowed nor as refused.
    @Test func interpretationsMayDiffer() throws {
        let wide = try #require(effect("[\(statement("Allow", #""arn:aws:execute-api:*""#))]"))
        #expect(!wide.allowsInEveryReading && wide.allowsInSomeReading)
        let narrow = try #require(
            effect("[\(statement("Allow", #""*""#)),\(statement("Deny", #""arn:aws:execute-api:*""#))]"))
        #expect(!narrow.allowsInEveryReading && narrow.allowsInSomeReading)
    }

    /// A Resource with `*` for region and account is compared from its beginning: an ARN of another service or partition with
    /// the same length does not match.
    @Test func theBeginningOfAResourceIsCompared() throws {
        for (start, isAllowed) in [
            ("arn:aws:execute-api", true), ("arn:abc:execute-api", false), ("arn:aws:execute-ap1", false),
            ("xrn:aws:execute-api", false),
        ] {
            let found = try #require(effect("[\(statement("Allow", #""\#(start):*:*:api/prod/GET/*""#))]"))
            #expect(
                found.allowsInSomeReading == isAllowed && found.allowsInEveryReading == isAllowed, "\(start)")
        }
    }

    @Test func escapesInResources() throws {
        let called = #"a\b"c"#
        let text = Array(#"[\#(statement("Allow", #""arn:x:x:x:x:a\\b\"c""#))]"#.utf8)
        let arn = Array("arn:x:x:x:x:\(called)".utf8)
        var reader = PolicyReader(text.span)
        let effect = reader.statements(about: arn.span)
        #expect(try #require(effect).allowsInEveryReading)
    }

    @Test(arguments: [
        "", "[]", "[{}]", "{}", #"[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}]"#,
        #"[{"Action":"*","Effect":"Allow","Resource":"*"}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"allow","Resource":"*"}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":[]}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*","Condition":{}}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":["*",]}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"\u002a"}]"#,
        #"[ {"Action":"execute-api:Invoke","Effect":"Allow","Resource":"*"}]"#,
        #"[{"Action":"execute-api:Invoke","Effect":"Allow","Resource":"\"#,
    ]) func otherTextsCannotBeParsed(text: String) { #expect(effect(text) == nil) }
}
