// IoTCoreEvent.swift - what IoT Core sends to a custom authorizer.
//
// Spec:    IoT Core Developer Guide, "Defining your Lambda function": token, signatureVerified,
//          protocols, protocolData {tls, http {headers, queryString}, mqtt {username, password,
//          clientId}}, connectionMetadata {id}. What does not matter for a connection is absent.
// Secret:  the token and the password.
// Reads:   NamedValues, Refusal; Bytes, JSON. Read by: Event, TokenLookup.
//
// `signatureVerified` speaks of a signature over the token by the device's maker, which an
// authorizer may ask for. It says nothing about the token, so nothing depends on it here.

import Bytes
import JSON

/// Whether these are IoT Core's members.
func isIoTCoreEvent(_ root: JSONValue) -> Bool {
    root.member("protocolData") != nil || root.member("signatureVerified") != nil
}

/// - Throws: `eventMember(.protocolData)`.
func iotHeaderValues(_ root: JSONValue, _ name: Span<UInt8>) throws(Refusal) -> [[UInt8]] {
    guard let headers = try iotData(root, "http", "headers") else { return [] }
    guard headers.kind == .object else { throw .eventMember(.protocolData) }
    var values: [[UInt8]] = []
    for member in headers.members(ignoringASCIICase: name) {
        guard let value = member.stringBytes else { throw .eventMember(.protocolData) }
        values.append(value)
    }
    return values
}

/// Of `?name=value&…`, as the client wrote it.
///
/// - Throws: `eventMember(.protocolData)`.
func iotQueryValues(_ root: JSONValue, _ name: Span<UInt8>) throws(Refusal) -> [[UInt8]] {
    guard let query = try iotData(root, "http", "queryString") else { return [] }
    guard let text = query.stringBytes else { throw .eventMember(.protocolData) }
    let start = text.first == 0x3F ? 1 : 0
    var values: [[UInt8]] = []
    forEachPart(of: text.span.extracting(start..<text.count), separatedBy: 0x26) { pair in
        if let value = valueOf(name, in: pair) { values.append(value) }
    }
    return values
}

/// The password of an MQTT connection, its base64 taken away.
///
/// - Throws: `eventMember(.protocolData)`.
func iotPassword(_ root: JSONValue) throws(Refusal) -> [UInt8]? {
    guard let password = try iotData(root, "mqtt", "password") else { return nil }
    guard let text = password.stringBytes else { throw .eventMember(.protocolData) }
    do throws(BytesError) { return try Base64.decode(text.span) } catch { throw .eventMember(.protocolData) }
}

private func iotData(
    _ root: JSONValue, _ part: StaticString, _ name: StaticString
) throws(Refusal) -> JSONValue? {
    guard let data = root.member("protocolData"), !data.isNull else { return nil }
    guard data.kind == .object else { throw .eventMember(.protocolData) }
    guard let holder = data.member(part), !holder.isNull else { return nil }
    guard holder.kind == .object else { throw .eventMember(.protocolData) }
    guard let value = holder.member(name), !value.isNull else { return nil }
    return value
}
