// Phases12.swift - TLS 1.2 from the ServerHello to Finished: ECDHE, AEAD, no resumption. The order is in Phase.swift.
//
// Spec:    RFC 5246 §7.3, §7.4; RFC 8422 §5; RFC 5746 §3.4; RFC 7627 §5.2; RFC 8446 §4.1.3 (downgrade).
// Secret:  the private keys, the premaster secret, the schedule and the record keys.
// Reads:   ServerHello, ServerKeyExchange, KeyExchange, KeySchedule12, Transcript, ServerCertificate, Connected, RecordLayer;
//          Bytes, X509. Read by: Phase, ServerHelloPhases.

import Bytes
import X509

/// The parameters that the ServerHello selected.
struct Agreement12 {
    let suite: CipherSuite
    /// 32 bytes each.
    let clientRandom, serverRandom: [UInt8]
    let extendedMasterSecret: Bool
    let applicationProtocolNamed: Bool
    var transcript: Transcript

    /// Checks a ServerHello without supported_versions.
    ///
    /// - Parameter clientHello: `hello`, as it was sent.
    init(
        _ serverHello: ServerHello, _ message: HandshakeMessage, _ hello: ClientHello,
        clientHello: [UInt8], _ records: borrowing RecordLayer
    ) throws(TLSError) {
        guard records.changeCipherSpecCount == 0 else {
            throw .unexpectedRecord(type: ContentType.changeCipherSpec.rawValue)
        }
        // RFC 8446 §4.1.3: a server that could do TLS 1.3 says so here.
        guard !serverHello.hasDowngradeSentinel else { throw .downgrade }
        // No session was offered, so none can be resumed.
        guard serverHello.sessionIdentifier != hello.sessionIdentifier else { throw .sessionIdentifier }
        guard let suite = CipherSuite(rawValue: serverHello.suite), suite.version == .tls12 else {
            throw .cipherSuite(serverHello.suite)
        }
        guard serverHello.compressionMethod == 0 else {
            throw .compressionMethod(serverHello.compressionMethod)
        }
        let extensions = serverHello.extensions
        // supported_groups is not the server's to send (RFC 8422 §5.2); some load balancers do. Ignored.
        try extensions.check(
            permitted: [
                ExtensionType.serverName, ExtensionType.extendedMasterSecret,
                ExtensionType.renegotiationInfo, ExtensionType.ecPointFormats,
                ExtensionType.applicationLayerProtocolNegotiation, ExtensionType.supportedGroups,
            ],
            offered: hello.offeredExtensions)
        try checkServerName(extensions)
        try checkPointFormats(extensions)
        applicationProtocolNamed = try checkApplicationProtocol(extensions)
        // RFC 7627 §5.2: its absence is accepted and reported in the summary.
        let masterSecret = extensions.contents(ExtensionType.extendedMasterSecret)
        if let masterSecret, !masterSecret.isEmpty { throw .malformed(message: HandshakeType.serverHello) }
        extendedMasterSecret = masterSecret != nil
        // RFC 5746 §3.4: an empty renegotiated_connection.
        guard let renegotiation = extensions.contents(ExtensionType.renegotiationInfo) else {
            throw .secureRenegotiationMissing
        }
        guard renegotiation == [0] else { throw .renegotiationInfo }
        self.suite = suite
        clientRandom = hello.random
        serverRandom = serverHello.random
        transcript = Transcript(suite.hash, clientHello.span)
        transcript.add(message.bytes.span)
    }
}

/// After the ServerHello.
struct ExpectCertificate12: ~Copyable {
    private var agreement: Agreement12
    private let key: OfferedKey

    init(_ agreement: Agreement12, _ key: consuming OfferedKey) {
        self.agreement = agreement
        self.key = key
    }

    /// RFC 5246 §7.4.2.
    consuming func receiveCertificate(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration
    ) throws(TLSError) -> ExpectServerKeyExchange {
        let server = try ServerCertificate(try readCertificates12(message.body), configuration)
        agreement.transcript.add(message.bytes.span)
        return ExpectServerKeyExchange(agreement: agreement, key: key, server: server)
    }
}

/// After Certificate.
struct ExpectServerKeyExchange: ~Copyable {
    var agreement: Agreement12
    let key: OfferedKey
    let server: ServerCertificate

