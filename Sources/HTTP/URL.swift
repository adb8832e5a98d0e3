// URL.swift - where a key set is fetched from.
//
// Spec:    RFC 3986 §3; RFC 9110 §4.2. Deliberately less: http and https, no user
//          information, no fragment, a host of letters, digits, dots and hyphens or an IP literal.
// Secret:  no.
// Reads:   HTTPError, Limits; Bytes. Read by: HTTPRequest, KeyFetcher, the commands.

import Bytes

/// An absolute http or https URL.
public struct URL: Sendable, Equatable {
    public enum Scheme: Sendable, Equatable { case http, https }

    public let scheme: Scheme
    /// A name or an IP address, without the brackets of an IPv6 literal.
    public let host: [UInt8]
    public let isIPv6Literal: Bool
    public let port: UInt16
    /// Path and query as they go into the request line; starts with a slash.
    public private(set) var target: [UInt8]

    /// - Throws: the first fault.
    /// - Source: RFC 3986 §3.
    public init(_ text: Span<UInt8>) throws(URLError) {
        guard text.count <= HTTPLimits.urlByteCount else {
            throw .tooLong(limit: HTTPLimits.urlByteCount, actual: text.count)
        }
        // §2: nothing but printing ASCII; the delimiters that no URL holds bare are left out too.
        for offset in text.indices {
            switch text[offset] {
            case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: throw .invalidByte(offset: offset)
            case 0x21...0x7E: continue
            default: throw .invalidByte(offset: offset)
            }
        }
        // §3.1: the scheme's case does not matter.
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
        // §3.2: the authority ends at the next slash, question mark or number sign.
        var end = start
        while end < text.count, text[end] != 0x2F, text[end] != 0x3F, text[end] != 0x23 { end += 1 }
        for offset in start..<end where text[offset] == 0x40 { throw .userInformation }
        for offset in end..<text.count where text[offset] == 0x23 { throw .fragment }

        let authority = text.extracting(start..<end)
        let (hostEnd, isLiteral) = try Self.hostEnd(authority)
        isIPv6Literal = isLiteral
        host = [UInt8](
            isLiteral ? authority.extracting(1..<(hostEnd - 1)) : authority.extracting(0..<hostEnd))
        port = try Self.port(authority.extracting(hostEnd..<authority.count), of: scheme)

        // §6.2.3: an empty path is "/".
        var target: [UInt8] = []
        if end == text.count || text[end] != 0x2F { target.append(0x2F) }
        target.append(text.extracting(end..<text.count))
        self.target = target
    }

    /// The URL of something below this one, which has no query.
    ///
    /// - Parameter name: of characters that a path has bare.
    public init(_ base: URL, _ name: [UInt8]) {
        self = base
        var target = base.target
        if target.last != 0x2F { target.append(0x2F) }
        target.append(name.span)
        self.target = target
    }

    /// Whether the host is this machine by its form: `localhost`, 127.0.0.0/8 or `::1`
    /// (security-checklist 17). A name is not looked up.
    public var isLoopback: Bool {
        if isIPv6Literal { return bytesEqual(host.span, "::1") }
        if bytesEqualIgnoringASCIICase(host.span, "localhost") { return true }
        guard let octets = Self.dottedQuad(host.span) else { return false }
        return octets[0] == 127
    }

    /// `host` or `host:port`, as the Host field wants it (RFC 9110 §7.2).
    var authority: [UInt8] {
        let isStandard = port == (scheme == .https ? 443 : 80)
        return isStandard ? bracketedHost : hostAndPort
    }

    /// `host:port`, as CONNECT wants it (RFC 9112 §3.2.3).
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

    /// Where the host ends in an authority, and whether it is an IPv6 literal (§3.2.2).
    private static func hostEnd(_ authority: Span<UInt8>) throws(URLError) -> (end: Int, isLiteral: Bool) {
        guard authority.count > 0 else { throw .hostMissing }
        if authority[0] == 0x5B {
            var end = 1
            while end < authority.count, authority[end] != 0x5D {
                let isIPv6Byte =
                    Hex.value(authority[end]) != nil || authority[end] == 0x3A || authority[end] == 0x2E
                guard isIPv6Byte else { throw .hostInvalid }
                end += 1
            }
            guard end < authority.count, end >= 3 else { throw .hostInvalid }
            return (end + 1, true)
        }
        var end = 0
        while end < authority.count, authority[end] != 0x3A {
            guard isHostByte(authority[end]) else { throw .hostInvalid }
            end += 1
        }
        guard end > 0 else { throw .hostMissing }
        // RFC 1035 §2.3.4: 255 octets on the wire are 253 characters.
        guard end <= 253, authority[0] != 0x2E, authority[0] != 0x2D else { throw .hostInvalid }
        return (end, false)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    private static func port(_ text: Span<UInt8>, of scheme: Scheme) throws(URLError) -> UInt16 {
        let standard: UInt16 = scheme == .https ? 443 : 80
        guard text.count > 0 else { return standard }
        guard text[0] == 0x3A, text.count <= 6 else { throw .portInvalid }
        var value = 0
        for index in 1..<text.count {
            guard text[index] >= 0x30, text[index] <= 0x39 else { throw .portInvalid }
            value = value * 10 + Int(text[index] - 0x30)
        }
        // §3.2.3: an empty port is the scheme's.
        if text.count == 1 { return standard }
        guard value > 0, let port = UInt16(exactly: value) else { throw .portInvalid }
        return port
    }

    /// Four decimal octets without leading zeros; nil for anything else.
    private static func dottedQuad(_ text: Span<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var value = 0
        var digits = 0
        for index in 0...text.count {
            if index == text.count || text[index] == 0x2E {
                guard digits > 0, let octet = UInt8(exactly: value) else { return nil }
                octets.append(octet)
                value = 0
                digits = 0
            } else {
                guard text[index] >= 0x30, text[index] <= 0x39, digits < 3, digits == 0 || value > 0 else {
                    return nil
                }
                value = value * 10 + Int(text[index] - 0x30)
                digits += 1
            }
        }
        return octets.count == 4 ? octets : nil
    }
}
