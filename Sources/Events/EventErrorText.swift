// EventErrorText.swift - the reason code and the message for an invalid event.
//
// Spec:    README "What the caller gets".
// Secret:  no: names of members, and the text of the event that EventError contains.
// Reads:   EventError; Bytes. Read by: NamedValues, Authorizer (EventMessage), the commands.

import Bytes

extension EventError {
    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .tooLong: "event_too_long"
        case .notJSON: "event_json"
        case .notObject: "event_not_object"
        case .kind(.noType): "event_type_missing"
        case .kind(.otherType): "event_type_unknown"
        case .kind(.otherVersion): "event_version_unknown"
        case .member: "event_member"
        case .tokenMissing: "token_missing"
        case .tokenRepeated: "token_repeated"
        case .schemeNotBearer: "token_scheme"
        case .tokenCharacter: "token_character"
        }
    }

    /// The received and the expected form of the event, for the person who configured the function. Contains nothing of a token.
    package var message: [UInt8] {
        switch self {
        case .tooLong: [UInt8]("The event is longer than 256 KiB.")
        case .notJSON: [UInt8]("The event is not JSON.")
        case .notObject: [UInt8]("The event is not a JSON object.")
        case .kind(.noType(let members)):
            [UInt8](
                "The event has no \"type\" and is not an event of AppSync or IoT Core. Its members: "
            )
                + (members.isEmpty ? [UInt8]("none") : members) + [0x2E]
        case .kind(.otherType(let type)):
            [UInt8]("The event's \"type\" is \"") + type
                + [UInt8]("\", neither TOKEN nor REQUEST: it does not come from an API Gateway authorizer.")
        case .kind(.otherVersion(let version)):
            [UInt8]("The event's payload format \"version\" is \"") + version
                + [UInt8]("\", neither 1.0 nor 2.0.")
        case .member(let member):
            [UInt8]("The event's \"") + [UInt8](member.name) + [UInt8]("\" is absent or not ")
                + [UInt8](member.form) + [0x2E]
        case .tokenMissing, .tokenRepeated, .schemeNotBearer, .tokenCharacter:
            [UInt8]("The event could not be decided.")
        }
    }
}

extension EventError.Member {
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

    fileprivate var form: StaticString {
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
