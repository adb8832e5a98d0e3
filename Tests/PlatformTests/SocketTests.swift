import Bytes
import Foundation
import TestSupport
import Testing

@testable import Platform

private func connect(_ host: String, _ port: UInt16, _ milliseconds: Int64 = 2000) throws(PlatformError)
    -> Socket
{
    try Socket.connect(
        host: Array(host.utf8).span, port: port, resolveDeadline: .after(milliseconds: milliseconds)
    ) { .after(milliseconds: milliseconds) }
}

/// Every wait for another machine has a deadline, and refusals have specific errors (AUDIT 17).
@Suite struct SocketTests {
    @Test(arguments: ["127.0.0.1", "localhost", "LocalHost"]) func bytesGoBothWays(host: String) throws {
        let listener = LoopbackListener()
        let client = try connect(host, listener.port)
        let server = listener.accept()
        defer { close(server) }
        let message = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
        let echo = Thread {
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(server, &buffer, buffer.count, 0)
                if count <= 0 { break }
                _ = send(server, buffer, count, 0)
            }
        }
        echo.start()
        try client.write(message.span, deadline: .after(milliseconds: 5000))
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 3000)
        while received.count < message.count {
            let count = try client.read(into: &buffer, deadline: .after(milliseconds: 5000))
            try #require(count > 0 && count <= 3000)
            received += buffer[..<count]
        }
        #expect(received == message)
    }

    @Test func silenceEndsAtTheDeadline() throws {
        let listener = LoopbackListener()
        let client = try connect("127.0.0.1", listener.port)
        var buffer: [UInt8] = [7]
        var failure: PlatformError?
        do throws(PlatformError) {
            _ = try client.read(into: &buffer, deadline: .after(milliseconds: 30))
        } catch { failure = error }
        #expect(failure == .readTimedOut)
        #expect(buffer == [7])
    }

    @Test func aReaderThatStopsEndsTheWriteAtTheDeadline() throws {
        let listener = LoopbackListener()
        let client = try connect("127.0.0.1", listener.port)
        var failure: PlatformError?
        let large = [UInt8](repeating: 1, count: 32 << 20)
        do throws(PlatformError) { try client.write(large.span, deadline: .after(milliseconds: 50)) } catch {
            failure = error
        }
        #expect(failure == .writeTimedOut)
    }

    @Test func aClosedConnectionReadsZeroBytes() throws {
        let listener = LoopbackListener()
        let client = try connect("127.0.0.1", listener.port)
        close(listener.accept())
        var buffer: [UInt8] = [0]
        #expect(try client.read(into: &buffer, deadline: .after(milliseconds: 2000)) == 0)
    }

    @Test func refusalsAreNamed() {
        func refusal(_ host: String, _ port: UInt16) -> PlatformError? {
            thrown { () throws(PlatformError) in
                _ = try connect(host, port)
            }
        }
        // A port that was bound and closed again: no process listens there.
        let port = LoopbackListener().port
        #expect(refusal("127.0.0.1", port) == .connectFailed(code: 111))
        #expect(refusal("", 80) == .nameInvalid)
        #expect(refusal("a..b", 80) == .nameInvalid)
    }

    // MARK: Several addresses

    private func address(_ literal: String, _ port: UInt16) throws -> SocketAddress {
        try #require(SocketAddress(literal: Array(literal.utf8), port: port))
    }

    private func race(_ addresses: [SocketAddress], _ milliseconds: Int64 = 5000) -> Result<
        Socket, PlatformError
    > {
        var race = ConnectRace(addresses)
        do throws(PlatformError) {
            return .success(try race.run(until: .after(milliseconds: milliseconds)))
        } catch {
            return .failure(error)
        }
    }

    private func failure(_ result: Result<Socket, PlatformError>) -> PlatformError? {
        if case .failure(let error) = result { error } else { nil }
    }

    /// A listener whose queue is full neither accepts nor refuses connections. Packets are dropped, as for an unused
    /// address.
    private func deadEnd() throws -> (LoopbackListener, [Socket]) {
        let listener = LoopbackListener(backlog: 0)
        var waiting: [Socket] = []
        for _ in 0..<8 {
            guard case .success(let socket) = race([try address("127.0.0.1", listener.port)], 100) else {
                break
            }
            waiting.append(socket)
        }
        try #require(waiting.count < 8)
        return (listener, waiting)
    }

    @Test func aDeadAddressDoesNotUseAllTime() throws {
        let (dead, waiting) = try deadEnd()
        let listener = LoopbackListener()
        let addresses = [try address("127.0.0.1", dead.port), try address("127.0.0.1", listener.port)]
        let client = try race(addresses).get()
        let server = listener.accept()
        defer { close(server) }
        // The connected socket reads and writes like any other.
        try client.write([1, 2, 3].span, deadline: .after(milliseconds: 2000))
        var heard: [UInt8] = [0, 0, 0]
        #expect(recv(server, &heard, 3, Int32(MSG_WAITALL)) == 3 && heard == [1, 2, 3])
        _ = send(server, heard, 3, 0)
        var buffer: [UInt8] = [0, 0, 0]
        #expect(try client.read(into: &buffer, deadline: nil) > 0)
        #expect(race(addresses.reversed()).failureIsNil)
        #expect(failure(race([addresses[0], addresses[0]], 400)) == .connectTimedOut)
        _ = waiting
    }

    /// The default of KEYS_CONNECT_TIMEOUT_MS is long enough to reach the fifth address.
    @Test func fourDeadAddresses() throws {
        let (dead, waiting) = try deadEnd()
        let listener = LoopbackListener()
        let all = try [dead.port, dead.port, dead.port, dead.port, listener.port].map {
            try address("127.0.0.1", $0)
        }
        #expect(race(all, 2000).failureIsNil)
        _ = waiting
    }

    @Test func aRefusalStartsTheNextAttemptAtOnce() throws {
        let listener = LoopbackListener()
        let closed = try address("127.0.0.1", LoopbackListener().port)
        #expect(race([closed, closed, closed, closed, try address("127.0.0.1", listener.port)]).failureIsNil)
        #expect(
            failure(race([closed, try address("::1", LoopbackListener().port)])) == .connectFailed(code: 111))
    }

    /// RFC 8305 §4.
    @Test func familiesAlternate() throws {
        func ports(_ literals: [String]) throws -> [Int32] {
            let addresses = try literals.map { try address($0, 1) }
            return ConnectRace.familiesInTurn(addresses).map(\.family)
        }
        let (four, six) = (Int32(AF_INET), Int32(AF_INET6))
        #expect(try ports(["1.1.1.1", "1.1.1.2", "1.1.1.3", "::1", "::2"]) == [four, six, four, six, four])
        #expect(try ports(["::1", "1.1.1.1", "1.1.1.2"]) == [six, four, four])
        #expect(try ports(["::1"]) == [six])
        #expect(try ports([]) == [])
    }
}

extension Result {
    fileprivate var failureIsNil: Bool { if case .success = self { true } else { false } }
}
