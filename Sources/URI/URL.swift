// URL.swift - an absolute http or https URL, for example that of a key set.
//
// Spec:    RFC 3986 §3; RFC 9110 §4.2. Deliberately less: only http and https, no user information, no fragment; the
//          host is as in Authority.
// Secret:  no.
// Reads:   URLError, Authority, IPAddress, Limits; Bytes. Read by: Proxy, ProxyRules; HTTP, KeyFetching, the commands, Keys,
//          Settings, LambdaRuntime.

import Bytes

/// An absolute http or https URL.
public struct URL: Sendable, Equatable {
    public enum Scheme: Sendable, Equatable { case http, https }

    public let scheme: Scheme
    /// A name or an IP address, without the brackets of an IPv6 literal.
    public let host: [UInt8]
    public let isIPv6Literal: Bool
    public let port: UInt16
    /// The path and the query as sent in the request line; starts with a slash.
    public private(set) var target: [UInt8]

    /// - Throws: the first error.
    /// - Source: RFC 3986 §3.
    public init(_ text: Span<UInt8>) throws(URLError) {
        guard text.count <= URILimits.urlByteCount else {
            throw .tooLong(limit: URILimits.urlByteCount, actual: text.count)
        }
        // §2: only printable ASCII is allowed. Delimiters that must always be escaped are rejected too.
        for offset in text.indices {
            switch text[offset] {
            case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: throw .invalidByte(offset: offset)
            case 0x21...0x7E: continue
            default: throw .invalidByte(offset: offset)
            }
        }
        // §3.1: schemes are case-insensitive.
        let start: Int
        if Self.starts(text, with: "https://") {
            scheme = .https
            start = 8
        } else if Self.starts(text, with: "http://") {
            scheme = .http
            start = 7
        } else {
            throw .schemeNotSupported
        }
        let end = Authority.end(in: text, from: start)
        for offset in start..<end where text[offset] == 0x40 { throw .userInformation }
        for offset in end..<text.count where text[offset] == 0x23 { throw .fragment }

        let authority = try Authority(text.extracting(start..<end))
        host = authority.host
        isIPv6Literal = authority.isIPv6Literal
        port = authority.port ?? (scheme == .https ? 443 : 80)

        // §6.2.3: an empty path is "/".
        var target: [UInt8] = []
        if end == text.count || text[end] != 0x2F { target.append(0x2F) }
        target.append(text.extracting(end..<text.count))
        self.target = target
    }

    /// Appends a path segment to the base URL, which must not have a query.
    ///
    /// - Parameter name: only characters that need no escape in a path.
    public init(_ base: URL, _ name: [UInt8]) {
        self = base
        var target = base.target
        if target.last != 0x2F { target.append(0x2F) }
        target.append(name.span)
        self.target = target
    }

    /// Whether the host is a loopback host by its form: `localhost`, 127.0.0.0/8 or `::1` (AUDIT 17). Names are not
    /// resolved.
    public var isLoopback: Bool {
        if isIPv6Literal { return bytesEqual(host.span, "::1") }
        if bytesEqualIgnoringASCIICase(host.span, "localhost") { return true }
        guard let address = IPAddress(literal: host) else { return false }
        return address.isLoopback
    }

    /// Whether the URL contains a question mark.
    public var hasQuery: Bool { target.contains(0x3F) }

    /// `host` or `host:port`, as required in the Host field (RFC 9110 §7.2).
    package var authority: [UInt8] {
        let isStandard = port == (scheme == .https ? 443 : 80)
        return isStandard ? bracketedHost : hostAndPort
    }

    /// `host:port`, as required for CONNECT (RFC 9112 §3.2.3).
    public var hostAndPort: [UInt8] {
        var text = bracketedHost
        text.append(0x3A)
        text.append(decimal: Int(port))
        return text
    }

    private var bracketedHost: [UInt8] { isIPv6Literal ? [0x5B] + host + [0x5D] : host }

    // MARK: Inside

    private static func starts(_ text: Span<UInt8>, with prefix: StaticString) -> Bool {
        guard text.count >= prefix.utf8ByteCount else { return false }
        return bytesEqualIgnoringASCIICase(text.extracting(0..<prefix.utf8ByteCount), prefix)
    }
}
