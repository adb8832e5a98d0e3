import Bytes
import HMAC
import TestSupport
import Testing

@testable import TLS

/// A copy of a secret, to compare.
func bytes(_ secret: borrowing SecretBytes) -> [UInt8] { [UInt8](secret.span) }

func record(_ bytes: [UInt8]) throws -> Record {
    Record(
        type: try #require(ContentType(rawValue: bytes[0])), header: Array(bytes[..<5]),
        body: Array(bytes[5...]))
}

func protection(_ secret: [UInt8], _ suite: CipherSuite = .aes128GCM) -> RecordProtection {
    RecordProtection(suite, trafficSecret: SecretBytes(copying: secret.span))
}

/// The keys of one direction of TLS 1.3, which a KeyUpdate changes.
struct UpdatedKeys: ~Copyable {
    private let suite: CipherSuite
    private var secret: [UInt8]
    private var keys: RecordProtection

    init(_ secret: [UInt8], _ suite: CipherSuite = .aes128GCM) {
        self.suite = suite
        self.secret = secret
        keys = protection(secret, suite)
    }

    mutating func seal(_ type: ContentType, _ plaintext: Span<UInt8>, into output: inout [UInt8]) {
        keys.seal(type, plaintext, into: &output)
    }

    mutating func open(_ record: Record) throws(TLSError) -> OpenedRecord { try keys.open(record) }

    mutating func update() {
        secret = bytes(nextTrafficSecret(suite.hash, after: SecretBytes(copying: secret.span)))
        keys = protection(secret, suite)
    }
}

private let secretFields = [
    "early", "handshake", "master", "client-handshake", "server-handshake", "client-application",
    "server-application", "resumption",
].map { "\($0)-secret" }

private func traces() throws -> [VectorCase] {
    try readVectors(
        "tls/rfc8448.trace",
        fields: Set(
            [
                "curve", "private", "first-hello", "retry", "hello", "pre-shared-key", "binder",
                "server-hello",
                "flight-record", "flight", "end-of-early-data", "finished-record", "finished",
                "ticket-record",
                "ticket", "ticket-key", "client-data-record", "server-data-record", "client-close-record",
                "server-close-record",
            ] + secretFields))
}

@Suite struct RFC8448Tests {
    @Test func theTracesAreThere() throws {
        #expect(try traces().count == 5)
    }

    /// Every secret, message and record of a trace on the client's way. Vectors/README.md says what does not apply.
    @Test(arguments: 0..<5) func everySecretAndRecord(index: Int) throws {
        let trace = try traces()[index]
        let has = { (name: String) in trace.fields[name] != nil }

        // Our private key gives the key share of the ClientHello.
        let isP256 = try trace.text("curve") == "P-256"
        var seedBytes = [UInt8](repeating: 1, count: KeyExchangeSeed.byteCount)
        seedBytes.replaceSubrange(isP256 ? 32..<64 : 0..<32, with: try trace.bytes("private"))
        let seed = SecretBytes(copying: seedBytes.span)
        let exchange = try KeyExchange(isP256 ? .p256 : .x25519, seed: seed)
        let publicKey = exchange.publicKey
        let hello = try trace.bytes("hello")
        #expect(
            (0...(hello.count - publicKey.count)).contains {
                Array(hello[$0...].prefix(publicKey.count)) == publicKey
            })

        // The transcript, with the message_hash of a retried hello.
        var transcript = Transcript(.sha256)
        if has("retry") {
            let (first, retry) = (try trace.bytes("first-hello"), try trace.bytes("retry"))
            transcript = Transcript(.sha256, retried: first.span)
            transcript.add(retry.span)
            let request = try ServerHello(retry.span.extracting(4..<retry.count))
            #expect(request.isHelloRetryRequest)
            #expect(try request.requestedGroup() == NamedGroup.p256.rawValue)
            #expect(try request.cookie()?.count == 114)
        }
        // The key of the resumed connection, and its binder.
        let key = has("pre-shared-key") ? try trace.bytes("pre-shared-key") : []
        var schedule = KeySchedule13(.sha256, preSharedKey: key.span)
        let early = bytes(schedule.secret)
        #expect(early == (try trace.bytes("early-secret")))
        if has("binder") {
            let binder = binderCode(
                .sha256, schedule.resumptionBinderKey(), after: transcript,
                truncatedHello: hello.span.extracting(0..<(hello.count - 35)))
            #expect(binder == (try trace.bytes("binder")))
        }
        transcript.add(hello.span)

