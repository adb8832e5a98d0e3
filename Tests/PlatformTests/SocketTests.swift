import Bytes
import Foundation
import Platform
import Testing

/// A listening socket on loopback whose connections a test answers by hand.
private final class Listener: @unchecked Sendable {
    let descriptor: Int32
    private(set) var port: UInt16 = 0

    init(backlog: Int32 = 8) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, backlog)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(descriptor) }

    func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }
}

private func connect(_ host: String, _ port: UInt16, _ milliseconds: Int64 = 2000) throws(PlatformError)
    -> Socket
{
    try Socket.connect(host: Array(host.utf8).span, port: port, deadline: .after(milliseconds: milliseconds))
}

@Suite struct SocketTests {
    @Test(arguments: ["127.0.0.1", "localhost", "LocalHost"]) func bytesGoBothWays(host: String) throws {
        let listener = Listener()
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
        let listener = Listener()
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
        let listener = Listener()
        let client = try connect("127.0.0.1", listener.port)
        var failure: PlatformError?
        let large = [UInt8](repeating: 1, count: 32 << 20)
        do throws(PlatformError) { try client.write(large.span, deadline: .after(milliseconds: 50)) } catch {
            failure = error
        }
        #expect(failure == .writeTimedOut)
    }

    @Test func theOtherSidesCloseIsZeroBytes() throws {
        let listener = Listener()
        let client = try connect("127.0.0.1", listener.port)
        close(listener.accept())
        var buffer: [UInt8] = [0]
        #expect(try client.read(into: &buffer, deadline: .after(milliseconds: 2000)) == 0)
    }

    @Test func refusalsAreNamed() {
        func refusal(_ host: String, _ port: UInt16) -> PlatformError? {
            do throws(PlatformError) {
                _ = try connect(host, port)
                return nil
            } catch { return error }
        }
        // A port that was bound and closed again: nobody listens there.
        let port = Listener().port
        #expect(refusal("127.0.0.1", port) == .connectFailed(code: 111))
        #expect(refusal("", 80) == .nameInvalid)
        #expect(refusal("a..b", 80) == .nameInvalid)
    }
}
