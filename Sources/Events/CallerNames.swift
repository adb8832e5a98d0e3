// CallerNames.swift - the names of the callers.
//
// Spec:    none; the values of `--as`.
// Secret:  no.
// Reads:   Caller; Bytes. Read by: Authorizer, Reports, the commands.

import Bytes

extension Caller {
    /// A stable name for logs and the command line.
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

    /// The caller with exactly this name.
    public init?(name: Span<UInt8>) {
        for caller in Caller.allCases where bytesEqual(name, caller.name) {
            self = caller
            return
        }
        return nil
    }

    /// The name for people to read.
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
