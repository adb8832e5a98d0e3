// OtherCallers.swift - events of all callers except a REST API's TOKEN authorizer, recognised from their members.
//
// Spec:    the callers' own files in this folder.
// Secret:  no: no token is read here.
// Reads:   Caller, RequestARN, HTTPAPIEvent, AppSyncEvent, IoTCoreEvent, EventError, Limits; JSON, Bytes. Read by: Event.

import Bytes
import JSON

extension Event {
    /// The kind of caller, and the called ARN.
    ///
    /// - Throws: `kind`, `member`.
    static func otherCaller(_ root: JSONValue) throws(EventError) -> (Caller, RequestARN?) {
        guard let type = root.member("type"), !type.isNull else {
            // Events of AppSync and IoT Core lack a `type`. They are recognised from members that no other event has.
            if isAppSyncEvent(root) { return (.appSync, nil) }
            if isIoTCoreEvent(root) { return (.iotCore, nil) }
            throw .kind(.noType(members: memberNames(root)))
        }
        guard let typeText = type.stringBytes else { throw .member(.type) }
        guard type.isString("REQUEST") else {
            throw .kind(.otherType([UInt8](typeText.prefix(EventLimits.namedByteCount))))
        }
        let version = try httpAPIVersion(root)
        let arn = try requestARN(root, version == .httpAPI2 ? .routeArn : .methodArn)
        // A WebSocket API's ARN has no verb, so it cannot be confused with a REST API's.
        return (version ?? (arn.isConnect ? .webSocket : .restRequest), arn)
    }

    private static func requestARN(
        _ root: JSONValue, _ member: EventError.Member
    ) throws(EventError) -> RequestARN {
        guard let text = root.member(member.name)?.stringBytes, let arn = RequestARN(text) else {
            throw .member(member)
        }
        return arn
    }

    /// The names of the first members, which show the kind of event.
    private static func memberNames(_ root: JSONValue) -> [UInt8] {
        var names: [UInt8] = []
        var members = root.children
        while let member = members.next() {
            guard names.count + member.name.count + 2 <= EventLimits.namedByteCount else { break }
            if !names.isEmpty { names.append(", ") }
            names.append(member.name.span)
        }
        return names
    }
}
