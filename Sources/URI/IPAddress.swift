// IPAddress.swift - parses IP addresses.
//
// Spec:    RFC 3986 §3.2.2 (dec-octet); RFC 4291 §2.2 (the three forms of IPv6), §2.5.3, §2.5.5.2.
// Secret:  no.
// Reads:   Bytes. Read by: URL, ProxyRules.
//
// Accepts the same texts as inet_pton(3), without libc. Tests/URITests/IPAddressTests.swift compares the two.

import Bytes

/// An IPv4 or IPv6 address.
public struct IPAddress: Equatable, Sendable {
    /// 4 or 16 bytes in network order. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) is stored as its 4 bytes.
    public let bytes: [UInt8]

    /// - Parameter literal: dotted decimal, or IPv6 without brackets. Returns nil for any other text.
    public init?(literal: [UInt8]) {
        let text = literal.span
        if let octets = Self.dottedDecimal(text) {
            bytes = octets
        } else if let groups = Self.colonHexadecimal(text) {
            bytes = Self.isMapped(groups) ? [UInt8](groups[12...]) : groups
        } else {
            return nil
        }
    }

    /// 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        for byte in bytes[..<15] where byte != 0 { return false }
        return bytes[15] == 1
    }

    // MARK: Inside

    /// Four numbers from 0 to 255 without leading zeros, separated by dots.
    private static func dottedDecimal(_ text: Span<UInt8>) -> [UInt8]? {
        var octets: [UInt8] = []
        var start = 0
        while start <= text.count {
            let end = text.firstIndex(of: 0x2E, from: start)
            let digits = text.extracting(start..<end)
            guard octets.count < 4, digits.count <= 3,
                digits.count == 1 || (digits.count > 1 && digits[0] != 0x30),
                let value = Decimal.value(digits), let octet = UInt8(exactly: value)
            else { return nil }
            octets.append(octet)
            start = end + 1
        }
        return octets.count == 4 ? octets : nil
    }

    /// RFC 4291 §2.2: groups of one to four digits. `::` may occur once, for one or more groups of zeros. The last two
    /// groups may be dotted decimal.
    private static func colonHexadecimal(_ text: Span<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        // The offset at which the zeros of `::` are inserted.
        var gap: Int?
        var index = 0
        if text.count >= 2, text[0] == 0x3A {
            guard text[1] == 0x3A else { return nil }
            gap = 0
            index = 2
        }
        while index < text.count {
            let end = text.firstIndex(of: 0x3A, from: index)
            let group = text.extracting(index..<end)
            if end == text.count, let octets = dottedDecimal(group) {
                bytes += octets
                index = end
                break
            }
            guard group.count >= 1, group.count <= 4, bytes.count < 16 else { return nil }
            var value: UInt16 = 0
            for place in group.indices {
                guard let digit = Hex.value(group[place]) else { return nil }
                value = value << 4 | UInt16(digit)
            }
            bytes.append(UInt8(value >> 8))
            bytes.append(UInt8(truncatingIfNeeded: value))
            guard end < text.count else { break }
            index = end + 1
            // An address cannot end in a colon, except as the second colon of `::`.
            guard index < text.count else { return nil }
            if text[index] == 0x3A {
                guard gap == nil else { return nil }
                gap = bytes.count
                index += 1
            }
        }
        guard let gap else { return bytes.count == 16 ? bytes : nil }
        guard bytes.count <= 14 else { return nil }
        let zeros = [UInt8](repeating: 0, count: 16 - bytes.count)
        return [UInt8](bytes[..<gap]) + zeros + [UInt8](bytes[gap...])
    }

    /// §2.5.5.2: an IPv4-mapped address starts with 80 zero bits and 16 one bits.
    private static func isMapped(_ groups: [UInt8]) -> Bool {
        for byte in groups[..<10] where byte != 0 { return false }
        return groups[10] == 0xFF && groups[11] == 0xFF
    }
}
