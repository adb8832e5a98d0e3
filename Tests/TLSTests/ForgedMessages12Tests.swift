import Bytes
import Testing
import X509

@testable import TLS

/// What the server may not say in TLS 1.2, with the recorded one's keys.
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
        let clientHello = client.hello.message(after: Transcript())
        // What the client sends in the clear.
        let first = plain(22, flight.flatMap { $0 })
        try client.receive(first.span)
        let sent = records(client.takeOutput())
        var transcript = Transcript()
        transcript.add(clientHello.span)
        transcript.choose(suite.hash)
        for message in flight { transcript.add(message.span) }
        for bytes in sent[1...] where bytes[0] == 22 && bytes != sent.last {
            transcript.add(bytes.span.extracting(5..<bytes.count))
        }
        let keyExchangeBody = Array(flight[2][4...])
        let keyExchange = try ServerKeyExchange(keyExchangeBody.span)
        let exchange = try KeyExchange(
            try #require(NamedGroup(rawValue: keyExchange.group)), seed: client.seed)
        let shared = try exchange.sharedSecret(with: keyExchange.publicKey)
        let schedule = KeySchedule12(
            suite.hash, premasterSecret: shared, sessionHash: transcript.digest(),
            clientRandom: client.hello.random, serverRandom: hello.random)
        let block = schedule.keyBlock(suite, clientRandom: client.hello.random, serverRandom: hello.random)
        keyBlock = bytes(block)
        // The client's Finished, as it was sent.
        var opening = RecordProtection(suite, keyBlock: block, forClient: true)
        let clientFinished = try opening.open(try record(try #require(sent.last))).contents
        #expect(
            clientFinished
                == message(20, schedule.verifyData("client finished", transcriptHash: transcript.digest())))
        transcript.add(clientFinished.span)
        finished = message(20, schedule.verifyData("server finished", transcriptHash: transcript.digest()))
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
        let error = TLSTests.refusal(client, messages.flatMap { plain(22, $0) })
        if let alert = error?.alert {
            #expect(Array(client.takeOutput().suffix(7)) == [21, 3, 3, 0, 2, 2, alert.rawValue])
        }
        return error
    }

    func clientAfterFlight() throws -> TLSClient {
        let client = try recording.client()
        let first = plain(22, flight.flatMap { $0 })
        try client.receive(first.span)
        _ = client.takeOutput()
        return client
    }

    func refusal(second bytes: [UInt8]) throws -> TLSError? {
        TLSTests.refusal(try clientAfterFlight(), bytes)
    }

    /// After the handshake.
    func refusal(after contents: [(ContentType, [UInt8])]) throws -> TLSError? {
        try refusal(second: plain(20, [1]) + sealed([(.handshake, finished)] + contents))
    }
}

@Suite struct ForgedMessages12Tests {
    private let forger: Forger12

    init() throws {
        forger = try Forger12()
        #expect(forger.flight.map { $0[0] } == [2, 11, 12, 14])
    }

    @Test(arguments: ["1.2 AES", "1.2 ChaCha20", "1.2 client certificate requested"])
    func theRightHandshake(name: String) throws {
        let forger = try Forger12(name)
        let client = try forger.clientAfterFlight()
        let second =
            plain(20, [1]) + forger.sealed([(.handshake, forger.finished), (.applicationData, [1, 2])])
        try client.receive(second.span)
        #expect(client.isEstablished && client.takeApplicationData() == [1, 2])
        #expect(client.summary?.extendedMasterSecret == true)
    }

    /// The answer to a request: an empty Certificate before ClientKeyExchange.
    @Test func theEmptyCertificate() throws {
        let forger = try Forger12("1.2 client certificate requested")
        #expect(forger.flight.map { $0[0] } == [2, 11, 12, 13, 14])
        let client = try forger.recording.client()
        _ = client.takeOutput()
        let first = plain(22, forger.flight.flatMap { $0 })
        try client.receive(first.span)
        let sent = records(client.takeOutput())
        #expect(sent.map { $0[0] } == [22, 22, 20, 22])
        #expect(sent[0][5...] == [11, 0, 0, 3, 0, 0, 0])
        #expect(sent[1][5...].starts(with: [16, 0, 0, 33, 32]))
    }

