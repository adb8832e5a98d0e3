// Proxy.swift - a proxy's address, and how to ask it for a tunnel.
//
// Spec:    RFC 9110 §9.3.6 (CONNECT), §11.7.1; RFC 7617 §2 (Basic); RFC 3986 §3.2.1.
// Secret:  the user and the password of the proxy's URL. They go to the proxy and nowhere else.
// Reads:   URL, HTTPRequest; Bytes. Read by: ProxyRules, HTTPConnection.

import Bytes

/// An HTTP proxy that is spoken to in the clear.
public struct Proxy: Sendable, Equatable {
    let host: [UInt8]
    let port: UInt16
    /// `host:port`, for people.
    public let name: [UInt8]
    /// What follows `Basic` in Proxy-Authorization; nil without user information.
    let credentials: [UInt8]?

    /// - Parameter text: `http://user:password@host:port`; all but the host may be absent. A path is passed over.
    /// - Throws: the first fault; `schemeNotSupported` for proxies that speak TLS or SOCKS.
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
        // Another scheme ends in "://", which no authority holds.
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
        let decoded = try Self.percentDecoded(text.extracting(start..<(hostStart - 1)))
        // RFC 7617 §2: a user without a password has an empty one.
        credentials = Base64.encode((decoded.contains(0x3A) ? decoded : decoded + [0x3A]).span)
    }

    /// CONNECT to a host and port.
    func request(for target: [UInt8]) -> HTTPRequest {
        var request = HTTPRequest(method: "CONNECT", target: target.span, authority: target.span)
        if let credentials {
            let value = [UInt8]("Basic ") + credentials
            request.field("Proxy-Authorization", value.span)
        }
        request.end()
        return request
    }

    /// RFC 3986 §2.1.
    private static func percentDecoded(_ text: Span<UInt8>) throws(URLError) -> [UInt8] {
        var decoded: [UInt8] = []
        var index = 0
        while index < text.count {
            guard text[index] == 0x25 else {
                decoded.append(text[index])
                index += 1
                continue
            }
            guard index + 2 < text.count, let high = Hex.value(text[index + 1]),
                let low = Hex.value(text[index + 2])
            else { throw .userInformation }
            decoded.append(high << 4 | low)
            index += 3
        }
        return decoded
    }
}
