// Connected.swift - established connections: tickets, key updates, refused renegotiation.
//
// Spec:    RFC 8446 §4.6, §7.2; RFC 5246 §7.2.2, §7.4.1.1; RFC 5746 §4.2.
// Secret:  the traffic secrets, for the next ones, and the resumption master secret.
// Reads:   ServerMessages13, KeySchedule13, TLSSession, TLSConfiguration, RecordLayer; Bytes. Read by: Phase, Phases13,
//          Phases12.

import Bytes

/// TLS 1.3, established.
struct Connected13: ~Copyable {
    let summary: TLSSummary
    /// The newest ticket.
    private(set) var session: TLSSession?
    /// notAfter of the server's certificate, from this connection or the resumed one.
    private let certificateEndSeconds: Int64
    private var serverSecret: SecretBytes
    private var clientSecret: SecretBytes
    private let resumptionMasterSecret: SecretBytes
    /// The server has requested a KeyUpdate that is still unanswered.
    private(set) var owesKeyUpdate = false
    private var keyUpdateCount = 0
    private var ticketCount = 0

    /// - Parameters:
    ///   - serverSecret, clientSecret: application_traffic_secret_0 of each side; their keys are in use.
    init(
        summary: TLSSummary, certificateEndSeconds: Int64, serverSecret: consuming SecretBytes,
        clientSecret: consuming SecretBytes, resumptionMasterSecret: consuming SecretBytes
    ) {
        self.summary = summary
        self.certificateEndSeconds = certificateEndSeconds
        self.serverSecret = serverSecret
        self.clientSecret = clientSecret
        self.resumptionMasterSecret = resumptionMasterSecret
    }

    mutating func receive(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration, _ records: inout RecordLayer
    ) throws(TLSError) {
        switch message.type {
        case HandshakeType.newSessionTicket: try receiveTicket(message.body, configuration)
        case HandshakeType.keyUpdate: try receiveKeyUpdate(message.body, &records)
        // §4.6.2: authentication after the handshake was not offered.
        default: throw .unexpectedMessage(message: message.type)
        }
    }

    /// §4.6.1.
    private mutating func receiveTicket(
        _ body: Span<UInt8>, _ configuration: TLSConfiguration
    ) throws(TLSError) {
        ticketCount += 1
        guard ticketCount <= TLSLimits.ticketCount else {
            throw .tooManyTickets(limit: TLSLimits.ticketCount)
        }
        let ticket = try NewSessionTicket(body)
        // A lifetime of zero: the ticket is not stored. At most seven days.
        let lifetime = min(Int64(ticket.lifetimeSeconds), TLSLimits.ticketLifetimeSeconds)
        guard lifetime > 0, ticket.ticket.count <= TLSLimits.ticketByteCount else { return }
        session = TLSSession(
            hostName: configuration.hostName, suite: summary.suite, ticket: ticket.ticket,
            ageAdd: ticket.ageAdd, receivedSeconds: configuration.nowSeconds, lifetimeSeconds: lifetime,
            certificateEndSeconds: certificateEndSeconds,
            preSharedKey: resumptionKey(
                summary.suite.hash, resumptionMasterSecret: resumptionMasterSecret, nonce: ticket.nonce))
    }

    /// §4.6.3.
    private mutating func receiveKeyUpdate(
        _ body: Span<UInt8>, _ records: inout RecordLayer
    ) throws(TLSError) {
        keyUpdateCount += 1
        guard keyUpdateCount <= TLSLimits.keyUpdateCount else {
            throw .tooManyKeyUpdates(limit: TLSLimits.keyUpdateCount)
        }
        let isRequested = try readKeyUpdate(body)
        try records.checkMessageBoundary()
        serverSecret = nextTrafficSecret(summary.suite.hash, after: serverSecret)
        records.read(with: RecordProtection(summary.suite, trafficSecret: serverSecret))
        // One answer, before the next application data, to any number of requests.
        if isRequested { owesKeyUpdate = true }
    }

    /// §4.6.3: answers the server's requests.
    mutating func sendKeyUpdate(_ records: inout RecordLayer) {
        owesKeyUpdate = false
        // update_not_requested, the last message under the old key.
        let message = HandshakeMessage(HandshakeType.keyUpdate, [0])
        records.send(message: message.bytes.span)
        clientSecret = nextTrafficSecret(summary.suite.hash, after: clientSecret)
        records.write(with: RecordProtection(summary.suite, trafficSecret: clientSecret))
    }
}

/// TLS 1.2, established, without resumption and renegotiation.
struct Connected12: ~Copyable {
    let summary: TLSSummary

    /// RFC 5246 §7.4.1.1, §7.2.2: no renegotiation, and the connection goes on.
    func receive(_ message: HandshakeMessage, _ records: inout RecordLayer) throws(TLSError) {
        try message.expect(HandshakeType.helloRequest)
        guard message.body.isEmpty else { throw .malformed(message: HandshakeType.helloRequest) }
        try records.countWarning()
        records.send(alert: .noRenegotiation)
    }
}
