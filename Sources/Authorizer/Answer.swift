// Answer.swift - the answer to an event.
//
// Spec:    API Gateway, AppSync and IoT Core Developer Guides; README "What the caller gets".
// Secret:  no.
// Reads:   Rules, Decision, Refusal, AnswerCheck, PolicyAnswer, PolicyText, OtherAnswers, EventMessage; Events, Routes, Bytes.
//          Read by: LambdaRuntime, the commands.

import Bytes
import Events
import Routes

/// The answer to an event, as the runtime posts it.
public enum Answer: Sendable {
    /// The body of a response: a policy, or the equivalent for callers that take no policy.
    case response([UInt8])
    /// An invocation error: its type, and its body (`errorMessage`, `errorType`).
    case error(type: StaticString, body: [UInt8])
}

extension Rules {
    /// The answer to a decision.
    public func answer(to decision: Decision) -> Answer { answered(decision).answer }

    /// The answer to a decision, compared with the decision. No answer is returned without this comparison.
    ///
    /// - Returns: the decision and its answer. If the written answer has another effect than the decision, a refusal
    ///   (`answer_inconsistent`) and a Deny of everything, or an invocation error where that Deny is wrong as well.
    public func answered(_ decision: Decision) -> (decision: Decision, answer: Answer) {
        let answer = written(decision)
        if isAnswer(answer, rightFor: decision) { return (decision, answer) }
        let refused = decision.refused(.answerInconsistent)
        let denial = written(refused)
        // The writer of the wrong answer may fail again. An invocation error allows nothing.
        if isAnswer(denial, rightFor: refused) { return (refused, denial) }
        return (
            refused, errorAnswer("AnswerInconsistent", [UInt8]("The answer does not match the decision."))
        )
    }

    private func written(_ decision: Decision) -> Answer {
        switch decision.outcome {
        case .allow: .response(decision.body ?? [])
        case .refuse(let refusal):
            switch refusal.kind {
            case .deny: response(refusal, decision)
            case .unauthorized:
                // The gateway responds with 401 to exactly this message.
                gets401ByError(decision.caller)
                    ? errorAnswer("Unauthorized", [UInt8]("Unauthorized"))
                    : response(refusal, decision)
            case .keysUnavailable:
                errorAnswer(
                    "KeysUnavailable", [UInt8]("No usable key set: see the log for the reason."))
            case .eventError: errorAnswer("EventError", refusal.eventMessage)
            }
        }
    }

    /// The response for a refusal, in the caller's format.
    private func response(_ refusal: Refusal, _ decision: Decision) -> Answer {
        if hasOtherForm(decision.caller) { return otherResponse(refusal, decision) }
        if let body = decision.body { return .response(body) }
        let namesCall = refusal.mayAllowOtherCalls && sender.resultCache != nil
        return .response(denyingPolicyAnswer(refusal, to: decision, namesCall: namesCall))
    }

    /// The answer to a request with a valid token, or to one without a token on a public route. It is written when the
    /// decision is made, because its length is one of the checks. For some callers it also contains the remaining time.
    ///
    /// - Parameters:
    ///   - verdict: the result of the routes; nil without routes.
    ///   - isProved: whether the request has a proof that is valid for this request alone.
    ///   - note: the policy that is cached with the token.
    /// - Throws: `answerTooLong`, `resourceNotCovered`, `expiresTooSoon`, `iotPolicyMissing`, `event`, `route`.
    func write(
        _ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, isProved: Bool, nowSeconds: Int64,
        _ note: inout PolicyNote?
    ) throws(Refusal) -> WrittenAnswer {
        if hasOtherForm(event.caller) {
            return try writeOther(grant, event, verdict, nowSeconds: nowSeconds)
        }
        return try policyAnswer(grant, event, verdict, isProved: isProved, &note)
    }
}
