// Refusal.swift - why a request is refused.
//
// Spec:    reference of API Gateway's answers, in README "What the caller gets".
// Secret:  no: counts, offsets and names of members; never a token or the value of a claim.
// Reads:   Events (EventError), Routes (RouteFault), JOSE, JSON. Read by: every file of Authorizer; LambdaRuntime, the
//          commands, Reports, Conformance.

import Events
import JOSE
import JSON
import Routes

/// The first check that failed.
public enum Refusal: Error, Equatable, Sendable {
    /// The event, or the token in it.
    case event(EventError)
    /// The caller is IoT Core, and IOT_POLICY is not set: there is nothing to allow.
    case iotPolicyMissing
    /// DPOP or MTLS is `require`, and this kind of event contains neither a proof nor a certificate.
    case senderProofUnavailable

    // The token, its key, its signature, its claims.

    case token(JOSEError)
    /// There are several issuers, and the token's `iss` cannot be read.
    case issuerUnreadable(JOSEError)
    /// There are several issuers, and the token's `iss` names none of them.
    case issuerUnknown
    /// No key set is usable at this time.
    case keysUnavailable
    /// An emergency list contains the token.
    case denied(DenyList)
    /// The token, or its proof of possession, fails a check of sender-constrained tokens.
    case sender(SenderFault)

    // The permissions of a valid token.

    case scopeMissing
    /// RESOURCE does not match the called ARN.
    case resourceNotCovered
    /// An IoT Core connection lasts at least five minutes, and the token expires earlier.
    case expiresTooSoon(secondsLeft: Int64)
    /// The principal's claim has control characters, or is longer than the limit.
    case principalNotUsable
    case answerTooLong(limit: Int, actual: Int)
    /// The written answer does not have the effect that was decided: a fault of this program.
    case answerInconsistent
    /// The rules do not allow the token to make this call.
    case route(RouteFault)

    /// The kind of answer for a refusal (README, "What the caller gets").
    public enum Kind: Equatable, Sendable {
        /// The token is invalid: the client gets 401, from an HTTP API 403 unless configured otherwise.
        case unauthorized
        /// The token is valid but lacks a permission: 403, with the reason in the context.
        case deny
        /// An error for missing keys: 500, never cached as a Deny.
        case keysUnavailable
        /// An error that describes the fault of the event: 500.
        case eventError
    }

    public var kind: Kind {
        switch self {
        case .event(let error): error.isOfToken ? .unauthorized : .eventError
        case .iotPolicyMissing, .senderProofUnavailable: .eventError
        case .token, .issuerUnreadable, .issuerUnknown, .denied, .sender: .unauthorized
        case .keysUnavailable: .keysUnavailable
        case .scopeMissing, .resourceNotCovered, .expiresTooSoon, .principalNotUsable, .answerTooLong,
            .answerInconsistent, .route:
            .deny
        }
    }

    /// Whether the answer may allow other calls, because only this call was refused.
    var mayAllowOtherCalls: Bool {
        switch self {
        case .route, .resourceNotCovered: true
        default: false
        }
    }
}
