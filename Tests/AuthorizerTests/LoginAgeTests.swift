import DecisionSupport
import Events
import JOSE
import Keys
import Routes
import Settings
import TestSupport
import Testing

@testable import Authorizer

private let now = Asked.now
private let iotPolicy =
    #"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iot:Connect","Resource":"x"}}"#

private func age(_ route: String, _ seconds: Int) -> String {
    #"{"route":"\#(route)","allow":{"auth_max_age_seconds":\#(seconds)}}"#
}

private func token(_ login: Int64) -> String { Asked.token(#","auth_time":\#(now - login)"#) }

/// The answer ends with the login where the caller's answer has an end, and nothing that reads the clock is remembered (AUDIT 24, 27).
@Suite struct LoginAgeTests {
    private func settings(_ rules: [String], _ further: [(String, String)] = []) throws -> Settings {
        try Asked.settings(
            rules: rules.joined(separator: ","),
            [("IOT_POLICY", iotPolicy), ("APPSYNC_TTL_SECONDS", "3600"), ("CLOCK_SKEW_SECONDS", "20")]
                + further)
    }

    private func number(_ name: String, _ sent: Sent) throws -> Int64 {
        let start = try #require(sent.body.range(of: "\"\(name)\":"))
        return try #require(Int64(sent.body[start.upperBound...].prefix { $0.isNumber }))
    }

    /// Bounds of the rules, of the issuer, and of both.
    @Test func appSyncKeepsNoAnswerPastTheLogin() throws {
        for (rule, further, end) in [
            (age("$appsync", 100), [(String, String)](), Int64(90)),
            (Rule.open("$appsync"), [("AUTH_MAX_AGE_SECONDS", "150")], 140),
            (age("$appsync", 100), [("AUTH_MAX_AGE_SECONDS", "50")], 40), (Rule.open("$appsync"), [], 600),
        ] {
            let event = Asked.event(.appSync, "", token(10))
            #expect(try number("ttlOverride", Asked.answer(event, settings([rule], further))) == end)
        }
        // Within the clock skew: allowed, and not cached.
        let late = try Asked.answer(Asked.event(.appSync, "", token(115)), settings([age("$appsync", 100)]))
        #expect(try late.reason == "allowed" && number("ttlOverride", late) == 0)
        let old = try Asked.answer(Asked.event(.appSync, "", token(121)), settings([age("$appsync", 100)]))
        #expect(old.reason == "route_auth_age" && old.body == Rule.text(appSyncRefusal))
    }

    /// With the clock skew of 20 seconds, as for the token's end.
    @Test func aConnectionOfIoTCoreEndsWithTheLogin() throws {
        let event = Asked.event(.iotCore, "", token(10))
        let found = try Asked.answer(event, settings([age("$iot", 400)]))
        #expect(try found.reason == "allowed" && number("disconnectAfterInSeconds", found) == 410)
        let short = try Asked.answer(event, settings([age("$iot", 289)]))
        #expect(short.reason == "token_expires_too_soon" && short.body == Rule.text(iotRefusal))
        #expect(try Asked.answer(event, settings([age("$iot", 290)])).reason == "allowed")
    }

    /// The setting refuses a token as invalid: 401.
    @Test func theSetting() throws {
        let bounded = try settings([Rule.open("GET /a")], [("AUTH_MAX_AGE_SECONDS", "100")])
        for (token, reason) in [
            (token(120), "allowed"), (token(121), "auth_time_too_old"), (token(-21), "auth_time_in_future"),
            (Asked.token(), "auth_time_missing"), (Asked.token(#","auth_time":"1""#), "auth_time_type"),
            (Asked.token(#","auth_time":-1"#), "auth_time_range"),
        ] {
            let sent = try Asked.answer(Asked.event(.restToken, "GET/a", token), bounded)
            #expect(sent.reason == reason)
            #expect(
                (sent.body == #"{"errorMessage":"Unauthorized","errorType":"Unauthorized"}"#)
                    == (reason != "allowed"))
        }
    }

    /// A rule refuses with a 403: the answer still allows the token's other calls.
    @Test(arguments: Asked.pathCallers) func aRule(caller: Caller) throws {
        let rules = try settings([age("GET /pay", 100), Rule.open("GET /x")])
        let sent = try Asked.answer(Asked.event(caller, "GET/pay", token(121)), rules)
        #expect(sent.reason == "route_auth_age")
        #expect(try !sent.effect("GET/pay").allowsInSomeReading && sent.effect("GET/x").allowsInEveryReading)
        #expect(sent.body.contains(#""reason":"route_auth_age""#))
    }

    /// The same token, remembered, is refused as soon as its login is too old.
    @Test func aRememberedTokenIsRefusedLater() throws {
        let rules = try settings([age("GET /pay", 100), Rule.open("GET /x")])
        var keys = KeyRing(rules.issuers.map(\.keys), policy: KeyCachePolicy())
        _ = keys[0].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: now)
        var memory = TokenMemory(capacity: 4)
        let token = token(0)
        func sent(_ call: String, after seconds: Int64) throws -> Sent {
            var question = Authorization(
                event: Asked.event(.restRequest, call, token), issuers: rules.trustedIssuers,
                rules: rules.rules)
            guard
                case .decided(let decision) = question.next(
                    keys: keys, memo: &memory, nowSeconds: now + seconds)
            else { throw Refusal.keysUnavailable }
            return Sent(rules.rules.answered(decision))
        }
        for (seconds, isAllowed) in [(Int64(0), true), (120, true), (121, false), (500, false)] {
            let pay = try sent("GET/pay", after: seconds)
            #expect(pay.reason == (isAllowed ? "allowed" : "route_auth_age"), "\(seconds)")
            #expect(try pay.effect("GET/pay").allowsInSomeReading == isAllowed)
            let other = try sent("GET/x", after: seconds)
            #expect(try other.reason == "allowed" && !other.effect("GET/pay").allowsInSomeReading)
        }
    }

    /// Rules that are tried use the time of the decision and the issuer's clock skew.
    @Test func shadowRules() throws {
        let tried = #"{"routes":[\#(age("GET /pay", 100))]}"#
        let rules = try settings([Rule.open("GET /pay")], [("SHADOW_RULES", tried)])
        for (login, reason) in [(Int64(120), "allowed"), (121, "route_auth_age"), (-21, "route_auth_age")] {
            let decision = try Asked.decision(Asked.event(.restRequest, "GET/pay", token(login)), rules)
            #expect(rules.shadow?.verdict(on: decision).map { "\($0.reasonCode)" } == reason)
        }
    }
}
