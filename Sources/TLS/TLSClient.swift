// TLSClient.swift - one connection: bytes in; bytes to send, application data and a state out.
//
// Spec:    RFC 8446 §2, §5.1, §6, appendix A.1 (the states), D.4; RFC 5246 §7.2, §7.3.
// Secret:  the private keys, the schedules and the record keys, each in a type that wipes itself.
//          What `takeApplicationData` gives is the caller's to keep.
// Reads:   the rest of TLS. Read by: HTTP.
//
// Nothing here waits, and nothing knows a socket: who has bytes hands them in with `receive`,
// and sends what `takeOutput` gives. After an error the connection is over; the alert that tells
// the server so is in the output.

import Bytes
import HMAC
import X509

public final class TLSClient {
    /// How many random bytes a connection takes: random, legacy_session_id, private keys.
    public static let randomByteCount = 64 + KeyExchangeSeed.byteCount

    /// What comes next (RFC 8446 appendix A.1; RFC 5246 §7.3).
    enum State {
        case serverHello
        // TLS 1.3.
        case encryptedExtensions, certificateOrRequest, certificate, certificateVerify, finished
        // TLS 1.2.
        case certificate12, serverKeyExchange12, requestOrDone12, done12, changeCipherSpec12, finished12
        case connected
    }

    private(set) var configuration: TLSConfiguration
    var state = State.serverHello
    private var failure: TLSError?

    // What was offered.
    var hello: ClientHello
    var seed: SecretBytes
    var exchange: KeyExchange
    /// There was a HelloRetryRequest.
    var didRetry = false

    // What was agreed on.
    /// Of a HelloRetryRequest or a ServerHello.
    var suite: CipherSuite?
    var group = NamedGroup.x25519
    var scheme: SignatureScheme?
    var resumed = false
    var extendedMasterSecret = true
    var applicationProtocolNamed = false
    var leafPublicKey: PublicKey?
    var certificateEndSeconds: Int64 = 0
    /// The server asked for a certificate of ours.
    var certificateRequested = false

    var transcript = Transcript()
    var schedule13 = KeySchedule13(.sha256, preSharedKey: [UInt8]().span)
    var resumptionMasterSecret = SecretBytes(count: 0)

    // TLS 1.2.
    var schedule12 = KeySchedule12()
    var serverRandom: [UInt8] = []
    var peerPublicKey: [UInt8] = []
    var keyBlock = SecretBytes(count: 0)

    // Records.
    private var records = RecordReader()
    private var messages = HandshakeReader()
    var reading = RecordProtection()
    var writing = RecordProtection()
    private var output: [UInt8] = []
    private var applicationData: [UInt8] = []
    private var didSendChangeCipherSpec = false
    private var didClose = false

    // What is counted against a limit.
    var changeCipherSpecCount = 0
    private var emptyRecordCount = 0
    var warningCount = 0
    var keyUpdateCount = 0
    var ticketCount = 0

    /// What a later connection to the same host can begin with: the newest ticket, or nil.
    public internal(set) var session: TLSSession?
    /// The server has said that it sends nothing more. Without it, the data's end may be an attacker's cut.
    public private(set) var peerHasClosed = false

    /// Begins a connection: the ClientHello is in the output.
    ///
    /// - Parameters:
    ///   - random: `TLSClient.randomByteCount` bytes that nobody can guess.
    ///   - session: of an earlier connection. One that does not fit is not offered.
    /// - Throws: `hostNameForm`; `randomness`.
    public init(
        _ configuration: TLSConfiguration, random: consuming SecretBytes, session: TLSSession? = nil
    ) throws(TLSError) {
        precondition(random.count == Self.randomByteCount)
        do throws(X509Error) { _ = try HostName(configuration.hostName.span) } catch { throw .hostNameForm }
        self.configuration = configuration
        seed = part(random, 64, KeyExchangeSeed.byteCount)
        exchange = try KeyExchange(.x25519, seed: seed)
        let isUsable = session?.isUsable(configuration) ?? false
        hello = ClientHello(
            random: publicPart(random, 0, 32), sessionIdentifier: publicPart(random, 32, 32),
            suites: CipherSuite.offered(prefersAES: configuration.prefersAES),
            serverName: configuration.serverName, group: .x25519, publicKey: exchange.publicKey,
            cookie: nil, session: isUsable ? session : nil, nowSeconds: configuration.nowSeconds)
        let message = hello.message(after: transcript)
        transcript.add(message.span)
        // §5.1: 0x0301 in a first ClientHello, for old middleboxes.
        output = [ContentType.handshake.rawValue, 3, 1]
        output.append(bigEndian: UInt64(message.count), byteCount: 2)
        output.append(message.span)
    }

    // MARK: For the caller

    /// Says who is trusted, before anything is received.
    public func trust(_ anchors: TrustAnchors) {
        configuration.anchors = anchors
    }

