import DecisionSupport
import JSON
import TestSupport
import Testing

@testable import Routes
@testable import Settings

private func path(_ names: String...) -> ClaimPath { ClaimPath(names.map { Array($0.utf8) }) }

private enum Written: Equatable {
    case success([String])
    case failure(DocumentFault.Problem)
}

/// The path of a document's `scope_claims`; otherwise the error.
private func written(_ text: String) -> Written {
    do throws(SettingsError) {
        let document = try RulesDocument(
            parsing: Array(
                #"{"scope_claims":[\#(text)],"routes":[{"route":"GET /","allow":"any_token"}]}"#.utf8))
        return .success(document.places.scopes.first.map { Rule.texts($0.names) } ?? [])
    } catch {
        guard case .document(let fault) = error.problem else { return .failure(.nothing) }
        return .failure(fault.problem)
    }
}

/// A claim path finds its value, or nothing (AUDIT 31).
@Suite struct ClaimPathTests {
    private let claims =
        #"{"a":1,"realm":{"roles":["x"],"a.b":2,"deep":{"er":true}},"https://example.com/roles":"y","list":[{"a":3}],"":4}"#

    @Test func aValueIsFoundStepByStep() throws {
        let claims = try Rule.claims(claims)
        #expect(path("a").value(in: claims)?.number?.integer == 1)
        #expect(path("realm", "roles").value(in: claims)?.count == 1)
        #expect(path("realm", "a.b").value(in: claims)?.number?.integer == 2)
        #expect(path("realm", "deep", "er").value(in: claims)?.bool == true)
        #expect(path("https://example.com/roles").value(in: claims)?.stringBytes == Array("y".utf8))
        #expect(ClaimPath("a").value(in: claims)?.number?.integer == 1)
    }

    @Test func pathsEndAtValuesThatAreNotObjects() throws {
        let claims = try Rule.claims(claims)
        for other in [
            path("A"), path("realm", "a"), path("a", "a"), path("list", "a"), path("realm", "roles", "x"),
            path("realm", "deep", "er", "x"), path("realm.roles"), path("rea"),
        ] { #expect(other.value(in: claims) == nil, "\(Rule.texts(other.names))") }
    }

    /// An element of an array has no path: what other languages write is refused, and a member with such a name is an array.
    @Test func numbersAreNotPlaces() {
        for other in [
            #""list.0""#, #""list.0.a""#, #""0""#, #""list[0]""#, #""list[0].a""#, #""a.list[12]""#,
            #"["list",0]"#, "[0]",
            #""007.a""#,
        ] { #expect(written(other) == .failure(.claimIndex), "\(other)") }
        #expect(written(#"["list","0"]"#) == .success(["list", "0"]))
        #expect(written(#"["list[0]"]"#) == .success(["list[0]"]))
        for good in [#""v1.a""#, #""a.1b""#, #""a[]""#, #""a[b]""#, #""[0""#, #""0]""#, #""oidc:2""#] {
            guard case .success = written(good) else {
                Issue.record("\(good)")
                continue
            }
        }
    }

    @Test func stringsAreSplitAtDots() {
        #expect(written(#""realm_access.roles""#) == .success(["realm_access", "roles"]))
        #expect(written(#""cognito:groups""#) == .success(["cognito:groups"]))
        #expect(written(#"["https://example.com/roles"]"#) == .success(["https://example.com/roles"]))
        #expect(
            written(#"["resource_access","my.client","roles"]"#)
                == .success(["resource_access", "my.client", "roles"]))
    }

    @Test(arguments: [#"".a""#, #""a.""#, #""a..b""#, #"".""#, #""https://example/roles""#])
    func namesThatWouldBeSplitWronglyAreRefused(text: String) {
        #expect(written(text) == .failure(.claimName))
    }

    @Test func otherFormsAreRefused() {
        #expect(written("1") == .failure(.notString))
        #expect(written("[]") == .failure(.empty))
        #expect(written(#""""#) == .failure(.empty))
        #expect(written(#"["a",true]"#) == .failure(.notString))
        #expect(written(#"["a",""]"#) == .failure(.empty))
    }

    @Test func pathsEndAtTheirLimit() {
        let limit = RouteLimits.claimDepth
        func dotted(_ count: Int) -> String {
            "\"" + Array(repeating: "a", count: count).joined(separator: ".") + "\""
        }
        func listed(_ count: Int) -> String {
            "[" + Array(repeating: "\"a\"", count: count).joined(separator: ",") + "]"
        }
        let longest = Array(repeating: "a", count: limit)
        #expect(written(dotted(limit)) == .success(longest) && written(listed(limit)) == .success(longest))
        #expect(written(dotted(limit + 1)) == .failure(.tooMany(limit: limit)))
        #expect(written(listed(limit + 1)) == .failure(.tooMany(limit: limit)))
    }
}
