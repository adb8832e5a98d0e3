// SocketAddress.swift - an IP address and a port in the kernel's form.
//
// Spec:    RFC 4291 §2.2 and dotted decimal, by inet_pton.
// Secret:  no.
// Reads:   CLinux, Bytes. Read by: Socket, DatagramSocket, Resolver.

import Bytes
import CLinux

/// One address to connect to.
struct SocketAddress {
    private enum Storage {
        case v4(sockaddr_in)
        case v6(sockaddr_in6)
    }

    private let storage: Storage

    /// The loopback addresses, IPv4 first.
    static func loopback(port: UInt16) -> [SocketAddress] {
        [
            SocketAddress(bytes: [127, 0, 0, 1], port: port),
            SocketAddress(bytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], port: port),
        ]
    }

    /// - Parameter bytes: an address of 4 or 16 bytes, in network order.
    init(bytes: [UInt8], port: UInt16) {
        precondition(bytes.count == 4 || bytes.count == 16)
        if bytes.count == 4 {
            var v4 = sockaddr_in()
            v4.sin_family = sa_family_t(SystemNumber.familyIPv4)
            v4.sin_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &v4.sin_addr) { memory in
                for index in 0..<4 { unsafe memory[index] = bytes[index] }
            }
            storage = .v4(v4)
        } else {
            var v6 = sockaddr_in6()
            v6.sin6_family = sa_family_t(SystemNumber.familyIPv6)
            v6.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &v6.sin6_addr) { memory in
                for index in 0..<16 { unsafe memory[index] = bytes[index] }
            }
            storage = .v6(v6)
        }
    }

    /// - Parameter literal: dotted decimal, or IPv6 without brackets; nil for anything else.
    init?(literal: [UInt8], port: UInt16) {
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

    /// Calls `body` with the address in the form of the system calls.
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
