import Bytes
import Testing
import X509

@testable import TLS

/// Forbidden messages of a TLS 1.3 server, under its own keys.
@Suite struct ForgedMessages13Tests {
    private let forger: Forger13
    private let encryptedExtensions, certificate, certificateVerify, finished: [UInt8]

    init() throws {
        forger = try Forger13()
        let flight = forger.flight
        #expect(flight.map { $0[0] } == [.encryptedExtensions, .certificate, .certificateVerify, .finished])
        (encryptedExtensions, certificate) = (flight[0], flight[1])
        (certificateVerify, finished) = (flight[2], flight[3])
    }

    @Test func theRightFlight() throws {
        #expect(try forger.refusal(flight: forger.flight) == nil)
        // In one record, and a byte in each.
        #expect(try forger.refusal(records: [(.handshake, forger.flight.flatMap { $0 })]) == nil)
        #expect(try forger.refusal(records: forger.flight.flatMap { $0 }.map { (.handshake, [$0]) }) == nil)
    }

    @Test func theOrder() throws {
        func refused(_ flight: [UInt8]...) throws -> TLSError? { try forger.refusal(flight: flight) }
        #expect(try refused(certificate) == .unexpectedMessage(message: .certificate))
        #expect(try refused(finished) == .unexpectedMessage(message: .finished))
        #expect(
            try refused(encryptedExtensions, encryptedExtensions)
                == .unexpectedMessage(message: .encryptedExtensions))
        #expect(try refused(encryptedExtensions, finished) == .unexpectedMessage(message: .finished))
        #expect(
            try refused(encryptedExtensions, certificateVerify)
                == .unexpectedMessage(message: .certificateVerify))
        #expect(
            try refused(encryptedExtensions, certificate, finished) == .unexpectedMessage(message: .finished))
        #expect(
            try refused(encryptedExtensions, certificate, certificate)
                == .unexpectedMessage(message: .certificate))
        #expect(
            try refused(encryptedExtensions, certificate, certificateVerify, certificateVerify)
                == .unexpectedMessage(message: .certificateVerify))
        // Extensions of other messages and versions, in each message.
        for count in 0...3 {
            for type: UInt8 in [
                .helloRequest, .clientHello, .serverHello, .newSessionTicket, .serverKeyExchange,
                .serverHelloDone, .clientKeyExchange, .keyUpdate, 5, .messageHash,
            ] {
                #expect(
                    try forger.refusal(flight: Array(forger.flight[..<count]) + [message(type, [])])
                        == .unexpectedMessage(message: type))
            }
        }
    }

    @Test func encryptedExtensionsForms() throws {
        func refused(_ items: [UInt8]...) throws -> TLSError? {
            try forger.refusal(flight: [message(.encryptedExtensions, vector(2, items.flatMap { $0 }))])
        }
        #expect(try refused() == nil)
        #expect(try refused(item(.serverName, []), item(.supportedGroups, [0, 2, 0, 29])) == nil)
        #expect(try refused(item(.serverName, [0])) == .malformed(message: .encryptedExtensions))
        #expect(
            try refused(item(.serverName, []), item(.serverName, []))
                == .duplicateExtension(message: .encryptedExtensions, type: .serverName))
        #expect(
            try refused(item(.keyShare, []))
                == .misplacedExtension(message: .encryptedExtensions, type: .keyShare))
        #expect(
            try refused(item(.supportedVersions, []))
                == .misplacedExtension(message: .encryptedExtensions, type: .supportedVersions))
        // Early data, a record size limit: not offered.
        #expect(try refused(item(42, [])) == .unofferedExtension(message: .encryptedExtensions, type: 42))
        #expect(
            try refused(item(28, [64, 1])) == .unofferedExtension(message: .encryptedExtensions, type: 28))
        let name = Array("http/1.1".utf8)
        #expect(try refused(item(.applicationLayerProtocolNegotiation, vector(2, vector(1, name)))) == nil)
        #expect(
            try refused(item(.applicationLayerProtocolNegotiation, vector(2, vector(1, [0x68, 0x32]))))
                == .applicationProtocol)
        #expect(
            try refused(
                item(.applicationLayerProtocolNegotiation, vector(2, vector(1, name) + vector(1, name))))
                == .malformed(message: .encryptedExtensions))
        #expect(
            try refused(item(.applicationLayerProtocolNegotiation, vector(2, [])))
                == .malformed(message: .encryptedExtensions))
        #expect(
            try refused(item(.applicationLayerProtocolNegotiation, vector(2, vector(1, name)) + [0]))
                == .malformed(message: .encryptedExtensions))
        #expect(
            try forger.refusal(flight: [message(.encryptedExtensions, [])])
                == .malformed(message: .encryptedExtensions))
        #expect(
            try forger.refusal(flight: [message(.encryptedExtensions, [0, 0, 0])])
                == .malformed(message: .encryptedExtensions))
        #expect(
            try forger.refusal(flight: [message(.encryptedExtensions, [0, 1, 0])])
                == .malformed(message: .encryptedExtensions))
    }

    @Test func certificateForms() throws {
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: [encryptedExtensions, message(.certificate, body)])
        }
        #expect(try refused([0] + vector(3, [])) == .malformed(message: .certificate))
        #expect(try refused([1, 7] + vector(3, [])) == .certificateRequestContext)
        #expect(try refused([0] + vector(3, vector(3, []) + [0, 0])) == .malformed(message: .certificate))
        #expect(try refused([0] + vector(3, vector(3, [1])) + []) == .malformed(message: .certificate))
        #expect(
            try refused([0] + vector(3, vector(3, [1]) + [0, 0]) + [0]) == .malformed(message: .certificate))
        let stapled = vector(3, [1]) + vector(2, item(5, [1]))
        #expect(try refused([0] + vector(3, stapled)) == .unofferedExtension(message: .certificate, type: 5))
        guard case .certificate(let error) = try refused([0] + vector(3, vector(3, [1, 2, 3]) + [0, 0]))
        else {
            Issue.record("no certificate's error")
            return
        }
        #expect(
            error.reasonCode.description.hasPrefix("der_") || error.reasonCode.description.hasPrefix("x509_"))
        // More certificates than the limit: the path search reports it.
        let many = [0] + vector(3, (0..<65).flatMap { _ in vector(3, [1]) + [0, 0] })
        guard case .certificate(let tooMany) = try refused(many) else {
            Issue.record("no certificate's error")
            return
        }
        #expect(tooMany.check == .tooManyCertificates(limit: 64, actual: 65))
    }

    @Test func certificateVerifyForms() throws {
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: [encryptedExtensions, certificate, message(.certificateVerify, body)])
        }
        let right = Array(certificateVerify[4...])
        let signature = Array(right[4...])
        #expect(try refused(right) == nil)
        for scheme: UInt16 in [0x0401, 0x0501, 0x0601, 0x0201, 0x0203, 0x0808, 0xFFFF] {
            #expect(
                try refused([UInt8(scheme >> 8), UInt8(scheme & 0xFF)] + vector(2, signature))
                    == .signatureScheme(scheme))
        }
        // Schemes that were offered, but do not fit this key.
        for scheme: UInt16 in [0x0503, 0x0603, 0x0804, 0x0807, 0x0809] {
            let error = try refused([UInt8(scheme >> 8), UInt8(scheme & 0xFF)] + vector(2, signature))
            #expect(error == .signature(.keyAlgorithmMismatch) && error?.alert == .illegalParameter)
        }
        var wrong = right
        wrong[wrong.count - 1] ^= 1
        let error = try refused(wrong)
        #expect(error?.reasonCode.description == "tls_signature" && error?.alert == .decryptError)
        #expect(try refused([4, 3, 0, 0])?.alert == .decryptError)
        #expect(try refused([4, 3, 0]) == .malformed(message: .certificateVerify))
        #expect(try refused(right + [0]) == .malformed(message: .certificateVerify))
        // The signature covers the transcript: other extensions, and it is wrong.
        let other = message(.encryptedExtensions, vector(2, item(.serverName, [])))
        let swapped = try forger.refusal(flight: [other, certificate, certificateVerify])
        #expect(swapped?.alert == .decryptError)
    }

    @Test func finishedForms() throws {
        let before = Array(forger.flight[..<3])
        for index in 4..<finished.count {
            var wrong = finished
            wrong[index] ^= 0x80
            let error = try forger.refusal(flight: before + [wrong])
            #expect(error == .finishedMismatch && error?.alert == .decryptError)
        }
        #expect(
            try forger.refusal(flight: before + [message(.finished, [])]) == .malformed(message: .finished))
        #expect(
            try forger.refusal(flight: before + [message(.finished, Array(finished[4..<35]))])
                == .malformed(message: .finished))
        #expect(
            try forger.refusal(flight: before + [message(.finished, Array(finished[4...]) + [0])])
                == .malformed(message: .finished))
        // Another message after it under the same key.
        #expect(
            try forger.refusal(records: [(.handshake, forger.flight.flatMap { $0 } + [4])])
                == .messageAcrossRecords)
        let client = try forger.clientAfterHello()
        let late = forger.sealed(
            forger.serverHandshake, [(.handshake, forger.flight.flatMap { $0 }), (.handshake, [4])])
        #expect(refusal(client, late) == .recordAuthentication)
    }

    @Test func certificateRequestForms() throws {
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: [encryptedExtensions, message(.certificateRequest, body)])
        }
        let schemes = item(.signatureAlgorithms, [0, 2, 4, 3])
        #expect(try refused([0] + vector(2, schemes)) == nil)
        #expect(try refused([0] + vector(2, schemes + item(0x5678, [1]))) == nil)
        #expect(
            try refused([0] + vector(2, []))
                == .missingExtension(message: .certificateRequest, type: .signatureAlgorithms))
        #expect(
            try refused([0] + vector(2, schemes + item(.keyShare, [])))
                == .misplacedExtension(message: .certificateRequest, type: .keyShare)
        )
        for list: [UInt8] in [[], [0, 0], [0, 1, 4], [0, 2, 4, 3, 0], [0, 4, 4, 3]] {
            #expect(
                try refused([0] + vector(2, item(.signatureAlgorithms, list)))
                    == .malformed(message: .certificateRequest))
        }
        #expect(try refused([1, 1] + vector(2, schemes)) == .certificateRequestContext)
        #expect(try refused([0] + vector(2, schemes) + [0]) == .malformed(message: .certificateRequest))
        #expect(try refused([]) == .malformed(message: .certificateRequest))
        #expect(
            try forger.refusal(flight: [
                encryptedExtensions, message(.certificateRequest, [0] + vector(2, schemes)),
                message(.certificateRequest, [0] + vector(2, schemes)),
            ]) == .unexpectedMessage(message: .certificateRequest))
    }

    /// The answer to a request: an empty Certificate before Finished.
    @Test func theEmptyCertificate() throws {
        let forger = try Forger13("1.3 client certificate requested")
        #expect(
            forger.flight.map { $0[0] } == [
                .encryptedExtensions, .certificateRequest, .certificate, .certificateVerify, .finished,
            ])
        let client = try forger.clientAfterHello()
        _ = client.takeOutput()
        let rest = forger.sealed(forger.serverHandshake, forger.flight.map { (.handshake, $0) })
        try client.receive(rest.span)
        var opening = protection(forger.clientHandshake, forger.suite)
        let sent = try records(client.takeOutput()).map { try opening.open(try record($0)) }
        #expect(sent.count == 2)
        #expect(sent[0].contents == message(.certificate, [0, 0, 0, 0]))
        #expect(Array(sent[1].contents[..<4]) == [.finished, 0, 0, UInt8(forger.suite.hash.byteCount)])
    }

    @Test func recordsOfTheHandshake() throws {
        #expect(
            try forger.refusal(records: [(.applicationData, [1])])
                == .unexpectedRecord(type: .applicationData))
        #expect(try forger.refusal(records: [(.handshake, [])]) == .emptyRecord(type: .handshake))
        #expect(try forger.refusal(records: [(.alert, [])]) == .emptyRecord(type: .alert))
        #expect(
            try forger.refusal(records: [(.changeCipherSpec, [1])])
                == .unexpectedRecord(type: .changeCipherSpec))
        #expect(
            try forger.refusal(records: [(.handshake, [8, 0]), (.applicationData, [1])])
                == .messageAcrossRecords)
        #expect(try forger.refusal(records: [(.alert, [2, 80])]) == .peerAlert(80))
        // The level is ignored.
        #expect(try forger.refusal(records: [(.alert, [1, 112])]) == .peerAlert(112))
        #expect(try forger.refusal(records: [(.alert, [1, 0])]) == .closedDuringHandshake)
        #expect(try forger.refusal(records: [(.alert, [1, 90])]) == nil)
        #expect(
            try forger.refusal(records: [(.handshake, [8, 0]), (.alert, [1, 90])]) == .messageAcrossRecords)
        #expect(try forger.refusal(records: [(.handshake, [8, 0]), (.alert, [2, 80])]) == .peerAlert(80))
        let limit = TLSLimits.warningCount
        #expect(try forger.refusal(records: .init(repeating: (.alert, [1, 90]), count: limit)) == nil)
        #expect(
            try forger.refusal(records: .init(repeating: (.alert, [1, 90]), count: limit + 1))
                == .tooManyWarnings(limit: limit))
        // Longer than a record of TLS 1.3 may be.
        for (length, error): (Int, TLSError?) in [
            (16_640, nil), (16_641, .recordTooLong(limit: 16_640, actual: 16_641)),
        ] {
            let client = try forger.clientAfterHello()
            #expect(refusal(client, [23, 3, 3, UInt8(length >> 8), UInt8(length & 0xFF)]) == error)
        }
        // Unprotected, where it must be protected.
        for type: UInt8 in [.alert, .handshake] {
            let client = try forger.clientAfterHello()
            #expect(refusal(client, plain(type, [1, 0])) == .unexpectedRecord(type: type))
        }
        // A ServerHello followed by other data.
        let client = try forger.recording.client()
        #expect(refusal(client, plain(.handshake, forger.serverHello + [8])) == .messageAcrossRecords)
    }

    /// Thousands of random messages: each gives an error, or more input is awaited.
    @Test func changedMessages() throws {
        var state: UInt64 = 20_260_731
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        var refused = 0
        for _ in 0..<2000 {
            var flight = forger.flight
            let which = next(flight.count)
            switch next(4) {
            case 0: flight[which][next(flight[which].count)] ^= UInt8(1 << next(8))
            case 1: flight[which].remove(at: next(flight[which].count))
            case 2: flight[which].insert(UInt8(next(256)), at: next(flight[which].count))
            default: flight[which][next(min(flight[which].count, 16))] = UInt8(next(256))
            }
            if flight == forger.flight { continue }
            let client = try forger.clientAfterHello()
            let error = refusal(
                client, forger.sealed(forger.serverHandshake, flight.map { (.handshake, $0) }))
            if error != nil { refused += 1 }
            #expect(!client.isEstablished)
        }
        #expect(refused > 1500)
    }

    // MARK: After the handshake

    @Test func applicationData() throws {
        let client = try forger.establishedClient()
        let data = forger.sealed(
            forger.serverApplication,
            [(.applicationData, [1, 2]), (.applicationData, []), (.applicationData, [3])])
        try client.receive(data.span)
        #expect(client.takeApplicationData() == [1, 2, 3])
        #expect(client.takeApplicationData() == [])
        let limit = TLSLimits.emptyRecordCount
        #expect(try forger.refusal(after: .init(repeating: (.applicationData, []), count: limit)) == nil)
        #expect(
            try forger.refusal(after: .init(repeating: (.applicationData, []), count: limit + 1))
                == .tooManyEmptyRecords(limit: limit))
    }

    @Test func closing() throws {
        let client = try forger.establishedClient()
        let data = forger.sealed(
            forger.serverApplication, [(.applicationData, [1]), (.alert, [1, 0]), (.applicationData, [2])])
        try client.receive(data.span)
        #expect(client.peerHasClosed && client.takeApplicationData() == [1])
        let more: [UInt8] = [99, 99]
        try client.receive(more.span)
        // The other direction stays open until we close it.
        try client.send(more.span)
        #expect(!client.takeOutput().isEmpty)
        client.close()
        client.close()
        #expect(records(client.takeOutput()).count == 1)
        #expect(throws: TLSError.notConnected) { try client.send(more.span) }
        // Nothing is sent after our close_notify: a KeyUpdate request is not answered.
        let closed = try forger.establishedClient()
        closed.close()
        _ = closed.takeOutput()
        let update = forger.sealed(forger.serverApplication, [(.handshake, message(.keyUpdate, [1]))])
        try closed.receive(update.span)
        #expect(closed.takeOutput() == [])
        let fresh = try forger.recording.client()
        #expect(throws: TLSError.notConnected) { try fresh.send(more.span) }
    }

    @Test func messagesAfterTheHandshake() throws {
        for type: UInt8 in [
            .helloRequest, .clientHello, .serverHello, .encryptedExtensions, .certificate,
            .certificateRequest, .certificateVerify, .finished, .messageHash,
        ] {
            #expect(
                try forger.refusal(after: [(.handshake, message(type, []))])
                    == .unexpectedMessage(message: type))
        }
        let client = try forger.establishedClient()
        #expect(refusal(client, plain(.changeCipherSpec, [1])) == .unexpectedRecord(type: .changeCipherSpec))
        #expect(try forger.refusal(after: [(.alert, [2, 80])]) == .peerAlert(80))
        #expect(try forger.refusal(after: [(.alert, [1])]) == .alertForm)
    }

    @Test func tickets() throws {
        func ticket(_ lifetime: UInt32, _ count: Int, _ extensions: [UInt8] = []) -> [UInt8] {
            var body: [UInt8] = []
            body.append(bigEndian: UInt64(lifetime), byteCount: 4)
            body += [1, 2, 3, 4] + vector(1, [0]) + vector(2, [UInt8](repeating: 5, count: count))
            return message(.newSessionTicket, body + vector(2, extensions))
        }
        func session(_ bytes: [UInt8]) throws -> TLSSession? {
            let client = try forger.establishedClient()
            let sealed = forger.sealed(forger.serverApplication, [(.handshake, bytes)])
            try client.receive(sealed.span)
            return client.session
        }
        #expect(try session(ticket(100, 32))?.lifetimeSeconds == 100)
        #expect(try session(ticket(100, 32, item(42, [0, 0, 0, 0])))?.ageAdd == 0x0102_0304)
        #expect(try session(ticket(0, 32)) == nil)
        #expect(try session(ticket(604_801, 32))?.lifetimeSeconds == 604_800)
        #expect(try session(ticket(100, TLSLimits.ticketByteCount)) != nil)
        #expect(try session(ticket(100, TLSLimits.ticketByteCount + 1)) == nil)
        #expect(
            try forger.refusal(after: [(.handshake, ticket(1, 0))]) == .malformed(message: .newSessionTicket))
        #expect(
            try forger.refusal(after: [(.handshake, ticket(1, 1, item(.keyShare, [])))])
                == .misplacedExtension(message: .newSessionTicket, type: .keyShare))
        #expect(try forger.refusal(after: [(.handshake, ticket(1, 1) + [0])]) == nil)
        #expect(
            try forger.refusal(after: [(.handshake, message(.newSessionTicket, [0]))])
                == .malformed(message: .newSessionTicket))
        #expect(
            try forger.refusal(after: [(.handshake, ticket(1, 1, item(42, []) + item(42, [])))])
                == .duplicateExtension(message: .newSessionTicket, type: 42))
        let limit = TLSLimits.ticketCount
        #expect(try forger.refusal(after: .init(repeating: (.handshake, ticket(1, 1)), count: limit)) == nil)
        #expect(
            try forger.refusal(after: .init(repeating: (.handshake, ticket(1, 1)), count: limit + 1))
                == .tooManyTickets(limit: limit))
    }

    /// When a ticket is offered, and when not.
    @Test func theUseOfATicket() throws {
        let client = try forger.establishedClient()
        let body: [UInt8] = [0, 0, 0, 100, 0, 0, 0, 1, 1, 0, 0, 2, 8, 9, 0, 0]
        let sealed = forger.sealed(forger.serverApplication, [(.handshake, message(.newSessionTicket, body))])
        try client.receive(sealed.span)
        let session = try #require(client.session)
        func isOffered(_ host: String, _ now: Int64) throws -> Bool {
            let settings = try configuration(anchor: forger.recording.anchor, host: host, now: now)
            let hello = try makeClient(settings, seed: 2, session: session).takeOutput()
            // The only identity is the ticket.
            return contains(hello, [0, UInt8(ExtensionType.preSharedKey), 0, 45, 0, 8, 0, 2, 8, 9])
        }
        let now: Int64 = 1_750_000_000
        #expect(try isOffered("server.test", now))
        #expect(try isOffered("server.test", now + 99))
        #expect(try !isOffered("server.test", now + 100))
        #expect(try !isOffered("server.test", now - 1))
        #expect(try !isOffered("other.test", now))
        #expect(session.obfuscatedAge(nowSeconds: now + 2) == 2001)
    }

    @Test func keyUpdates() throws {
        let client = try forger.establishedClient()
        var server = UpdatedKeys(forger.serverApplication, forger.suite)
        var reading = UpdatedKeys(forger.clientApplication, forger.suite)
        for request: UInt8 in [0, 1, 1] {
            var bytes: [UInt8] = []
            let update = message(.keyUpdate, [request])
            server.seal(.handshake, update.span, into: &bytes)
            server.update()
            let data: [UInt8] = [request, 7]
            server.seal(.applicationData, data.span, into: &bytes)
            try client.receive(bytes.span)
            #expect(client.takeApplicationData() == data)
            // §4.6.3: the answer is sent before our next application data, and not earlier.
            #expect(client.takeOutput() == [])
            try client.send(data.span)
            let output = records(client.takeOutput())
            #expect(output.count == 1 + Int(request))
            if request == 1 {
                let answer = try reading.open(try record(output[0]))
                #expect(answer.contents == message(.keyUpdate, [0]))
                reading.update()
            }
            let sent = try reading.open(try record(output[output.count - 1]))
            #expect(sent.contents == data)
        }
        #expect(try forger.refusal(after: [(.handshake, message(.keyUpdate, [2]))]) == .keyUpdateRequest(2))
        #expect(
            try forger.refusal(after: [(.handshake, message(.keyUpdate, []))])
                == .malformed(message: .keyUpdate))
        #expect(
            try forger.refusal(after: [(.handshake, message(.keyUpdate, [0, 0]))])
                == .malformed(message: .keyUpdate))
        #expect(
            try forger.refusal(after: [(.handshake, message(.keyUpdate, [0]) + [24])])
                == .messageAcrossRecords)
        // After an update the old key is not used any more.
        #expect(
            try forger.refusal(after: [(.handshake, message(.keyUpdate, [0])), (.applicationData, [1])])
                == .recordAuthentication)
        let limit = TLSLimits.keyUpdateCount
        for count in [limit, limit + 1] {
            let client = try forger.establishedClient()
            var server = UpdatedKeys(forger.serverApplication, forger.suite)
            var error: TLSError?
            for _ in 0..<count {
                var bytes: [UInt8] = []
                let update = message(.keyUpdate, [0])
                server.seal(.handshake, update.span, into: &bytes)
                server.update()
                error = refusal(client, bytes)
            }
            #expect(error == (count == limit ? nil : .tooManyKeyUpdates(limit: limit)))
        }
    }

    /// §4.6.3: several requests without data sent in between are answered with a single update, however they are divided
    /// into records.
    @Test func severalRequestsForKeys() throws {
        for isInPieces in [false, true] {
            let client = try forger.establishedClient()
            var server = UpdatedKeys(forger.serverApplication, forger.suite)
            var reading = UpdatedKeys(forger.clientApplication, forger.suite)
            var flight: [UInt8] = []
            for request: UInt8 in [1, 1, 0, 1, 1] {
                let update = message(.keyUpdate, [request])
                server.seal(.handshake, update.span, into: &flight)
                server.update()
                let data: [UInt8] = [request]
                server.seal(.applicationData, data.span, into: &flight)
            }
            if isInPieces {
                for byte in flight {
                    let piece = [byte]
                    try client.receive(piece.span)
                    #expect(client.takeOutput() == [])
                }
            } else {
                try client.receive(flight.span)
            }
            #expect(client.takeApplicationData() == [1, 1, 0, 1, 1])
            let data: [UInt8] = [7]
            for count in [2, 1] {
                try client.send(data.span)
                let output = records(client.takeOutput())
                #expect(output.count == count)
                if count == 2 {
                    let answer = try reading.open(try record(output[0]))
                    #expect(answer.contents == message(.keyUpdate, [0]))
                    reading.update()
                }
                let sent = try reading.open(try record(output[count - 1]))
                #expect(sent.contents == data)
            }
        }
    }

    /// A pending answer is sent before our close_notify, under the old key; nothing is sent after close_notify.
    @Test func aRequestForKeysBeforeTheEnd() throws {
        let client = try forger.establishedClient()
        var reading = UpdatedKeys(forger.clientApplication, forger.suite)
        let request = forger.sealed(forger.serverApplication, [(.handshake, message(.keyUpdate, [1]))])
        try client.receive(request.span)
        client.close()
        let output = records(client.takeOutput())
        #expect(output.count == 2)
        let answer = try reading.open(try record(output[0]))
        #expect(answer.contents == message(.keyUpdate, [0]))
        reading.update()
        let farewell = try reading.open(try record(output[1]))
        #expect(farewell.type == .alert && farewell.contents == [1, 0])
    }
}
