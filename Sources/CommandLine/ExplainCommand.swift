// ExplainCommand.swift - decide one event, and explain the decision.
//
// Spec:    README "Commands", explain. AUDIT 29: the token is never printed, nor a claim but iss, and aud where it
//          is refused.
// Secret:  the token, which stays inside.
// Reads:   DecisionInput, InvokeCommand (exitStatus), Options, Terminal; Reports (Explanation), LambdaRuntime (Decider), Authorizer,
//          Settings, Platform. Read by: Commands.

import Authorizer
import LambdaRuntime
import Platform
import Reports
import Settings

/// `authorizer explain`.
func runExplain(_ options: Options) -> Int32 {
    let input: DecisionInput
    var decider: Decider
    switch DecisionInput.prepare(options) {
    case .stop(let status): return status
    case .ready(let asked, let itsDecider): (input, decider) = (asked, itsDecider)
    }
    let decision = decider.decide(event: input.event, nowSeconds: input.nowSeconds)
    let explanation = Explanation(
        of: decision, event: input.event, input.settings, skippedKeys: decider.skippedKeys,
        nowSeconds: input.nowSeconds ?? Clock.wallSeconds, cacheSeconds: options.cacheSeconds ?? 300)
    StandardOutput.write(explanation, asJSON: options.json)
    return exitStatus(of: decision)
}
