// IPAddress.swift - an IP address from its text.
//
// Spec:    RFC 4291 §2.2, §2.5.3, §2.5.5.2; dotted decimal, by inet_pton.
// Secret:  no.
// Reads:   CLinux. Read by: SocketAddress; HTTP.

import CLinux

/// An IPv4 or IPv6 address.
public struct IPAddress: Equatable, Sendable {
    /// 4 or 16, in network order. An IPv4 address in IPv6's form (`::ffff:192.0.2.1`) is its 4 bytes.
    public let bytes: [UInt8]

    /// - Parameter literal: dotted decimal, or IPv6 without brackets; nil for anything else.
    public init?(literal: [UInt8]) {
        guard !literal.contains(0), literal.count < 64 else { return nil }
        let text = literal.map { CChar(bitPattern: $0) } + [0]
        for (family, count) in [(SystemNumber.familyIPv4, 4), (SystemNumber.familyIPv6, 16)] {
            var bytes = [UInt8](repeating: 0, count: 16)
            guard unsafe inet_pton(family, text, &bytes) == 1 else { continue }
            self.init(bytes: [UInt8](bytes[..<count]))
            return
        }
        return nil
    }

    private init(bytes: [UInt8]) {
        let prefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        self.bytes = bytes.count == 16 && [UInt8](bytes[..<12]) == prefix ? [UInt8](bytes[12...]) : bytes
    }

    /// 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool {
        if bytes.count == 4 { return bytes[0] == 127 }
        for byte in bytes[..<15] where byte != 0 { return false }
        return bytes[15] == 1
    }
}
