// InvokeCommand.swift - one decision, as API Gateway would get it.
//
// Spec:    DESIGN 2; README "Commands" for the exit statuses.
// Secret:  the token, which stays inside.
// Reads:   Question; LambdaRuntime, Authorizer. Read by: Bootstrap.

import Authorizer
import Bytes
import LambdaRuntime
import Platform

/// `authorizer invoke`.
func runInvoke(_ options: Options) -> Int32 {
    let question: Question
    switch Question.ask(options) {
    case .stop(let status): return status
    case .question(let asked): question = asked
    }
    question.announce()
    let log = Log(level: max(question.settings.logLevel, .warn))
    var decider: Decider
    do throws(SettingsError) { decider = try Decider(question.settings, log: log) } catch {
        return settingsError(error)
    }
    let decision = decider.decide(event: question.event, nowSeconds: question.nowSeconds)
    var body = question.settings.rules.answer(to: decision).body
    body.append(0x0A)
    StandardOutput.write(body)
    return exitStatus(of: decision)
}

/// 0 allowed, 1 refused, 2 an event that is none, 3 no keys.
func exitStatus(of decision: Decision) -> Int32 {
    switch decision.outcome {
    case .allow: ExitStatus.allowed
    case .refuse(let refusal):
        switch refusal.kind {
        case .unauthorized, .deny: ExitStatus.refused
        case .eventError: ExitStatus.usage
        case .keysUnavailable: ExitStatus.keysUnavailable
        }
    }
}
