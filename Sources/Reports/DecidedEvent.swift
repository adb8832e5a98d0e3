// DecidedEvent.swift - a decided event and its token, taken apart as far as that goes.
//
// Spec:    RFC 7515 §7.1.
// Secret:  the token, which stays inside.
// Reads:   ShownToken; Settings, Authorizer, Events. Read by: Explanation, StepDetails, ClaimDetails, CallerView, HintFinder.

import Authorizer
import Events
import Settings

/// The input of an explanation.
struct DecidedEvent {
    let decision: Decision
    let settings: Settings
    /// As they came.
    let bytes: [UInt8]
    /// Nil for an invalid event.
    let event: Event?
    /// The value that has the token, with its scheme; empty for an invalid event, or without exactly one token.
    let tokenValue: [UInt8]
    let token: ShownToken

    init(_ decision: Decision, _ bytes: [UInt8], _ settings: Settings) {
        self.decision = decision
        self.settings = settings
        self.bytes = bytes
        var event: Event?
        var value: [UInt8] = []
        do throws(EventError) {
            let parsed = try Event(parsing: bytes)
            event = parsed
            value = try parsed.tokenValue(from: settings.rules.tokenSources)
        } catch {
            // The decision has the reason.
        }
        self.event = event
        tokenValue = value
        token = ShownToken(value)
    }

    var isAllowed: Bool {
        if case .allow = decision.outcome { return true }
        return false
    }

    /// Nil if it is allowed.
    var refusal: Refusal? {
        if case .refuse(let refusal) = decision.outcome { return refusal }
        return nil
    }
}
