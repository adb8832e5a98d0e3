// TLSClient.swift - one client connection, without I/O: bytes in, bytes out.
//
// Spec:    RFC 8446 §2, §6, appendix A.1; RFC 5246 §7.2, §7.3.
// Secret:  keys and secrets of the phase and the record layer, each in a type that wipes itself.
//          The caller owns the result of `takeApplicationData`.
// Reads:   Phase, RecordLayer, ClientHello, KeyExchange (OfferedKey), TLSConfiguration; Bytes, X509. Read by: HTTP.
//
// The caller passes received bytes to `receive` and sends the result of `takeOutput`. An error ends the connection; the
// output then contains the alert.

import Bytes
import X509

public final class TLSClient {
    /// Random bytes that a connection needs: random, legacy_session_id, private keys.
    public static let randomByteCount = 64 + KeyExchangeSeed.byteCount

    private var configuration: TLSConfiguration
    private var phase: Phase
    private var records: RecordLayer
    /// The error that ended the connection.
    private var failure: TLSError?
    private var applicationData: [UInt8] = []

    /// The server has sent close_notify. Without it, the data may have been truncated by an attacker.
    public private(set) var peerHasClosed = false

    /// Begins a connection: the ClientHello is in the output.
    ///
    /// - Parameters:
    ///   - random: `TLSClient.randomByteCount` unpredictable bytes.
    ///   - session: of an earlier connection; offered if it is valid for this host and time.
    /// - Throws: `hostNameForm`; `randomness`.
    public static func begin(
        _ configuration: TLSConfiguration, random: consuming SecretBytes, session: TLSSession? = nil
    ) throws(TLSError) -> TLSClient {
        precondition(random.count == randomByteCount)
        do throws(X509Error) { _ = try HostName(configuration.hostName.span) } catch { throw .hostNameForm }
        let key = try OfferedKey(.x25519, seed: part(random, 64, KeyExchangeSeed.byteCount))
        let isUsable = session?.isUsable(configuration) ?? false
        let hello = ClientHello(
            random: publicPart(random, 0, 32), sessionIdentifier: publicPart(random, 32, 32),
            suites: CipherSuite.offered(prefersAES: configuration.prefersAES),
            serverName: configuration.serverName, group: key.group, publicKey: key.exchange.publicKey,
            cookie: nil, session: isUsable ? session : nil, nowSeconds: configuration.nowSeconds)
        let message = hello.message()
        return TLSClient(
            configuration, .serverHello(ExpectServerHello(hello: hello, message: message, key: key)),
            RecordLayer(clientHello: message.span))
    }

    private init(
        _ configuration: TLSConfiguration, _ phase: consuming Phase, _ records: consuming RecordLayer
    ) {
        self.configuration = configuration
        self.phase = phase
        self.records = records
    }

    // MARK: Interface

    /// Sets the trust anchors; called before the first `receive`.
    public func trust(_ anchors: TrustAnchors) {
        configuration.anchors = anchors
    }

    /// Processes bytes from the server, in pieces of any length.
    ///
    /// - Throws: the first failed check, on this and every later call. The output contains the alert.
    public func receive(_ bytes: Span<UInt8>) throws(TLSError) {
        if let failure { throw failure }
        // §6.1: data after close_notify is ignored.
        guard !peerHasClosed else { return }
        records.append(bytes)
        do throws(TLSError) {
            while !peerHasClosed, let content = try records.next() { try receive(content) }
        } catch {
            fail(error)
            throw error
        }
    }

    /// Bytes to send to the server; each is returned once.
    public func takeOutput() -> [UInt8] { records.takeOutput() }

    /// Application data from the server; each byte is returned once. Empty after an error: data of the same
    /// `receive` call is dropped.
    public func takeApplicationData() -> [UInt8] {
        let taken = applicationData
        applicationData = []
        return taken
    }

    /// Whether the server is authenticated and `send` may be called.
    public var isEstablished: Bool { phase.isConnected }

    /// Appends protected application data to the output.
    ///
    /// - Throws: `notConnected`, `tooManyRecords`; the error that ended the connection.
    public func send(_ plaintext: Span<UInt8>) throws(TLSError) {
        if let failure { throw failure }
        guard phase.isConnected, !records.didClose else { throw .notConnected }
        sendOwedKeyUpdate()
        try records.send(applicationData: plaintext)
    }

    /// Sends close_notify: the client sends nothing more.
    public func close() {
        guard !records.didClose, failure == nil else { return }
        sendOwedKeyUpdate()
        records.close()
    }

    /// The negotiated parameters; nil unless the connection is established.
    public var summary: TLSSummary? { phase.summary }

    /// The newest session for a later connection to the same host, or nil.
    public var session: TLSSession? { phase.session }

    // MARK: Receiving

    private func receive(_ content: RecordContent) throws(TLSError) {
        switch content {
        case .changeCipherSpec:
            if phase.dropsChangeCipherSpec { return try records.countChangeCipherSpec() }
            phase = try takePhase().receiveChangeCipherSpec(&records)
        case .alert(let level, let description): try receiveAlert(level, description)
        case .handshake:
            while let message = try records.nextMessage() {
                phase = try takePhase().receive(message, configuration, &records)
            }
        case .applicationData(let data):
            guard phase.isConnected else {
                throw .unexpectedRecord(type: ContentType.applicationData.rawValue)
            }
            if data.isEmpty { try records.countEmptyRecord() }
            applicationData.append(data.span)
        }
    }

    private func receiveAlert(_ level: UInt8, _ description: UInt8) throws(TLSError) {
        // §6.1.
        if description == AlertDescription.closeNotify.rawValue {
            guard phase.isConnected else { throw .closedDuringHandshake }
            peerHasClosed = true
            records.clear()
            return
        }
        // §6: the level is ignored, and every alert but user_canceled ends the connection. RFC 5246 §7.2.2: a
        // warning does not end it.
        let isWarning =
            phase.version == .tls13 ? description == AlertDescription.userCanceled.rawValue : level == 1
        guard isWarning else { throw .peerAlert(description) }
        // §5.1: no alert between the fragments of a message.
        try records.checkMessageBoundary()
        try records.countWarning()
    }

    /// §4.6.3: called before anything else is sent.
    private func sendOwedKeyUpdate() {
        guard phase.owesKeyUpdate else { return }
        phase = takePhase().sendingKeyUpdate(&records)
    }

    /// Moves the phase to the function that makes the next one. Until that succeeds the connection counts as ended, so
    /// an error leaves no phase and its secrets are wiped.
    @inline(never)
    private func takePhase() -> Phase {
        var taken = Phase.ended
        swap(&taken, &phase)
        return taken
    }

    private func fail(_ error: TLSError) {
        failure = error
        phase = .ended
        applicationData = []
        records.end(error.alert)
    }
}

private func part(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> SecretBytes {
    SecretBytes(copying: bytes.span.extracting(start..<(start + count)))
}

/// Bytes that are sent in the clear.
private func publicPart(_ bytes: borrowing SecretBytes, _ start: Int, _ count: Int) -> [UInt8] {
    [UInt8](bytes.span.extracting(start..<(start + count)))
}
