// TokenSourceText.swift - parses and formats an entry of TOKEN_SOURCES.
//
// Spec:    RFC 9110 §5.6.2 (token); README "Where the token is".
// Secret:  no.
// Reads:   TokenSource; Bytes. Read by: TokenPlaces, Settings, the commands.

import Bytes

extension TokenSource {
    /// - Returns: nil for text in none of these forms.
    public init?(_ entry: Span<UInt8>) {
        var colon = 0
        while colon < entry.count, entry[colon] != 0x3A { colon += 1 }
        guard colon < entry.count else { return nil }
        let kind = entry.extracting(0..<colon)
        let rest = entry.extracting((colon + 1)..<entry.count)
        if bytesEqual(kind, "header") {
            var end = 0
            while end < rest.count, rest[end] != 0x3A { end += 1 }
            let name = rest.extracting(0..<end)
            guard isHTTPToken(name) else { return nil }
            var scheme: [UInt8] = []
            if end < rest.count {
                let text = rest.extracting((end + 1)..<rest.count)
                guard text.count == 0 || isHTTPToken(text) else { return nil }
                scheme = [UInt8](text)
            } else if bytesEqualIgnoringASCIICase(name, "authorization") {
                scheme = [UInt8]("Bearer")
            }
            self = .header(name: [UInt8](name), scheme: scheme)
            return
        }
        guard isHTTPToken(rest) else { return nil }
        let name = [UInt8](rest)
        if bytesEqual(kind, "query") {
            self = .query(name)
        } else if bytesEqual(kind, "cookie") {
            self = .cookie(name)
        } else if bytesEqual(kind, "protocol") {
            self = .subprotocol(name)
        } else if bytesEqual(kind, "mqtt"), bytesEqual(rest, "password") {
            self = .mqttPassword
        } else {
            return nil
        }
    }

    /// The entry as written in TOKEN_SOURCES.
    public var text: [UInt8] {
        switch self {
        case .header(let name, let scheme): [UInt8]("header:") + name + [0x3A] + scheme
        case .query(let name): [UInt8]("query:") + name
        case .cookie(let name): [UInt8]("cookie:") + name
        case .subprotocol(let prefix): [UInt8]("protocol:") + prefix
        case .mqttPassword: [UInt8]("mqtt:password")
        }
    }

    /// The name of `query:NAME`.
    var parameterName: [UInt8]? {
        if case .query(let name) = self { name } else { nil }
    }

    /// The name of `cookie:NAME`.
    var cookieName: [UInt8]? {
        if case .cookie(let name) = self { name } else { nil }
    }

    /// The prefix of `protocol:PREFIX`.
    var subprotocolPrefix: [UInt8]? {
        if case .subprotocol(let prefix) = self { prefix } else { nil }
    }

    /// Whether both would find the same value, which would then be counted as two tokens.
    public func isSamePlace(as other: TokenSource) -> Bool {
        switch (self, other) {
        case (.header(let a, _), .header(let b, _)): bytesEqualIgnoringASCIICase(a.span, b.span)
        default: bytesEqual(text.span, other.text.span)
        }
    }
}

/// RFC 9110 §5.6.2: token = 1*tchar.
private func isHTTPToken(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0 else { return false }
    for index in text.indices {
        switch text[index] {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7A, 0x7C, 0x7E:
            continue
        default: return false
        }
    }
    return true
}
