// EventForToken.swift - the event that a caller would send with a token.
//
// Spec:    the callers' shapes in Authorizer/Events: the members that a decision reads.
// Secret:  the token; it is never printed.
// Reads:   Authorizer, Events, JSON, Bytes. Read by: the commands (DecisionInput).

import Authorizer
import Bytes
import Events
import JSON

/// An event of a caller, for something that RESOURCE names if it names anything of the caller's; the
/// token is at the first of TOKEN_SOURCES.
package func makeEvent(of caller: Caller, around token: [UInt8], _ rules: Rules) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    switch caller {
    case .restToken:
        member(&writer, "type", [UInt8]("TOKEN"))
        member(&writer, "authorizationToken", headerValue(token, rules))
        member(&writer, "methodArn", arn(rules, isConnect: false))
    case .restRequest, .httpAPI1, .httpAPI2, .webSocket:
        if caller == .httpAPI1 { member(&writer, "version", [UInt8]("1.0")) }
        if caller == .httpAPI2 { member(&writer, "version", [UInt8]("2.0")) }
        member(&writer, "type", [UInt8]("REQUEST"))
        member(
            &writer, caller == .httpAPI2 ? "routeArn" : "methodArn",
            arn(rules, isConnect: caller == .webSocket))
        place(&writer, token, rules)
    case .appSync:
        member(&writer, "authorizationToken", token)
        writer.key("requestContext")
        writer.beginObject()
        let api = appSyncAPI(rules)
        member(&writer, "accountId", api.account)
        member(&writer, "apiId", api.id)
        writer.endObject()
    case .iotCore:
        member(&writer, "token", token)
        writer.key("signatureVerified")
        writer.bool(false)
    }
    writer.endObject()
    return writer.bytes
}

private func member(_ writer: inout JSONWriter, _ name: StaticString, _ value: [UInt8]) {
    writer.key(name)
    writer.string(value.span)
}

/// The member that holds the token where the settings look first.
private func place(_ writer: inout JSONWriter, _ token: [UInt8], _ rules: Rules) {
    switch rules.tokenSources.first {
    case .query(let name): map(&writer, "queryStringParameters", name, token)
    case .cookie(let name): map(&writer, "headers", [UInt8]("cookie"), name + [0x3D] + token)
    case .subprotocol(let prefix):
        map(&writer, "headers", [UInt8]("sec-websocket-protocol"), prefix + [0x2C] + token)
    case .header(let name, _): map(&writer, "headers", name, headerValue(token, rules))
    case .mqttPassword, nil: return
    }
}

private func map(_ writer: inout JSONWriter, _ map: StaticString, _ name: [UInt8], _ value: [UInt8]) {
    writer.key(map)
    writer.beginObject()
    writer.key(name.span)
    writer.string(value.span)
    writer.endObject()
}

private func headerValue(_ token: [UInt8], _ rules: Rules) -> [UInt8] {
    for source in rules.tokenSources {
        guard case .header(_, let scheme) = source else { continue }
        return scheme.isEmpty ? token : scheme + [0x20] + token
    }
    return [UInt8]("Bearer ") + token
}

/// The first ARN of RESOURCE with something in the place of its wildcards.
private func arn(_ rules: Rules, isConnect: Bool) -> [UInt8] {
    var text: [UInt8] = []
    for byte in rules.resources.first ?? [] { text.append(byte == 0x2A || byte == 0x3F ? 0x78 : byte) }
    var found = [UInt8]("arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/test/GET/")
    // What ends in a wildcard may end before the verb, or before the stage.
    for tail in ["/GET/", "/test/GET/", ""] as [StaticString] {
        let whole = text + [UInt8](tail)
        if RequestARN(whole) != nil { found = whole }
    }
    guard isConnect, let parts = RequestARN(found) else { return found }
    return [UInt8](parts.stagePrefix) + [UInt8]("$connect")
}

/// The account and the ID of the first AppSync API of RESOURCE.
private func appSyncAPI(_ rules: Rules) -> (account: [UInt8], id: [UInt8]) {
    guard let resource = rules.appSyncResources.first else {
        return ([UInt8]("123456789012"), [UInt8]("api"))
    }
    let fields = resource.split(separator: 0x3A)
    return ([UInt8](fields[4]), [UInt8](fields[5].dropFirst(5)))
}
