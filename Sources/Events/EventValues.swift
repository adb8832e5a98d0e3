// EventValues.swift - the values of the request in an event: headers, parameters, cookies, certificate, IDs.
//
// Spec:    the callers' own files in this folder.
// Secret:  the values of headers, parameters and cookies: one of them is the token. They are read
//          only when they are needed, and are never printed.
// Reads:   Event, NamedValues, ValueReaders, IoTCoreEvent, HTTPAPIEvent, EventError; JSON, Bytes. Read by: TokenPlaces,
//          Authorizer.

import Bytes
import JSON

extension Event {
    /// The first values of a header. The case of its name is ignored.
    ///
    /// - Returns: the values as the caller sends them. An HTTP API joins repeated values by a comma in
    ///   payload 2.0, the others list them.
    /// - Throws: `member` for a value that is not a string.
    public func headerValues(_ name: Span<UInt8>) throws(EventError) -> [[UInt8]] {
        RepeatedValues(try headerStrings(name)).values
    }

    /// The values of a header, for each member of the event that contains headers.
    ///
    /// - Throws: `member` for a value that is not a string.
    package func headerStrings(_ name: Span<UInt8>) throws(EventError) -> [[JSONValue]] {
        switch caller {
        case .restToken: []
        case .restRequest, .httpAPI1, .webSocket:
            try namedValues(root, name, many: .multiValueHeaders, one: .headers, ignoringCase: true)
        case .httpAPI2: try namedValues(root, name, one: .headers, ignoringCase: true)
        case .appSync: try namedValues(root, name, one: .requestHeaders, ignoringCase: true)
        case .iotCore: [try iotHeaderValues(root, name)]
        }
    }

    /// The first values of a query parameter. Names are case-sensitive.
    ///
    /// - Throws: `member` for a value that is not a string.
    public func queryValues(_ name: Span<UInt8>) throws(EventError) -> [[UInt8]] {
        try query([[UInt8](name)])[0].values
    }

    /// The values of query parameters, in the order of their names.
    ///
    /// - Throws: `member` for a value that is not a string.
    func query(_ names: [[UInt8]]) throws(EventError) -> [RepeatedValues] {
        var found: [RepeatedValues] = []
        if caller == .iotCore {
            for member in try iotQueryValues(root, names) {
                var values = RepeatedValues()
                values.add(member)
                found.append(values)
            }
            return found
        }
        for name in names {
            let members: [[JSONValue]] =
                switch caller {
                case .restToken, .appSync, .iotCore: []
                case .restRequest, .httpAPI1, .webSocket:
                    try namedValues(
                        root, name.span, many: .multiValueQueryStringParameters, one: .queryStringParameters,
                        ignoringCase: false)
                case .httpAPI2:
                    try namedValues(root, name.span, one: .queryStringParameters, ignoringCase: false)
                }
            found.append(RepeatedValues(members))
        }
        return found
    }

    /// The first values of a cookie. Names are case-sensitive.
    ///
    /// - Throws: `member` for a value that is not a string.
    public func cookieValues(_ name: Span<UInt8>) throws(EventError) -> [[UInt8]] {
        try cookies([[UInt8](name)])[0].values
    }

    /// The values of cookies, in the order of their names. The same cookie in the header and in `cookies` counts once.
    ///
    /// - Throws: `member` for a value that is not a string.
    func cookies(_ names: [[UInt8]]) throws(EventError) -> [RepeatedValues] {
        var members = try headerStrings([UInt8]("cookie").span)
        if caller == .httpAPI2 { members.append(try cookieLines(root)) }
        var found = [RepeatedValues](repeating: RepeatedValues(), count: names.count)
        for lines in members {
            var reader = PairReader(names, separatedBy: 0x3B)
            for line in lines { line.withText { reader.read($0) } }
            for place in names.indices { found[place].add(reader.values[place]) }
        }
        return found
    }

    /// The client's certificate in PEM, if the API uses mutual TLS.
    ///
    /// - Returns: nil if the member is absent or null.
    /// - Throws: `member(.clientCert)` for a value that is not a string.
    public func clientCertificatePEM() throws(EventError) -> [UInt8]? {
        let context = root.member("requestContext")
        let holder: JSONValue?
        switch caller {
        case .restRequest, .httpAPI1, .webSocket: holder = context?.member("identity")
        case .httpAPI2: holder = context?.member("authentication")
        case .restToken, .appSync, .iotCore: holder = nil
        }
        guard let certificate = holder?.member("clientCert"), !certificate.isNull else { return nil }
        guard certificate.kind == .object else { throw .member(.clientCert) }
        guard let text = certificate.member("clientCertPem"), !text.isNull else { return nil }
        guard let pem = text.stringBytes else { throw .member(.clientCert) }
        return pem
    }

    /// The gateway's ID of the request, for logs; nil if it is absent or not a string.
    public var requestID: [UInt8]? {
        if caller == .iotCore { return root.member("connectionMetadata")?.member("id")?.stringBytes }
        return root.member("requestContext")?.member("requestId")?.stringBytes
    }

    /// The host name that the client called; nil if the event does not contain it.
    public var domainName: [UInt8]? {
        root.member("requestContext")?.member("domainName")?.stringBytes
    }
}
