// SocketAddress.swift - an IP address and a port, as the kernel takes them.
//
// Spec:    RFC 4291 §2.2 and dotted decimal, by inet_pton; RFC 6761 §6.3 (localhost is loopback).
// Secret:  no.
// Reads:   CLinux, PlatformError. Read by: Socket.

import Bytes
import CLinux

/// One address to connect to.
struct SocketAddress {
    private enum Storage {
        case v4(sockaddr_in)
        case v6(sockaddr_in6)
    }

    private let storage: Storage

    /// - Throws: `hostNotSupported` for a name other than `localhost`.
    static func resolve(_ host: Span<UInt8>, port: UInt16) throws(PlatformError) -> [SocketAddress] {
        // RFC 6761 §6.3: without asking anybody.
        if bytesEqualIgnoringASCIICase(host, "localhost") {
            var addresses: [SocketAddress] = []
            for literal in ["127.0.0.1", "::1"] as [StaticString] {
                if let address = SocketAddress(literal: [UInt8](literal), port: port) {
                    addresses.append(address)
                }
            }
            return addresses
        }
        guard let address = SocketAddress(literal: [UInt8](host), port: port) else { throw .hostNotSupported }
        return [address]
    }

    /// - Parameter literal: dotted decimal, or IPv6 without brackets; nil for anything else.
    private init?(literal: [UInt8], port: UInt16) {
        guard !literal.contains(0), literal.count < 64 else { return nil }
        let text = literal.map { CChar(bitPattern: $0) } + [0]
        var v4 = sockaddr_in()
        if unsafe inet_pton(SystemNumber.familyIPv4, text, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(SystemNumber.familyIPv4)
            v4.sin_port = port.bigEndian
            storage = .v4(v4)
            return
        }
        var v6 = sockaddr_in6()
        guard unsafe inet_pton(SystemNumber.familyIPv6, text, &v6.sin6_addr) == 1 else { return nil }
        v6.sin6_family = sa_family_t(SystemNumber.familyIPv6)
        v6.sin6_port = port.bigEndian
        storage = .v6(v6)
    }

    var family: Int32 {
        switch storage {
        case .v4: SystemNumber.familyIPv4
        case .v6: SystemNumber.familyIPv6
        }
    }

    /// Lends the address in the form of the system call.
    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        switch storage {
        case .v4(var address):
            return unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
        case .v6(var address):
            return unsafe withUnsafePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe body($0, socklen_t(MemoryLayout<sockaddr_in6>.size))
                }
            }
        }
    }
}
