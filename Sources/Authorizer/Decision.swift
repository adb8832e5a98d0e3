// Decision.swift - the decision about a request, and the details that logs may contain.
//
// Spec:    AUDIT 29.
// Secret:  the token and its claims, which are kept for ShadowRules and never printed.
// Reads:   Refusal, ContextEntry, DecisionDetails; Events, Keys (IssuerIndex), Routes, JOSE. Read by: Authorization, Ruling,
//          Answer, DecisionDetails, ShadowRules; LambdaRuntime, Reports, the commands.

import Events
import JOSE
import Keys
import Routes

/// The result of an allowed request: principal, context, expiry.
public struct Grant: Sendable {
    public let principal: [UInt8]
    public let context: [ContextEntry]
    /// The number of configured claims that the token has with a value that a context cannot contain.
    public let omittedClaims: Int
    /// The first second at which the token is no longer valid, or its login too old for the rule.
    public let expirySeconds: Int64
    /// The first second at which the token would be refused: that second plus the clock skew.
    let refusedFromSeconds: Int64
    /// The API key that the gateway counts the call under.
    public let usageKey: [UInt8]?
}

/// The result of a decision.
public enum Outcome: Sendable {
    case allow(Grant)
    case refuse(Refusal)
}

/// An outcome with its details for logs. A class: it is large to copy, and it never changes.
public final class Decision: Sendable {
    /// A token with a verified signature, and its issuer.
    struct Verified: Sendable {
        let token: VerifiedToken
        /// The issuer's index in the settings.
        let issuer: IssuerIndex
        /// The claim paths of scopes and roles in the issuer's tokens.
        let places: ClaimPlaces
        /// Whether this is the first token of the issuer that was verified with this key.
        let isOfNewKey: Bool
    }

    public let outcome: Outcome
    /// The answer to an allowed call. For a refused call: the policy that allows other calls of the token, which the gateway
    /// caches for them. Nil for a refusal with the standard answer.
    let body: [UInt8]?
    /// The time for which the decision was made, in seconds since 1970.
    public let atSeconds: Int64
    /// Nil if the event could not be parsed.
    let event: Event?
    /// The principal that a Deny contains.
    public let principal: [UInt8]
    /// Nil without a token, or if its signature was not verified.
    let verified: Verified?
    /// Details for logs, and the proof of possession, which is accepted once (ProofMemo). The answer does not contain them.
    let details: DecisionDetails

    init(
        _ outcome: Outcome, body: [UInt8]?, atSeconds: Int64, event: Event?, principal: [UInt8],
        verified: Verified?, details: DecisionDetails
    ) {
        self.outcome = outcome
        self.body = body
        self.atSeconds = atSeconds
        self.event = event
        self.principal = principal
        self.verified = verified
        self.details = details
    }

    /// The decision for the same request, changed to a refusal that allows no calls of the token.
    func refused(_ refusal: Refusal) -> Decision {
        Decision(
            .refuse(refusal), body: nil, atSeconds: atSeconds, event: event, principal: principal,
            verified: verified, details: details)
    }

    /// The kind of caller; nil if the event could not be parsed.
    public var caller: Caller? { event?.caller }

    /// The called ARN; nil for callers that do not send one, and for events that could not be parsed.
    var arn: RequestARN? { event?.arn }
}
