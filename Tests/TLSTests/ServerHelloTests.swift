import Bytes
import Testing
import X509

@testable import TLS

/// A ServerHello, valid with the default arguments.
private struct Hello {
    var version: UInt16 = 0x0303
    var random = [UInt8](repeating: 7, count: 32)
    var sessionIdentifier: [UInt8]?
    var suite: UInt16 = 0x1301
    var compression: UInt8 = 0
    var extensions: [[UInt8]]?
    var tail: [UInt8] = []

    static let share = item(.keyShare, [0, 29] + vector(2, [9] + [UInt8](repeating: 0, count: 31)))
    static let version13 = item(.supportedVersions, [3, 4])
    static let retryRandom: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]

    func bytes() -> [UInt8] {
        var body: [UInt8] = [UInt8(version >> 8), UInt8(version & 0xFF)] + random
        body += vector(1, sessionIdentifier ?? fixedSessionIdentifier())
        body += [UInt8(suite >> 8), UInt8(suite & 0xFF), compression]
        let list = extensions ?? [Self.version13, Self.share]
        body += vector(2, list.flatMap { $0 }) + tail
        return plain(.handshake, message(.serverHello, body))
    }

    /// A ServerHello of a TLS 1.2 server.
    static func tls12(_ change: (inout Hello) -> Void = { _ in }) -> Hello {
        var hello = Hello(
            sessionIdentifier: [], suite: 0xC02F,
            extensions: [item(.renegotiationInfo, [0]), item(.extendedMasterSecret, [])])
        change(&hello)
        return hello
    }

    static func retry(_ extensions: [[UInt8]]) -> Hello {
        Hello(random: retryRandom, extensions: [version13] + extensions)
    }
}

private func makeTestClient() throws -> TLSClient {
    try Recording("1.3").client()
}

/// Every refusal of an unprotected record has its alert, in an unprotected record.
private func checkedRefusal(_ client: TLSClient, _ bytes: [UInt8]) -> TLSError? {
    _ = client.takeOutput()
    let error = refusal(client, bytes)
    if let alert = error?.alert {
        let output = client.takeOutput()
        #expect(
            Array(output.suffix(7)) == [21, 3, 3, 0, 2, 2, alert.rawValue], "\(String(describing: error))")
    }
    return error
}

@Suite struct ServerHelloTests {
    private func refused(_ hello: Hello) throws -> TLSError? {
        let client = try makeTestClient()
        return checkedRefusal(client, hello.bytes())
    }

