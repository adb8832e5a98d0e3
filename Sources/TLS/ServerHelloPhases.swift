// ServerHelloPhases.swift - ServerHello and HelloRetryRequest: the choice between TLS 1.3 and TLS 1.2.
//
// Spec:    RFC 8446 §4.1.3, §4.1.4, §4.2.1, §4.2.8, §4.2.11, §7.1.
// Secret:  the private keys, the shared secret and the schedule.
// Reads:   ServerHello, ClientHello, KeyExchange, KeySchedule13, Phases13, Phases12, RecordLayer; Bytes.
//          Read by: Phase, TLSClient.

import Bytes

/// After the first ClientHello.
struct ExpectServerHello: ~Copyable {
    private let hello: ClientHello
    /// The encoded `hello`: the transcript starts when the suite has chosen its hash.
    private let message: [UInt8]
    private let key: OfferedKey

    init(hello: ClientHello, message: [UInt8], key: consuming OfferedKey) {
        self.hello = hello
        self.message = message
        self.key = key
    }

    consuming func receive(
        _ message: HandshakeMessage, _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        switch try ServerChoice(message, hello) {
        case .tls12(let serverHello):
            let agreement = try Agreement12(serverHello, message, hello, clientHello: self.message, records)
            return .handshake12(.certificate(ExpectCertificate12(agreement, key)))
        case .retry(let request, let suite): return try retry(request, suite, message, &records)
        case .tls13(let serverHello, let suite):
            let transcript = Transcript(suite.hash, self.message.span)
            return try agree13(serverHello, suite, message, hello, key.exchange, transcript, &records)
        }
    }

    /// §4.1.4: sends the second ClientHello.
    private consuming func retry(
        _ request: ServerHello, _ suite: CipherSuite, _ message: HandshakeMessage,
        _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        try request.extensions.check(
            permitted: [ExtensionType.supportedVersions, ExtensionType.keyShare, ExtensionType.cookie],
            offered: hello.offeredExtensions)
        let (firstMessage, first) = (self.message, hello)
        let requestedGroup = try request.requestedGroup()
        var second = first
        second.cookie = try request.cookie()
        guard requestedGroup != nil || second.cookie != nil else { throw .idleHelloRetryRequest }
        if let requestedGroup {
            // §4.2.8: an offered group without a share.
            guard let group = NamedGroup(rawValue: requestedGroup), group != first.group else {
                throw .group(requestedGroup)
            }
            second.group = group
        }
        let exchange = try key.exchange(on: second.group)
        second.publicKey = exchange.publicKey
        // §4.1.4: a pre-shared key of another hash is not offered again.
        if let session = first.session, session.suite.hash != suite.hash { second.session = nil }
        try records.checkMessageBoundary()
        var transcript = Transcript(suite.hash, retried: firstMessage.span)
        transcript.add(message.bytes.span)
        let secondMessage = second.message(after: transcript)
        transcript.add(secondMessage.span)
        records.sendChangeCipherSpec()
        records.send(message: secondMessage.span)
        return .secondServerHello(
            ExpectSecondServerHello(hello: second, suite: suite, exchange: exchange, transcript: transcript))
    }
}

/// After the second ClientHello; only TLS 1.3 may follow.
struct ExpectSecondServerHello: ~Copyable {
    private let hello: ClientHello
    /// Of the HelloRetryRequest.
    private let suite: CipherSuite
    private let exchange: KeyExchange
    private let transcript: Transcript

    init(
        hello: ClientHello, suite: CipherSuite, exchange: consuming KeyExchange, transcript: Transcript
    ) {
        self.hello = hello
        self.suite = suite
        self.exchange = exchange
        self.transcript = transcript
    }

    consuming func receive(
        _ message: HandshakeMessage, _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        switch try ServerChoice(message, hello) {
        // §4.1.4: a HelloRetryRequest already selected TLS 1.3.
        case .tls12(let serverHello): throw .version(serverHello.version)
        case .retry(_, let suite):
            guard suite == self.suite else { throw .cipherSuite(suite.rawValue) }
            throw .secondHelloRetryRequest
        case .tls13(let serverHello, let suite):
            // §4.1.4: the suite of the HelloRetryRequest is binding.
            guard suite == self.suite else { throw .cipherSuite(suite.rawValue) }
            return try agree13(serverHello, suite, message, hello, exchange, transcript, &records)
        }
    }
}

