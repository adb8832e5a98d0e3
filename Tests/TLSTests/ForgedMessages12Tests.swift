import Bytes
import Testing
import X509

@testable import TLS

/// Forbidden messages of a TLS 1.2 server, under the recorded server's keys.
private struct Forger12 {
    let recording: Recording
    /// ServerHello, Certificate, ServerKeyExchange, [CertificateRequest,] ServerHelloDone.
    let flight: [[UInt8]]
    let suite: CipherSuite
    let keyBlock: [UInt8]
    let finished: [UInt8]

    init(_ name: String = "1.2 AES") throws {
        recording = try Recording(name)
        var contents: [UInt8] = []
        for bytes in records(recording.answers[0]) { contents += bytes[5...] }
        let flight = try messages(contents)
        self.flight = flight
        let helloBody = Array(flight[0][4...])
        let hello = try ServerHello(helloBody.span)
        let suite = try #require(CipherSuite(rawValue: hello.suite))
        self.suite = suite
        let client = try recording.client()
        let clientHello = Array(client.takeOutput()[5...])
        // The client's unencrypted messages.
        let first = plain(.handshake, flight.flatMap { $0 })
        try client.receive(first.span)
        let sent = records(client.takeOutput())
        var transcript = Transcript(suite.hash, clientHello.span)
        for message in flight { transcript.add(message.span) }
        for bytes in sent where bytes[0] == .handshake && bytes != sent.last {
            transcript.add(bytes.span.extracting(5..<bytes.count))
        }
        let keyExchangeBody = Array(flight[2][4...])
        let keyExchange = try ServerKeyExchange(keyExchangeBody.span)
        let exchange = try KeyExchange(
            try #require(NamedGroup(rawValue: keyExchange.group)), seed: fixedKeySeed())
        let shared = try exchange.sharedSecret(with: keyExchange.publicKey)
        let schedule = KeySchedule12(
            suite.hash, premasterSecret: shared, sessionHash: transcript.digest(),
            clientRandom: fixedHelloRandom(), serverRandom: hello.random)
        let block = schedule.keyBlock(suite, clientRandom: fixedHelloRandom(), serverRandom: hello.random)
        keyBlock = bytes(block)
        // The client's Finished, as it was sent.
        var opening = RecordProtection(suite, keyBlock: block, forClient: true)
        let clientFinished = try opening.open(try record(try #require(sent.last))).contents
        #expect(
            clientFinished
                == message(
                    .finished, schedule.verifyData("client finished", transcriptHash: transcript.digest())))
        transcript.add(clientFinished.span)
        finished = message(
            .finished, schedule.verifyData("server finished", transcriptHash: transcript.digest()))
    }

    func sealed(_ contents: [(ContentType, [UInt8])]) -> [UInt8] {
        let block = SecretBytes(copying: keyBlock.span)
        var sealing = RecordProtection(suite, keyBlock: block, forClient: false)
        var output: [UInt8] = []
        for (type, bytes) in contents { sealing.seal(type, bytes.span, into: &output) }
        return output
    }

    func refusal(flight messages: [[UInt8]]) throws -> TLSError? {
        let client = try recording.client()
        _ = client.takeOutput()
        let error = TLSTests.refusal(client, messages.flatMap { plain(.handshake, $0) })
        if let alert = error?.alert {
            #expect(Array(client.takeOutput().suffix(7)) == [21, 3, 3, 0, 2, 2, alert.rawValue])
        }
        return error
    }

    func clientAfterFlight() throws -> TLSClient {
        let client = try recording.client()
        let first = plain(.handshake, flight.flatMap { $0 })
        try client.receive(first.span)
        _ = client.takeOutput()
        return client
    }

    func refusal(second bytes: [UInt8]) throws -> TLSError? {
        TLSTests.refusal(try clientAfterFlight(), bytes)
    }

    /// After the handshake.
    func refusal(after contents: [(ContentType, [UInt8])]) throws -> TLSError? {
        try refusal(second: plain(.changeCipherSpec, [1]) + sealed([(.handshake, finished)] + contents))
    }
}

@Suite struct ForgedMessages12Tests {
    private let forger: Forger12

    init() throws {
        forger = try Forger12()
        #expect(
            forger.flight.map { $0[0] } == [.serverHello, .certificate, .serverKeyExchange, .serverHelloDone])
    }

    @Test(arguments: ["1.2 AES", "1.2 ChaCha20", "1.2 client certificate requested"])
    func theRightHandshake(name: String) throws {
        let forger = try Forger12(name)
        let client = try forger.clientAfterFlight()
        let second =
            plain(.changeCipherSpec, [1])
            + forger.sealed([(.handshake, forger.finished), (.applicationData, [1, 2])])
        try client.receive(second.span)
        #expect(client.isEstablished && client.takeApplicationData() == [1, 2])
        #expect(client.summary?.extendedMasterSecret == true)
    }

    /// The answer to a request: an empty Certificate before ClientKeyExchange.
    @Test func theEmptyCertificate() throws {
        let forger = try Forger12("1.2 client certificate requested")
        #expect(
            forger.flight.map { $0[0] } == [
                .serverHello, .certificate, .serverKeyExchange, .certificateRequest, .serverHelloDone,
            ])
        let client = try forger.recording.client()
        _ = client.takeOutput()
        let first = plain(.handshake, forger.flight.flatMap { $0 })
        try client.receive(first.span)
        let sent = records(client.takeOutput())
        #expect(sent.map { $0[0] } == [.handshake, .handshake, .changeCipherSpec, .handshake])
        #expect(Array(sent[0][5...]) == message(.certificate, [0, 0, 0]))
        #expect(sent[1][5...].starts(with: [16, 0, 0, 33, 32]))
    }