    @Test func fieldsOfTLS13() throws {
        #expect(try refused(Hello()) == nil)
        #expect(try refused(Hello(version: 0x0302)) == .version(0x0302))
        #expect(try refused(Hello(version: 0x0304)) == .version(0x0304))
        #expect(try refused(Hello(sessionIdentifier: [])) == .sessionIdentifier)
        #expect(
            try refused(Hello(sessionIdentifier: [UInt8](repeating: 1, count: 33)))
                == .malformed(message: .serverHello))
        #expect(try refused(Hello(suite: 0x1304)) == .cipherSuite(0x1304))
        #expect(try refused(Hello(suite: 0xC02F)) == .cipherSuite(0xC02F))
        #expect(try refused(Hello(compression: 1)) == .compressionMethod(1))
        #expect(try refused(Hello(tail: [0])) == .malformed(message: .serverHello))
    }

    @Test func extensionsOfTLS13() throws {
        func refused(_ items: [UInt8]...) throws -> TLSError? {
            try self.refused(Hello(extensions: [Hello.version13] + items))
        }
        #expect(try refused() == .missingExtension(message: .serverHello, type: .keyShare))
        #expect(
            try refused(Hello.share, Hello.share)
                == .duplicateExtension(message: .serverHello, type: .keyShare))
        #expect(
            try refused(Hello.share, item(.supportedGroups, []))
                == .misplacedExtension(message: .serverHello, type: .supportedGroups))
        #expect(
            try refused(Hello.share, item(35, [])) == .unofferedExtension(message: .serverHello, type: 35))
        #expect(
            try refused(Hello.share, item(.cookie, [0, 1, 1]))
                == .unofferedExtension(message: .serverHello, type: .cookie))
        // No key was offered.
        #expect(
            try refused(Hello.share, item(.preSharedKey, [0, 0]))
                == .unofferedExtension(message: .serverHello, type: .preSharedKey))
        // A group that was offered without a share; one that was not offered.
        #expect(try refused(item(.keyShare, [0, 23] + vector(2, [4]))) == .group(23))
        #expect(try refused(item(.keyShare, [0, 25] + vector(2, [4]))) == .group(25))
        #expect(try refused(item(.keyShare, [0, 29] + vector(2, []))) == .malformed(message: .serverHello))
        #expect(
            try refused(item(.keyShare, [0, 29] + vector(2, [9])))
                == .keyShare(.peerKeyLength(expected: 32, actual: 1)))
        // A key of small order.
        #expect(
            try refused(item(.keyShare, [0, 29] + vector(2, [UInt8](repeating: 0, count: 32))))
                == .keyShare(.zeroSharedSecret))
        for version: UInt16 in [0x0303, 0x0305, 0x7F1C] {
            let list = [item(.supportedVersions, [UInt8(version >> 8), UInt8(version & 0xFF)]), Hello.share]
            #expect(try self.refused(Hello(extensions: list)) == .selectedVersion(version))
        }
        #expect(
            try self.refused(Hello(extensions: [item(.supportedVersions, [3]), Hello.share]))
                == .malformed(message: .serverHello))
        #expect(
            try self.refused(Hello(extensions: [item(.supportedVersions, [3, 4, 0]), Hello.share]))
                == .malformed(message: .serverHello))
    }

    @Test func theNumberOfExtensionsIsBounded() throws {
        // At the limit the first unknown one is named; one past it, the number.
        let many = [Hello.version13] + (1..<TLSLimits.extensionCount).map { item(UInt16(0x1000 + $0), []) }
        #expect(
            try refused(Hello(extensions: many)) == .unofferedExtension(message: .serverHello, type: 0x1001))
        #expect(
            try refused(Hello(extensions: many + [item(0x2000, [])]))
                == .tooManyExtensions(limit: TLSLimits.extensionCount))
    }

    @Test func helloRetryRequest() throws {
        let p256 = item(.keyShare, [0, 23])
        #expect(try refused(.retry([p256])) == nil)
        #expect(try refused(.retry([])) == .idleHelloRetryRequest)
        #expect(try refused(.retry([item(.keyShare, [0, 29])])) == .group(29))
        #expect(try refused(.retry([item(.keyShare, [0, 25])])) == .group(25))
        #expect(try refused(.retry([item(.keyShare, [0])])) == .malformed(message: .serverHello))
        #expect(try refused(.retry([item(.cookie, [0, 0])])) == .malformed(message: .serverHello))
        #expect(
            try refused(.retry([p256, item(.applicationLayerProtocolNegotiation, [])]))
                == .misplacedExtension(message: .serverHello, type: .applicationLayerProtocolNegotiation))
        #expect(
            try refused(.retry([p256, item(35, [])])) == .unofferedExtension(message: .serverHello, type: 35))
        #expect(
            try refused(Hello(random: Hello.retryRandom, extensions: [p256]))
                == .missingExtension(message: .serverHello, type: .supportedVersions))
        let limit = TLSLimits.cookieByteCount
        let cookie = { (count: Int) in item(.cookie, vector(2, [UInt8](repeating: 1, count: count))) }
        #expect(try refused(.retry([cookie(limit)])) == nil)
        #expect(try refused(.retry([cookie(limit + 1)])) == .cookieTooLong(limit: limit, actual: limit + 1))
    }

    /// The second ClientHello has the cookie and the other share, and is otherwise the first.
    @Test func theRetriedHello() throws {
        let client = try makeTestClient()
        let first = client.takeOutput()
        let retry = Hello.retry([item(.keyShare, [0, 24]), item(.cookie, vector(2, [1, 2, 3]))]).bytes()
        try client.receive(retry.span)
        let output = records(client.takeOutput())
        #expect(output.count == 2)
        #expect(output[0] == [20, 3, 3, 0, 1, 1])
        let hello = Array(output[1][5...])
        let share = [UInt8]([0, 51, 0, 103, 0, 101, 0, 24, 0, 97, 4])
        #expect(contains(hello, share))
        #expect(hello[..<71] == first[5...][..<76] || hello[4..<40] == first[9..<45])
        #expect(hello.suffix(9) == [0, 44, 0, 5, 0, 3, 1, 2, 3])
        // A second one, another suite, an earlier version, data after the request.
        let second = Hello.retry([item(.keyShare, [0, 23])])
        #expect(checkedRefusal(client, second.bytes()) == .secondHelloRetryRequest)
        for (next, error): (Hello, TLSError) in [
            (Hello(suite: 0x1302), .cipherSuite(0x1302)), (Hello.tls12(), .version(0x0303)),
            (Hello(), .group(29)),
        ] {
            let client = try makeTestClient()
            try client.receive(retry.span)
            #expect(checkedRefusal(client, next.bytes()) == error)
        }
        let hurried = try makeTestClient()
        let both = Array(retry[5...]) + [2]
        #expect(checkedRefusal(hurried, plain(.handshake, both)) == .messageAcrossRecords)
    }

    @Test func fieldsOfTLS12() throws {
        #expect(try refused(.tls12()) == nil)
        for last: UInt8 in [0, 1] {
            let random = [UInt8](repeating: 7, count: 24) + Array("DOWNGRD".utf8) + [last]
            #expect(try refused(.tls12 { $0.random = random }) == .downgrade)
        }
        #expect(try refused(.tls12 { $0.sessionIdentifier = nil }) == .sessionIdentifier)
        for suite: UInt16 in [0x1301, 0x002F, 0xC013, 0x009C, 0x00FF] {
            #expect(try refused(.tls12 { $0.suite = suite }) == .cipherSuite(suite))
        }
        #expect(try refused(.tls12 { $0.compression = 1 }) == .compressionMethod(1))
        #expect(try refused(.tls12 { $0.version = 0x0301 }) == .version(0x0301))
    }

    @Test func extensionsOfTLS12() throws {
        func refused(_ items: [UInt8]...) throws -> TLSError? {
            try self.refused(.tls12 { $0.extensions = items })
        }
        let renegotiation = item(.renegotiationInfo, [0])
        #expect(try refused(item(.extendedMasterSecret, [])) == .secureRenegotiationMissing)
        #expect(try refused(item(.renegotiationInfo, [1, 0])) == .renegotiationInfo)
        #expect(
            try refused(renegotiation, item(.extendedMasterSecret, [0])) == .malformed(message: .serverHello))
        // Without extended master secret.
        #expect(try refused(renegotiation) == nil)
        #expect(try refused(renegotiation, item(.serverName, [])) == nil)
        #expect(try refused(renegotiation, item(.serverName, [0])) == .malformed(message: .serverHello))
        #expect(try refused(renegotiation, item(.ecPointFormats, [2, 1, 0])) == nil)
        #expect(try refused(renegotiation, item(.ecPointFormats, [1, 1])) == .pointFormats)
        #expect(try refused(renegotiation, item(.ecPointFormats, [0])) == .malformed(message: .serverHello))
        #expect(
            try refused(renegotiation, item(.applicationLayerProtocolNegotiation, [0, 3, 2, 0x68, 0x32]))
                == .applicationProtocol)
        #expect(
            try refused(
                renegotiation, item(.applicationLayerProtocolNegotiation, [0, 9, 8] + Array("http/1.1".utf8)))
                == nil)
        #expect(
            try refused(renegotiation, item(35, [])) == .unofferedExtension(message: .serverHello, type: 35))
        #expect(try refused(renegotiation, item(.supportedGroups, [0, 2, 0, 29])) == nil)
        #expect(
            try refused(renegotiation, Hello.share)
                == .misplacedExtension(message: .serverHello, type: .keyShare))
        // No extensions at all.
        let client = try makeTestClient()
        let body: [UInt8] = [3, 3] + [UInt8](repeating: 7, count: 32) + [0, 0xC0, 0x2F, 0]
        #expect(
            checkedRefusal(client, plain(.handshake, message(.serverHello, body)))
                == .secureRenegotiationMissing)
    }

    /// Each byte less of a ServerHello is malformed, or an incomplete message.
    @Test func aCutServerHello() throws {
        let whole = Hello().bytes()
        let body = Array(whole[9...])
        for count in body.indices where count != 38 + 32 {
            let client = try makeTestClient()
            let error = checkedRefusal(
                client, plain(.handshake, message(.serverHello, Array(body[..<count]))))
            #expect(error == .malformed(message: .serverHello), "\(count)")
        }
    }
}

