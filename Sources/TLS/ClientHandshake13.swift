// ClientHandshake13.swift - TLS 1.3 from EncryptedExtensions on.
//
// Spec:    RFC 8446 §4.3, §4.4, §4.6, §7.1, §7.2, appendix A.1.
// Secret:  the schedule and the record keys. The codes of Finished are compared without a branch.
// Reads:   TLSClient, ServerMessages13, KeySchedule13, RecordProtection. Read by: TLSClient.

import Bytes
import HMAC
import X509

extension TLSClient {
    func receiveHandshake13(_ message: [UInt8]) throws(TLSError) {
        let body = message.span.extracting(HandshakeReader.headerByteCount..<message.count)
        switch (state, message[0]) {
        case (.encryptedExtensions, HandshakeType.encryptedExtensions):
            try receiveEncryptedExtensions(body)
            // §2.2: with a pre-shared key there is no certificate.
            state = resumed ? .finished : .certificateOrRequest
        case (.certificateOrRequest, HandshakeType.certificateRequest):
            try checkCertificateRequest(body)
            certificateRequested = true
            state = .certificate
        case (.certificateOrRequest, HandshakeType.certificate), (.certificate, HandshakeType.certificate):
            try validate(try readCertificates13(body, offered: hello.offeredExtensions))
            state = .certificateVerify
        case (.certificateVerify, HandshakeType.certificateVerify):
            try receiveCertificateVerify(body)
            state = .finished
        case (.finished, HandshakeType.finished):
            return try receiveFinished13(message)
        default: throw .unexpectedMessage(message: message[0])
        }
        transcript.add(message.span)
    }

    /// §4.3.1.
    private func receiveEncryptedExtensions(_ body: Span<UInt8>) throws(TLSError) {
        let extensions = try readEncryptedExtensions(body)
        try extensions.check(
            permitted: [
                ExtensionType.serverName, ExtensionType.supportedGroups,
                ExtensionType.applicationLayerProtocolNegotiation,
            ],
            offered: hello.offeredExtensions)
        try checkServerName(extensions)
        applicationProtocolNamed = try checkApplicationProtocol(extensions)
    }

    /// §4.4.3.
    private func receiveCertificateVerify(_ body: Span<UInt8>) throws(TLSError) {
        let (number, signature) = try readCertificateVerify(body)
        // One that was offered, and for signatures of TLS 1.3.
        guard let scheme = SignatureScheme(rawValue: number), !scheme.isPKCS1 else {
            throw .signatureScheme(number)
        }
        // 64 spaces, the context, a zero byte, the hash of the messages up to Certificate.
        var content = [UInt8](repeating: 0x20, count: 64)
        content.append("TLS 1.3, server CertificateVerify")
        content.append(0)
        content.append(transcript.digest().span)
        try verify(scheme, message: content, signature: signature, bindsCurve: true)
    }

    /// §4.4.4, and our own second flight.
    private func receiveFinished13(_ message: [UInt8]) throws(TLSError) {
        guard let suite else { preconditionFailure("no suite") }
        let expected = reading.finishedCode(transcriptHash: transcript.digest())
        try checkFinished(message, expected)
        try checkMessageBoundary()
        transcript.add(message.span)

        // §7.1: the secrets of the application, up to the server's Finished.
        schedule13.becomeMaster()
        let digest = transcript.digest()
        // §4.4.2: a certificate was asked for, and there is none.
        if certificateRequested { sendMessage(HandshakeType.certificate, [0, 0, 0, 0]) }
        sendMessage(HandshakeType.finished, writing.finishedCode(transcriptHash: transcript.digest()))
        reading = RecordProtection(
            suite, trafficSecret: schedule13.derive("s ap traffic", transcriptHash: digest))
        writing = RecordProtection(
            suite, trafficSecret: schedule13.derive("c ap traffic", transcriptHash: digest))
        resumptionMasterSecret = schedule13.derive("res master", transcriptHash: transcript.digest())
        finishHandshake()
    }

    /// §4.4.4: whether the code is the one that both sides can compute.
    func checkFinished(_ message: [UInt8], _ expected: [UInt8]) throws(TLSError) {
        let received = message.span.extracting(HandshakeReader.headerByteCount..<message.count)
        guard received.count == expected.count else { throw .malformed(message: HandshakeType.finished) }
        guard equalityMask(received, expected.span) == 0xFF else { throw .finishedMismatch }
    }

    /// What the handshake alone needed goes.
    func finishHandshake() {
        state = .connected
        seed = SecretBytes(count: 0)
        exchange = .none
        keyBlock = SecretBytes(count: 0)
        schedule13 = KeySchedule13(.sha256, preSharedKey: [UInt8]().span)
        schedule12 = KeySchedule12()
        hello.session = nil
    }

    // MARK: §4.6 After the handshake

    func receiveAfterHandshake13(_ message: [UInt8]) throws(TLSError) {
        let body = message.span.extracting(HandshakeReader.headerByteCount..<message.count)
        switch message[0] {
        case HandshakeType.newSessionTicket: try receiveTicket(body)
        case HandshakeType.keyUpdate: try receiveKeyUpdate(body)
        // §4.6.2: authentication after the handshake was not offered.
        default: throw .unexpectedMessage(message: message[0])
        }
    }

    /// §4.6.1.
    private func receiveTicket(_ body: Span<UInt8>) throws(TLSError) {
        guard let suite else { preconditionFailure("no suite") }
        ticketCount += 1
        guard ticketCount <= TLSLimits.ticketCount else {
            throw .tooManyTickets(limit: TLSLimits.ticketCount)
        }
        let ticket = try NewSessionTicket(body)
        // A lifetime of zero: not to be kept. Seven days at most.
        let lifetime = min(Int64(ticket.lifetimeSeconds), TLSLimits.ticketLifetimeSeconds)
        guard lifetime > 0, ticket.ticket.count <= TLSLimits.ticketByteCount else { return }
        session = TLSSession(
            hostName: configuration.hostName, suite: suite, ticket: ticket.ticket, ageAdd: ticket.ageAdd,
            receivedSeconds: configuration.nowSeconds, lifetimeSeconds: lifetime,
            certificateEndSeconds: certificateEndSeconds,
            preSharedKey: resumptionKey(
                suite.hash, resumptionMasterSecret: resumptionMasterSecret, nonce: ticket.nonce))
    }

    /// §4.6.3.
    private func receiveKeyUpdate(_ body: Span<UInt8>) throws(TLSError) {
        keyUpdateCount += 1
        guard keyUpdateCount <= TLSLimits.keyUpdateCount else {
            throw .tooManyKeyUpdates(limit: TLSLimits.keyUpdateCount)
        }
        let isRequested = try readKeyUpdate(body)
        try checkMessageBoundary()
        reading = reading.updated()
        guard isRequested else { return }
        // update_not_requested, the last message under the old key.
        sendOutsideTranscript([HandshakeType.keyUpdate, 0, 0, 1, 0])
        writing = writing.updated()
    }
}
