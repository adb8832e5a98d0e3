// Phases13.swift - TLS 1.3 from EncryptedExtensions to Finished; the order is in Phase.swift.
//
// Spec:    RFC 8446 §4.3, §4.4, §7.1.
// Secret:  the schedule and the keys of Finished. The codes of Finished are compared without a branch.
// Reads:   ServerMessages13, KeySchedule13, Transcript, ServerCertificate, Connected, RecordLayer; Bytes, X509.
//          Read by: Phase, ServerHelloPhases.

import Bytes
import X509

/// The parameters that the ServerHello selected, and the secrets of the handshake.
struct Agreement13: ~Copyable {
    let suite: CipherSuite
    let group: NamedGroup
    var transcript: Transcript
    var schedule: KeySchedule13
    let serverFinishedKey: SecretBytes
    let clientFinishedKey: SecretBytes
}

/// After the ServerHello.
struct ExpectEncryptedExtensions: ~Copyable {
    private var agreement: Agreement13
    private let offeredExtensions: [UInt16]
    /// notAfter from the resumed connection; nil: the server must authenticate with a certificate.
    private let resumedCertificateEndSeconds: Int64?

    init(
        _ agreement: consuming Agreement13, offeredExtensions: [UInt16],
        resumedCertificateEndSeconds: Int64?
    ) {
        self.agreement = agreement
        self.offeredExtensions = offeredExtensions
        self.resumedCertificateEndSeconds = resumedCertificateEndSeconds
    }

    /// §4.3.1.
    consuming func receiveExtensions(_ message: HandshakeMessage) throws(TLSError) -> Handshake13 {
        let extensions = try readEncryptedExtensions(message.body)
        try extensions.check(
            permitted: [
                ExtensionType.serverName, ExtensionType.supportedGroups,
                ExtensionType.applicationLayerProtocolNegotiation,
            ],
            offered: offeredExtensions)
        try checkServerName(extensions)
        let applicationProtocolNamed = try checkApplicationProtocol(extensions)
        agreement.transcript.add(message.bytes.span)
        guard let resumedCertificateEndSeconds else {
            return .certificateOrRequest(
                ExpectCertificate13(
                    agreement: agreement, offeredExtensions: offeredExtensions,
                    applicationProtocolNamed: applicationProtocolNamed, certificateRequested: false))
        }
        return .finished(
            ExpectFinished13(
                agreement: agreement, applicationProtocolNamed: applicationProtocolNamed,
                certificateRequested: false, scheme: nil,
                certificateEndSeconds: resumedCertificateEndSeconds))
    }
}

/// After EncryptedExtensions and an optional CertificateRequest.
struct ExpectCertificate13: ~Copyable {
    var agreement: Agreement13
    let offeredExtensions: [UInt16]
    let applicationProtocolNamed: Bool
    /// The server has requested a client certificate.
    private(set) var certificateRequested: Bool

    /// §4.3.2.
    consuming func receiveRequest(_ message: HandshakeMessage) throws(TLSError) -> ExpectCertificate13 {
        try checkCertificateRequest(message.body)
        agreement.transcript.add(message.bytes.span)
        certificateRequested = true
        return self
    }

    /// §4.4.2.
    consuming func receiveCertificate(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration
    ) throws(TLSError) -> ExpectCertificateVerify {
        let server = try ServerCertificate(
            try readCertificates13(message.body, offered: offeredExtensions), configuration)
        agreement.transcript.add(message.bytes.span)
        return ExpectCertificateVerify(
            agreement: agreement, applicationProtocolNamed: applicationProtocolNamed,
            certificateRequested: certificateRequested, server: server)
    }
}

/// After Certificate.
struct ExpectCertificateVerify: ~Copyable {
    var agreement: Agreement13
    let applicationProtocolNamed: Bool
    let certificateRequested: Bool
    let server: ServerCertificate

    /// §4.4.3.
    consuming func receiveSignature(_ message: HandshakeMessage) throws(TLSError) -> ExpectFinished13 {
        let (number, signature) = try readCertificateVerify(message.body)
        // An offered scheme that TLS 1.3 permits in CertificateVerify.
        guard let scheme = SignatureScheme(rawValue: number), !scheme.isPKCS1 else {
            throw .signatureScheme(number)
        }
        // 64 spaces, the context, a zero byte, the hash of the messages up to Certificate.
        var content = [UInt8](repeating: 0x20, count: 64)
        content.append("TLS 1.3, server CertificateVerify")
        content.append(0)
        content.append(agreement.transcript.digest().span)
        try server.verify(scheme, message: content, signature: signature, bindsCurve: true)
        agreement.transcript.add(message.bytes.span)
        return ExpectFinished13(
            agreement: agreement, applicationProtocolNamed: applicationProtocolNamed,
            certificateRequested: certificateRequested, scheme: scheme,
            certificateEndSeconds: server.endSeconds)
    }
}

/// After CertificateVerify, or EncryptedExtensions of a resumed connection.
struct ExpectFinished13: ~Copyable {
    var agreement: Agreement13
    let applicationProtocolNamed: Bool
    let certificateRequested: Bool
    /// The scheme of the server's signature; nil for a resumed connection.
    let scheme: SignatureScheme?
    let certificateEndSeconds: Int64

    /// §4.4.4, and the client's second flight.
    consuming func receiveFinished(
        _ message: HandshakeMessage, _ records: inout RecordLayer
    ) throws(TLSError) -> Connected13 {
        let suite = agreement.suite
        let expected = finishedCode(
            suite.hash, key: agreement.serverFinishedKey, transcriptHash: agreement.transcript.digest())
        try checkFinished(message, expected)
        try records.checkMessageBoundary()
        agreement.transcript.add(message.bytes.span)

        // §7.1: the secrets of the application, up to the server's Finished.
        agreement.schedule.becomeMaster()
        let digest = agreement.transcript.digest()
        // §4.4.2: an empty list answers the request.
        if certificateRequested { send(HandshakeType.certificate, [0, 0, 0, 0], &records) }
        send(
            HandshakeType.finished,
            finishedCode(
                suite.hash, key: agreement.clientFinishedKey, transcriptHash: agreement.transcript.digest()),
            &records)
        let serverSecret = agreement.schedule.derive("s ap traffic", transcriptHash: digest)
        let clientSecret = agreement.schedule.derive("c ap traffic", transcriptHash: digest)
        records.read(with: RecordProtection(suite, trafficSecret: serverSecret))
        records.write(with: RecordProtection(suite, trafficSecret: clientSecret))
        return Connected13(
            summary: TLSSummary(
                version: .tls13, suite: suite, group: agreement.group, scheme: scheme,
                extendedMasterSecret: true, resumed: scheme == nil,
                applicationProtocolNamed: applicationProtocolNamed),
            certificateEndSeconds: certificateEndSeconds, serverSecret: serverSecret,
            clientSecret: clientSecret,
            resumptionMasterSecret: agreement.schedule.derive(
                "res master", transcriptHash: agreement.transcript.digest()))
    }

    private mutating func send(_ type: UInt8, _ body: [UInt8], _ records: inout RecordLayer) {
        let message = HandshakeMessage(type, body)
        agreement.transcript.add(message.bytes.span)
        records.send(message: message.bytes.span)
    }
}