/// The kinds of a ServerHello. The fields that both kinds of TLS 1.3 share are checked.
private enum ServerChoice {
    /// Only the version is checked.
    case tls12(ServerHello)
    /// A HelloRetryRequest.
    case retry(ServerHello, CipherSuite)
    case tls13(ServerHello, CipherSuite)

    init(_ message: HandshakeMessage, _ hello: ClientHello) throws(TLSError) {
        try message.expect(HandshakeType.serverHello)
        let serverHello = try ServerHello(message.body)
        // §4.1.3: legacy_version.
        guard serverHello.version == TLSVersion.tls12.rawValue else { throw .version(serverHello.version) }
        // §4.2.1: supported_versions, if present, selects the version.
        guard let version = try serverHello.selectedVersion() else {
            guard !serverHello.isHelloRetryRequest else {
                throw .missingExtension(
                    message: HandshakeType.serverHello, type: ExtensionType.supportedVersions)
            }
            self = .tls12(serverHello)
            return
        }
        guard version == TLSVersion.tls13.rawValue else { throw .selectedVersion(version) }
        // §4.1.3: legacy_session_id_echo, cipher_suite, legacy_compression_method.
        guard serverHello.sessionIdentifier == hello.sessionIdentifier else { throw .sessionIdentifier }
        guard let suite = CipherSuite(rawValue: serverHello.suite), suite.version == .tls13 else {
            throw .cipherSuite(serverHello.suite)
        }
        guard serverHello.compressionMethod == 0 else {
            throw .compressionMethod(serverHello.compressionMethod)
        }
        self = serverHello.isHelloRetryRequest ? .retry(serverHello, suite) : .tls13(serverHello, suite)
    }
}

/// Checks a ServerHello of TLS 1.3 and derives the keys of the handshake (§7.1).
///
/// - Parameters:
///   - exchange: of the share in `hello`.
///   - transcript: up to `hello`.
private func agree13(
    _ serverHello: ServerHello, _ suite: CipherSuite, _ message: HandshakeMessage, _ hello: ClientHello,
    _ exchange: borrowing KeyExchange, _ transcript: Transcript, _ records: inout RecordLayer
) throws(TLSError) -> Phase {
    try serverHello.extensions.check(
        permitted: [ExtensionType.supportedVersions, ExtensionType.keyShare, ExtensionType.preSharedKey],
        offered: hello.offeredExtensions)
    // §4.2.8: the group of the offered share.
    let share = try serverHello.keyShare()
    guard share.group == hello.group.rawValue else { throw .group(share.group) }
    // §4.2.11: the only offered key, with a suite of its hash.
    var resumed: TLSSession?
    if let identity = try serverHello.selectedIdentity() {
        guard identity == 0, let session = hello.session else { throw .preSharedKeyIdentity(identity) }
        guard session.suite.hash == suite.hash else { throw .cipherSuite(suite.rawValue) }
        resumed = session
    }
    try records.checkMessageBoundary()
    var transcript = transcript
    transcript.add(message.bytes.span)
    var schedule = resumed?.keySchedule() ?? KeySchedule13(suite.hash, preSharedKey: [UInt8]().span)
    schedule.addSharedSecret(try exchange.sharedSecret(with: share.key))
    let digest = transcript.digest()
    let serverSecret = schedule.derive("s hs traffic", transcriptHash: digest)
    let clientSecret = schedule.derive("c hs traffic", transcriptHash: digest)
    records.sendChangeCipherSpec()
    records.read(with: RecordProtection(suite, trafficSecret: serverSecret))
    records.write(with: RecordProtection(suite, trafficSecret: clientSecret))
    let agreement = Agreement13(
        suite: suite, group: hello.group, transcript: transcript, schedule: schedule,
        serverFinishedKey: finishedKey(suite.hash, secret: serverSecret),
        clientFinishedKey: finishedKey(suite.hash, secret: clientSecret))
    return .handshake13(
        .encryptedExtensions(
            ExpectEncryptedExtensions(
                agreement, offeredExtensions: hello.offeredExtensions,
                resumedCertificateEndSeconds: resumed?.certificateEndSeconds)))
}
