import DecisionSupport
import Events
import JSON
import TestSupport
import Testing

@testable import Routes

private let now: Int64 = 1_800_000_000

private func age(_ route: String, _ seconds: Int, _ further: String = "") -> String {
    #"{"route":"\#(route)","allow":{"auth_max_age_seconds":\#(seconds)\#(further)}}"#
}

private func login(_ secondsAgo: Int64, _ further: String = "") -> String {
    #"{"auth_time":\#(now - secondsAgo)\#(further)}"#
}

private func verdict(
    _ table: RouteTable, _ call: String, _ claims: String?, skew: Int64 = 0
) throws -> RouteVerdict {
    table.verdict(try Rule.arn(call), try Rule.facts(table, claims, now: now, skew: skew))
}

/// How a policy for one call affects another one.
private func effect(_ verdict: RouteVerdict, on call: String) throws -> PolicyEffect {
    let policy = verdict.policy(for: .restRequest, byteLimit: 8192)
    return Routes.effect(of: policy?.statements ?? [], on: try Rule.arn(call).text.span)
}

/// The age of the login and its class, in rules (RFC 9470; AUDIT 24, 28).
@Suite struct LoginAgeTests {
    // MARK: One call

    @Test func theBoundIsExact() throws {
        let table = try Rule.table(age("GET /a", 100))
        for (seconds, skew, isAllowed) in [
            (Int64(0), Int64(0), true), (100, 0, true), (101, 0, false), (110, 10, true), (111, 10, false),
            (-1, 0, false), (-10, 10, true), (-11, 10, false),
        ] {
            let found = try verdict(table, "GET/a", login(seconds), skew: skew)
            #expect(found.refusal == (isAllowed ? nil : .authAge), "\(seconds) \(skew)")
            #expect(found.finding == RouteFinding(place: 0, unmet: isAllowed ? nil : .authAge))
            #expect(found.endSeconds == (isAllowed ? now - seconds + 100 : .max))
        }
        // A fraction of a second in the future.
        #expect(try verdict(table, "GET/a", #"{"auth_time":\#(now).1}"#).refusal == .authAge)
        #expect(try verdict(table, "GET/a", #"{"auth_time":\#(now - 1).9}"#).refusal == nil)
    }

    @Test(arguments: [
        "{}", #"{"auth_time":null}"#, #"{"auth_time":"\#(now)"}"#, #"{"auth_time":[\#(now)]}"#,
        #"{"auth_time":-1}"#, #"{"auth_time":9007199254740992}"#, #"{"auth_time":1e400}"#,
    ]) func aTokenWithoutALoginIsRefused(claims: String) throws {
        let table = try Rule.table(age("GET /a", 31_536_000))
        #expect(try verdict(table, "GET/a", claims).refusal == .authAge)
    }

    /// One value suffices; the claim is a string.
    @Test func theClassOfTheLogin() throws {
        let table = try Rule.table(#"{"route":"GET /a","allow":{"acr_values":["mfa","hwk"]}}"#)
        for acr in [#""mfa""#, #""hwk""#, #""mf\u0061""#] {
            #expect(try verdict(table, "GET/a", #"{"acr":\#(acr)}"#).refusal == nil)
        }
        for claims in [
            "{}", #"{"acr":"mf"}"#, #"{"acr":"mfa hwk"}"#, #"{"acr":["mfa"]}"#, #"{"acr":null}"#,
            #"{"ACR":"mfa"}"#,
        ] {
            let found = try verdict(table, "GET/a", claims)
            #expect(found.refusal == .authContext && found.finding?.unmet == .acr, "\(claims)")
        }
        #expect(!table.readsClock)
        #expect(
            "\(RouteFault.authContext.reasonCode) \(RouteFault.authAge.reasonCode)"
                == "route_acr route_auth_age")
    }