    /// Takes what came from the server, in pieces of any length.
    ///
    /// - Throws: the first failed check, now and ever after. The alert is in the output.
    public func receive(_ bytes: Span<UInt8>) throws(TLSError) {
        if let failure { throw failure }
        // §6.1: what comes behind close_notify is ignored.
        guard !peerHasClosed else { return }
        records.append(bytes)
        do throws(TLSError) {
            while !peerHasClosed, let record = try records.next(bodyLimit: bodyLimit) { try process(record) }
        } catch {
            fail(error)
            throw error
        }
    }

    /// What is to be sent, and has not been taken yet.
    public func takeOutput() -> [UInt8] {
        let taken = output
        output = []
        return taken
    }

    /// What the server sent for the application, and has not been taken yet. Nothing after an error:
    /// what came in the same call is dropped with it.
    public func takeApplicationData() -> [UInt8] {
        let taken = applicationData
        applicationData = []
        return taken
    }

    /// Whether the server is who it must be, and `send` may be called.
    public var isEstablished: Bool {
        if case .connected = state { return failure == nil }
        return false
    }

    /// Protects application data for the server; it is then in the output.
    ///
    /// - Throws: `notConnected`, `tooManyRecords`; the error that ended the connection.
    public func send(_ plaintext: Span<UInt8>) throws(TLSError) {
        if let failure { throw failure }
        guard isEstablished, !didClose else { throw .notConnected }
        var offset = 0
        while offset < plaintext.count {
            guard !writing.isUsedUp else { throw .tooManyRecords(limit: TLSLimits.recordsPerKeyCount) }
            let end = min(offset + TLSLimits.plaintextByteCount, plaintext.count)
            writing.seal(.applicationData, plaintext.extracting(offset..<end), into: &output)
            offset = end
        }
    }

    /// Tells the server that nothing more comes from here.
    public func close() {
        guard !didClose, failure == nil else { return }
        sendAlert(.closeNotify)
        didClose = true
    }

    /// What was agreed on; nil before the connection is established.
    public var summary: TLSSummary? {
        guard case .connected = state, let suite else { return nil }
        return TLSSummary(
            version: suite.version, suite: suite, group: group, scheme: scheme,
            extendedMasterSecret: extendedMasterSecret, resumed: resumed,
            applicationProtocolNamed: applicationProtocolNamed)
    }

    // MARK: Records in

    private var isTLS13: Bool { suite?.version == .tls13 }

    private var isTLS12: Bool { suite?.version == .tls12 }

    /// The longest body of a record that may come now.
    private var bodyLimit: Int {
        guard reading.isActive else { return TLSLimits.plaintextByteCount }
        return TLSLimits.plaintextByteCount
            + (isTLS13 ? TLSLimits.expansion13ByteCount : TLSLimits.expansion12ByteCount)
    }

    private func process(_ record: Record) throws(TLSError) {
        if record.type == .changeCipherSpec { return try receiveChangeCipherSpec(record.body) }
        guard reading.isActive else {
            guard record.type != .applicationData else {
                throw .unexpectedRecord(type: record.type.rawValue)
            }
            return try receive(type: record.type.rawValue, record.body)
        }
        // §5.2: all protected records say application_data outside.
        guard isTLS12 || record.type == .applicationData else {
            throw .unexpectedRecord(type: record.type.rawValue)
        }
        let opened = try reading.open(record)
        try receive(type: opened.type, opened.contents)
    }

    private func receive(type: UInt8, _ contents: [UInt8]) throws(TLSError) {
        guard let contentType = ContentType(rawValue: type) else { throw .unexpectedRecord(type: type) }
        // §5.1: nothing comes between the records of one handshake message.
        guard messages.isEmpty || contentType == .handshake || contentType == .alert else {
            throw .messageAcrossRecords
        }
        switch contentType {
        case .changeCipherSpec:
            // §5: protected, it is an error.
            throw .unexpectedRecord(type: type)
        case .alert:
            try receiveAlert(contents)
        case .handshake:
            // §5.1: no fragments of no length.
            guard !contents.isEmpty else { throw .emptyRecord(type: type) }
            messages.append(contents.span)
            while let message = try messages.next() { try receiveMessage(message) }
        case .applicationData:
            guard case .connected = state else { throw .unexpectedRecord(type: type) }
            if contents.isEmpty {
                emptyRecordCount += 1
                guard emptyRecordCount <= TLSLimits.emptyRecordCount else {
                    throw .tooManyEmptyRecords(limit: TLSLimits.emptyRecordCount)
                }
            }
            applicationData.append(contents.span)
        }
    }

    private func receiveChangeCipherSpec(_ body: [UInt8]) throws(TLSError) {
        guard body == [1] else { throw .changeCipherSpecForm }
        guard messages.isEmpty else { throw .messageAcrossRecords }
        switch state {
        case .changeCipherSpec12: try changeReadingKeys12()
        // Appendix D.4: dropped until the server's Finished. Before the ServerHello it is not known
        // yet whether it must be: `receiveServerHello12` looks at the count.
        case .serverHello, .encryptedExtensions, .certificateOrRequest, .certificate, .certificateVerify,
            .finished:
            changeCipherSpecCount += 1
            guard changeCipherSpecCount <= TLSLimits.changeCipherSpecCount else {
                throw .tooManyChangeCipherSpecs(limit: TLSLimits.changeCipherSpecCount)
            }
        default: throw .unexpectedRecord(type: ContentType.changeCipherSpec.rawValue)
        }
    }

