// Resolver.swift - a host's addresses, within a deadline.
//
// Spec:    RFC 1035 §7; RFC 5452 §4 (random IDs and ports); RFC 6761 §6.3; hosts(5), resolv.conf(5).
// Secret:  no.
// Reads:   DNSMessage, NameServerSearch, ResolverFiles, SocketAddress, Random, File; Bytes. Read by: Socket.
//
// Why not getaddrinfo: in libc it cannot be interrupted, and in musl 1.2.3 it does not repeat a
// truncated query over TCP.

import Bytes

/// The sources for name resolution.
struct Resolver {
    /// Contents of the hosts file.
    let hosts: [UInt8]
    let servers: [SocketAddress]

    /// The current contents of the system's files. Without a name server the local one is used (resolv.conf(5)).
    static func system() -> Resolver {
        var servers: [SocketAddress] = []
        let hosts = contents("/etc/hosts")
        let configuration = contents("/etc/resolv.conf")
        for text in nameServers(configuration.span) {
            if let address = SocketAddress(literal: text, port: 53) { servers.append(address) }
        }
        if servers.isEmpty, let address = SocketAddress(literal: [UInt8]("127.0.0.1"), port: 53) {
            servers.append(address)
        }
        return Resolver(hosts: hosts, servers: servers)
    }

    private static func contents(_ path: StaticString) -> [UInt8] {
        do throws(PlatformError) { return try File.read(path: [UInt8](path), limit: 1 << 20) } catch {
            return []
        }
    }

    /// The addresses of a host, IPv4 first: most Lambda functions have no IPv6.
    ///
    /// - Throws: `nameInvalid`, `nameNotFound`, `nameServerFailed`, `nameServerTimedOut`, `nameHasNoAddress`.
    func addresses(of host: Span<UInt8>, port: UInt16, deadline: Deadline) throws(PlatformError)
        -> [SocketAddress]
    {
        if let literal = SocketAddress(literal: [UInt8](host), port: port) { return [literal] }
        let name =
            host.count > 0 && host[host.count - 1] == 0x2E ? host.extracting(0..<(host.count - 1)) : host
        // RFC 6761 §6.3: localhost is resolved without a query.
        if bytesEqualIgnoringASCIICase(name, "localhost") { return SocketAddress.loopback(port: port) }
        var found: [SocketAddress] = []
        for text in hostsAddresses(hosts.span, name: name) {
            if let address = SocketAddress(literal: text, port: port) { found.append(address) }
        }
        if !found.isEmpty { return found }
        let questions = [
            try DNSQuestion(name: name, type: .a, id: try randomID()),
            try DNSQuestion(name: name, type: .aaaa, id: try randomID()),
        ]
        var search = NameServerSearch(servers, questions, deadline)
        var addresses: [SocketAddress] = []
        for bytes in try search.run() { addresses.append(SocketAddress(bytes: bytes, port: port)) }
        return addresses
    }

    /// An unpredictable query ID (RFC 5452 §9.2).
    private func randomID() throws(PlatformError) -> UInt16 {
        var bytes = try Random.bytes(count: 2)
        return firstTwo(&bytes)
    }
}

private func firstTwo(_ bytes: inout SecretBytes) -> UInt16 {
    let span = bytes.span
    return UInt16(span[0]) << 8 | UInt16(span[1])
}