    /// RFC 8422 §5.4.
    consuming func receiveKeyExchange(_ message: HandshakeMessage) throws(TLSError) -> ExpectServerHelloDone {
        let received = try ServerKeyExchange(message.body)
        guard let group = NamedGroup(rawValue: received.group) else { throw .group(received.group) }
        // RFC 5246 §7.4.3: an offered algorithm of the suite's kind.
        guard let scheme = SignatureScheme(rawValue: received.scheme),
            scheme.isOnCurve == agreement.suite.signsWithCurves
        else { throw .signatureScheme(received.scheme) }
        try server.verify(
            scheme, message: agreement.clientRandom + agreement.serverRandom + received.parameters,
            signature: received.signature, bindsCurve: false)
        agreement.transcript.add(message.bytes.span)
        return ExpectServerHelloDone(
            agreement: agreement, group: group, scheme: scheme, peerPublicKey: received.publicKey,
            exchange: try key.exchange(on: group), certificateRequested: false)
    }
}

/// After ServerKeyExchange and an optional CertificateRequest.
struct ExpectServerHelloDone: ~Copyable {
    var agreement: Agreement12
    let group: NamedGroup
    let scheme: SignatureScheme
    let peerPublicKey: [UInt8]
    /// The client's private key, on `group`.
    let exchange: KeyExchange
    /// The server has requested a client certificate.
    private(set) var certificateRequested: Bool

    /// RFC 5246 §7.4.4.
    consuming func receiveRequest(_ message: HandshakeMessage) throws(TLSError) -> ExpectServerHelloDone {
        try checkCertificateRequest12(message.body)
        agreement.transcript.add(message.bytes.span)
        certificateRequested = true
        return self
    }

    /// RFC 5246 §7.4.5, and the client's second flight (§7.3).
    consuming func receiveDone(
        _ message: HandshakeMessage, _ records: inout RecordLayer
    ) throws(TLSError) -> ExpectChangeCipherSpec {
        guard message.body.isEmpty else { throw .malformed(message: HandshakeType.serverHelloDone) }
        try records.checkMessageBoundary()
        agreement.transcript.add(message.bytes.span)
        let suite = agreement.suite
        let premasterSecret = try exchange.sharedSecret(with: peerPublicKey)
        // RFC 5246 §7.4.6: an empty list answers the request.
        if certificateRequested { send(HandshakeType.certificate, [0, 0, 0], &records) }
        // RFC 8422 §5.7.
        let publicKey = exchange.publicKey
        send(HandshakeType.clientKeyExchange, [UInt8(publicKey.count)] + publicKey, &records)
        let schedule = KeySchedule12(
            suite.hash, premasterSecret: premasterSecret,
            sessionHash: agreement.extendedMasterSecret ? agreement.transcript.digest() : nil,
            clientRandom: agreement.clientRandom, serverRandom: agreement.serverRandom)
        let keyBlock = schedule.keyBlock(
            suite, clientRandom: agreement.clientRandom, serverRandom: agreement.serverRandom)
        records.sendChangeCipherSpec()
        records.write(with: RecordProtection(suite, keyBlock: keyBlock, forClient: true))
        send(
            HandshakeType.finished,
            schedule.verifyData("client finished", transcriptHash: agreement.transcript.digest()), &records)
        return ExpectChangeCipherSpec(
            serverKeys: RecordProtection(suite, keyBlock: keyBlock, forClient: false),
            finished: ExpectFinished12(
                summary: TLSSummary(
                    version: .tls12, suite: suite, group: group, scheme: scheme,
                    extendedMasterSecret: agreement.extendedMasterSecret, resumed: false,
                    applicationProtocolNamed: agreement.applicationProtocolNamed),
                transcript: agreement.transcript, schedule: schedule))
    }

    private mutating func send(_ type: UInt8, _ body: [UInt8], _ records: inout RecordLayer) {
        let message = HandshakeMessage(type, body)
        agreement.transcript.add(message.bytes.span)
        records.send(message: message.bytes.span)
    }
}

/// After the client's second flight.
struct ExpectChangeCipherSpec: ~Copyable {
    let serverKeys: RecordProtection
    let finished: ExpectFinished12

    /// RFC 5246 §7.1: the server's next records are protected with the new keys.
    consuming func receiveChangeCipherSpec(_ records: inout RecordLayer) -> ExpectFinished12 {
        records.read(with: serverKeys)
        return finished
    }
}

/// After the server's ChangeCipherSpec.
struct ExpectFinished12: ~Copyable {
    let summary: TLSSummary
    /// Up to the client's Finished.
    let transcript: Transcript
    let schedule: KeySchedule12

    /// RFC 5246 §7.4.9.
    consuming func receiveFinished(
        _ message: HandshakeMessage, _ records: borrowing RecordLayer
    ) throws(TLSError) -> Connected12 {
        let expected = schedule.verifyData("server finished", transcriptHash: transcript.digest())
        try checkFinished(message, expected)
        try records.checkMessageBoundary()
        return Connected12(summary: summary)
    }
}
