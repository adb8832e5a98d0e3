// Caller.swift - who asks for a decision.
//
// Spec:    API Gateway Developer Guide, AppSync Developer Guide, IoT Core Developer Guide: the
//          shape of an event tells which of them sent it.
// Secret:  no.
// Reads:   Bytes. Read by: Event, Answer, the commands.

import Bytes

/// The service that sent an event, with the payload format where a service has several.
public enum Caller: Sendable, Equatable, CaseIterable {
    /// A REST API's TOKEN authorizer: one header's value.
    case restToken
    /// A REST API's REQUEST authorizer: the request.
    case restRequest
    /// An HTTP API, payload format 1.0.
    case httpAPI1
    /// An HTTP API, payload format 2.0.
    case httpAPI2
    /// A WebSocket API's `$connect`.
    case webSocket
    /// An AppSync API.
    case appSync
    /// An IoT Core custom authorizer.
    case iotCore

    /// A stable word for logs and the command line.
    public var name: StaticString {
        switch self {
        case .restToken: "rest-token"
        case .restRequest: "rest-request"
        case .httpAPI1: "http-1.0"
        case .httpAPI2: "http-2.0"
        case .webSocket: "websocket"
        case .appSync: "appsync"
        case .iotCore: "iot"
        }
    }

    /// The caller of exactly this name.
    public init?(name: Span<UInt8>) {
        for caller in Caller.allCases where bytesEqual(name, caller.name) {
            self = caller
            return
        }
        return nil
    }

    /// What people call it.
    public var title: StaticString {
        switch self {
        case .restToken: "REST API, TOKEN"
        case .restRequest: "REST API, REQUEST"
        case .httpAPI1: "HTTP API, payload 1.0"
        case .httpAPI2: "HTTP API, payload 2.0"
        case .webSocket: "WebSocket API, $connect"
        case .appSync: "AppSync API"
        case .iotCore: "IoT Core custom authorizer"
        }
    }

    public var isHTTPAPI: Bool { self == .httpAPI1 || self == .httpAPI2 }
}
