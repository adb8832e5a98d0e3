// CallerView.swift - what the caller sees of a decision.
//
// Spec:    README "What the caller gets".
// Secret:  no.
// Reads:   DecidedEvent; Authorizer, Events, Settings. Read by: Explanation.

import Authorizer
import Events
import Settings

extension DecidedEvent {
    var callerResponse: StaticString {
        guard let refusal else { return allowedResponse }
        return switch refusal.kind {
        case .unauthorized, .deny: refusalResponse(refusal)
        case .keysUnavailable: "500; nothing is cached, the next request tries again"
        case .eventError: "500"
        }
    }

    private var allowedResponse: StaticString {
        switch decision.caller {
        case .appSync: "the API's response"
        case .iotCore: "a connection with the permissions of IOT_POLICY, until the token expires"
        case .httpAPI2 where settings.rules.answers.isSimpleHTTPAPI:
            "the API's response; unless $context.routeKey is an identity source, the gateway's cached answer allows other routes as well"
        default:
            !decision.omittedRules.isEmpty
                ? "the response of routes that the policy names; it omits routes that it cannot name, so the gateway's cache must be off or keyed by route"
                : settings.rules.routes == nil
                    ? "the response of every route that RESOURCE allows"
                    : "the response of every route that the rules allow"
        }
    }

    private func refusalResponse(_ refusal: Refusal) -> StaticString {
        let isUnauthorized = refusal.kind == .unauthorized
        return switch decision.caller {
        case .appSync: "401 Unauthorized"
        case .iotCore: "no connection"
        case .httpAPI1, .httpAPI2:
            isUnauthorized && settings.rules.gets401ByError(decision.caller)
                ? "401 (HTTP APIs do not document it)"
                : "403; the reason is in the function's log and in the gateway's context"
        default: isUnauthorized ? "401 Unauthorized" : "403, with the reason in the gateway's context"
        }
    }
}
