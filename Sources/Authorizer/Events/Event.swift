// Event.swift - what API Gateway sends to a Lambda authorizer of a REST API.
//
// Spec:    API Gateway Developer Guide, "Input to an API Gateway Lambda authorizer":
//          TOKEN and REQUEST.
// Secret:  the header values: one of them is the token. They are kept here and printed nowhere.
// Reads:   Refusal, Limits; JSON. Read by: Authorization.

import Bytes
import JSON

/// A request for a decision.
public struct Event: Sendable {
    public enum Kind: Sendable, Equatable { case token, request }

    public let kind: Kind
    /// Every value of the Authorization header, as the client sent them. For a TOKEN event
    /// the value of whatever header the gateway was told to take.
    let authorizationValues: [[UInt8]]
    /// The ARN of the method that is called.
    public let methodArn: [UInt8]

    /// - Parameter bytes: the event as Lambda delivers it.
    /// - Throws: `eventTooLong`, `eventJSON`, `eventNotObject`, `eventKind`, `eventMember`.
    public init(parsing bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= AuthorizerLimits.eventByteCount else {
            throw .eventTooLong(limit: AuthorizerLimits.eventByteCount, actual: bytes.count)
        }
        let document: JSONDocument
        do { document = try JSONDocument(parsing: bytes, limits: AuthorizerLimits.event) } catch {
            throw .eventJSON(error)
        }
        let root = document.root
        guard root.kind == .object else { throw .eventNotObject }
        if let version = root.member("version"), version.isString("2.0") {
            throw .eventKind(.httpAPIVersion2)
        }
        guard let type = root.member("type") else {
            throw .eventKind(.noType(members: Self.memberNames(root)))
        }
        guard let typeText = type.stringBytes else { throw .eventMember(.type) }
        if type.isString("TOKEN") {
            kind = .token
            authorizationValues = try Self.tokenValues(root)
        } else if type.isString("REQUEST") {
            kind = .request
            authorizationValues = try Self.headerValues(root)
        } else {
            throw .eventKind(.otherType([UInt8](typeText.prefix(AuthorizerLimits.namedByteCount))))
        }
        guard let arn = root.member("methodArn")?.stringBytes, !arn.isEmpty else {
            throw .eventMember(.methodArn)
        }
        methodArn = arn
    }

    /// The names of the first members: what kind of event it is can be told from them.
    private static func memberNames(_ root: JSONValue) -> [UInt8] {
        var names: [UInt8] = []
        var members = root.children
        while let member = members.next() {
            guard names.count + member.name.count + 2 <= AuthorizerLimits.namedByteCount else { break }
            if !names.isEmpty { names.append(", ") }
            names.append(member.name.span)
        }
        return names
    }

    /// TOKEN: the gateway hands over one header's value.
    private static func tokenValues(_ root: JSONValue) throws(Refusal) -> [[UInt8]] {
        guard let member = root.member("authorizationToken") else { throw .eventMember(.authorizationToken) }
        guard let value = member.stringBytes else { throw .eventMember(.authorizationToken) }
        return value.isEmpty ? [] : [value]
    }

    /// REQUEST: `headers` keeps the last value of a repeated header, `multiValueHeaders` all.
    /// Both are looked through, in whatever case the client wrote the name.
    private static func headerValues(_ root: JSONValue) throws(Refusal) -> [[UInt8]] {
        var values: [[UInt8]] = []
        if let headers = root.member("multiValueHeaders"), !headers.isNull {
            guard headers.kind == .object else { throw .eventMember(.multiValueHeaders) }
            var members = headers.children
            while let member = members.next() {
                guard bytesEqualIgnoringASCIICase(member.name.span, "authorization") else { continue }
                guard let list = member.value.elements else { throw .eventMember(.multiValueHeaders) }
                for element in list {
                    guard let value = element.stringBytes else { throw .eventMember(.multiValueHeaders) }
                    values.append(value)
                }
            }
        }
        if let headers = root.member("headers"), !headers.isNull {
            guard headers.kind == .object else { throw .eventMember(.headers) }
            var members = headers.children
            var isFirst = true
            while let member = members.next() {
                guard bytesEqualIgnoringASCIICase(member.name.span, "authorization") else { continue }
                guard let value = member.value.stringBytes else { throw .eventMember(.headers) }
                // The same value that `multiValueHeaders` has is the same header; a second
                // spelling of the name, or another value, is a second header.
                let isKnown = isFirst && values.contains { bytesEqual($0.span, value.span) }
                if !isKnown { values.append(value) }
                isFirst = false
            }
        }
        return values
    }
}