    private func receiveAlert(_ contents: [UInt8]) throws(TLSError) {
        guard !contents.isEmpty else { throw .emptyRecord(type: ContentType.alert.rawValue) }
        // §5.1: one alert, whole, in a record.
        guard contents.count == 2 else { throw .alertForm }
        let (level, description) = (contents[0], contents[1])
        // §6.1.
        if description == AlertDescription.closeNotify.rawValue {
            guard isEstablished else { throw .closedDuringHandshake }
            peerHasClosed = true
            records.clear()
            return
        }
        // §6: the level means nothing, and all but user_canceled end the connection. RFC 5246 §7.2.2: a
        // warning does not.
        let isWarning = isTLS13 ? description == AlertDescription.userCanceled.rawValue : level == 1
        guard isWarning else { throw .peerAlert(description) }
        // §5.1: between the pieces of a message there is not even a warning.
        try checkMessageBoundary()
        try countWarning()
    }

    func countWarning() throws(TLSError) {
        warningCount += 1
        guard warningCount <= TLSLimits.warningCount else {
            throw .tooManyWarnings(limit: TLSLimits.warningCount)
        }
    }

    /// §5.1: no message goes on behind a change of keys.
    func checkMessageBoundary() throws(TLSError) {
        guard messages.isEmpty else { throw .messageAcrossRecords }
    }

    // MARK: Messages in

    private func receiveMessage(_ message: [UInt8]) throws(TLSError) {
        switch state {
        case .serverHello: try receiveServerHello(message)
        case .connected:
            if isTLS13 { return try receiveAfterHandshake13(message) }
            try receiveAfterHandshake12(message)
        case .encryptedExtensions, .certificateOrRequest, .certificate, .certificateVerify, .finished:
            try receiveHandshake13(message)
        default: try receiveHandshake12(message)
        }
    }

    // MARK: Records out

    /// Adds a message to the transcript and sends it.
    func sendMessage(_ type: UInt8, _ body: [UInt8]) {
        var message: [UInt8] = [type]
        message.append(bigEndian: UInt64(body.count), byteCount: 3)
        message.append(body.span)
        sendWhole(message)
    }

    /// The same for a message with its header.
    func sendWhole(_ message: [UInt8]) {
        transcript.add(message.span)
        sendOutsideTranscript(message)
    }

    /// A message after the handshake.
    func sendOutsideTranscript(_ message: [UInt8]) {
        // §6.1: nothing follows our close_notify.
        guard !didClose else { return }
        writing.seal(.handshake, message.span, into: &output)
    }

    /// Appendix D.4: once, before the second flight. RFC 5246 §7.1: before Finished.
    func sendChangeCipherSpec() {
        guard !didSendChangeCipherSpec else { return }
        didSendChangeCipherSpec = true
        output.append(ContentType.changeCipherSpec.rawValue)
        output.append(bigEndian: 0x0303_0001_01, byteCount: 5)
    }

    func sendAlert(_ alert: AlertDescription) {
        guard !didClose, !writing.isUsedUp else { return }
        let contents: [UInt8] = [alert.isWarning ? 1 : 2, alert.rawValue]
        writing.seal(.alert, contents.span, into: &output)
    }

    private func fail(_ error: TLSError) {
        failure = error
        session = nil
        if let alert = error.alert { sendAlert(alert) }
        // The keys go: nothing more is protected with them.
        reading = RecordProtection()
        writing = RecordProtection()
        records.clear()
        messages = HandshakeReader()
        applicationData = []
    }

    // MARK: Certificates

    /// Finds a path from the server's certificate to an anchor, and keeps the server's key.
    func validate(_ certificates: [[UInt8]]) throws(TLSError) {
        do throws(PathError) {
            let path = try validatePath(
                presented: certificates, anchors: configuration.anchors, hostName: configuration.hostName,
                nowSeconds: configuration.nowSeconds)
            leafPublicKey = path.leafPublicKey
            certificateEndSeconds = path.certificates[0].notAfterSeconds
        } catch { throw .certificate(error) }
    }

    /// Checks the server's signature.
    func verify(
        _ scheme: SignatureScheme, message: [UInt8], signature: [UInt8], bindsCurve: Bool
    ) throws(TLSError) {
        // The state sees to it that a certificate came before.
        guard let key = leafPublicKey else { preconditionFailure("no certificate") }
        do throws(X509Error) {
            try key.verify(scheme, message: message.span, signature: signature.span, bindsCurve: bindsCurve)
        } catch { throw .signature(error) }
        self.scheme = scheme
    }
}

private func part(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> SecretBytes {
    SecretBytes(copying: bytes.span.extracting(start..<(start + count)))
}

/// What goes over the wire.
private func publicPart(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> [UInt8] {
    [UInt8](bytes.span.extracting(start..<(start + count)))
}
