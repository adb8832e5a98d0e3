// HTTPAPIEvent.swift - what an HTTP API sends: payload format 1.0 or 2.0.
//
// Spec:    API Gateway Developer Guide, "Control access to HTTP APIs with Lambda authorizers".
//          1.0 is a REST API's REQUEST with `version`; 2.0 has `routeArn`, lower-case header names
//          with repeats joined by a comma, and the cookies apart.
// Secret:  the values.
// Reads:   Refusal; JSON. Read by: Event.
//
// `identitySource` and 1.0's `authorizationToken` repeat what headers and parameters say, in an
// order that the API's own settings give: nothing is read from them.

import Bytes
import JSON

/// Which payload format `version` names; nil for a REST or WebSocket API, which have none.
///
/// - Throws: `eventMember`, `eventKind` for a format that is not known here.
func httpAPIVersion(_ root: JSONValue) throws(Refusal) -> Caller? {
    guard let version = root.member("version") else { return nil }
    guard let text = version.stringBytes else { throw .eventMember(.version) }
    if bytesEqual(text.span, "2.0") { return .httpAPI2 }
    if bytesEqual(text.span, "1.0") { return .httpAPI1 }
    throw .eventKind(.otherVersion([UInt8](text.prefix(AuthorizerLimits.namedByteCount))))
}

/// Payload 2.0: each a `name=value`; absent without cookies.
///
/// - Throws: `eventMember(.cookies)`.
func cookieLines(_ root: JSONValue) throws(Refusal) -> [[UInt8]] {
    guard let cookies = root.member("cookies"), !cookies.isNull else { return [] }
    guard cookies.kind == .array else { throw .eventMember(.cookies) }
    var lines: [[UInt8]] = []
    var elements = cookies.children
    while let element = elements.next() {
        guard let line = element.value.stringBytes else { throw .eventMember(.cookies) }
        lines.append(line)
    }
    return lines
}
