// RouteAnswer.swift - API Gateway's policy if routes decide, or if RESULT_CACHE describes the gateway's cache.
//
// Spec:    API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer"; IAM policy version 2012-10-17.
// Secret:  no.
// Reads:   PolicyAnswer, Rules, SenderPolicy, Refusal; Bytes, Events, Routes (CallPolicy). Read by: PolicyAnswer; the commands.

import Bytes
import Events
import Routes

extension Rules {
    /// The policy that answers a call. Parameters and errors are those of `policyAnswer`.
    ///
    /// - Parameters:
    ///   - grant: the token's principal, context and expiry.
    ///   - verdict: the result of the routes; nil: RESOURCE decides.
    ///   - isProved: whether the request has a proof that is valid for this request alone.
    ///   - note: the policy that is cached with the token.
    /// - Throws: `answerTooLong`; `route(.notExpressible)` for an allowed path that cannot be written in a policy;
    ///   `resourceNotCovered` if RESOURCE does not name an API of API Gateway.
    func policyOfRoutes(
        _ grant: Grant, _ event: Event, _ verdict: RouteVerdict?, isProved: Bool, _ note: inout PolicyNote?
    ) throws(Refusal) -> WrittenAnswer {
        guard let arn = event.arn, verdict != nil || !resources.isEmpty else { throw .resourceNotCovered }
        let refusal: Refusal? =
            if let verdict { verdict.refusal.map { .route($0) } } else {
                covers(arn) ? nil : .resourceNotCovered
            }
        // The gateway caches the answer for this call alone, or not at all. So no other call uses it.
        if refusal != nil && sender.resultCache != nil { return WrittenAnswer(refusal: refusal, body: nil) }
        let head = policyHead(grant.principal)
        let tail = policyTail(grant, refusal, event.caller)
        let limit = policyByteLimit(for: event.caller)
        let room = limit - head.count - tail.count
        var statements: [UInt8]?
        var omitted: [Int] = []
        if try namesCallAlone(arn, isProved: isProved) {
            statements = statementText("Allow", [arn.text])
        } else if let verdict {
            // The limit is the same for allowed and refused calls of a token, because both use the cached policy.
            let common =
                refusal == nil ? room : limit - head.count - policyTail(grant, nil, event.caller).count
            let byteLimit = min(room, common - Self.reasonByteCount)
            if let policy = verdict.policy(for: event.caller, byteLimit: byteLimit, &note) {
                (statements, omitted) = (policy.statements, policy.omittedRules)
            } else {
                guard arn.canBeNamed else { throw .route(.notExpressible) }
                statements = statementText("Allow", [arn.text])
            }
        } else {
            statements = statementOfResource(arn, isRefused: refusal != nil)
        }
        if let text = statements, text.count <= room {
            var body = head + text
            // The policy is more useful than the challenge, and does not depend on it: a later call uses the policy.
            let whole =
                refusal == nil ? tail : policyTail(grant, refusal, event.caller, verdict?.finding)
            body.append((body.count + whole.count <= limit ? whole : tail).span)
            return WrittenAnswer(refusal: refusal, body: body, omittedRules: omitted)
        }
        guard refusal != nil else {
            let statementCount = statements?.count ?? arn.text.count + PolicyForm.emptyAllowByteCount
            throw .answerTooLong(limit: limit, actual: limit - room + statementCount)
        }
        return WrittenAnswer(refusal: refusal, body: nil, omittedRules: omitted)
    }

    /// The bytes by which a refusal is longer than a grant: `,"context":{"reason":"…"}`, with the longest code.
    private static let reasonByteCount = 46

    /// Whether the policy of an allowed call names only this call.
    ///
    /// - Throws: `route(.notExpressible)` if the proof is valid for this call alone and a policy cannot name the call.
    private func namesCallAlone(_ arn: RequestARN, isProved: Bool) throws(Refusal) -> Bool {
        switch sender.resultCache {
        case nil: return false
        case .off, .path: return arn.canBeNamed
        case .keyed:
            guard isProved else { return false }
            guard arn.canBeNamed else { throw .route(.notExpressible) }
            return true
        }
    }
}

extension Rules {
    /// A report for each kind of API whose policies would omit routes. Empty if answers contain no such policy: without
    /// routes, and if each answer is for one call.
    public var policyReports: [PolicyReport] {
        guard let routes, sender.resultCache == nil || sender.resultCache == .keyed else { return [] }
        var reports: [PolicyReport] = []
        for caller in [Caller.restRequest, .httpAPI1] {
            let report = PolicyReport(routes, caller, byteLimit: policyByteLimit(for: caller))
            if !report.omittedForLength.isEmpty || !report.notExpressible.isEmpty { reports.append(report) }
        }
        return reports
    }
}
