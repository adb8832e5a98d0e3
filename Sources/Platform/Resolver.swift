// Resolver.swift - a host's addresses, within a deadline.
//
// Spec:    RFC 1035 §4.2, §7; RFC 5452 §4 (random IDs and ports); RFC 6761 §6.3; hosts(5), resolv.conf(5).
// Secret:  no.
// Reads:   DNSMessage, ResolverFiles, Socket, DatagramSocket, Random, File. Read by: Socket.
//
// Why our own: libc's getaddrinfo cannot be interrupted, and that of musl 1.2.3 does not go over to
// TCP when an answer is cut short. A and AAAA are asked for together, every server in turn, each try
// for a slice of the time that is left.

import Bytes

/// Where to look names up.
struct Resolver {
    /// Contents of the hosts file.
    let hosts: [UInt8]
    let servers: [SocketAddress]
    /// How long one try waits at most.
    private static let tryMilliseconds: Int64 = 1000
    /// How long it waits at least, while there is time.
    private static let leastTryMilliseconds: Int64 = 300
    private static let rounds = 2
    /// The largest answer over TCP that is read.
    private static let answerByteCount = 16 * 1024

    /// What the system's files say now. Without a name server the local one is asked (resolv.conf(5)).
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

    /// The addresses of a host, IPv4 first: most functions have no IPv6.
    ///
    /// - Throws: `nameInvalid`, `nameNotFound`, `nameServerFailed`, `nameServerTimedOut`, `nameHasNoAddress`.
    func addresses(of host: Span<UInt8>, port: UInt16, deadline: Deadline) throws(PlatformError)
        -> [SocketAddress]
    {
        if let literal = SocketAddress(literal: [UInt8](host), port: port) { return [literal] }
        let name =
            host.count > 0 && host[host.count - 1] == 0x2E ? host.extracting(0..<(host.count - 1)) : host
        // RFC 6761 §6.3: without asking anybody.
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
        var failure = PlatformError.nameServerTimedOut
        for round in 0..<Self.rounds {
            for (index, server) in servers.enumerated() {
                let left = deadline.remainingMilliseconds
                guard left > 0 else { throw .nameServerTimedOut }
                // An equal share for each try, so that a silent server leaves the next one its chance.
                let tries = Int64((Self.rounds - round) * servers.count - index)
                let share = max(left / tries, min(left, Self.leastTryMilliseconds))
                let slice = Deadline.after(milliseconds: min(Self.tryMilliseconds, share))
                do throws(PlatformError) {
                    return try ask(server, questions, port: port, deadline: slice)
                } catch .nameNotFound {
                    throw .nameNotFound
                } catch .nameHasNoAddress {
                    throw .nameHasNoAddress
                } catch .writeFailed, .readFailed, .connectFailed {
                    // Nobody listens there. That it was a socket's fault would point at the key set's server.
                    failure = .nameServerFailed(code: 0)
                } catch { failure = error }
            }
        }
        throw failure
    }

    /// Asks one server for everything.
    private func ask(
        _ server: SocketAddress, _ questions: [DNSQuestion], port: UInt16, deadline: Deadline
    ) throws(PlatformError) -> [SocketAddress] {
        let socket = try DatagramSocket(to: server)
        for question in questions { try socket.send(question.message.span) }
        var answers: [DNSAnswer?] = [nil, nil]
        var buffer = [UInt8](repeating: 0, count: 4096)
        while answers[0] == nil || answers[1] == nil {
            let count: Int
            do throws(PlatformError) {
                count = try socket.receive(into: &buffer, deadline: deadline)
            } catch .readTimedOut {
                // One of the two may have come: some servers never answer for AAAA.
                if case .addresses(let list) = answers[0], !list.isEmpty { break }
                throw .nameServerTimedOut
            }
            for (index, question) in questions.enumerated() where answers[index] == nil {
                if let answer = readDNSAnswer(buffer.span.extracting(0..<count), to: question) {
                    answers[index] = answer
                }
            }
        }
        var addresses: [SocketAddress] = []
        var isKnown = false
        for index in questions.indices {
            var answer = answers[index]
            if answer == .truncated { answer = try askOverTCP(server, questions[index], deadline: deadline) }
            switch answer {
            case .addresses(let list):
                isKnown = true
                for bytes in list { addresses.append(SocketAddress(bytes: bytes, port: port)) }
            case .nameNotFound: throw .nameNotFound
            case .failure(let code):
                // A failure for one type does not hide addresses of the other.
                if index == questions.count - 1, addresses.isEmpty { throw .nameServerFailed(code: code) }
            case .truncated, nil: continue
            }
        }
        guard !addresses.isEmpty else {
            if isKnown { throw .nameHasNoAddress }
            throw .nameServerTimedOut
        }
        return addresses
    }

    /// §4.2.2: the message behind its length in two bytes.
    private func askOverTCP(
        _ server: SocketAddress, _ question: DNSQuestion, deadline: Deadline
    ) throws(PlatformError) -> DNSAnswer {
        let socket = try Socket.connect(to: server, deadline: deadline)
        var message: [UInt8] = []
        message.append(bigEndian: UInt64(question.message.count), byteCount: 2)
        message += question.message
        try socket.write(message.span, deadline: deadline)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try socket.read(into: &buffer, deadline: deadline)
            guard count > 0 else { throw .nameServerFailed(code: 0) }
            received.append(buffer.span.extracting(0..<count))
            guard received.count >= 2 else { continue }
            let length = Int(received[0]) << 8 | Int(received[1])
            guard length <= Self.answerByteCount else { throw .nameServerFailed(code: 0) }
            guard received.count >= 2 + length else { continue }
            guard let answer = readDNSAnswer(received.span.extracting(2..<(2 + length)), to: question) else {
                throw .nameServerFailed(code: 0)
            }
            return answer
        }
    }

    /// An ID that nobody can foresee (RFC 5452 §9.2).
    private func randomID() throws(PlatformError) -> UInt16 {
        var bytes = try Random.bytes(count: 2)
        return firstTwo(&bytes)
    }
}

private func firstTwo(_ bytes: inout SecretBytes) -> UInt16 {
    let span = bytes.span
    return UInt16(span[0]) << 8 | UInt16(span[1])
}
