import Bytes
import Foundation
import TestSupport
import Testing

@testable import Platform

/// A name server on loopback, UDP and TCP on one port. `reply` returns the datagrams for a query, `delay` the seconds to wait
/// before them, and `stream` the response to a query over TCP. Its sockets stay open until the end of the process: a thread
/// waits on each, and a closed descriptor could be reused by another server.
private final class NameServer: @unchecked Sendable {
    let address: SocketAddress
    private let lock = NSLock()
    private var count = 0

    var questionCount: Int { lock.withLock { count } }

    init(
        delay: @escaping @Sendable ([UInt8]) -> Double = { _ in 0 },
        reply: @escaping @Sendable ([UInt8]) -> [[UInt8]],
        stream: @escaping @Sendable ([UInt8]) -> [UInt8] = { _ in [] }
    ) {
        func bound(_ type: Int32, _ port: UInt16) -> (Int32, UInt16) {
            let descriptor = socket(AF_INET, type, 0)
            var local = sockaddr_in()
            local.sin_family = sa_family_t(AF_INET)
            local.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            local.sin_port = port.bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            withUnsafeMutablePointer(to: &local) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, length)
                    _ = getsockname(descriptor, $0, &length)
                }
            }
            return (descriptor, UInt16(bigEndian: local.sin_port))
        }
        let (tcp, port) = bound(Int32(SOCK_STREAM.rawValue), 0)
        listen(tcp, 4)
        let (udp, _) = bound(Int32(SOCK_DGRAM.rawValue), port)
        address = SocketAddress(bytes: [127, 0, 0, 1], port: port)
        Thread { [weak self] in
            var buffer = [UInt8](repeating: 0, count: 1024)
            while true {
                var peer = sockaddr_in()
                var length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let received = withUnsafeMutablePointer(to: &peer) {
                    $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        recvfrom(udp, &buffer, buffer.count, 0, $0, &length)
                    }
                }
                if received <= 0 { return }
                self?.lock.withLock { self?.count += 1 }
                let question = Array(buffer[..<received])
                let (to, toLength) = (peer, length)
                let send = { @Sendable in
                    for datagram in reply(question) {
                        var to = to
                        _ = withUnsafeMutablePointer(to: &to) {
                            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                                sendto(udp, datagram, datagram.count, 0, $0, toLength)
                            }
                        }
                    }
                }
                let seconds = delay(question)
                guard seconds > 0 else {
                    send()
                    continue
                }
                Thread {
                    Thread.sleep(forTimeInterval: seconds)
                    send()
                }.start()
            }
        }.start()
        Thread {
            while true {
                let client = accept(tcp, nil, nil)
                if client < 0 { return }
                var buffer = [UInt8](repeating: 0, count: 1024)
                let received = recv(client, &buffer, buffer.count, 0)
                if received > 2 {
                    let answer = stream(Array(buffer[2..<received]))
                    _ = send(client, answer, answer.count, Int32(MSG_NOSIGNAL))
                }
                close(client)
            }
        }.start()
    }
}

private func isA(_ question: [UInt8]) -> Bool { question[question.count - 3] == 1 }

/// A response with these addresses after a CNAME record, and with further flags.
private func answer(
    _ question: [UInt8], _ addresses: [[UInt8]], flags: UInt8 = 0, code: UInt8 = 0
) -> [UInt8] {
    var message = question
    message[2] = 0x81 | flags
    message[3] = 0x80 | code
    message[7] = UInt8(addresses.count + 1)
    // CNAME: owner by pointer, type 5, class 1, TTL, data "x" by label.
    message += [0xC0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 3, 1, 0x78, 0]
    for address in addresses {
        message += [1, 0x78, 0, 0, address.count == 4 ? 1 : 28, 0, 1, 0, 0, 0, 60, 0, UInt8(address.count)]
        message += address
    }
    return message
}

private func resolve(
    _ host: String, _ servers: [NameServer], hosts: String = "", milliseconds: Int64 = 1500
) -> Result<[SocketAddress], PlatformError> {
    let resolver = Resolver(hosts: bytes(hosts), servers: servers.map(\.address))
    let name = bytes(host)
    do throws(PlatformError) {
        return .success(
            try resolver.addresses(of: name.span, port: 443, deadline: .after(milliseconds: milliseconds)))
    } catch { return .failure(error) }
}

/// The families of the found addresses, as 4 and 6.
private func families(_ result: Result<[SocketAddress], PlatformError>) -> [Int]? {
    guard case .success(let addresses) = result else { return nil }
    return addresses.map { $0.family == SystemNumber.familyIPv4 ? 4 : 6 }
}

private func failure(_ result: Result<[SocketAddress], PlatformError>) -> PlatformError? {
    guard case .failure(let error) = result else { return nil }
    return error
}

private let v4: [UInt8] = [192, 0, 2, 1]
private let v6: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

/// Names are resolved within the deadline, and hostile or silent name servers give no addresses (AUDIT 17, 32).
@Suite struct ResolverTests {
    @Test func bothFamiliesAreFound() {
        let server = NameServer { [answer($0, isA($0) ? [v4, v4] : [v6])] }
        #expect(families(resolve("idp.example.com", [server])) == [4, 4, 6])
        #expect(families(resolve("idp.example.com.", [server])) == [4, 4, 6])
    }

