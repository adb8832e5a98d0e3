import Authorizer
import DecisionSupport
import Events
import JSON
import Settings
import TestSupport
import Testing

@testable import Reports

/// An event made for a pasted token is one of its caller's (AUDIT 30).
@Suite struct EventForTokenTests {
    private func made(_ caller: Caller, _ settings: Settings) throws -> Event {
        try Event(parsing: makeEvent(of: caller, around: bytes("a.b.c"), settings.rules))
    }

    /// It is of this caller, calls something that RESOURCE matches, and has the token where it is looked for.
    @Test(arguments: Caller.allCases)
    func anEventOfEachCaller(caller: Caller) throws {
        let resource = "arn:aws:execute-api:r:1:api/*/GET/orders/*"
        let settings = try Asked.settings([
            ("RESOURCE", "\(resource),arn:aws:appsync:r:7:apis/xyz"),
            ("IOT_POLICY", iotPolicy),
        ])
        let event = try made(caller, settings)
        #expect(event.caller == caller)
        #expect(text(try event.tokenValue(from: settings.rules.tokenSources)).hasSuffix("a.b.c"))
        let arn = event.arn.map { text($0.text) }
        switch caller {
        case .appSync, .iotCore: #expect(arn == nil)
        case .webSocket: #expect(arn == "arn:aws:execute-api:r:1:api/x/$connect")
        default: #expect(arn == "arn:aws:execute-api:r:1:api/x/GET/orders/x")
        }
        // What RESOURCE covers is let through.
        let token = Asked.token()
        let decision = try Asked.decision(
            makeEvent(of: caller, around: bytes(token), settings.rules), settings)
        let expected: StaticString = caller == .webSocket ? "resource_not_covered" : "allowed"
        #expect(text(decision.reasonCode) == text(expected))
    }

    @Test(arguments: [
        ("*", "arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/test/GET/"),
        ("arn:aws:execute-api:r:1:api/prod/POST/a", "arn:aws:execute-api:r:1:api/prod/POST/a"),
        ("arn:aws:execute-api:r:1:api/prod/*/a", "arn:aws:execute-api:r:1:api/prod/x/a"),
        ("arn:aws:execute-api:r:1:api", "arn:aws:execute-api:r:1:api/test/GET/"),
        ("arn:aws:execute-api:r:1:a?i/prod/*", "arn:aws:execute-api:r:1:axi/prod/x"),
    ])
    func theCalledResource(resource: String, arn: String) throws {
        let event = try made(.restToken, try Asked.settings([("RESOURCE", resource)]))
        #expect(event.arn.map { text($0.text) } == arn)
    }

    @Test(arguments: [
        ("header:X-Token", "X-Token"), ("query:t", "queryStringParameters"), ("cookie:c", "c=a.b.c"),
        ("protocol:bearer", "bearer,a.b.c"), ("header:Authorization", "Bearer a.b.c"),
    ])
    func whereTheTokenIs(sources: String, expected: String) throws {
        let settings = try Explained.settings(("TOKEN_SOURCES", sources))
        let event = makeEvent(of: .restRequest, around: bytes("a.b.c"), settings.rules)
        #expect(text(event).contains(expected))
        #expect(
            text(try Event(parsing: event).tokenValue(from: settings.rules.tokenSources)).hasSuffix("a.b.c"))
    }

    @Test func withoutAnAppSyncAPIThereIsOneAllTheSame() throws {
        let event = text(makeEvent(of: .appSync, around: bytes("t"), try Explained.settings().rules))
        #expect(event.contains(#""accountId":"123456789012","apiId":"api""#))
    }
}
