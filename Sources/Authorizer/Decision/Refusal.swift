// Refusal.swift - why a request is not let through.
//
// Spec:    reference of API Gateway's answers, in README "What the caller gets".
// Secret:  no: counts, offsets and names of members; never a token or the value of a claim.
// Reads:   JOSE, JSON. Read by: every file of Authorizer, LambdaRuntime, the commands.

import JOSE
import JSON

/// The first check that failed.
public enum Refusal: Error, Equatable, Sendable {
    // The event.

    case eventTooLong(limit: Int, actual: Int)
    case eventJSON(JSONError)
    case eventNotObject
    /// Not an event of a REST API's authorizer.
    case eventKind(EventKind)
    /// A member that such an event must have is absent or of another type.
    case eventMember(EventMember)

    // Where the token is.

    case tokenMissing
    /// More than one Authorization value (RFC 6750 §2).
    case tokenRepeated(count: Int)
    /// Not `Bearer`, one space, and a token.
    case schemeNotBearer
    /// A byte that no token has (RFC 6750 §2.1), counted from the token's start.
    case tokenCharacter(offset: Int)

    // The token, its key, its signature, its claims.

    case token(JOSEError)
    /// There are several issuers, and the token does not say whose it is.
    case issuerUnreadable(JOSEError)
    /// There are several issuers, and the token is of none.
    case issuerUnknown
    /// There is no key set that may be used now.
    case keysUnavailable

    // What a good token may do.

    case scopeMissing
    /// The principal's claim has control characters, or is longer than the limit.
    case principalNotUsable
    case answerTooLong(limit: Int, actual: Int)

    /// What an event that is none of ours looks like.
    public enum EventKind: Equatable, Sendable {
        /// `type` is absent; the names of the first members, with a comma and a space between.
        case noType(members: [UInt8])
        /// `type` is neither TOKEN nor REQUEST but this, cut at `AuthorizerLimits.namedByteCount`.
        case otherType([UInt8])
        /// An HTTP API's event in payload format 2.0.
        case httpAPIVersion2
    }

    /// The members that are required.
    public enum EventMember: Equatable, Sendable {
        case type, methodArn, authorizationToken, headers, multiValueHeaders
    }

    /// Which answer a refusal gets (README, "What the caller gets").
    public enum Kind: Equatable, Sendable {
        /// The invocation error `Unauthorized`: the caller sees 401.
        case unauthorized
        /// A policy that denies, with the reason in its context: 403.
        case deny
        /// An error that says that keys are missing: 500, never cached as a Deny.
        case keysUnavailable
        /// An error that says what is wrong with the event: 500.
        case eventError
    }

    public var kind: Kind {
        switch self {
        case .eventTooLong, .eventJSON, .eventNotObject, .eventKind, .eventMember: .eventError
        case .tokenMissing, .tokenRepeated, .schemeNotBearer, .tokenCharacter, .token, .issuerUnreadable,
            .issuerUnknown:
            .unauthorized
        case .keysUnavailable: .keysUnavailable
        case .scopeMissing, .principalNotUsable, .answerTooLong: .deny
        }
    }

    /// A stable word for logs and, on a Deny, for the caller.
    public var reasonCode: StaticString {
        switch self {
        case .eventTooLong: "event_too_long"
        case .eventJSON: "event_json"
        case .eventNotObject: "event_not_object"
        case .eventKind(.noType): "event_type_missing"
        case .eventKind(.otherType): "event_type_unknown"
        case .eventKind(.httpAPIVersion2): "event_http_api_2"
        case .eventMember: "event_member"
        case .tokenMissing: "token_missing"
        case .tokenRepeated: "token_repeated"
        case .schemeNotBearer: "token_scheme"
        case .tokenCharacter: "token_character"
        case .token(let error): error.reasonCode
        case .issuerUnreadable: "issuer_unreadable"
        case .issuerUnknown: "issuer_unknown"
        case .keysUnavailable: "keys_unavailable"
        case .scopeMissing: "scope_missing"
        case .principalNotUsable: "principal_not_usable"
        case .answerTooLong: "answer_too_long"
        }
    }
}
