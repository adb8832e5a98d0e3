import DecisionSupport
import Events
import JOSE
import JSON
import TestSupport
import Testing

@testable import Routes
@testable import Settings

/// A document with one issuer with further members.
private func issuer(_ further: String) -> String {
    #"{"issuers":[{"issuer":"i","jwks_uri":"/k"\#(further)}]}"#
}

private func allow(_ requirement: String) -> String {
    #"{"routes":[{"route":"GET /a/{id}","allow":\#(requirement)}]}"#
}

private func test(_ condition: String) -> String { allow(#"{"claims":[{"claim":"c",\#(condition)}]}"#) }

private let keySet =
    #"{"keys":[{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#

/// The document is parsed strictly. Each error has its place and an example (AUDIT 31).
@Suite struct DocumentTests {
    private typealias Problem = DocumentFault.Problem

    private func check(
        _ document: String, _ path: String, _ problem: Problem, _ location: SourceLocation = #_sourceLocation
    ) {
        let fault = Rule.fault(document)
        #expect(fault.map { Rule.text($0.path) } == path, "\(document)", sourceLocation: location)
        #expect(fault?.problem == problem, "\(document)", sourceLocation: location)
    }

    @Test func everythingInOneDocument() throws {
        let text = #"""
            {"$schema":1,"scope_claims":["scope"],"role_claims":["groups"],"routes_are_complete":true,"default":"any_token",
             "issuers":[{"issuer":["https://a/","a"],"name":"A","jwks_uri":"https://a/k","fallback_jwks_uri":"/k","audiences":["x","y"],
                         "algorithms":["ES256","Ed25519","EdDSA","RS256"],"clock_skew_seconds":0,"snapshot":"s.json","issued_not_before":"2026-01-01T00:00:00Z",
                         "scope_claims":["scp"],"role_claims":[["https://a/roles"]]},
                        {"issuer":"b","jwks":\#(keySet),"issued_not_before":7}, {"issuer":"https://c/"}],
             "routes":[{"route":"GET /a","description":"one","allow":{"scopes":["s"]},"issuers":["A","b"]},{"route":"* /b","public":true},
                       {"route":"POST /c","deny":"always"}]}
            """#
        let document = try RulesDocument(parsing: Array(text.utf8))
        let issuers = try #require(document.issuers)
        #expect(issuers.map { Rule.text($0.name) } == ["A", "b", "https://c/"])
        #expect(
            Rule.texts(issuers[0].trusted.claims.issuers) == ["https://a/", "a"]
                && Rule.texts(issuers[0].trusted.claims.audiences) == ["x", "y"])
        #expect(
            issuers[0].trusted.algorithms == [.es256, .edDSA, .rs256]
                && issuers[0].trusted.claims.clockSkewSeconds == 0)
        #expect(
            issuers[0].trusted.claims.issuedNotBeforeSeconds == 1_767_225_600
                && issuers[0].keys.sources.count == 2)
        #expect(
            issuers[1].trusted.claims.clockSkewSeconds == 60
                && issuers[1].trusted.algorithms == Algorithm.standard)
        #expect(issuers[1].trusted.claims.issuedNotBeforeSeconds == 7 && issuers[1].keys.sources.count == 1)
        let table = try #require(document.routes)
        #expect(table.isComplete && table.rules.count == 4)
        #expect(
            Rule.texts(issuers[0].trusted.places.scopes[0].names) == ["scp"]
                && Rule.texts(issuers[0].trusted.places.roles[0].names) == ["https://a/roles"])
        #expect(Rule.texts(issuers[1].trusted.places.roles[0].names) == ["groups"])
        #expect(table.requirements.map(\.issuers) == [[0, 1]])
    }

    @Test func theRoot() {
        check("", "", .json(.unexpectedEnd))
        check(#"{"routes":[],"routes":[]}"#, "", .json(.duplicateMember(offset: 13)))
        check("[]", "", .notObject)
        check("{}", "", .nothing)
        check(#"{"route":[]}"#, "route", .unknownMember)
        check(#"{"issuers":{}}"#, "issuers", .notArray)
        check(#"{"issuers":[]}"#, "issuers", .empty)
        check(#"{"routes":1}"#, "routes", .notArray)
        check(#"{"routes":[]}"#, "routes", .empty)
        check(#"{"scope_claims":"a"}"#, "scope_claims", .notArray)
        check(#"{"role_claims":["a","b..c"]}"#, "role_claims[1]", .claimName)
        for name in ["default", "routes_are_complete", "scope_claims", "role_claims"] {
            let value = name.hasSuffix("claims") ? #"["a"]"# : "true"
            check(
                #"{"issuers":[{"issuer":"i","jwks_uri":"/k"}],"\#(name)":\#(value)}"#, name, .requiresRoutes)
        }
        check(
            #"{"routes":[{"route":"GET /","public":true}],"routes_are_complete":1}"#, "routes_are_complete",
            .notBool)
        check(#"{"routes":[{"route":"GET /","public":true}],"default":"all"}"#, "default", .notObject)
        check(#"{"routes":[{"route":"GET /","public":true}],"default":{}}"#, "default", .empty)
        check(
            #"{"routes":[{"route":"GET /","public":true}],"default":{"claims":[{"claim":"a","matches_variable":"x"}]}}"#,
            "default.claims[0].matches_variable", .variableElsewhere)
    }

    @Test func issuers() {
        check(#"{"issuers":[1]}"#, "issuers[0]", .notObject)
        check(#"{"issuers":[{}]}"#, "issuers[0].issuer", .missing)
        check(#"{"issuers":[{"issuer":"i"}]}"#, "issuers[0].issuer", .issuerAddress)
        check(#"{"issuers":[{"issuer":1}]}"#, "issuers[0].issuer", .notString)
        check(#"{"issuers":[{"issuer":[]}]}"#, "issuers[0].issuer", .empty)
        check(#"{"issuers":[{"issuer":["a","a"]}]}"#, "issuers[0].issuer[1]", .repeated)
        check(issuer(#","jwks":\#(keySet)"#), "issuers[0]", .oneOf(.keys))
        check(issuer(#","audience":["a"]"#), "issuers[0].audience", .unknownMember)
        check(issuer(#","audiences":"a""#), "issuers[0].audiences", .notArray)
        check(issuer(#","audiences":["a","*"]"#), "issuers[0].audiences[1]", .wildcard)
        check(issuer(#","audiences":["a",""]"#), "issuers[0].audiences[1]", .empty)
        check(issuer(#","algorithms":["RS256","HS256"]"#), "issuers[0].algorithms[1]", .algorithm)
        check(issuer(#","algorithms":["none"]"#), "issuers[0].algorithms[0]", .algorithm)
        check(issuer(#","algorithms":["Ed25519","Ed448"]"#), "issuers[0].algorithms[1]", .algorithm)
        check(
            issuer(#","clock_skew_seconds":301"#), "issuers[0].clock_skew_seconds",
            .outOfRange(minimum: 0, maximum: 300))
        check(
            issuer(#","clock_skew_seconds":-1"#), "issuers[0].clock_skew_seconds",
            .outOfRange(minimum: 0, maximum: 300))
        check(issuer(#","clock_skew_seconds":1.5"#), "issuers[0].clock_skew_seconds", .notInteger)
        check(issuer(#","issued_not_before":"today""#), "issuers[0].issued_not_before", .instant)
        check(
            issuer(#","issued_not_before":-1"#), "issuers[0].issued_not_before",
            .outOfRange(minimum: 0, maximum: 999_999_999_999))
        check(issuer(#","fallback_jwks_uri":"/k""#), "issuers[0].fallback_jwks_uri", .repeated)
        check(issuer(#","fallback_jwks_uri":"ftp://k""#), "issuers[0].fallback_jwks_uri", .address)
        check(issuer(#","snapshot":1"#), "issuers[0].snapshot", .notString)
        check(issuer(#","name":"""#), "issuers[0].name", .empty)
        check(#"{"issuers":[{"issuer":"i","jwks_uri":"ftp://k"}]}"#, "issuers[0].jwks_uri", .address)
        for name in ["fallback_jwks_uri", "snapshot"] {
            check(
                #"{"issuers":[{"issuer":"i","jwks":\#(keySet),"\#(name)":"/k"}]}"#, "issuers[0].\(name)",
                .onlyWithAddress)
        }
        check(#"{"issuers":[{"issuer":"i","jwks":"x"}]}"#, "issuers[0].jwks", .notObject)
        check(#"{"issuers":[{"issuer":"i","jwks":{"keys":[]}}]}"#, "issuers[0].jwks", .empty)
        let second = #"{"issuer":"i","name":"n","jwks_uri":"/k"}"#
        check(
            #"{"issuers":[\#(second),{"issuer":["j","i"],"jwks_uri":"/k"}]}"#, "issuers[1].issuer", .repeated)
        check(
            #"{"issuers":[\#(second),{"issuer":"j","name":"n","jwks_uri":"/k"}]}"#, "issuers[1].name",
            .repeated)
    }

    @Test func rules() {
        check(#"{"routes":[1]}"#, "routes[0]", .notObject)
        check(#"{"routes":[{}]}"#, "routes[0].route", .missing)
        check(#"{"routes":[{"route":1}]}"#, "routes[0].route", .notString)
        check(#"{"routes":[{"route":"GET a"}]}"#, "routes[0].route", .route(.form))
        check(#"{"routes":[{"route":"GET /a"}]}"#, "routes[0]", .oneOf(.effect))
        check(
            #"{"routes":[{"route":"GET /a","allow":"any_token","deny":"always"}]}"#, "routes[0]",
            .oneOf(.effect))
        check(
            #"{"routes":[{"route":"GET /a","public":true,"allow":"any_token"}]}"#, "routes[0]",
            .oneOf(.effect))
        check(#"{"routes":[{"route":"GET /a","public":false}]}"#, "routes[0].public", .notTrue)
        check(#"{"routes":[{"route":"GET /a","public":"true"}]}"#, "routes[0].public", .notBool)
        check(
            #"{"routes":[{"route":"GET /a","public":true,"issuers":["i"]}]}"#, "routes[0].issuers",
            .publicIssuers)
        check(
            #"{"routes":[{"route":"GET /a","public":true,"description":1}]}"#, "routes[0].description",
            .notString)
        check(
            #"{"routes":[{"route":"GET /a","public":true,"scopes":["a"]}]}"#, "routes[0].scopes",
            .unknownMember)
        check(#"{"routes":[{"route":"GET /a","allow":"always"}]}"#, "routes[0].allow", .notObject)
        check(#"{"routes":[{"route":"GET /a","deny":"any_token"}]}"#, "routes[0].deny", .notObject)
        check(
            #"{"routes":[{"route":"GET /a","allow":"any_token","issuers":["i"]}]}"#, "routes[0].issuers[0]",
            .unknownIssuer)
        check(
            #"{"routes":[{"route":"GET /a","allow":"any_token","issuers":[]}]}"#, "routes[0].issuers", .empty)
        // The place is that of the document, not of the order in which rules are tried.
        check(
            #"{"routes":[{"route":"GET /*","public":true},{"route":"GET /a","allow":{}}]}"#,
            "routes[1].allow", .empty)
    }

    @Test func requirements() {
        check(allow("[]"), "routes[0].allow", .notObject)
        check(allow("{}"), "routes[0].allow", .empty)
        check(allow(#"{"scope":["a"]}"#), "routes[0].allow.scope", .unknownMember)
        for name in [
            "scopes", "any_of_scopes", "any_of_scopes_like", "roles", "any_of_roles", "claims",
            "any_of_claims",
        ] {
            check(allow(#"{"\#(name)":"a"}"#), "routes[0].allow.\(name)", .notArray)
            check(allow(#"{"\#(name)":[]}"#), "routes[0].allow.\(name)", .empty)
        }
        for name in ["scopes", "any_of_scopes", "any_of_scopes_like"] {
            for other in ["a b", "a\\\"", "a\\\\", "\\u0001", "ä", "\\u007f"] {
                check(allow(#"{"\#(name)":["a","\#(other)"]}"#), "routes[0].allow.\(name)[1]", .scope)
            }
            check(allow(#"{"\#(name)":["a","b","a"]}"#), "routes[0].allow.\(name)[2]", .repeated)
        }
        check(allow(#"{"roles":["a",""]}"#), "routes[0].allow.roles[1]", .empty)
        #expect(Rule.fault(allow(#"{"roles":["a b ä"]}"#)) == nil)
    }

    @Test func testsOfClaims() {
        let place = "routes[0].allow.claims[0]"
        check(allow(#"{"claims":[1]}"#), place, .notObject)
        check(allow(#"{"claims":[{"equals":1}]}"#), "\(place).claim", .missing)
        check(allow(#"{"claims":[{"claim":"a."}]}"#), "\(place).claim", .claimName)
        check(allow(#"{"claims":[{"claim":"c"}]}"#), place, .oneOf(.condition))
        check(test(#""equals":1,"present":true"#), place, .oneOf(.condition))
        check(test(#""equal":1"#), "\(place).equal", .unknownMember)
        for name in ["equals", "contains"] {
            for other in ["null", "[]", "{}"] {
                check(test(#""\#(name)":\#(other)"#), "\(place).\(name)", .notScalar)
            }
            check(test(#""\#(name)":1.5"#), "\(place).\(name)", .notInteger)
            check(test(#""\#(name)":"""#), "\(place).\(name)", .empty)
        }
        check(test(#""one_of":"a""#), "\(place).one_of", .notArray)
        check(test(#""one_of":["a",null]"#), "\(place).one_of[1]", .notScalar)
        check(test(#""present":"yes""#), "\(place).present", .notBool)
        for name in ["at_least", "at_most", "greater_than", "less_than"] {
            check(test(#""\#(name)":"18""#), "\(place).\(name)", .notInteger)
            check(test(#""\#(name)":9223372036854775808"#), "\(place).\(name)", .notInteger)
        }
        check(test(#""matches_variable":"x""#), "\(place).matches_variable", .unknownVariable)
        #expect(Rule.fault(test(#""matches_variable":"id""#)) == nil)
        check(
            allow(#"{"any_of_claims":[{"claim":"a","present":true},{"claim":"c","matches_variable":"id"}]}"#),
            "routes[0].allow.any_of_claims[1].matches_variable", .variableElsewhere)
        check(
            #"{"routes":[{"route":"GET /{id}","deny":{"claims":[{"claim":"c","matches_variable":"id"}]}}]}"#,
            "routes[0].deny.claims[0].matches_variable", .variableElsewhere)
    }

    /// Parts about the login are for rules that allow: a denying rule would spare a token without the claim.
    @Test func logins() throws {
        let place = "routes[0].allow"
        func document(_ effect: String, _ part: String) -> String {
            #"{"routes":[{"route":"GET /","\#(effect)":{\#(part)}}]}"#
        }
        for seconds in ["1", "31536000"] {
            #expect(Rule.fault(document("allow", #""auth_max_age_seconds":\#(seconds)"#)) == nil)
        }
        for seconds in ["0", "-1", "31536001"] {
            check(
                document("allow", #""auth_max_age_seconds":\#(seconds)"#), "\(place).auth_max_age_seconds",
                .outOfRange(minimum: 1, maximum: 31_536_000))
        }
        for seconds in [#""900""#, "1.5", "null"] {
            check(
                document("allow", #""auth_max_age_seconds":\#(seconds)"#), "\(place).auth_max_age_seconds",
                .notInteger)
        }
        check(document("allow", #""acr_values":"mfa""#), "\(place).acr_values", .notArray)
        check(document("allow", #""acr_values":[]"#), "\(place).acr_values", .empty)
        check(document("allow", #""acr_values":["a","a"]"#), "\(place).acr_values[1]", .repeated)
        for value in ["a b", #"a\""#, #"a\\"#, "\u{E9}"] {
            check(document("allow", #""acr_values":["\#(value)"]"#), "\(place).acr_values[0]", .scope)
        }
        for part in [#""acr_values":["a"]"#, #""auth_max_age_seconds":1"#] {
            let name = part.split(separator: "\"")[0]
            check(document("deny", part), "routes[0].deny.\(name)", .onlyInAllow)
            let open = #"{"routes":[{"route":"GET /","public":true}],"default":{\#(part)}}"#
            #expect(Rule.fault(open) == nil)
        }
    }

    @Test func testsOfTexts() {
        let place = "routes[0].allow.claims[0]"
        for name in ["starts_with", "ends_with", "like"] {
            check(test(#""\#(name)":"""#), "\(place).\(name)", .empty)
            check(test(#""\#(name)":["a"]"#), "\(place).\(name)", .notString)
            check(test(#""\#(name)":7"#), "\(place).\(name)", .notString)
            let limit = SettingsLimits.documentTextByteCount
            let longest = String(repeating: "a", count: limit)
            #expect(Rule.fault(test(#""\#(name)":"\#(longest)""#)) == nil)
            check(test(#""\#(name)":"\#(longest)a""#), "\(place).\(name)", .tooLong(limit: limit))
        }
        let most = RouteLimits.likeMarkCount
        let marks = String(repeating: "?", count: most)
        for name in ["starts_with", "ends_with", "like"] {
            #expect(Rule.fault(test(#""\#(name)":"\#(marks)""#)) == nil)
        }
        check(test(#""like":"\#(marks)*?""#), "\(place).like", .tooManyMarks(limit: most))
        #expect(Rule.fault(test(#""starts_with":"\#(marks)?""#)) == nil)
        check(
            allow(#"{"any_of_scopes_like":["a","\#(marks)?"]}"#), "routes[0].allow.any_of_scopes_like[1]",
            .tooManyMarks(limit: most))
        check(test(#""like":"a*","starts_with":"a""#), place, .oneOf(.condition))
    }

    @Test func testsOfElements() {
        let place = "routes[0].allow.claims[0].any_element"
        check(test(#""any_element":{}"#), place, .notArray)
        check(test(#""any_element":[]"#), place, .empty)
        check(test(#""any_element":["a"]"#), "\(place)[0]", .notObject)
        check(test(#""any_element":[{"claim":"t"}]"#), "\(place)[0]", .oneOf(.condition))
        check(test(#""any_element":[{"equals":"t"}]"#), "\(place)[0].claim", .missing)
        check(
            test(#""any_element":[{"claim":"t","any_element":[{"claim":"u","equals":1}]}]"#),
            "\(place)[0].any_element", .nestedElement)
        check(
            test(#""any_element":[{"claim":"t","matches_variable":"id"}]"#), "\(place)[0].matches_variable",
            .variableElsewhere)
        let one = #"{"claim":"t","like":"a*"}"#
        let most = Array(repeating: one, count: RouteLimits.testCount).joined(separator: ",")
        #expect(Rule.fault(test(#""any_element":[\#(most)]"#)) == nil)
        check(test(#""any_element":[\#(most),\#(one)]"#), place, .tooMany(limit: RouteLimits.testCount))
        #expect(
            Rule.fault(
                #"{"routes":[{"route":"GET /","deny":{"any_of_claims":[{"claim":"c","any_element":[\#(one)]}]}}]}"#
            ) == nil)
    }

    @Test func aTextAroundAVariable() {
        let place = "routes[0].allow.claims[0].matches_variable"
        for good in ["{id}", "auth0|{id}", "{id}@example.com", "a{id}b", "ä {id}/*"] {
            #expect(Rule.fault(test(#""matches_variable":"\#(good)""#)) == nil, "\(good)")
        }
        for other in ["{id", "id}", "}id{", "{id}{id}", "{{id}}", "a{id}b}", "{}", "{a}{id}"] {
            let isName = other == "{}"
            check(test(#""matches_variable":"\#(other)""#), place, isName ? .unknownVariable : .variableText)
        }
        for other in ["{x}", "a{ID}", "auth0|id", "id "] {
            check(test(#""matches_variable":"\#(other)""#), place, .unknownVariable)
        }
    }

    /// Equal requirements of rules are stored once, unless each refers to its own path variable.
    @Test func equalRequirementsAreStoredOnce() throws {
        let own = { (path: String) in
            #"{"route":"GET \#(path)","allow":{"claims":[{"claim":"sub","matches_variable":"x"}]}}"#
        }
        let table = try Rule.table(
            [
                Rule.allow("GET /1", scope: "s"), Rule.allow("GET /2", scope: "s"),
                Rule.allow("GET /3", scope: "t"), own("/4/{x}"), own("/{x}/5"),
            ]
            .joined(separator: ","))
        #expect(table.requirements.count == 4 && table.rules.map(\.requirement) == [0, 0, 1, 2, 3])
    }

    // MARK: Messages

    @Test func messagesHavePlaceProblemAndExample() {
        func message(_ document: String) -> String {
            do throws(SettingsError) {
                _ = try RulesDocument(parsing: Array(document.utf8))
                return ""
            } catch { return Rule.text(error.message) }
        }
        #expect(
            message(allow(#"{"scopes":[]}"#))
                == #"RULES: routes[0].allow.scopes is empty; for example ["orders:read"]"#)
        #expect(message("{}") == "RULES: the document is empty: it needs issuers or routes")
        #expect(
            message("{")
                == "RULES: the document is not strict JSON, or exceeds a limit (json_unexpected_end): it ends within a value"
        )
        #expect(
            message(#"{"routes":[],"routes":[]}"#)
                == "RULES: the document is not strict JSON, or exceeds a limit (json_duplicate_member): a name is there twice in one object, the second time at byte 13"
        )
        #expect(
            message(issuer(#","clock_skew_seconds":301"#))
                == "RULES: issuers[0].clock_skew_seconds must be from 0 to 300")
        #expect(message("{\"a\\u001bb\":1}") == "RULES: a?b is not a member of this object")
        #expect(
            message(#"{"routes":[{"route":"GET /a"}]}"#)
                == "RULES: routes[0] must have exactly one of allow, deny, public")
    }

    // MARK: Limits

    private func list(_ count: Int, _ element: (Int) -> String) -> String {
        "[" + (0..<count).map(element).joined(separator: ",") + "]"
    }

    @Test func listsEndAtTheirLimits() {
        let (names, tests) = (SettingsLimits.listCount, RouteLimits.testCount)
        let quoted = { (index: Int) in "\"a\(index)\"" }
        let claim = { (index: Int) in #"{"claim":"a\#(index)","present":true}"# }
        for (limit, path, document) in [
            (
                names, "routes[0].allow.scopes",
                { (count: Int) in allow(#"{"scopes":\#(list(count, quoted))}"#) }
            ),
            (names, "routes[0].allow.roles", { allow(#"{"roles":\#(list($0, quoted))}"#) }),
            (names, "routes[0].allow.claims[0].one_of", { test(#""one_of":\#(list($0, quoted))"#) }),
            (names, "issuers[0].audiences", { issuer(#","audiences":\#(list($0, quoted))"#) }),
            (tests, "routes[0].allow.claims", { allow(#"{"claims":\#(list($0, claim))}"#) }),
            (tests, "routes[0].allow.any_of_claims", { allow(#"{"any_of_claims":\#(list($0, claim))}"#) }),
            (tests, "issuers[0].scope_claims", { issuer(#","scope_claims":\#(list($0, quoted))"#) }),
            (
                tests, "issuers[0].issuer",
                { #"{"issuers":[{"issuer":\#(list($0, quoted)),"jwks_uri":"/k"}]}"# }
            ),
            (
                SettingsLimits.issuerCount, "issuers",
                { #"{"issuers":\#(list($0) { #"{"issuer":"i\#($0)","jwks_uri":"/k"}"# })}"# }
            ),
        ] {
            #expect(Rule.fault(document(limit)) == nil, "\(path)")
            check(document(limit + 1), path, .tooMany(limit: limit))
        }
    }

    @Test func textsEndAtTheirLimit() {
        let limit = SettingsLimits.documentTextByteCount
        let longest = String(repeating: "a", count: limit)
        #expect(Rule.fault(test(#""equals":"\#(longest)""#)) == nil)
        check(test(#""equals":"\#(longest)a""#), "routes[0].allow.claims[0].equals", .tooLong(limit: limit))
        // A name that an error repeats is truncated.
        let named = String(repeating: "n", count: EventLimits.namedByteCount)
        check(#"{"\#(named)":1}"#, named, .unknownMember)
        check(#"{"\#(named)n":1}"#, named, .unknownMember)
    }

    /// The limits of a document's JSON. At the limit the error is the unknown member, and above it the document is not
    /// parsed.
    @Test func theTextEndsAtItsLimits() {
        let limits = SettingsLimits.document
        let small = #"{"routes":[{"route":"GET /","public":true}]}"#
        let padding = { (count: Int) in small + String(repeating: " ", count: count - small.utf8.count) }
        #expect(Rule.fault(padding(limits.byteCount)) == nil)
        check(
            padding(limits.byteCount + 1), "",
            .json(.tooLong(limit: limits.byteCount, actual: limits.byteCount + 1)))
        let nested = { (depth: Int) in
            #"{"x":"# + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1)
                + "}"
        }
        check(nested(limits.depth), "x", .unknownMember)
        check(nested(limits.depth + 1), "", .json(.tooDeep(limit: limits.depth)))
        let members = { (count: Int) in "{" + (0..<count).map { "\"x\($0)\":1" }.joined(separator: ",") + "}"
        }
        check(members(limits.memberCount), "x0", .unknownMember)
        check(members(limits.memberCount + 1), "", .json(.tooManyMembers(limit: limits.memberCount)))
        check(#"{"x":\#(list(limits.elementCount) { "\($0)" })}"#, "x", .unknownMember)
        check(
            #"{"x":\#(list(limits.elementCount + 1) { "\($0)" })}"#, "",
            .json(.tooManyElements(limit: limits.elementCount)))
        // The object, the name, the outer array; then arrays of a full length, and one for the rest.
        let nodes = { (count: Int) in
            let full = limits.elementCount + 1
            let rest = (count - 3) % full
            let lists = Array(repeating: list(limits.elementCount) { _ in "1" }, count: (count - 3) / full)
            return #"{"x":[\#((lists + [list(rest - 1) { _ in "1" }]).joined(separator: ","))]}"#
        }
        check(nodes(limits.nodeCount), "x", .unknownMember)
        check(nodes(limits.nodeCount + 1), "", .json(.tooManyNodes(limit: limits.nodeCount)))
    }

    /// The length of the setting is checked before it is parsed.
    @Test func settingsEndAtTheSameLimit() {
        let limit = SettingsLimits.documentByteCount
        #expect(SettingsLimits.document.byteCount == limit)
        let small = #"{"routes":[{"route":"GET /","public":true}]}"#
        func problem(_ count: Int) -> SettingsError.Problem? {
            let text = small + String(repeating: " ", count: count - small.utf8.count)
            do throws(SettingsError) {
                _ = try Settings(environment: [
                    (Array("JWKS_URI".utf8), Array("/k".utf8)), (Array("RULES".utf8), Array(text.utf8)),
                ])
                return nil
            } catch { return error.problem }
        }
        #expect(problem(limit) == nil && problem(limit + 1) == .tooLong(limit: limit))
    }
}
