// EventError.swift - why an event is invalid, or does not contain exactly one token.
//
// Spec:    RFC 6750 §2, §2.1; README "What the caller gets".
// Secret:  no: counts, offsets and names of members; of the event's text at most `EventLimits.namedByteCount` bytes of
//          `type` or `version`.
// Reads:   JSON. Read by: every file of Events; Authorizer (Refusal), the commands, Reports.

import JSON

/// The first failed check of an event, or of its token.
public enum EventError: Error, Equatable, Sendable {
    // The event.

    case tooLong(limit: Int, actual: Int)
    case notJSON(JSONError)
    case notObject
    /// The event does not have the form of any caller's events.
    case kind(Kind)
    /// A required member of the event is absent or of another type.
    case member(Member)

    // The number and the form of the token.

    case tokenMissing
    /// More than one token, in one part of the request or in several (RFC 6750 §2).
    case tokenRepeated(count: Int)
    /// The value is not the scheme (`Bearer`), one space, and a token.
    case schemeNotBearer
    /// A byte that a token cannot contain (RFC 6750 §2.1), counted from the token's start.
    case tokenCharacter(offset: Int)

    /// A description of an event of an unknown form.
    public enum Kind: Equatable, Sendable {
        /// `type` is absent; the names of the first members, separated by a comma and a space.
        case noType(members: [UInt8])
        /// `type` has this value instead of TOKEN or REQUEST; cut at `EventLimits.namedByteCount`.
        case otherType([UInt8])
        /// An HTTP API's event with an unknown payload format; cut at `EventLimits.namedByteCount`.
        case otherVersion([UInt8])
    }

    /// The members that are read, with the types that they must have.
    public enum Member: Equatable, Sendable {
        case type, version, methodArn, routeArn, authorizationToken, token, requestContext, protocolData
        case headers, multiValueHeaders, requestHeaders, cookies
        case queryStringParameters, multiValueQueryStringParameters, clientCert
    }

    /// Whether the event is valid but does not contain exactly one valid token.
    public var isOfToken: Bool {
        switch self {
        case .tokenMissing, .tokenRepeated, .schemeNotBearer, .tokenCharacter: true
        case .tooLong, .notJSON, .notObject, .kind, .member: false
        }
    }
}
