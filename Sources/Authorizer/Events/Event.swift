// Event.swift - a request for a decision, told apart by its shape.
//
// Spec:    the callers' own files in this folder.
// Secret:  the values of headers, parameters and cookies: one of them is the token. They are read
//          when they are asked for and printed nowhere.
// Reads:   Caller, RequestARN, NamedValues, Refusal, Limits; JSON. Read by: Authorization, the rules.

import Bytes
import JSON

/// An event of one of the callers. The text is parsed once; its members are looked up when they
/// are asked for, and one of a wrong type is an error then.
public struct Event: Sendable {
    public let caller: Caller
    /// What is called; nil for AppSync and IoT Core, which do not say so.
    public let arn: RequestARN?
    let root: JSONValue

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
        root = document.root
        guard root.kind == .object else { throw .eventNotObject }
        guard let type = root.member("type") else {
            // AppSync and IoT Core have no "type"; they are told by what they alone have.
            arn = nil
            if isAppSyncEvent(root) {
                caller = .appSync
            } else if isIoTCoreEvent(root) {
                caller = .iotCore
            } else {
                throw .eventKind(.noType(members: Self.memberNames(root)))
            }
            return
        }
        guard let typeText = type.stringBytes else { throw .eventMember(.type) }
        if type.isString("TOKEN") {
            arn = try Self.requestARN(root, .methodArn)
            caller = .restToken
        } else if type.isString("REQUEST") {
            let version = try httpAPIVersion(root)
            let arn = try Self.requestARN(root, version == .httpAPI2 ? .routeArn : .methodArn)
            self.arn = arn
            // A WebSocket's ARN has no verb, so it cannot be taken for a REST API's.
            caller = version ?? (arn.isConnect ? .webSocket : .restRequest)
        } else {
            throw .eventKind(.otherType([UInt8](typeText.prefix(AuthorizerLimits.namedByteCount))))
        }
    }

    private static func requestARN(
        _ root: JSONValue, _ member: Refusal.EventMember
    ) throws(Refusal) -> RequestARN {
        guard let text = root.member(member.name)?.stringBytes, let arn = RequestARN(text) else {
            throw .eventMember(member)
        }
        return arn
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

    // MARK: What the caller says of the request

    /// Every value of a header, in whatever case its name was written.
    ///
    /// - Returns: the values as the caller hands them over. An HTTP API joins repeats by a comma in
    ///   payload 2.0, the others list them.
    /// - Throws: `eventMember` for a value that is no string.
    public func headerValues(_ name: Span<UInt8>) throws(Refusal) -> [[UInt8]] {
        switch caller {
        case .restToken: []
        case .restRequest, .httpAPI1, .webSocket:
            try namedValues(root, name, many: .multiValueHeaders, one: .headers, ignoringCase: true)
        case .httpAPI2: try namedValues(root, name, one: .headers, ignoringCase: true)
        case .appSync: try namedValues(root, name, one: .requestHeaders, ignoringCase: true)
        case .iotCore: try iotHeaderValues(root, name)
        }
    }

    /// Every value of a query parameter; names are compared as they are.
    ///
    /// - Throws: `eventMember` for a value that is no string.
    public func queryValues(_ name: Span<UInt8>) throws(Refusal) -> [[UInt8]] {
        switch caller {
        case .restToken, .appSync: []
        case .restRequest, .httpAPI1, .webSocket:
            try namedValues(
                root, name, many: .multiValueQueryStringParameters, one: .queryStringParameters,
                ignoringCase: false)
        case .httpAPI2: try namedValues(root, name, one: .queryStringParameters, ignoringCase: false)
        case .iotCore: try iotQueryValues(root, name)
        }
    }

    /// Every value of a cookie; names are compared as they are.
    ///
    /// - Throws: `eventMember` for a value that is no string.
    public func cookieValues(_ name: Span<UInt8>) throws(Refusal) -> [[UInt8]] {
        var lines = try headerValues([UInt8]("cookie").span)
        if caller == .httpAPI2 { lines += try cookieLines(root) }
        var values: [[UInt8]] = []
        for line in lines { appendCookieValues(line.span, name, to: &values) }
        return values
    }

    /// The client's certificate in PEM, when the API asks its clients for one (mutual TLS).
    ///
    /// - Throws: `eventMember(.clientCert)` for one that is no string.
    public func clientCertificatePEM() throws(Refusal) -> [UInt8]? {
        let context = root.member("requestContext")
        let holder: JSONValue?
        switch caller {
        case .restRequest, .httpAPI1, .webSocket: holder = context?.member("identity")
        case .httpAPI2: holder = context?.member("authentication")
        case .restToken, .appSync, .iotCore: holder = nil
        }
        guard let certificate = holder?.member("clientCert"), !certificate.isNull else { return nil }
        guard let pem = certificate.member("clientCertPem")?.stringBytes else {
            throw .eventMember(.clientCert)
        }
        return pem
    }

    /// The gateway's ID of the request, for logs; nil where there is none, or it is no string.
    public var requestID: [UInt8]? {
        if caller == .iotCore { return root.member("connectionMetadata")?.member("id")?.stringBytes }
        return root.member("requestContext")?.member("requestId")?.stringBytes
    }

    /// The host name that the client called; nil where the caller does not say.
    public var domainName: [UInt8]? {
        root.member("requestContext")?.member("domainName")?.stringBytes
    }
}
