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
    /// Not an event of any caller.
    case eventKind(EventKind)
    /// A member that such an event must have is absent or of another type.
    case eventMember(EventMember)
    /// IoT Core asks, and IOT_POLICY is not set: there is nothing to allow.
    case iotPolicyMissing
    /// DPOP or MTLS is require, and such an event holds neither the proof nor the certificate.
    case senderNotTold

    // Where the token is.

    case tokenMissing
    /// More than one value, in one place or in several (RFC 6750 §2).
    case tokenRepeated(count: Int)
    /// Not the scheme (`Bearer`), one space, and a token.
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
    /// An emergency list names the token.
    case denied(DenyList)
    /// The token is bound to a sender, and this is not that sender, or nobody can tell.
    case sender(SenderFault)

    // What a good token may do.

    case scopeMissing
    /// RESOURCE does not name what is called, and the caller takes no policy that would say so.
    case resourceNotCovered
    /// IoT Core keeps a connection for five minutes at least, and the token ends before.
    case expiresTooSoon(secondsLeft: Int64)
    /// The principal's claim has control characters, or is longer than the limit.
    case principalNotUsable
    case answerTooLong(limit: Int, actual: Int)
    /// The rules do not let the token call what it called.
    case route(RouteFault)

    /// Why the rules refuse a call.
    public enum RouteFault: Equatable, Sendable {
        /// No route matches.
        case unknown
        /// A rule that denies does.
        case denied
        /// The token does not meet the rule.
        case unmet
        /// The path may mean several things: `//`, dot segments, escaped slashes.
        case path
        /// The rules allow the call, and no policy can say so without giving more.
        case notExpressible
        /// The policy of all that the token may call has too many bytes, or an ARN has.
        case policyTooLong
    }

    /// What an event that is none of ours looks like.
    public enum EventKind: Equatable, Sendable {
        /// `type` is absent; the names of the first members, with a comma and a space between.
        case noType(members: [UInt8])
        /// `type` is neither TOKEN nor REQUEST but this, cut at `AuthorizerLimits.namedByteCount`.
        case otherType([UInt8])
        /// An HTTP API's event in a payload format that is not known here, cut at `AuthorizerLimits.namedByteCount`.
        case otherVersion([UInt8])
    }

    /// The members that are read, with what they must be.
    public enum EventMember: Equatable, Sendable {
        case type, version, methodArn, routeArn, authorizationToken, token, requestContext, protocolData
        case headers, multiValueHeaders, requestHeaders, cookies
        case queryStringParameters, multiValueQueryStringParameters, clientCert

        public var name: StaticString {
            switch self {
            case .type: "type"
            case .version: "version"
            case .methodArn: "methodArn"
            case .routeArn: "routeArn"
            case .authorizationToken: "authorizationToken"
            case .token: "token"
            case .requestContext: "requestContext"
            case .protocolData: "protocolData"
            case .headers: "headers"
            case .multiValueHeaders: "multiValueHeaders"
            case .requestHeaders: "requestHeaders"
            case .cookies: "cookies"
            case .queryStringParameters: "queryStringParameters"
            case .multiValueQueryStringParameters: "multiValueQueryStringParameters"
            case .clientCert: "clientCert"
            }
        }

        var form: StaticString {
            switch self {
            case .type, .version, .authorizationToken, .token: "a string"
            case .methodArn, .routeArn: "an execute-api ARN with API, stage, verb and path"
            case .requestContext: "an object with the strings accountId and apiId"
            case .protocolData: "an object of objects of strings, the password in base64"
            case .cookies: "an array of strings"
            case .multiValueHeaders, .multiValueQueryStringParameters: "an object of arrays of strings"
            case .headers, .requestHeaders, .queryStringParameters: "an object of strings"
            case .clientCert: "an object with the string clientCertPem"
            }
        }
    }

    /// Which answer a refusal gets (README, "What the caller gets").
    public enum Kind: Equatable, Sendable {
        /// The token is not good: the caller sees 401, on an HTTP API 403 unless set otherwise.
        case unauthorized
        /// The token is good and has not the right: 403, with the reason in the context.
        case deny
        /// An error that says that keys are missing: 500, never cached as a Deny.
        case keysUnavailable
        /// An error that says what is wrong with the event: 500.
        case eventError
    }

    public var kind: Kind {
        switch self {
        case .eventTooLong, .eventJSON, .eventNotObject, .eventKind, .eventMember, .iotPolicyMissing,
            .senderNotTold:
            .eventError
        case .tokenMissing, .tokenRepeated, .schemeNotBearer, .tokenCharacter, .token, .issuerUnreadable,
            .issuerUnknown, .denied, .sender:
            .unauthorized
        case .keysUnavailable: .keysUnavailable
        case .scopeMissing, .resourceNotCovered, .expiresTooSoon, .principalNotUsable, .answerTooLong,
            .route:
            .deny
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
        case .eventKind(.otherVersion): "event_version_unknown"
        case .eventMember: "event_member"
        case .iotPolicyMissing: "iot_policy_missing"
        case .senderNotTold: "sender_not_told"
        case .tokenMissing: "token_missing"
        case .tokenRepeated: "token_repeated"
        case .schemeNotBearer: "token_scheme"
        case .tokenCharacter: "token_character"
        case .token(let error): error.reasonCode
        case .issuerUnreadable: "issuer_unreadable"
        case .issuerUnknown: "issuer_unknown"
        case .keysUnavailable: "keys_unavailable"
        case .denied(let list): list.reasonCode
        case .sender(let fault): fault.reasonCode
        case .scopeMissing: "scope_missing"
        case .resourceNotCovered: "resource_not_covered"
        case .expiresTooSoon: "token_expires_too_soon"
        case .principalNotUsable: "principal_not_usable"
        case .answerTooLong: "answer_too_long"
        case .route(.unknown): "route_unknown"
        case .route(.denied): "route_denied"
        case .route(.unmet): "route_requirement"
        case .route(.path): "route_path"
        case .route(.notExpressible): "route_not_expressible"
        case .route(.policyTooLong): "policy_too_long"
        }
    }
}
