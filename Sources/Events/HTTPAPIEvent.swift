// HTTPAPIEvent.swift - the event of an HTTP API: payload format 1.0 or 2.0.
//
// Spec:    API Gateway Developer Guide, "Control access to HTTP APIs with Lambda authorizers".
//          1.0 is a REST API's REQUEST with `version`; 2.0 has `routeArn`, lowercase header names
//          with repeated values joined by a comma, and a separate member for cookies.
// Secret:  the values.
// Reads:   NamedValues, EventError; JSON, Bytes. Read by: Event.
//
// `identitySource` and 1.0's `authorizationToken` repeat values of headers and parameters, in an
// order that depends on the API's settings. They are ignored.

import Bytes
import JSON

/// The payload format that `version` names; nil for a REST or WebSocket API, whose events have no `version`.
///
/// - Throws: `member`, `kind` for an unknown format.
func httpAPIVersion(_ root: JSONValue) throws(EventError) -> Caller? {
    guard let version = root.member("version"), !version.isNull else { return nil }
    guard let text = version.stringBytes else { throw .member(.version) }
    if bytesEqual(text.span, "2.0") { return .httpAPI2 }
    if bytesEqual(text.span, "1.0") { return .httpAPI1 }
    throw .kind(.otherVersion([UInt8](text.prefix(EventLimits.namedByteCount))))
}

/// Payload 2.0: an array of `name=value`; absent without cookies.
///
/// - Throws: `member(.cookies)`.
func cookieLines(_ root: JSONValue) throws(EventError) -> [JSONValue] {
    guard let cookies = root.member("cookies"), !cookies.isNull else { return [] }
    guard cookies.kind == .array else { throw .member(.cookies) }
    var lines: [JSONValue] = []
    try appendStrings(of: cookies, .cookies, to: &lines)
    return lines
}
