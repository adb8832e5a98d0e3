// Proxy.swift - a proxy's address.
//
// Spec:    RFC 7617 §2 (Basic); RFC 3986 §3.2.1.
// Secret:  the user and the password in the proxy's URL. They are sent to the proxy and nowhere else.
// Reads:   URL, URLError, PercentEscape; Bytes. Read by: ProxyRules; HTTP (TunnelRequest, HTTPConnection).

import Bytes

/// An HTTP proxy with an unencrypted connection.
public struct Proxy: Sendable, Equatable {
    package let host: [UInt8]
    package let port: UInt16
    /// `host:port`, for people.
    public let name: [UInt8]
    /// The value after `Basic` in Proxy-Authorization; nil without user information.
    package let credentials: [UInt8]?

    /// - Parameter text: `http://user:password@host:port`; only the host is required. A path is ignored.
    /// - Throws: the first error; `schemeNotSupported` for TLS and SOCKS proxies.
    public init(_ text: Span<UInt8>) throws(URLError) {
        let scheme: StaticString = "http://"
        var start = 0
        if text.count >= scheme.utf8ByteCount,
            bytesEqualIgnoringASCIICase(text.extracting(0..<scheme.utf8ByteCount), scheme)
        {
            start = scheme.utf8ByteCount
        }
        var end = start
        while end < text.count, text[end] != 0x2F, text[end] != 0x3F, text[end] != 0x23 { end += 1 }
        // A text that starts with another scheme and "://", which cannot occur in an authority.
        if start == 0, end > 0, end < text.count, text[end] == 0x2F, text[end - 1] == 0x3A {
            throw .schemeNotSupported
        }
        var hostStart = start
        for index in start..<end where text[index] == 0x40 { hostStart = index + 1 }
        var address = [UInt8](scheme)
        address.append(text.extracting(hostStart..<end))
        let url = try URL(address.span)
        host = url.host
        port = url.port
        name = url.hostAndPort
        guard hostStart > start else {
            credentials = nil
            return
        }
        let decoded = try Self.decoded(text.extracting(start..<(hostStart - 1)))
        // RFC 7617 §2: a user without a password has an empty password.
        credentials = Base64.encode((decoded.contains(0x3A) ? decoded : decoded + [0x3A]).span)
    }

    /// Decodes percent-escapes (RFC 3986 §2.1).
    private static func decoded(_ text: Span<UInt8>) throws(URLError) -> [UInt8] {
        for index in text.indices where text[index] == 0x25 {
            guard escapedByte(text, index) != nil else { throw .userInformation }
        }
        return percentDecoded(text)
    }
}
