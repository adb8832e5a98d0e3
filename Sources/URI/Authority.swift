// Authority.swift - the part of a URI with the host and the port.
//
// Spec:    RFC 3986 §3.2. Deliberately less: no user information; the host is a name of letters, digits, dots, hyphens
//          and underscores, or an IP literal.
// Secret:  no.
// Reads:   URLError; Bytes. Read by: URL, NormalURI.

import Bytes

/// A host and an optional port.
struct Authority {
    /// A name or an IP address, without the brackets of an IPv6 literal, in its original case.
    let host: [UInt8]
    let isIPv6Literal: Bool
    /// 1 to 65,535; nil for the scheme's default port, also if the colon is not followed by digits (§3.2.3).
    let port: UInt16?

    /// The end of an authority that begins at `start`: the offset of the next slash, question mark or number sign
    /// (§3.2).
    static func end(in text: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < text.count, text[end] != 0x2F, text[end] != 0x3F, text[end] != 0x23 { end += 1 }
        return end
    }

    /// - Throws: `hostMissing`, `hostInvalid`, `portInvalid`.
    init(_ text: Span<UInt8>) throws(URLError) {
        guard text.count > 0 else { throw .hostMissing }
        isIPv6Literal = text[0] == 0x5B
        let end = isIPv6Literal ? try Self.literalEnd(text) : try Self.nameEnd(text)
        host = [UInt8](text.extracting(isIPv6Literal ? 1..<(end - 1) : 0..<end))
        port = try Self.port(text.extracting(end..<text.count))
    }

    /// §3.2.2: the offset after the closing bracket.
    private static func literalEnd(_ text: Span<UInt8>) throws(URLError) -> Int {
        var end = 1
        while end < text.count, text[end] != 0x5D {
            let isIPv6Byte = Hex.value(text[end]) != nil || text[end] == 0x3A || text[end] == 0x2E
            guard isIPv6Byte else { throw .hostInvalid }
            end += 1
        }
        guard end < text.count, end >= 3 else { throw .hostInvalid }
        return end + 1
    }

    private static func nameEnd(_ text: Span<UInt8>) throws(URLError) -> Int {
        var end = 0
        while end < text.count, text[end] != 0x3A {
            guard isHostByte(text[end]) else { throw .hostInvalid }
            end += 1
        }
        guard end > 0 else { throw .hostMissing }
        // RFC 1035 §2.3.4: 255 octets in DNS messages correspond to 253 characters.
        guard end <= 253, text[0] != 0x2E, text[0] != 0x2D else { throw .hostInvalid }
        return end
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
        default: false
        }
    }

    /// - Parameter text: the part after the host.
    private static func port(_ text: Span<UInt8>) throws(URLError) -> UInt16? {
        guard text.count > 0 else { return nil }
        guard text[0] == 0x3A, text.count <= 6 else { throw .portInvalid }
        if text.count == 1 { return nil }
        guard let value = Decimal.value(text.extracting(1..<text.count)), value > 0,
            let port = UInt16(exactly: value)
        else { throw .portInvalid }
        return port
    }
}
