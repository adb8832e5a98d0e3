// InvokeCommand.swift - one decision, as API Gateway would get it.
//
// Spec:    README "Commands" for the exit statuses.
// Secret:  the token, which stays inside.
// Reads:   DecisionInput, Options, Terminal; LambdaRuntime (Decider), Authorizer, Settings. Read by: Commands, ExplainCommand
//          (exitStatus).

import Authorizer
import LambdaRuntime
import Settings

/// `authorizer invoke`.
func runInvoke(_ options: Options) -> Int32 {
    let input: DecisionInput
    var decider: Decider
    switch DecisionInput.prepare(options) {
    case .stop(let status): return status
    case .ready(let asked, let itsDecider): (input, decider) = (asked, itsDecider)
    }
    let (decision, answer) = input.settings.rules.answered(
        decider.decide(event: input.event, nowSeconds: input.nowSeconds))
    StandardOutput.write(answer.body + [0x0A], isExact: true)
    return exitStatus(of: decision)
}

/// 0 allowed, 1 refused, 2 an invalid event, 3 keys unavailable.
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
