// TokenPlaces.swift - finds the one token of a request in several possible parts.
//
// Spec:    RFC 6750 §2; AUDIT 30.
// Secret:  the token.
// Reads:   Event, EventValues, PresentedToken, TokenSource, NamedValues, ValueReaders, IoTCoreEvent, EventError; Bytes, JSON.
//          Read by: PresentedToken, Reports.

import Bytes
import JSON

extension Event {
    /// The token of a request with exactly one value.
    ///
    /// - Throws: the errors of `token`.
    func onlyToken(in sources: [TokenSource], _ acceptsDPoP: Bool) throws(EventError) -> PresentedToken {
        try find(in: sources, acceptsDPoP).token()
    }

    /// The value with its scheme as sent, for hints; the first one if there are several, empty without a value.
    ///
    /// - Throws: `member`.
    package func tokenValue(from sources: [TokenSource]) throws(EventError) -> [UInt8] {
        try find(in: sources, true).value
    }

    private func find(in sources: [TokenSource], _ acceptsDPoP: Bool) throws(EventError) -> FoundToken {
        var found = FoundToken(acceptsDPoP: acceptsDPoP)
        switch caller {
        case .restToken:
            if let value = try ownValue() { found.add(value, .scheme(firstScheme(sources))) }
        case .appSync:
            if let value = try ownValue() { found.add(value, .optionalBearer) }
        case .iotCore:
            if let value = try iotToken(root) { found.add(value, .optionalBearer) }
            try look(at: sources, &found)
        case .restRequest, .httpAPI1, .httpAPI2, .webSocket: try look(at: sources, &found)
        }
        return found
    }

    private func look(at sources: [TokenSource], _ found: inout FoundToken) throws(EventError) {
        // A text that contains the values of several sources is parsed once for all of them, at the first of these sources.
        var parameters: [RepeatedValues] = []
        var cookies: [RepeatedValues] = []
        var protocols: [RepeatedValues] = []
        var parameter = 0
        var cookie = 0
        var subprotocol = 0
        for source in sources {
            switch source {
            case .header(let name, let scheme):
                let values = RepeatedValues(try headerStrings(name.span))
                found.add(values, .scheme(scheme), isJoined: caller == .httpAPI2, isKnown: caller == .iotCore)
            case .query:
                if parameters.isEmpty { parameters = try query(sources.compactMap { $0.parameterName }) }
                found.add(
                    parameters[parameter], .scheme([]), isJoined: caller == .httpAPI2,
                    isKnown: caller == .iotCore)
                parameter += 1
            case .cookie:
                if cookies.isEmpty { cookies = try self.cookies(sources.compactMap { $0.cookieName }) }
                found.add(cookies[cookie], .scheme([]))
                cookie += 1
            case .subprotocol(let prefix):
                if protocols.isEmpty {
                    protocols = try subprotocols(sources.compactMap { $0.subprotocolPrefix })
                }
                found.add(try Self.tokens(protocols[subprotocol], prefix), .scheme([]))
                subprotocol += 1
            case .mqttPassword:
                guard caller == .iotCore, let password = try iotPassword(root) else { continue }
                found.add(password, .scheme([]))
            }
        }
    }

    /// The tokens among the subprotocols, in the order of the prefixes.
    private func subprotocols(_ prefixes: [[UInt8]]) throws(EventError) -> [RepeatedValues] {
        var all = [RepeatedValues](repeating: RepeatedValues(), count: prefixes.count)
        for member in try headerStrings([UInt8]("sec-websocket-protocol").span) {
            var reader = SubprotocolReader(prefixes)
            for line in member { line.withText { reader.read($0) } }
            reader.end()
            for place in prefixes.indices { all[place].add(reader.values[place]) }
        }
        return all
    }

    /// If a prefix starts with `base64url.`, the token is encoded once more, as in Kubernetes.
    ///
    /// - Throws: `tokenCharacter` for a value that is not base64url.
    private static func tokens(_ found: RepeatedValues, _ prefix: [UInt8]) throws(EventError)
        -> RepeatedValues
    {
        guard bytesStart(prefix.span, with: "base64url.") else { return found }
        var tokens = MemberValues()
        for text in found.values {
            do throws(BytesError) {
                let token = try Base64URL.decode(text.span)
                tokens.add(token.span)
            } catch { throw .tokenCharacter(offset: 0) }
        }
        for _ in found.values.count..<found.count { tokens.add([UInt8]().span) }
        var all = RepeatedValues()
        all.add(tokens)
        return all
    }
}

/// The values found so far: the first one, and their number.
private struct FoundToken {
    enum Prefix {
        /// The scheme and one space; if the scheme is empty, the value has no prefix.
        case scheme([UInt8])
        /// `Bearer` and one space, which may be absent.
        case optionalBearer
    }

    private let acceptsDPoP: Bool
    private var count = 0
    private(set) var value: [UInt8] = []
    private var prefix = Prefix.optionalBearer

    init(acceptsDPoP: Bool) {
        self.acceptsDPoP = acceptsDPoP
    }

    /// - Parameter isKnown: whether a value equal to the one found before is not counted again: IoT Core copies its `token`
    ///   from a header or parameter.
    mutating func add(
        _ found: RepeatedValues, _ prefix: Prefix, isJoined: Bool = false, isKnown: Bool = false
    ) {
        for value in found.values {
            if isKnown && count > 0 && bytesEqual(self.value.span, value.span) { continue }
            add(value, prefix, isJoined: isJoined)
        }
        count += found.count - found.values.count
    }

    /// - Parameter isJoined: whether the caller joins several values by commas; a token cannot contain a comma.
    mutating func add(_ value: [UInt8], _ prefix: Prefix, isJoined: Bool = false) {
        if count == 0 {
            self.value = value
            self.prefix = prefix
        }
        count += 1
        if isJoined {
            for byte in value where byte == 0x2C { count += 1 }
        }
    }

    func token() throws(EventError) -> PresentedToken {
        guard count <= 1 else { throw .tokenRepeated(count: count) }
        switch prefix {
        case .scheme(let scheme): return try PresentedToken(value, scheme: scheme, acceptingDPoP: acceptsDPoP)
        case .optionalBearer:
            let start = bytesStartIgnoringASCIICase(value.span, "bearer ") ? 7 : 0
            return try PresentedToken(value.span, from: start, isDPoP: false)
        }
    }
}