        // The ServerHello and the handshake's secrets.
        let message = try trace.bytes("server-hello")
        let serverHello = try ServerHello(message.span.extracting(4..<message.count))
        #expect(try serverHello.selectedVersion() == 0x0304)
        #expect(try serverHello.selectedIdentity() == (has("binder") ? 0 : nil))
        #expect(serverHello.suite == CipherSuite.aes128GCM.rawValue)
        transcript.add(message.span)
        schedule.addSharedSecret(try exchange.sharedSecret(with: try serverHello.keyShare().key))
        let handshake = bytes(schedule.secret)
        #expect(handshake == (try trace.bytes("handshake-secret")))
        let client = bytes(schedule.derive("c hs traffic", transcriptHash: transcript.digest()))
        let server = bytes(schedule.derive("s hs traffic", transcriptHash: transcript.digest()))
        #expect(client == (try trace.bytes("client-handshake-secret")))
        #expect(server == (try trace.bytes("server-handshake-secret")))

        // The server's flight: opened, sealed again, its Finished computed.
        let flight = try trace.bytes("flight")
        try check(server, [(.handshake, flight, "flight-record")], trace)
        transcript.add(flight.span.extracting(0..<(flight.count - 36)))
        let serverCode = finishedCode(
            .sha256, key: finishedKey(.sha256, secret: SecretBytes(copying: server.span)),
            transcriptHash: transcript.digest())
        #expect(Array(flight.suffix(32)) == serverCode)
        transcript.add(flight.span.extracting((flight.count - 36)..<flight.count))

        // The application's secrets.
        schedule.becomeMaster()
        let master = bytes(schedule.secret)
        #expect(master == (try trace.bytes("master-secret")))
        let clientApplication = bytes(schedule.derive("c ap traffic", transcriptHash: transcript.digest()))
        let serverApplication = bytes(schedule.derive("s ap traffic", transcriptHash: transcript.digest()))
        #expect(clientApplication == (try trace.bytes("client-application-secret")))
        #expect(serverApplication == (try trace.bytes("server-application-secret")))

        // The client's answer.
        if has("end-of-early-data") {
            let end = try trace.bytes("end-of-early-data")
            transcript.add(end.span)
        }
        let answer = try trace.bytes("finished")
        transcript.add(answer.span.extracting(0..<(answer.count - 36)))
        let clientCode = finishedCode(
            .sha256, key: finishedKey(.sha256, secret: SecretBytes(copying: client.span)),
            transcriptHash: transcript.digest())
        #expect(Array(answer.suffix(36)) == [20, 0, 0, 32] + clientCode)
        try check(client, [(.handshake, answer, "finished-record")], trace)
        transcript.add(answer.span.extracting((answer.count - 36)..<answer.count))
        let resumption = schedule.derive("res master", transcriptHash: transcript.digest())
        let resumptionBytes = bytes(resumption)
        #expect(resumptionBytes == (try trace.bytes("resumption-secret")))

        // What follows, in both directions.
        let data = (0..<50).map { UInt8($0) }
        var sent: [(ContentType, [UInt8], String)] = [(.alert, [1, 0], "client-close-record")]
        var received: [(ContentType, [UInt8], String)] = [(.alert, [1, 0], "server-close-record")]
        if has("client-data-record") {
            sent.insert((.applicationData, data, "client-data-record"), at: 0)
            received.insert((.applicationData, data, "server-data-record"), at: 0)
        }
        if has("ticket-record") {
            let ticketMessage = try trace.bytes("ticket")
            received.insert((.handshake, ticketMessage, "ticket-record"), at: 0)
            let ticket = try NewSessionTicket(ticketMessage.span.extracting(4..<ticketMessage.count))
            #expect(ticket.lifetimeSeconds == 30 && ticket.nonce == [0, 0])
            let ticketKey = bytes(
                resumptionKey(.sha256, resumptionMasterSecret: resumption, nonce: ticket.nonce))
            #expect(ticketKey == (try trace.bytes("ticket-key")))
        }
        try check(clientApplication, sent, trace)
        try check(serverApplication, received, trace)
    }

    /// Each record opens to its contents under the secret, and the contents seal to the record.
    private func check(_ secret: [UInt8], _ records: [(ContentType, [UInt8], String)], _ trace: VectorCase)
        throws
    {
        var opening = protection(secret)
        var sealing = protection(secret)
        for (type, contents, field) in records {
            let expected = try trace.bytes(field)
            let opened = try opening.open(try record(expected))
            #expect(opened.type == type.rawValue && opened.contents == contents, "\(field)")
            var output: [UInt8] = []
            sealing.seal(type, contents.span, into: &output)
            #expect(output == expected, "\(field)")
        }
    }
}
