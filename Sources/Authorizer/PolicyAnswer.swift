// PolicyAnswer.swift - API Gateway's policy if RESOURCE decides.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer";
//          IAM policy version 2012-10-17.
// Secret:  no.
// Reads:   Rules, RouteAnswer, PolicyText, Refusal, AnswerForms; Events, Routes (ResourceMatch). Read by: Answer, RouteAnswer.
//
// The gateway caches a policy and applies it to later calls of the token. So a policy that allows any call, even in the
// answer to a refused call, also contains the rest of a grant: the context, and the key of a usage plan.

import Events
import Routes

/// A written answer, with the details that it does not contain.
struct WrittenAnswer: Sendable {
    /// Nil if the call is allowed.
    let refusal: Refusal?
    /// Nil for a refusal with the standard answer.
    let body: [UInt8]?
    /// Rules whose routes the token may call but the policy omits (CallPolicy).
    var omittedRules: [Int] = []
}

extension Rules {
    /// The policy that answers a call.
    ///
    /// - Parameters:
    ///   - grant: the token's principal, context and expiry.
    ///   - verdict: the result of the routes; nil: RESOURCE decides.
    ///   - isProved: whether the request has a proof that is valid for this request alone.
    ///   - note: the policy that is cached with the token.
    /// - Throws: `answerTooLong`; `route(.notExpressible)` for an allowed path that cannot be written in a policy;
    ///   `resourceNotCovered` if RESOURCE does not name an API of API Gateway.
    func policyAnswer(
        _ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, isProved: Bool, _ note: inout PolicyNote?
    ) throws(Refusal) -> WrittenAnswer {
        if verdict != nil || sender.resultCache != nil {
            return try policyOfRoutes(grant, event, verdict, isProved: isProved, &note)
        }
        guard let arn = event.arn, !resources.isEmpty else { throw .resourceNotCovered }
        let refusal: Refusal? = covers(arn) ? nil : .resourceNotCovered
        let head = policyHead(grant.principal)
        let tail = policyTail(grant, refusal, event.caller)
        let limit = policyByteLimit(for: event.caller)
        let room = limit - head.count - tail.count
        let statements = statementOfResource(arn, isRefused: refusal != nil)
        if let statements, statements.count <= room {
            return WrittenAnswer(refusal: refusal, body: head + statements + tail)
        }
        guard refusal != nil else {
            throw .answerTooLong(limit: limit, actual: limit - room + (statements?.count ?? 0))
        }
        return WrittenAnswer(refusal: refusal, body: nil)
    }

    /// Whether RESOURCE matches the called ARN field by field. Then it also matches as a whole string.
    func covers(_ arn: RequestARN) -> Bool {
        for resource in resources where resourceMatches(resource.span, arn.text.span, .fieldByField) {
            return true
        }
        return false
    }

    /// The largest answer with a policy, in bytes.
    func policyByteLimit(for caller: Caller) -> Int {
        // API Gateway Developer Guide: the result of a WebSocket API's authorizer has at most 8 KB.
        caller == .webSocket ? AuthorizerLimits.answerByteCount : answers.policyByteCount
    }
}
