// ClientHandshake12.swift - TLS 1.2 from the ServerHello on: ECDHE, AEAD, no resumption, no renegotiation.
//
// Spec:    RFC 5246 §7.3, §7.4; RFC 8422 §5; RFC 5746 §3.4, §4.2; RFC 7627 §5.2; RFC 8446 §4.1.3 (downgrade).
// Secret:  the premaster secret, the schedule and the record keys.
// Reads:   TLSClient, ServerHello, ServerMessages12, KeySchedule12, RecordProtection. Read by: TLSClient.

import Bytes
import HMAC
import X509

extension TLSClient {
    /// A ServerHello without supported_versions.
    func receiveServerHello12(_ serverHello: ServerHello, _ message: [UInt8]) throws(TLSError) {
        // RFC 8446 §4.1.4: after a HelloRetryRequest it is TLS 1.3.
        guard !didRetry else { throw .version(serverHello.version) }
        guard changeCipherSpecCount == 0 else {
            throw .unexpectedRecord(type: ContentType.changeCipherSpec.rawValue)
        }
        // RFC 8446 §4.1.3: a server that could do TLS 1.3 says so here.
        guard !serverHello.hasDowngradeSentinel else { throw .downgrade }
        // No session was offered, so none can be resumed.
        guard serverHello.sessionIdentifier != hello.sessionIdentifier else { throw .sessionIdentifier }
        guard let chosen = CipherSuite(rawValue: serverHello.suite), chosen.version == .tls12 else {
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
        // RFC 7627 §5.2: its absence is accepted, and told in the summary.
        if let contents = extensions.contents(ExtensionType.extendedMasterSecret) {
            guard contents.isEmpty else { throw .malformed(message: HandshakeType.serverHello) }
        } else {
            extendedMasterSecret = false
        }
        // RFC 5746 §3.4: an empty renegotiated_connection.
        guard let renegotiation = extensions.contents(ExtensionType.renegotiationInfo) else {
            throw .secureRenegotiationMissing
        }
        guard renegotiation == [0] else { throw .renegotiationInfo }

        hello.session = nil
        suite = chosen
        serverRandom = serverHello.random
        transcript.choose(chosen.hash)
        transcript.add(message.span)
        state = .certificate12
    }

    func receiveHandshake12(_ message: [UInt8]) throws(TLSError) {
        let body = message.span.extracting(HandshakeReader.headerByteCount..<message.count)
        // RFC 5246 §7.4.1.1: ignored during a handshake, and no part of the transcript.
        if message[0] == HandshakeType.helloRequest {
            guard body.isEmpty else { throw .malformed(message: HandshakeType.helloRequest) }
            return try countWarning()
        }
        switch (state, message[0]) {
        case (.certificate12, HandshakeType.certificate):
            try validate(try readCertificates12(body))
            state = .serverKeyExchange12
        case (.serverKeyExchange12, HandshakeType.serverKeyExchange):
            try receiveServerKeyExchange(body)
            state = .requestOrDone12
        case (.requestOrDone12, HandshakeType.certificateRequest):
            try checkCertificateRequest12(body)
            certificateRequested = true
            state = .done12
        case (.requestOrDone12, HandshakeType.serverHelloDone), (.done12, HandshakeType.serverHelloDone):
            guard body.isEmpty else { throw .malformed(message: HandshakeType.serverHelloDone) }
            try checkMessageBoundary()
            transcript.add(message.span)
            return try sendSecondFlight12()
        case (.finished12, HandshakeType.finished):
            // RFC 5246 §7.4.9.
            let expected = schedule12.verifyData("server finished", transcriptHash: transcript.digest())
            try checkFinished(message, expected)
            try checkMessageBoundary()
            return finishHandshake()
        default: throw .unexpectedMessage(message: message[0])
        }
        transcript.add(message.span)
    }

    /// RFC 8422 §5.4.
    private func receiveServerKeyExchange(_ body: Span<UInt8>) throws(TLSError) {
        guard let suite else { preconditionFailure("no suite") }
        let message = try ServerKeyExchange(body)
        guard let group = NamedGroup(rawValue: message.group) else { throw .group(message.group) }
        // RFC 5246 §7.4.3: an algorithm that was offered, and that is the suite's.
        guard let scheme = SignatureScheme(rawValue: message.scheme),
            scheme.isOnCurve == suite.signsWithCurves
        else { throw .signatureScheme(message.scheme) }
        try verify(
            scheme, message: hello.random + serverRandom + message.parameters,
            signature: message.signature, bindsCurve: false)
        self.group = group
        peerPublicKey = message.publicKey
        if group != hello.group { exchange = try KeyExchange(group, seed: seed) }
    }

    /// [Certificate], ClientKeyExchange, ChangeCipherSpec, Finished (RFC 5246 §7.3).
    private func sendSecondFlight12() throws(TLSError) {
        guard let suite else { preconditionFailure("no suite") }
        let premasterSecret = try exchange.sharedSecret(with: peerPublicKey)
        // RFC 5246 §7.4.6: a certificate was asked for, and there is none.
        if certificateRequested { sendMessage(HandshakeType.certificate, [0, 0, 0]) }
        // RFC 8422 §5.7.
        let publicKey = exchange.publicKey
        sendMessage(HandshakeType.clientKeyExchange, [UInt8(publicKey.count)] + publicKey)
        schedule12 = KeySchedule12(
            suite.hash, premasterSecret: premasterSecret,
            sessionHash: extendedMasterSecret ? transcript.digest() : nil,
            clientRandom: hello.random, serverRandom: serverRandom)
        keyBlock = schedule12.keyBlock(suite, clientRandom: hello.random, serverRandom: serverRandom)
        sendChangeCipherSpec()
        writing = RecordProtection(suite, keyBlock: keyBlock, forClient: true)
        sendMessage(
            HandshakeType.finished,
            schedule12.verifyData("client finished", transcriptHash: transcript.digest()))
        state = .changeCipherSpec12
    }

    /// RFC 5246 §7.1: the server's Finished comes under the new keys.
    func changeReadingKeys12() throws(TLSError) {
        guard let suite else { preconditionFailure("no suite") }
        reading = RecordProtection(suite, keyBlock: keyBlock, forClient: false)
        state = .finished12
    }

    /// RFC 5246 §7.4.1.1, §7.2.2: no renegotiation, and the connection goes on.
    func receiveAfterHandshake12(_ message: [UInt8]) throws(TLSError) {
        guard message[0] == HandshakeType.helloRequest else { throw .unexpectedMessage(message: message[0]) }
        guard message.count == HandshakeReader.headerByteCount else {
            throw .malformed(message: HandshakeType.helloRequest)
        }
        try countWarning()
        sendAlert(.noRenegotiation)
    }
}