    @Test func theOrder() throws {
        let flight = forger.flight
        for count in 1...3 {
            for type: UInt8 in [
                .clientHello, .serverHello, .newSessionTicket, .encryptedExtensions, .certificateVerify,
                .clientKeyExchange, .finished, 22, .keyUpdate,
            ] {
                #expect(
                    try forger.refusal(flight: Array(flight[..<count]) + [message(type, [])])
                        == .unexpectedMessage(message: type))
            }
            // One message is omitted.
            var cut = flight
            cut.remove(at: count)
            if count < 3 {
                #expect(try forger.refusal(flight: cut) == .unexpectedMessage(message: flight[count + 1][0]))
            }
            // Key changes that are too early, application data.
            let client = try forger.recording.client()
            let start = plain(.handshake, flight[..<count].flatMap { $0 })
            try client.receive(start.span)
            #expect(
                refusal(client, plain(.changeCipherSpec, [1])) == .unexpectedRecord(type: .changeCipherSpec))
            let other = try forger.recording.client()
            try other.receive(start.span)
            #expect(refusal(other, plain(.applicationData, [1])) == .unexpectedRecord(type: .applicationData))
        }
        // A HelloRequest is ignored, up to a limit.
        let request = message(.helloRequest, [])
        let limit = TLSLimits.warningCount
        let start = [flight[0]]
        #expect(try forger.refusal(flight: start + .init(repeating: request, count: limit)) == nil)
        #expect(
            try forger.refusal(flight: start + .init(repeating: request, count: limit + 1))
                == .tooManyWarnings(limit: limit))
        #expect(
            try forger.refusal(flight: start + [message(.helloRequest, [0])])
                == .malformed(message: .helloRequest))
    }

    @Test func certificateForms() throws {
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: [forger.flight[0], message(.certificate, body)])
        }
        #expect(try refused([]) == .malformed(message: .certificate))
        #expect(try refused(vector(3, [])) == .malformed(message: .certificate))
        #expect(try refused(vector(3, vector(3, []))) == .malformed(message: .certificate))
        #expect(try refused(vector(3, vector(3, [1])) + [0]) == .malformed(message: .certificate))
        #expect(try refused(vector(3, vector(3, [1]) + [0])) == .malformed(message: .certificate))
    }

    @Test func serverKeyExchangeForms() throws {
        let right = Array(forger.flight[2][4...])
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: Array(forger.flight[..<2]) + [message(.serverKeyExchange, body)])
        }
        #expect(try refused(right) == nil)
        // Every byte is checked.
        for index in right.indices {
            var wrong = right
            wrong[index] ^= 1
            #expect(try refused(wrong) != nil, "\(index)")
        }
        for count in right.indices {
            #expect(try refused(Array(right[..<count])) == .malformed(message: .serverKeyExchange))
        }
        #expect(try refused(right + [0]) == .malformed(message: .serverKeyExchange))
        #expect(try refused([1] + right[1...]) == .malformed(message: .serverKeyExchange))
        #expect(try refused([3, 0, 25] + right[3...]) == .group(25))
        let parsed = try ServerKeyExchange(right.span)
        let end = parsed.parameters.count
        func withScheme(_ scheme: UInt16) -> [UInt8] {
            right[..<end] + [UInt8(scheme >> 8), UInt8(scheme & 0xFF)] + right[(end + 2)...]
        }
        // SHA-1; RSA with an ECDSA suite; not offered.
        for scheme: UInt16 in [0x0203, 0x0201, 0x0401, 0x0804, 0x0808, 0] {
            #expect(try refused(withScheme(scheme)) == .signatureScheme(scheme))
        }
        // Another hash: the signature is wrong. Ed25519: not this key's.
        #expect(try refused(withScheme(0x0503))?.alert == .decryptError)
        #expect(try refused(withScheme(0x0807)) == .signature(.keyAlgorithmMismatch))
    }

    @Test func serverHelloDoneForms() throws {
        let start = Array(forger.flight[..<3])
        #expect(
            try forger.refusal(flight: start + [message(.serverHelloDone, [0])])
                == .malformed(message: .serverHelloDone))
        #expect(
            try forger.refusal(flight: start + [message(.serverHelloDone, []) + [20]])
                == .messageAcrossRecords)
        let request: [UInt8] = [1, 64] + vector(2, [4, 3]) + vector(2, [])
        #expect(try forger.refusal(flight: start + [message(.certificateRequest, request)]) == nil)
        #expect(
            try forger.refusal(flight: start + [message(.certificateRequest, request + [0])])
                == .malformed(message: .certificateRequest))
        #expect(
            try forger.refusal(
                flight: start + [
                    message(.certificateRequest, request), message(.certificateRequest, request),
                ])
                == .unexpectedMessage(message: .certificateRequest))
        #expect(
            try forger.refusal(flight: start + [message(.certificateRequest, [])])
                == .malformed(message: .certificateRequest))
    }

    @Test func changeCipherSpecAndFinished() throws {
        let finished = forger.sealed([(.handshake, forger.finished)])
        #expect(try forger.refusal(second: plain(.changeCipherSpec, [1]) + finished) == nil)
        // Without the change; in the clear; twice; malformed.
        #expect(
            try forger.refusal(second: plain(.handshake, forger.finished))
                == .unexpectedMessage(message: .finished))
        #expect(
            try forger.refusal(second: plain(.changeCipherSpec, [1]) + plain(.handshake, forger.finished))
                == .recordAuthentication)
        #expect(
            try forger.refusal(second: plain(.changeCipherSpec, [1]) + plain(.changeCipherSpec, [1]))
                == .unexpectedRecord(type: .changeCipherSpec))
        #expect(try forger.refusal(second: plain(.changeCipherSpec, [0])) == .changeCipherSpecForm)
        #expect(
            try forger.refusal(second: plain(.handshake, [20]) + plain(.changeCipherSpec, [1]))
                == .messageAcrossRecords)
        #expect(
            try forger.refusal(second: plain(.applicationData, [1]))
                == .unexpectedRecord(type: .applicationData))
        // Application data before Finished.
        #expect(
            try forger.refusal(
                second: plain(.changeCipherSpec, [1]) + forger.sealed([(.applicationData, [1])]))
                == .unexpectedRecord(type: .applicationData))
        for index in 4..<16 {
            var wrong = forger.finished
            wrong[index] ^= 1
            #expect(
                try forger.refusal(
                    second: plain(.changeCipherSpec, [1]) + forger.sealed([(.handshake, wrong)]))
                    == .finishedMismatch)
        }
        for wrong in [message(.finished, []), message(.finished, [UInt8](repeating: 0, count: 13))] {
            #expect(
                try forger.refusal(
                    second: plain(.changeCipherSpec, [1]) + forger.sealed([(.handshake, wrong)]))
                    == .malformed(message: .finished))
        }
        #expect(
            try forger.refusal(
                second: plain(.changeCipherSpec, [1]) + forger.sealed([(.handshake, forger.finished + [0])]))
                == .messageAcrossRecords)
    }

    @Test func afterTheHandshake() throws {
        for type: UInt8 in [
            .clientHello, .serverHello, .newSessionTicket, .certificate, .finished, .keyUpdate,
        ] {
            #expect(
                try forger.refusal(after: [(.handshake, message(type, []))])
                    == .unexpectedMessage(message: type))
        }
        #expect(try forger.refusal(after: [(.alert, [2, 80])]) == .peerAlert(80))
        #expect(try forger.refusal(after: [(.alert, [1, 90])]) == nil)
        let established = plain(.changeCipherSpec, [1]) + forger.sealed([(.handshake, forger.finished)])
        #expect(
            try forger.refusal(second: established + plain(.changeCipherSpec, [1]))
                == .unexpectedRecord(type: .changeCipherSpec))
        #expect(try forger.refusal(after: [(.changeCipherSpec, [1])]) == .changeCipherSpecForm)
        let limit = TLSLimits.warningCount
        #expect(try forger.refusal(after: .init(repeating: (.alert, [1, 90]), count: limit)) == nil)
        #expect(
            try forger.refusal(after: .init(repeating: (.alert, [1, 90]), count: limit + 1))
                == .tooManyWarnings(limit: limit))
        // Longer than a record of TLS 1.2 may be.
        #expect(
            try forger.refusal(second: plain(.changeCipherSpec, [1]) + [22, 3, 3, 0x48, 1])
                == .recordTooLong(limit: 18_432, actual: 18_433))
        #expect(try forger.refusal(second: plain(.changeCipherSpec, [1]) + [22, 3, 3, 0x48, 0]) == nil)
    }

    /// RFC 5246 §7.4.1.1: a request for another handshake is answered with a warning, and the connection continues.
    @Test func renegotiationIsRefused() throws {
        let client = try forger.clientAfterFlight()
        let second =
            plain(.changeCipherSpec, [1])
            + forger.sealed([
                (.handshake, forger.finished), (.handshake, message(.helloRequest, [])),
                (.applicationData, [5]),
            ])
        try client.receive(second.span)
        #expect(client.isEstablished && client.takeApplicationData() == [5])
        let block = SecretBytes(copying: forger.keyBlock.span)
        var opening = RecordProtection(forger.suite, keyBlock: block, forClient: true)
        // Our Finished is the first record under the key.
        opening.sequenceNumber = 1
        let alert = try opening.open(try record(client.takeOutput()))
        #expect(alert.type == .alert && alert.contents == [1, AlertDescription.noRenegotiation.rawValue])
        client.close()
        let close = try opening.open(try record(client.takeOutput()))
        #expect(close.type == .alert && close.contents == [1, 0])
    }
}