    /// A new login is asked for only if nothing else is missing.
    @Test func theOtherPartsComeFirst() throws {
        let table = try Rule.table(
            age(
                "GET /a", 100,
                #","scopes":["s"],"acr_values":["mfa"],"any_of_claims":[{"claim":"t","equals":1}]"#))
        for (further, refusal) in [
            ("", RouteFault.unmet), (#","scope":"s","acr":"mfa""#, .unmet),
            (#","scope":"s","t":1"#, .authContext), (#","scope":"s","t":1,"acr":"mfa""#, .authAge),
        ] {
            #expect(try verdict(table, "GET/a", login(200, further)).refusal == refusal, "\(further)")
        }
        #expect(try verdict(table, "GET/a", login(1, #","scope":"s","t":1,"acr":"mfa""#)).refusal == nil)
    }

    @Test func withoutAToken() throws {
        #expect(try verdict(try Rule.table(age("GET /a", 100)), "GET/a", nil).refusal == .unmet)
    }

    // MARK: The policy for other calls

    private let rules = [age("GET /pay/{id}", 100), age("POST /send", 100), Rule.open("GET /*")]
        .joined(separator: ",")

    /// The policy for a call allows no other rule that a login ends for while a gateway applies the policy.
    @Test func aPolicyNamesOnlyTheRuleThatDecided() throws {
        let table = try Rule.table(rules)
        #expect(table.readsClock)
        let claims = login(1)
        let pay = try verdict(table, "GET/pay/1", claims)
        #expect(pay.refusal == nil)
        for call in ["GET/pay/1", "GET/pay/2", "GET/x"] {
            #expect(try effect(pay, on: call).allowsInEveryReading, "\(call)")
        }
        #expect(try !effect(pay, on: "POST/send").allowsInSomeReading)
        let other = try verdict(table, "GET/x", claims)
        #expect(try effect(other, on: "GET/x").allowsInEveryReading)
        for call in ["GET/pay/1", "POST/send", "GET/p%61y/1"] {
            #expect(try !effect(other, on: call).allowsInSomeReading, "\(call)")
        }
        #expect(other.policy(for: .restRequest, byteLimit: 8192)?.omittedRules == [0, 1])
        // The answer to a refused call allows neither.
        let refused = try verdict(table, "PUT/x", claims)
        #expect(refused.refusal == .unknown)
        for call in ["GET/pay/1", "POST/send"] {
            #expect(try !effect(refused, on: call).allowsInSomeReading, "\(call)")
        }
    }

    /// A login that is recent for longer than any gateway keeps an answer: at the limit and one past it.
    @Test func aLastingLogin() throws {
        let table = try Rule.table(age("GET /pay", 3700) + "," + Rule.open("GET /x"))
        for (seconds, isNamed) in [(Int64(100), true), (101, false)] {
            let found = try verdict(table, "GET/x", login(seconds))
            #expect(try effect(found, on: "GET/pay").allowsInEveryReading == isNamed, "\(seconds)")
            #expect(try effect(found, on: "GET/pay").allowsInSomeReading == isNamed, "\(seconds)")
        }
    }

    /// Of two rules for a route the one that does not read the clock decides, in any order.
    @Test func aRuleWithoutAClockComesFirst() throws {
        for both in [
            age("GET /a", 100) + "," + Rule.allow("GET /a", scope: "s"),
            Rule.allow("GET /a", scope: "s") + "," + age("GET /a", 100),
        ] {
            let table = try Rule.table(both + "," + Rule.open("GET /x"))
            let scoped = login(1, #","scope":"s""#)
            #expect(try verdict(table, "GET/a", scoped).endSeconds == .max)
            #expect(try effect(verdict(table, "GET/x", scoped), on: "GET/a").allowsInEveryReading)
            #expect(try verdict(table, "GET/a", login(1)).endSeconds == now + 99)
            #expect(try !effect(verdict(table, "GET/x", login(1)), on: "GET/a").allowsInSomeReading)
            #expect(try verdict(table, "GET/a", login(200, #","scope":"s""#)).refusal == nil)
        }
    }

    /// A path variable and a login together.
    @Test func aVariable() throws {
        let table = try Rule.table(
            age("GET /u/{id}", 100, #","claims":[{"claim":"sub","matches_variable":"id"}]"#) + ","
                + Rule.open("GET /x"))
        let claims = login(1, #","sub":"al""#)
        let own = try verdict(table, "GET/u/al", claims)
        #expect(own.refusal == nil && own.endSeconds == now + 99)
        #expect(try effect(own, on: "GET/u/al").allowsInEveryReading)
        #expect(try !effect(own, on: "GET/u/bo").allowsInSomeReading)
        #expect(try !effect(verdict(table, "GET/x", claims), on: "GET/u/al").allowsInSomeReading)
        #expect(try verdict(table, "GET/u/bo", claims).refusal == .unmet)
        #expect(try verdict(table, "GET/u/al", login(101, #","sub":"al""#)).refusal == .authAge)
    }

    /// No policy is cached with the token; a table without a clock keeps one.
    @Test func nothingIsRemembered() throws {
        for (routes, isKept) in [(rules, false), (Rule.open("GET /*"), true)] {
            let table = try Rule.table(routes)
            var note: PolicyNote?
            _ = try verdict(table, "GET/x", login(1)).policy(for: .restRequest, byteLimit: 8192, &note)
            #expect((note != nil) == isKept)
        }
        // A note that is there is not used.
        let table = try Rule.table(rules)
        let found = try verdict(table, "GET/x", login(1))
        var note: PolicyNote?
        let wanted = found.policy(for: .restRequest, byteLimit: 8192, &note)?.statements
        let form = PolicyForm(try #require(found.called), .restRequest)
        note = PolicyNote(
            subject: form.allowedPrefix + Array(" REST 8192".utf8), text: Array("[]".utf8), omitted: [])
        #expect(found.policy(for: .restRequest, byteLimit: 8192, &note)?.statements == wanted)
    }

    // MARK: Callers without a path

    @Test func appSyncAndIoTCore() throws {
        let table = try Rule.table(
            [
                age("$appsync", 500), age("$appsync Query.pay", 100), age("$appsync Query.old", 2000),
                age("$iot", 7200),
            ].joined(separator: ","))
        func found(_ caller: Caller, _ seconds: Int64) throws -> RouteVerdict {
            table.verdict(caller, try Rule.facts(table, login(seconds), now: now))
        }
        let all = try found(.appSync, 1)
        #expect(all.refusal == nil && all.deniedFields == nil && all.endSeconds == now + 99)
        let some = try found(.appSync, 101)
        #expect(some.deniedFields.map(Rule.text) == #"["Query.pay"]"# && some.endSeconds == now + 399)
        #expect(try found(.appSync, 501).refusal == .authAge)
        #expect(try found(.iotCore, 1).endSeconds == now + 7199)
        #expect(try found(.iotCore, 7201).refusal == .authAge)
    }

    // MARK: Texts

    @Test func theRequirementInWords() throws {
        let table = try Rule.table(age("GET /a", 100, #","acr_values":["mfa","hwk"]"#))
        let old = try #require(try verdict(table, "GET/a", login(200, #","acr":"mfa""#)).finding)
        #expect(Rule.text(table.unmetRequirement(of: old)) == "allow.auth_max_age_seconds (100)")
        let one = try #require(table.expectations(of: old).first)
        #expect(
            Rule.text(one.path.text) == "auth_time"
                && Rule.text(one.demand) == "must be at most 100 seconds ago")
        let weak = try #require(try verdict(table, "GET/a", login(1)).finding)
        #expect(Rule.text(table.unmetRequirement(of: weak)) == "allow.acr_values (mfa hwk)")
        let acr = try #require(table.expectations(of: weak).first)
        #expect(Rule.text(acr.path.text) == "acr" && Rule.text(acr.demand) == "must be mfa or hwk")
    }
}