    @Test func literalsLocalhostAndTheHostsFileNeedNoQuery() {
        let server = NameServer { [answer($0, [])] }
        #expect(families(resolve("192.0.2.7", [server])) == [4])
        #expect(families(resolve("2001:db8::1", [server])) == [6])
        #expect(families(resolve("LocalHost", [server])) == [4, 6])
        let hosts =
            "127.0.0.1 localhost\n# 1.2.3.4 idp.example.com\n 10.0.0.1\tother IDP.example.com # x\n::1 idp.example.com\nbad idp.example.com\n"
        #expect(families(resolve("idp.example.com", [server], hosts: hosts)) == [4, 6])
        #expect(server.questionCount == 0)
    }

    @Test func serverErrorsAreReported() {
        #expect(failure(resolve("a.example", [NameServer { [answer($0, [], code: 3)] }])) == .nameNotFound)
        #expect(failure(resolve("a.example", [NameServer { [answer($0, [])] }])) == .nameHasNoAddress)
        #expect(
            failure(resolve("a.example", [NameServer { [answer($0, [], code: 2)] }]))
                == .nameServerFailed(code: 2))
        for name in ["", ".", "a..b", String(repeating: "a", count: 64) + ".example", "a\u{0}b."] {
            let expected: PlatformError = name == "a\u{0}b." ? .nameNotFound : .nameInvalid
            #expect(failure(resolve(name, [NameServer { [answer($0, [], code: 3)] }])) == expected)
        }
    }

    @Test func silenceEndsAtTheDeadline() {
        let start = ContinuousClock.now
        #expect(
            failure(resolve("a.example", [NameServer { _ in [] }], milliseconds: 200)) == .nameServerTimedOut)
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func aMissingServerFails() throws {
        // A loopback address where no process listens on port 53 refuses.
        let nobody = try #require(SocketAddress(literal: bytes("127.255.1.53"), port: 53))
        let resolver = Resolver(hosts: [], servers: [nobody])
        let name = bytes("a.example")
        #expect(throws: PlatformError.nameServerFailed(code: 0)) {
            try resolver.addresses(of: name.span, port: 443, deadline: .after(milliseconds: 1500))
        }
    }

    @Test func theNextServerIsQueried() {
        let silent = NameServer { _ in [] }
        let broken = NameServer { [answer($0, [], code: 2)] }
        let good = NameServer { [answer($0, isA($0) ? [v4] : [])] }
        #expect(families(resolve("a.example", [silent, broken, good], milliseconds: 5000)) == [4])
        // The time of a whole connection: a silent server uses only a share of it.
        #expect(families(resolve("a.example", [silent, good], milliseconds: 950)) == [4])
    }

    /// RFC 4074 §4.2, §4.3: whatever the response for one type is, the addresses of the other type are used, in
    /// whichever order the two responses come.
    @Test(arguments: [0, 3, 1, 2, 4, 5], [0.0, 0.05]) func failureOfOneTypeDoesNotHideTheOther(
        code: UInt8, delay: Double
    ) {
        let withoutIPv6 = NameServer(
            delay: { isA($0) ? delay : 0 },
            reply: { isA($0) ? [answer($0, [v4])] : [answer($0, [], code: code)] })
        #expect(families(resolve("a.example", [withoutIPv6])) == [4])
        let withoutIPv4 = NameServer(
            delay: { isA($0) ? delay : 0 },
            reply: { isA($0) ? [answer($0, [], code: code)] : [answer($0, [v6])] })
        #expect(families(resolve("a.example", [withoutIPv4])) == [6])
    }

    /// The error for a name without addresses.
    @Test(arguments: [
        (3, 3, PlatformError.nameNotFound), (3, 0, .nameNotFound), (3, 2, .nameNotFound),
        (0, 3, .nameHasNoAddress), (0, 0, .nameHasNoAddress), (0, 2, .nameServerFailed(code: 2)),
        (2, 3, .nameServerFailed(code: 2)), (2, 0, .nameServerFailed(code: 2)),
        (5, 4, .nameServerFailed(code: 5)),
    ]) func noAddressAtAll(a: UInt8, aaaa: UInt8, expected: PlatformError) {
        let server = NameServer { [answer($0, [], code: isA($0) ? a : aaaa)] }
        #expect(failure(resolve("a.example", [server])) == expected)
    }

    /// RFC 4074 §4.1: a query for AAAA without a response costs a moment, not the whole time.
    @Test func aMissingAAAAResponse() {
        let start = ContinuousClock.now
        let withoutIPv6 = NameServer { isA($0) ? [answer($0, [v4])] : [] }
        #expect(families(resolve("a.example", [withoutIPv6], milliseconds: 20_000)) == [4])
        let unknown = NameServer { isA($0) ? [answer($0, [], code: 3)] : [] }
        #expect(failure(resolve("a.example", [unknown], milliseconds: 20_000)) == .nameNotFound)
        #expect(ContinuousClock.now - start < .seconds(10))
        let withoutIPv4 = NameServer { isA($0) ? [] : [answer($0, [v6])] }
        #expect(families(resolve("a.example", [withoutIPv4], milliseconds: 1000)) == [6])
    }

    /// The response of a slow server is accepted until the caller's deadline.
    @Test func aSlowResponseIsAccepted() {
        for servers in [1, 2] {
            let slow = NameServer(delay: { _ in 2.3 }, reply: { [answer($0, isA($0) ? [v4] : [v6])] })
            let silent = NameServer { _ in [] }
            let found = resolve("a.example", servers == 1 ? [slow] : [silent, slow], milliseconds: 20_000)
            #expect(families(found) == [4, 6])
        }
        let slow = NameServer(delay: { _ in 2.3 }, reply: { [answer($0, isA($0) ? [v4] : [v6])] })
        #expect(failure(resolve("a.example", [slow], milliseconds: 600)) == .nameServerTimedOut)
    }

    /// A lost query is repeated, with delays that depend on the available time.
    @Test func queriesAreRepeated() {
        final class Count: @unchecked Sendable {
            private let lock = NSLock()
            private var value = 0
            func next() -> Int {
                lock.withLock {
                    value += 1
                    return value
                }
            }
        }
        let count = Count()
        // The first two queries are lost.
        let lossy = NameServer { count.next() <= 2 ? [] : [answer($0, isA($0) ? [v4] : [v6])] }
        #expect(families(resolve("a.example", [lossy], milliseconds: 5000)) == [4, 6])
        let silent = NameServer { _ in [] }
        #expect(failure(resolve("a.example", [silent], milliseconds: 3500)) == .nameServerTimedOut)
        // At 0, 1 and 2 seconds; the next turn would be at 4.
        #expect(silent.questionCount == 6)
    }

    /// RFC 5452 §9.1: a response that does not match the query is ignored.
    @Test func forgedResponsesAreIgnored() {
        let server = NameServer { question in
            var otherID = answer(question, [v6])
            otherID[0] ^= 1
            var otherName = answer(question, [v6])
            otherName[13] ^= 1
            var noResponse = answer(question, [v6])
            noResponse[2] &= 0x7F
            let good = answer(question, isA(question) ? [v4] : [])
            return [otherID, otherName, noResponse, [], Array(good.prefix(20)), Array(good.dropLast()), good]
        }
        #expect(families(resolve("a.example", [server])) == [4])
    }

    @Test func truncatedQueriesAreRepeatedOverTCP() {
        let server = NameServer(
            reply: { [answer($0, [], flags: 0x02)] },
            stream: { question in
                let full = answer(question, isA(question) ? Array(repeating: v4, count: 14) : [v6])
                return [UInt8(full.count >> 8), UInt8(full.count & 0xFF)] + full
            })
        #expect(families(resolve("a.example", [server]))?.count == 15)
    }

    /// If the response over TCP is missing, the addresses of the other type are used.
    @Test func aFailureOverTCPKeepsTheOtherType() {
        let start = ContinuousClock.now
        let withoutTCP = NameServer { isA($0) ? [answer($0, [v4])] : [answer($0, [], flags: 0x02)] }
        #expect(families(resolve("a.example", [withoutTCP], milliseconds: 20_000)) == [4])
        #expect(ContinuousClock.now - start < .seconds(10))
        // If TCP is silent, the addresses of the other type are used without a wait.
        let silentTCP = NameServer(
            reply: { isA($0) ? [answer($0, [v4])] : [answer($0, [], flags: 0x02)] },
            stream: { _ in
                Thread.sleep(forTimeInterval: 30)
                return []
            })
        #expect(families(resolve("a.example", [silentTCP], milliseconds: 2000)) == [4])
        let whole = NameServer { [answer($0, [], flags: 0x02)] }
        #expect(failure(resolve("a.example", [whole])) == .nameServerTimedOut)
    }

    @Test func addressesEndAtTheirLimit() {
        let server = NameServer { [answer($0, isA($0) ? Array(repeating: v4, count: 20) : [])] }
        #expect(families(resolve("a.example", [server]))?.count == dnsAddressCount)
    }

    @Test func everyByteOfAnAnswerChangedOrCutNeverTraps() throws {
        let name = bytes("idp.example.com")
        let question = try DNSQuestion(name: name.span, type: .a, id: 7)
        let good = answer(question.message, [v4])
        for index in good.indices {
            for bit in 0..<8 {
                var changed = good
                changed[index] ^= 1 << bit
                _ = readDNSAnswer(changed.span, to: question)
            }
            _ = readDNSAnswer(good.span.extracting(0..<index), to: question)
        }
        #expect(readDNSAnswer(good.span, to: question) == .addresses([v4]))
    }

    @Test func nameServersAreRead() {
        let file = bytes(
            "# nameserver 1.1.1.1\nnameserver 10.0.0.2 ; x\nsearch example.com\nnameserver\t::1\nnameserver 10.0.0.3\nnameserver 10.0.0.4"
        )
        #expect(nameServers(file.span) == ["10.0.0.2", "::1", "10.0.0.3"].map(bytes))
    }
}
