import DecisionSupport
import Events
import TestSupport
import Testing

@testable import Authorizer

private let principal = Array("alice".utf8)
private let other = "arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/other"

/// A whole answer with this policy.
private func policy(_ statements: String, _ further: String = "") -> String {
    #"{"principalId":"alice","policyDocument":{"Version":"2012-10-17","Statement":\#(statements)}\#(further)}"#
}

private func statement(_ effect: String, _ resources: String...) -> String {
    let list = resources.map { "\"\(Asked.json($0))\"" }.joined(separator: ",")
    return #"{"Action":"execute-api:Invoke","Effect":"\#(effect)","Resource":[\#(list)]}"#
}

private func allow(_ resources: String) -> String { policy("[\(statement("Allow", resources))]") }

private func simpleRules() -> Rules {
    var rules = Rules(resources: [Array("*".utf8)])
    rules.answers.isSimpleHTTPAPI = true
    return rules
}

private func rules(_ cache: SenderPolicy.ResultCache? = nil) -> Rules {
    var rules = Rules(resources: [Array("*".utf8)])
    rules.sender.resultCache = cache
    return rules
}

private func call(_ caller: Caller, _ path: String) -> String { caller == .webSocket ? "$connect" : path }

/// A decision of a caller; its ARN ends with `path`, for a WebSocket with `$connect`.
private func decision(
    _ outcome: Outcome, _ caller: Caller?, _ path: String = "GET/a", body: String? = nil
) throws -> Decision {
    let event = try caller.map { try Event(parsing: Asked.event($0, call($0, path), nil)) }
    return Decision(
        outcome, body: body.map { Array($0.utf8) }, atSeconds: Asked.now, event: event, principal: principal)
}

/// The result of checking an answer that was written for an allowed call.
private func sent(
    allowing answer: String, _ caller: Caller?, _ path: String = "GET/a", _ rules: Rules = rules()
) throws -> Sent {
    let grant = Grant(
        principal: principal, context: [], omittedClaims: 0, expirySeconds: .max, refusedFromSeconds: .max,
        usageKey: nil)
    return Sent(rules.answered(try decision(.allow(grant), caller, path, body: answer)))
}

/// The result of checking a policy that was written for a refused call.
private func sent(
    refusing refusal: Refusal, _ answer: String?, _ caller: Caller, _ path: String = "GET/a",
    _ rules: Rules = rules()
) throws -> Sent {
    Sent(rules.answered(try decision(.refuse(refusal), caller, path, body: answer)))
}