    @Test func theOrder() throws {
        let flight = forger.flight
        for count in 1...3 {
            for type: UInt8 in [1, 2, 4, 8, 15, 16, 20, 22, 24] {
                #expect(
                    try forger.refusal(flight: Array(flight[..<count]) + [message(type, [])])
                        == .unexpectedMessage(message: type))
            }
            // One left out.
            var cut = flight
            cut.remove(at: count)
            if count < 3 {
                #expect(try forger.refusal(flight: cut) == .unexpectedMessage(message: flight[count + 1][0]))
            }
            // Keys before their time, application data.
            let client = try forger.recording.client()
            let start = plain(22, flight[..<count].flatMap { $0 })
            try client.receive(start.span)
            #expect(refusal(client, plain(20, [1])) == .unexpectedRecord(type: 20))
            let other = try forger.recording.client()
            try other.receive(start.span)
            #expect(refusal(other, plain(23, [1])) == .unexpectedRecord(type: 23))
        }
        // A HelloRequest is ignored, so often.
        let request = message(0, [])
        let limit = TLSLimits.warningCount
        let start = [flight[0]]
        #expect(try forger.refusal(flight: start + .init(repeating: request, count: limit)) == nil)
        #expect(
            try forger.refusal(flight: start + .init(repeating: request, count: limit + 1))
                == .tooManyWarnings(limit: limit))
        #expect(try forger.refusal(flight: start + [message(0, [0])]) == .malformed(message: 0))
    }

    @Test func certificateForms() throws {
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: [forger.flight[0], message(11, body)])
        }
        #expect(try refused([]) == .malformed(message: 11))
        #expect(try refused(vector(3, [])) == .malformed(message: 11))
        #expect(try refused(vector(3, vector(3, []))) == .malformed(message: 11))
        #expect(try refused(vector(3, vector(3, [1])) + [0]) == .malformed(message: 11))
        #expect(try refused(vector(3, vector(3, [1]) + [0])) == .malformed(message: 11))
    }

    @Test func serverKeyExchangeForms() throws {
        let right = Array(forger.flight[2][4...])
        func refused(_ body: [UInt8]) throws -> TLSError? {
            try forger.refusal(flight: Array(forger.flight[..<2]) + [message(12, body)])
        }
        #expect(try refused(right) == nil)
        // Every byte matters.
        for index in right.indices {
            var wrong = right
            wrong[index] ^= 1
            #expect(try refused(wrong) != nil, "\(index)")
        }
        for count in right.indices {
            #expect(try refused(Array(right[..<count])) == .malformed(message: 12))
        }
        #expect(try refused(right + [0]) == .malformed(message: 12))
        #expect(try refused([1] + right[1...]) == .malformed(message: 12))
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
        #expect(try forger.refusal(flight: start + [message(14, [0])]) == .malformed(message: 14))
        #expect(try forger.refusal(flight: start + [message(14, []) + [20]]) == .messageAcrossRecords)
        let request: [UInt8] = [1, 64] + vector(2, [4, 3]) + vector(2, [])
        #expect(try forger.refusal(flight: start + [message(13, request)]) == nil)
        #expect(try forger.refusal(flight: start + [message(13, request + [0])]) == .malformed(message: 13))
        #expect(
            try forger.refusal(flight: start + [message(13, request), message(13, request)])
                == .unexpectedMessage(message: 13))
        #expect(try forger.refusal(flight: start + [message(13, [])]) == .malformed(message: 13))
    }

    @Test func changeCipherSpecAndFinished() throws {
        let finished = forger.sealed([(.handshake, forger.finished)])
        #expect(try forger.refusal(second: plain(20, [1]) + finished) == nil)
        // Without the change; in the clear; twice; malformed.
        #expect(try forger.refusal(second: plain(22, forger.finished)) == .unexpectedMessage(message: 20))
        #expect(
            try forger.refusal(second: plain(20, [1]) + plain(22, forger.finished)) == .recordAuthentication)
        #expect(try forger.refusal(second: plain(20, [1]) + plain(20, [1])) == .unexpectedRecord(type: 20))
        #expect(try forger.refusal(second: plain(20, [0])) == .changeCipherSpecForm)
        #expect(try forger.refusal(second: plain(22, [20]) + plain(20, [1])) == .messageAcrossRecords)
        #expect(try forger.refusal(second: plain(23, [1])) == .unexpectedRecord(type: 23))
        // Application data before Finished.
        #expect(
            try forger.refusal(second: plain(20, [1]) + forger.sealed([(.applicationData, [1])]))
                == .unexpectedRecord(type: 23))
        for index in 4..<16 {
            var wrong = forger.finished
            wrong[index] ^= 1
            #expect(
                try forger.refusal(second: plain(20, [1]) + forger.sealed([(.handshake, wrong)]))
                    == .finishedMismatch)
        }
        for wrong in [message(20, []), message(20, [UInt8](repeating: 0, count: 13))] {
            #expect(
                try forger.refusal(second: plain(20, [1]) + forger.sealed([(.handshake, wrong)]))
                    == .malformed(message: 20))
        }
        #expect(
            try forger.refusal(second: plain(20, [1]) + forger.sealed([(.handshake, forger.finished + [0])]))
                == .messageAcrossRecords)
    }

    @Test func afterTheHandshake() throws {
        for type: UInt8 in [1, 2, 4, 11, 20, 24] {
            #expect(
                try forger.refusal(after: [(.handshake, message(type, []))])
                    == .unexpectedMessage(message: type))
        }
        #expect(try forger.refusal(after: [(.alert, [2, 80])]) == .peerAlert(80))
        #expect(try forger.refusal(after: [(.alert, [1, 90])]) == nil)
        let established = plain(20, [1]) + forger.sealed([(.handshake, forger.finished)])
        #expect(try forger.refusal(second: established + plain(20, [1])) == .unexpectedRecord(type: 20))
        #expect(try forger.refusal(after: [(.changeCipherSpec, [1])]) == .changeCipherSpecForm)
        let limit = TLSLimits.warningCount
        #expect(try forger.refusal(after: .init(repeating: (.alert, [1, 90]), count: limit)) == nil)
        #expect(
            try forger.refusal(after: .init(repeating: (.alert, [1, 90]), count: limit + 1))
                == .tooManyWarnings(limit: limit))
        // Longer than a record of TLS 1.2 may be.
        #expect(
            try forger.refusal(second: plain(20, [1]) + [22, 3, 3, 0x48, 1])
                == .recordTooLong(limit: 18_432, actual: 18_433))
        #expect(try forger.refusal(second: plain(20, [1]) + [22, 3, 3, 0x48, 0]) == nil)
    }

    /// RFC 5246 §7.4.1.1: the wish for another handshake gets a warning, and the connection goes on.
    @Test func renegotiationIsRefused() throws {
        let client = try forger.clientAfterFlight()
        let second =
            plain(20, [1])
            + forger.sealed([
                (.handshake, forger.finished), (.handshake, message(0, [])), (.applicationData, [5]),
            ])
        try client.receive(second.span)
        #expect(client.isEstablished && client.takeApplicationData() == [5])
        let block = SecretBytes(copying: forger.keyBlock.span)
        var opening = RecordProtection(forger.suite, keyBlock: block, forClient: true)
        // Our Finished was the first record under the key.
        opening.sequenceNumber = 1
        let alert = try opening.open(try record(client.takeOutput()))
        #expect(alert.type == 21 && alert.contents == [1, AlertDescription.noRenegotiation.rawValue])
        client.close()
        let close = try opening.open(try record(client.takeOutput()))
        #expect(close.type == 21 && close.contents == [1, 0])
    }
}