@Suite struct RecordTests {
    @Test func headers() throws {
        #expect(checkedRefusal(try makeTestClient(), [24, 3, 3, 0, 0]) == .recordType(24))
        #expect(checkedRefusal(try makeTestClient(), Array("HTTP/1.1".utf8)) == .recordType(0x48))
        #expect(checkedRefusal(try makeTestClient(), [22, 2, 0, 0, 1]) == .recordVersion(0x0200))
        #expect(checkedRefusal(try makeTestClient(), [22, 3, 3, 0x40, 0]) == nil)
        #expect(
            checkedRefusal(try makeTestClient(), [22, 3, 3, 0x40, 1])
                == .recordTooLong(limit: 16_384, actual: 16_385))
        #expect(checkedRefusal(try makeTestClient(), plain(.handshake, [])) == .emptyRecord(type: .handshake))
        #expect(checkedRefusal(try makeTestClient(), plain(.alert, [])) == .emptyRecord(type: .alert))
        #expect(
            checkedRefusal(try makeTestClient(), plain(.applicationData, [1]))
                == .unexpectedRecord(type: .applicationData))
    }

    @Test func messagesBeforeTheServerHello() throws {
        for type: UInt8 in [
            .helloRequest, .clientHello, .newSessionTicket, .encryptedExtensions, .certificate,
            .serverKeyExchange, .certificateRequest, .serverHelloDone, .certificateVerify, .clientKeyExchange,
            .finished, .keyUpdate, .messageHash, 255,
        ] {
            #expect(
                checkedRefusal(try makeTestClient(), plain(.handshake, message(type, [])))
                    == .unexpectedMessage(message: type))
        }
        let limit = TLSLimits.handshakeMessageByteCount
        #expect(checkedRefusal(try makeTestClient(), plain(.handshake, [2, 1, 0, 0])) == nil)
        #expect(
            checkedRefusal(try makeTestClient(), plain(.handshake, [2, 1, 0, 1]))
                == .messageTooLong(message: .serverHello, limit: limit, actual: limit + 1))
        #expect(checkedRefusal(try makeTestClient(), plain(.handshake, [11, 2, 0, 0])) == nil)
        #expect(
            checkedRefusal(try makeTestClient(), plain(.handshake, [11, 2, 0, 1]))
                == .messageTooLong(message: .certificate, limit: 131_072, actual: 131_073))
    }

    @Test func alerts() throws {
        #expect(checkedRefusal(try makeTestClient(), plain(.alert, [2, 40])) == .peerAlert(40))
        #expect(checkedRefusal(try makeTestClient(), plain(.alert, [1, 0])) == .closedDuringHandshake)
        #expect(checkedRefusal(try makeTestClient(), plain(.alert, [2])) == .alertForm)
        #expect(checkedRefusal(try makeTestClient(), plain(.alert, [1, 112, 1])) == .alertForm)
        // Warnings, at the limit and one past it.
        let client = try makeTestClient()
        for _ in 0..<TLSLimits.warningCount {
            #expect(checkedRefusal(client, plain(.alert, [1, 112])) == nil)
        }
        #expect(
            checkedRefusal(client, plain(.alert, [1, 112])) == .tooManyWarnings(limit: TLSLimits.warningCount)
        )
    }

    @Test func changeCipherSpecs() throws {
        #expect(checkedRefusal(try makeTestClient(), plain(.changeCipherSpec, [2])) == .changeCipherSpecForm)
        #expect(checkedRefusal(try makeTestClient(), plain(.changeCipherSpec, [])) == .changeCipherSpecForm)
        #expect(
            checkedRefusal(try makeTestClient(), plain(.changeCipherSpec, [1, 1])) == .changeCipherSpecForm)
        let client = try makeTestClient()
        for _ in 0..<TLSLimits.changeCipherSpecCount {
            #expect(checkedRefusal(client, plain(.changeCipherSpec, [1])) == nil)
        }
        #expect(
            checkedRefusal(client, plain(.changeCipherSpec, [1]))
                == .tooManyChangeCipherSpecs(limit: TLSLimits.changeCipherSpecCount))
        // In the middle of a message; before a ServerHello of TLS 1.2.
        #expect(
            checkedRefusal(try makeTestClient(), plain(.handshake, [2]) + plain(.changeCipherSpec, [1]))
                == .messageAcrossRecords)
        let early = try makeTestClient()
        #expect(
            checkedRefusal(early, plain(.changeCipherSpec, [1]) + Hello.tls12().bytes())
                == .unexpectedRecord(type: .changeCipherSpec))
    }
}
