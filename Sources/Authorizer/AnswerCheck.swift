// AnswerCheck.swift - the finished answer compared with the decision, before it leaves.
//
// Spec:    API Gateway, AppSync and IoT Core Developer Guides; README "What the caller gets".
// Secret:  no.
// Reads:   Answer, Decision, OtherAnswers, Refusal; Bytes, Events, Routes (PolicyReader, NeedlessEscapes). Read by: Answer.
//
// A fault in the code that writes answers must not allow a refused request, and must not refuse an allowed one without
// a log entry. So this code parses the bytes of the answer and does not use the values that they were written from.

import Bytes
import Events
import Routes

extension Rules {
    /// Whether an answer has the effect that was decided. An allowed call is allowed under every interpretation of the policy, a
    /// refused one under no interpretation. Only a refusal by the routes or by RESOURCE may come with a policy that allows
    /// other calls.
    func isAnswer(_ answer: Answer, rightFor decision: Decision) -> Bool {
        let isAllowed = if case .allow = decision.outcome { true } else { false }
        // An invocation error allows nothing.
        guard case .response(let body) = answer else { return !isAllowed }
        // A TOKEN authorizer always gets a policy.
        if decision.caller != .restToken, hasOtherForm(decision.caller) {
            return isOtherAnswer(body, decision.caller, isAllowed)
        }
        // The caller is unknown, so the called ARN is not known either.
        guard let arn = decision.arn, let effect = policyEffect(body, arn.text, hasMany: routes != nil) else {
            return false
        }
        guard case .refuse(let refusal) = decision.outcome else { return effect.allowsInEveryReading }
        if effect.allowsInSomeReading { return false }
        if !effect.hasAllow { return true }
        guard refusal.mayAllowOtherCalls, sender.resultCache == nil else { return false }
        guard let plain = arn.withoutNeedlessEscapes else { return true }
        return policyEffect(body, plain, hasMany: routes != nil)?.allowsInSomeReading == false
    }
}

/// The effect of a whole answer's policy on a call; nil for bytes that do not have this form.
private func policyEffect(_ body: [UInt8], _ arn: [UInt8], hasMany: Bool) -> PolicyEffect? {
    var reader = PolicyReader(body.span)
    guard reader.pass("{\"principalId\":"), reader.passString() != nil,
        reader.pass(",\"policyDocument\":{\"Version\":\"2012-10-17\",\"Statement\":"),
        let effect = reader.statements(about: arn.span, hasMany: hasMany), reader.pass("}")
    else { return nil }
    if reader.pass(",\"context\":"), !reader.passFlatObject() { return nil }
    if reader.pass(",\"usageIdentifierKey\":"), reader.passString() == nil { return nil }
    return reader.pass("}") && reader.isAtEnd ? effect : nil
}
