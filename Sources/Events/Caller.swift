// Caller.swift - the kind of service that sent the event.
//
// Spec:    API Gateway Developer Guide, AppSync Developer Guide, IoT Core Developer Guide: the
//          members of an event show which service sent it.
// Secret:  no.
// Reads:   nothing. Read by: Event, CallerNames; Authorizer (Answer), the commands, Routes, Reports.

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
}
