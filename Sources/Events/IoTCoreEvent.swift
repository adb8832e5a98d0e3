// IoTCoreEvent.swift - the event that IoT Core sends to a custom authorizer.
//
// Spec:    IoT Core Developer Guide, "Defining your Lambda function": token, signatureVerified,
//          protocols, protocolData {tls, http {headers, queryString}, mqtt {username, password,
//          clientId}}, connectionMetadata {id}. Members that do not apply to a connection are absent.
// Secret:  the token and the password.
// Reads:   NamedValues, EventError; Bytes, JSON. Read by: OtherCallers, EventValues, TokenPlaces.
//
// `signatureVerified` concerns a signature over the token by the device's manufacturer, which an
// authorizer may require. It does not prove that the token is valid, so it is ignored.

import Bytes
import JSON

/// Whether an event has IoT Core's members.
func isIoTCoreEvent(_ root: JSONValue) -> Bool {
    root.member("protocolData") != nil || root.member("signatureVerified") != nil
}

/// Nil if the member is absent or null.
///
/// - Throws: `member(.token)`.
func iotToken(_ root: JSONValue) throws(EventError) -> [UInt8]? {
    guard let value = root.member("token"), !value.isNull else { return nil }
    guard let text = value.stringBytes else { throw .member(.token) }
    return text
}

/// - Throws: `member(.protocolData)`.
func iotHeaderValues(_ root: JSONValue, _ name: Span<UInt8>) throws(EventError) -> [JSONValue] {
    guard let headers = try iotData(root, "http", "headers") else { return [] }
    guard headers.kind == .object else { throw .member(.protocolData) }
    return try onlyStrings(headers.members(ignoringASCIICase: name), .protocolData)
}

/// The values of each name in `?name=value&…`, as sent by the client.
///
/// - Throws: `member(.protocolData)`.
func iotQueryValues(_ root: JSONValue, _ names: [[UInt8]]) throws(EventError) -> [MemberValues] {
    var reader = PairReader(names, separatedBy: 0x26)
    if let query = try iotData(root, "http", "queryString") {
        guard let text = query.stringBytes else { throw .member(.protocolData) }
        reader.read(text.span.extracting((text.first == 0x3F ? 1 : 0)..<text.count))
    }
    return reader.values
}

/// The password of an MQTT connection, decoded from base64.
///
/// - Throws: `member(.protocolData)`.
func iotPassword(_ root: JSONValue) throws(EventError) -> [UInt8]? {
    guard let password = try iotData(root, "mqtt", "password") else { return nil }
    guard let text = password.stringBytes else { throw .member(.protocolData) }
    do throws(BytesError) { return try Base64.decode(text.span) } catch { throw .member(.protocolData) }
}

private func iotData(
    _ root: JSONValue, _ part: StaticString, _ name: StaticString
) throws(EventError) -> JSONValue? {
    guard let data = root.member("protocolData"), !data.isNull else { return nil }
    guard data.kind == .object else { throw .member(.protocolData) }
    guard let holder = data.member(part), !holder.isNull else { return nil }
    guard holder.kind == .object else { throw .member(.protocolData) }
    guard let value = holder.member(name), !value.isNull else { return nil }
    return value
}
