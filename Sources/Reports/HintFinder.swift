// HintFinder.swift - frequent mistakes: a token, valid or not, compared with the settings.
//
// Spec:    RFC 7515 §7.1, RFC 7519 §4.1; identity providers' documents.
// Secret:  the token and its claims; they are compared here and never shown.
// Reads:   Hints, DecidedEvent, FormHints, ClaimHints, ResourceHints; Authorizer, Events, JOSE, JSON, Bytes.
//          Read by: Explanation.

import Authorizer
import Bytes
import Events
import JOSE
import JSON

/// Looks for frequent mistakes in a decided event.
struct HintFinder {
    let decided: DecidedEvent
    private(set) var hints = HintSet()

    /// - Parameters:
    ///   - nowSeconds: the instant of the decision.
    ///   - cacheSeconds: how long the gateway keeps an answer.
    init(_ decided: DecidedEvent, nowSeconds: Int64, cacheSeconds: Int64) {
        self.decided = decided
        addResourceHints()
        addFormHints()
        addIssuerHints()
        addAudienceHints()
        addTimeHints(nowSeconds, cacheSeconds)
    }

    // Out of line: each of these is asked for many times.

    @inline(never)
    func isReason(_ code: StaticString) -> Bool { bytesEqual(decided.decision.reasonCode.utf8Span, code) }

    @inline(never)
    func claim(_ name: StaticString) -> JSONValue? { decided.token.payload.member(name) }

    func has(_ name: StaticString) -> Bool { claim(name) != nil }

    @inline(never)
    func claim(_ name: StaticString, is text: StaticString) -> Bool { claim(name)?.isString(text) ?? false }

    @inline(never)
    func headerHas(_ name: StaticString) -> Bool { decided.token.header.member(name) != nil }

    @inline(never)
    mutating func hint(_ hint: Hint, if applies: Bool) { hints.insert(hint, if: applies) }

    // MARK: Times

    private mutating func addTimeHints(_ nowSeconds: Int64, _ cacheSeconds: Int64) {
        for name in ["exp", "nbf", "iat"] as [StaticString] {
            // Past the year 5000, counted in seconds.
            guard let time = claim(name)?.number?.floor else { continue }
            hint(.milliseconds, if: time > 100_000_000_000)
        }
        switch decided.decision.outcome {
        case .refuse(.token(.expired(let seconds))), .refuse(.token(.notYetValid(let seconds))),
            .refuse(.token(.issuedInFuture(let seconds))):
            hint(.clock, if: seconds <= 900)
        case .allow(let grant):
            // AppSync's and IoT Core's answers say themselves when they end; a WebSocket's is not kept.
            switch decided.decision.caller {
            case .restToken, .restRequest, .httpAPI1, .httpAPI2:
                let end = grant.expirySeconds
                hint(.cache, if: end < .max && end - nowSeconds < cacheSeconds)
            default: break
            }
        default: break
        }
    }
}