private let inconsistent = #""context":{"reason":"answer_inconsistent"}"#
private let denial = policy(
    #"[{"Action":"execute-api:Invoke","Effect":"Deny","Resource":"*"}]"#, "," + inconsistent)

/// An answer that has another effect than its decision is replaced (AUDIT 33, 34).
@Suite struct AnswerCheckTests {
    // MARK: Policies

    /// Policies that allow the call in both interpretations: its own ARN, and wider Resources.
    private func right(_ caller: Caller) -> [String] {
        let arn = Rule.prefix + "/" + call(caller, "GET/a")
        return [
            allow(arn), allow("*"), allow("arn:aws:execute-api:*:*:a1b2c3d4e5/*"),
            policy("[\(statement("Allow", other, arn)),\(statement("Deny", other))]"),
            policy("[\(statement("Allow", arn))]", #","context":{"a":"}","n":-1.5e3,"t":true,"\"":"x\\"}"#),
            policy(
                "[\(statement("Allow", arn))]", #","context":{},"usageIdentifierKey":"kkkkkkkkkkkkkkkkkkkk""#),
        ]
    }

    @Test(arguments: Asked.policyCallers) func aCorrectAnswerIsReturned(caller: Caller) throws {
        for answer in right(caller) {
            let found = try sent(allowing: answer, caller)
            #expect(found.reason == "allowed" && found.body == answer)
        }
        for refusal in [Refusal.route(.unmet), .resourceNotCovered] {
            for answer in [allow(other), policy("[\(statement("Allow", "*")),\(statement("Deny", "*"))]")] {
                let found = try sent(refusing: refusal, answer, caller)
                #expect(found.reason == refusal.reasonCode.description && found.body == answer)
            }
        }
    }

    /// An allowed call that the policy does not allow in some interpretation; bytes that are not a policy.
    @Test(arguments: Asked.policyCallers) func anAllowedCallIsAllowedInEveryInterpretation(caller: Caller)
        throws
    {
        let arn = Rule.prefix + "/" + call(caller, "GET/a")
        let plain = allow(arn)
        for wrong in [
            // No Allow, an Allow of another call, an additional Deny.
            policy("[\(statement("Deny", "*"))]"), allow(other), allow(arn + "x"),
            policy("[\(statement("Allow", arn)),\(statement("Deny", arn))]"),
            policy("[\(statement("Deny", arn, other)),\(statement("Allow", arn))]"),
            // Allowed only when compared as one string, and denied only when compared as one string.
            allow("arn:aws:execute-api:*"), allow("arn:*/" + call(caller, "GET/a")),
            policy("[\(statement("Allow", arn)),\(statement("Deny", "arn:aws:execute-api:*"))]"),
            // Policies that cannot be parsed.
            "", "{}", "null", policy("[]"), policy("[{}]"), String(plain.dropLast()), plain + "}",
            plain + plain,
            plain.replacing("2012-10-17", with: "2008-10-17"),
            plain.replacing("policyDocument", with: "policy"),
            plain.replacing("execute-api:Invoke", with: "*"),
            plain.replacing("}]}}", with: #"}],"Statement":[]}}"#),
            policy("[\(statement("Allow", arn))]", #","context":{"a":{}}"#),
            policy("[\(statement("Allow", arn))]", #","context":{"a":[]}"#),
            policy("[\(statement("Allow", arn))]", #","context":{"a":}"#),
            policy("[\(statement("Allow", arn))]", #","context":"a""#),
            policy("[\(statement("Allow", arn))]", #","usageIdentifierKey":1"#),
            policy("[\(statement("Allow", arn))]", #","policyDocument":{}"#),
            #"{"isAuthorized":true}"#, #"{"isAuthenticated":true,"#,
        ] {
            let found = try sent(allowing: wrong, caller)
            #expect(found.reason == "answer_inconsistent" && found.body == denial, "\(wrong)")
        }
    }

    /// A refused call that the policy allows in some interpretation, in the sent spelling or with unnecessary escapes decoded.
    @Test(arguments: Asked.policyCallers) func aRefusedCallIsAllowedInNoInterpretation(caller: Caller) throws
    {
        let arn = Rule.prefix + "/" + call(caller, "GET/a")
        for refusal in [Refusal.route(.unmet), .route(.path), .route(.notExpressible), .resourceNotCovered] {
            for wrong in right(caller) + [
                allow("arn:aws:execute-api:*"), allow("arn:*/" + call(caller, "GET/a")),
                policy("[\(statement("Allow", "*")),\(statement("Deny", "arn:aws:execute-api:*"))]"),
                "", "{}", policy("[]"), allow(other) + "}", #"{"isAuthorized":false}"#,
                policy("[\(statement("Allow", other))]", #","context":{"a":{}}"#),
            ] {
                let found = try sent(refusing: refusal, wrong, caller)
                #expect(found.reason == "answer_inconsistent" && found.body == denial, "\(wrong)")
            }
            // Without its own policy, a refusal gets the standard answer, which denies everything.
            let usual = try sent(refusing: refusal, nil, caller)
            #expect(usual.reason == refusal.reasonCode.description)
            #expect(try !usual.effect(call(caller, "GET/a")).hasAllow && !arn.isEmpty)
        }
    }

    @Test(arguments: Asked.pathCallers) func bothSpellingsOfAPath(caller: Caller) throws {
        let (sentSpelling, plain) = (allow(Rule.prefix + "/GET/%61"), allow(Rule.prefix + "/GET/a"))
        // An allowed call is compared in the sent spelling.
        #expect(try sent(allowing: sentSpelling, caller, "GET/%61").reason == "allowed")
        #expect(try sent(allowing: plain, caller, "GET/%61").reason == "answer_inconsistent")
        for wrong in [sentSpelling, plain, allow(Rule.prefix + "/GET/?")] {
            let found = try sent(refusing: .route(.unmet), wrong, caller, "GET/%61")
            #expect(found.reason == "answer_inconsistent" && found.body == denial, "\(wrong)")
        }
        // Escapes of other characters make different paths.
        for path in ["GET/%61%40", "GET/%2561"] {
            let found = try sent(refusing: .route(.unmet), plain, caller, path)
            #expect(found.reason == "route_requirement" && found.body == plain)
        }
        let mixed = try sent(refusing: .route(.unmet), allow(Rule.prefix + "/GET/a%40"), caller, "GET/%61%40")
        #expect(mixed.reason == "answer_inconsistent")
    }

    /// If only this call is refused, the answer may allow other calls, provided that the gateway may cache it for them.
    @Test(arguments: Asked.policyCallers) func refusalsThatMayAllowOtherCalls(caller: Caller) throws {
        for refusal in [
            Refusal.scopeMissing, .principalNotUsable, .answerTooLong(limit: 1, actual: 2),
            .expiresTooSoon(secondsLeft: 1),
            .answerInconsistent,
        ] {
            let found = try sent(refusing: refusal, allow(other), caller)
            #expect(found.reason == "answer_inconsistent" && found.body == denial)
            #expect(try sent(refusing: refusal, nil, caller).reason == refusal.reasonCode.description)
        }
        for cache in SenderPolicy.ResultCache.allCases {
            for refusal in [Refusal.route(.unmet), .resourceNotCovered] {
                let found = try sent(refusing: refusal, allow(other), caller, "GET/a", rules(cache))
                #expect(found.reason == "answer_inconsistent" && found.body == denial)
                let denied = policy("[\(statement("Deny", other))]")
                #expect(try sent(refusing: refusal, denied, caller, "GET/a", rules(cache)).body == denied)
            }
        }
    }

    // MARK: Booleans, AppSync, IoT Core

    @Test func simpleAnswers() throws {
        for right in [#"{"isAuthorized":true}"#, #"{"isAuthorized":true,"context":{"a":"b"}}"#] {
            let found = try sent(allowing: right, .httpAPI2, "GET/a", simpleRules())
            #expect(found.reason == "allowed" && found.body == right)
        }
        for wrong in [
            #"{"isAuthorized":false}"#, #"{"isAuthorized":false,"context":{}}"#, allow("*"), "", "{}", "true",
            #"{"isAuthorized":truex}"#, #"{"isAuthorized":true}}"#, #"{"isAuthorized":"true"}"#,
            #"{"isAuthorized":true"#,
            #" {"isAuthorized":true}"#,
        ] {
            let found = try sent(allowing: wrong, .httpAPI2, "GET/a", simpleRules())
            #expect(
                found.reason == "answer_inconsistent"
                    && found.body == #"{"isAuthorized":false,\#(inconsistent)}"#,
                "\(wrong)")
        }
        // Payload 1.0 does not support this form.
        #expect(
            try sent(allowing: #"{"isAuthorized":true}"#, .httpAPI1, "GET/a", simpleRules()).body == denial)
        // Refusals are written from the refusal alone, so their check is called directly.
        let refused = try decision(.refuse(.route(.unmet)), .httpAPI2)
        for (answer, isRight) in [
            (#"{"isAuthorized":false}"#, true), (#"{"isAuthorized":false,"context":{}}"#, true),
            (#"{"isAuthorized":true}"#, false), (#"{"isAuthorized":true,"context":{}}"#, false),
            (#"{"isAuthorized":falsex}"#, false), (#"{"isAuthorized":false}}"#, false), ("{}", false),
            (allow(other), false),
        ] {
            let found = simpleRules().isAnswer(.response(Array(answer.utf8)), rightFor: refused)
            #expect(found == isRight, "\(answer)")
        }
        let written = try sent(refusing: .route(.unmet), nil, .httpAPI2, "GET/a", simpleRules())
        #expect(written.body == #"{"isAuthorized":false,"context":{"reason":"route_requirement"}}"#)
    }

    @Test func answersToAppSync() throws {
        let right = #"{"isAuthorized":true,"ttlOverride":0}"#
        #expect(try sent(allowing: right, .appSync).body == right)
        for wrong in [#"{"isAuthorized":false,"ttlOverride":0}"#, "", "{}", allow("*")] {
            let found = try sent(allowing: wrong, .appSync)
            #expect(
                found.reason == "answer_inconsistent"
                    && found.body == #"{"isAuthorized":false,"ttlOverride":0}"#,
                "\(wrong)")
        }
        let refused = try decision(.refuse(.route(.unmet)), .appSync)
        for (answer, isRight) in [(right, false), (Rule.text(appSyncRefusal), true), ("{}", false)] {
            let found = rules().isAnswer(.response(Array(answer.utf8)), rightFor: refused)
            #expect(found == isRight, "\(answer)")
        }
    }

    @Test func answersToIoTCore() throws {
        let right = #"{"isAuthenticated":true,"principalId":"alice","policyDocuments":[]}"#
        #expect(try sent(allowing: right, .iotCore).body == right)
        for wrong in [
            Rule.text(iotRefusal), #"{"isAuthenticated":false,"x":1}"#, "", "{}",
            #"{"isAuthenticated":truex}"#,
        ] {
            let found = try sent(allowing: wrong, .iotCore)
            #expect(found.reason == "answer_inconsistent" && found.body == Rule.text(iotRefusal), "\(wrong)")
        }
        let refused = try decision(.refuse(.route(.unmet)), .iotCore)
        let withPolicy = Rule.text(iotRefusal).replacing(
            #""policyDocuments":[]"#, with: #""policyDocuments":[{}]"#)
        for (answer, isRight) in [
            (Rule.text(iotRefusal), true), (withPolicy, false), (right, false), ("{}", false),
        ] {
            let found = rules().isAnswer(.response(Array(answer.utf8)), rightFor: refused)
            #expect(found == isRight, "\(answer)")
        }
    }

    // MARK: Errors, and unknown callers

    @Test func anErrorAllowsNothing() throws {
        let error = errorAnswer("Unauthorized", Array("Unauthorized".utf8))
        for caller in Caller.allCases.map(Optional.some) + [nil] {
            for refusal in [Refusal.event(.tokenMissing), .keysUnavailable, .event(.notObject)] {
                let refused = try decision(.refuse(refusal), caller)
                #expect(rules().isAnswer(error, rightFor: refused))
                #expect(Sent(rules().answered(refused)).reason == refusal.reasonCode.description)
            }
            let grant = Grant(
                principal: principal, context: [], omittedClaims: 0, expirySeconds: 0, refusedFromSeconds: 0,
                usageKey: nil)
            #expect(!rules().isAnswer(error, rightFor: try decision(.allow(grant), caller)))
        }
    }

    /// An unknown caller gets an invocation error: no response would be right, the Deny that replaces others neither.
    @Test func noResponseIsCorrectForAnUnknownCaller() throws {
        for answer in [allow("*"), #"{"isAuthorized":true}"#] {
            let found = try sent(allowing: answer, nil)
            #expect(found.reason == "answer_inconsistent")
            #expect(found.body.contains(#""errorType":"AnswerInconsistent"}"#))
        }
        let refused = try decision(.refuse(.scopeMissing), nil)
        #expect(!rules().isAnswer(.response(Array(denial.utf8)), rightFor: refused))
    }

    // MARK: The whole decision

    /// A public route, called without a token: its answer is checked like others.
    @Test(arguments: Asked.policyCallers) func publicRoutesWithoutAToken(caller: Caller) throws {
        let settings = try Asked.settings(
            rules: #"{"route":"GET /open","public":true},{"route":"$connect","public":true}"#)
        let path = call(caller, "GET/open")
        let decision = try Asked.decision(Asked.event(caller, path, nil), settings)
        let right = Sent(settings.rules.answered(decision))
        #expect(right.reason == "allowed")
        #expect(try right.effect(path).allowsInEveryReading)
        for wrong in [allow(other), allow("arn:aws:execute-api:*"), "", #"{"isAuthorized":true}"#] {
            let exchanged = Decision(
                decision.outcome, body: Array(wrong.utf8), atSeconds: decision.atSeconds,
                event: decision.event,
                principal: decision.principal)
            let found = Sent(settings.rules.answered(exchanged))
            #expect(found.reason == "answer_inconsistent")
            #expect(found.body == denial.replacing("alice", with: "anonymous"))
        }
        // A route that is not public: the answer does not have the form of a grant.
        let refused = try Asked.answer(Asked.event(caller, "GET/shut", nil), settings)
        #expect(refused.reason == "token_missing" && !refused.body.contains("Allow"))
    }

    /// A correct decision with the answer for another token.
    @Test(arguments: Asked.policyCallers) func anotherTokensAnswerIsNotReturned(caller: Caller) throws {
        let rules = [Rule.allow("GET /admin", scope: "admin"), Rule.open("GET /orders/{id}", "$connect")]
        let settings = try Asked.settings(rules: rules.joined(separator: ","))
        let admin = Asked.event(caller, call(caller, "GET/admin"), Asked.token(#","scope":"admin""#))
        let allowed = try Asked.decision(admin, settings)
        let body = try #require(allowed.body)
        let arn = Rule.prefix + "/" + (caller == .webSocket ? "GET/admin" : "$connect")
        #expect(Rule.text(body).contains(arn))
        guard caller != .webSocket else { return }
        let refused = try Asked.decision(Asked.event(caller, "GET/admin", Asked.token()), settings)
        #expect(refused.reasonCode.description == "route_requirement")
        let exchanged = Decision(
            refused.outcome, body: body, atSeconds: refused.atSeconds, event: refused.event,
            principal: refused.principal)
        let found = Sent(settings.rules.answered(exchanged))
        #expect(found.reason == "answer_inconsistent" && found.body == denial)
    }
}
