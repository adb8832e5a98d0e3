import DecisionSupport
import Events
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

/// The parts of a decision that do not depend on a token, and the comparison of answers (AUDIT 26, 32).
@Suite struct DecisionTests {
    @Test func answersAreEqualByTheirKindAndBytes() {
        let (one, other): ([UInt8], [UInt8]) = ([1, 2], [1, 3])
        #expect(Answer.response(one) == .response(one) && Answer.response(one) != .response(other))
        #expect(Answer.error(type: "T", body: one) == .error(type: "T", body: one))
        #expect(Answer.error(type: "T", body: one) != .error(type: "T", body: other))
        #expect(Answer.response(one) != .error(type: "T", body: one))
    }

    /// The gateway's ID of the request, for logs.
    @Test func theCallersIDOfARequest() throws {
        let settings = try Asked.settings([("RESOURCE", "*")])
        func id(_ caller: Caller, _ context: String) throws -> String? {
            try Asked.decision(Asked.event(caller, "GET/a", Asked.token(), context: context), settings)
                .callerRequestID.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(try id(.restRequest, #","requestId":"c6af9ac6""#) == "c6af9ac6")
        #expect(try id(.restRequest, "") == nil)
        #expect(try id(.restToken, "") == nil)
    }

    /// At the limit and one byte more, for an event of which only the beginning is stored.
    @Test func anEventThatIsTooLong() throws {
        let settings = try Asked.settings([("RESOURCE", "*")])
        var keys = KeyRing(settings.issuers.map { $0.keys }, policy: settings.keyCachePolicy)
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: Asked.now)
        for (length, reason) in [
            (EventLimits.eventByteCount, "allowed"), (EventLimits.eventByteCount + 1, "event_too_long"),
        ] {
            var authorization = Authorization(
                event: Asked.event(.restToken, "GET/a", Asked.token()), wholeByteCount: length,
                issuers: settings.trustedIssuers, rules: settings.rules)
            guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: Asked.now) else {
                Issue.record("undecided")
                continue
            }
            #expect("\(decision.reasonCode)" == reason)
        }
    }

    /// Shadow rules without routes report for a call without a token the same as the event.
    @Test func shadowRulesWithoutRoutes() throws {
        let issuers = #"{"issuers":[{"issuer":"iss","jwks_uri":"/k"}]}"#
        let settings = try Asked.settings([("RESOURCE", "*"), ("SHADOW_RULES", issuers)])
        let decision = try Asked.decision(Asked.event(.restRequest, "GET/a", nil), settings)
        let verdict = try #require(settings.shadow?.verdict(on: decision))
        #expect("\(decision.reasonCode) \(verdict.reasonCode)" == "token_missing token_missing")
        #expect(!verdict.differs(from: decision.outcome))
    }
}
