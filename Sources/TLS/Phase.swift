// Phase.swift - the states of a connection and the whole order of both handshakes.
//
// Spec:    RFC 8446 §2 (figures 1 to 3), §4, §5, appendix A.1, D.4; RFC 5246 §7.3, §7.4.
// Secret:  private keys, schedules and traffic secrets of the phases, each in a type that wipes itself.
// Reads:   ServerHelloPhases, Phases13, Phases12, Connected, HandshakeReader, RecordLayer. Read by: TLSClient.
//
// Each phase holds exactly what was agreed so far. A function consumes a phase and a message and returns the next phase;
// secrets that the next phase does not need are wiped there. After a throw no phase exists and the connection has ended.

/// The expected message, with the results of the messages before it.
enum Phase: ~Copyable {
    case serverHello(ExpectServerHello)
    /// After a HelloRetryRequest.
    case secondServerHello(ExpectSecondServerHello)
    case handshake13(Handshake13)
    case handshake12(Handshake12)
    case connected13(Connected13)
    case connected12(Connected12)
    /// After an error.
    case ended

    /// - Throws: the first check that failed.
    consuming func receive(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration, _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        switch consume self {
        // The ServerHello chooses TLS 1.3 or TLS 1.2. One HelloRetryRequest may precede it.
        case .serverHello(let phase): return try phase.receive(message, &records)
        case .secondServerHello(let phase): return try phase.receive(message, &records)
        case .handshake13(let phase): return try phase.receive(message, configuration, &records)
        case .handshake12(let phase): return try phase.receive(message, configuration, &records)
        case .connected13(var phase):
            try phase.receive(message, configuration, &records)
            return .connected13(phase)
        case .connected12(let phase):
            try phase.receive(message, &records)
            return .connected12(phase)
        case .ended: throw .unexpectedMessage(message: message.type)
        }
    }

    /// Whether a ChangeCipherSpec is dropped: in TLS 1.3 until the server's Finished (appendix D.4), and before the
    /// ServerHello, while the version is unknown. They are counted; a ServerHello of TLS 1.2 requires a count of zero.
    var dropsChangeCipherSpec: Bool {
        switch self {
        case .serverHello: true
        case .secondServerHello: true
        case .handshake13: true
        default: false
        }
    }

    /// RFC 5246 §7.1: the server's keys change.
    consuming func receiveChangeCipherSpec(_ records: inout RecordLayer) throws(TLSError) -> Phase {
        switch consume self {
        case .handshake12(.changeCipherSpec(let phase)):
            return .handshake12(.finished(phase.receiveChangeCipherSpec(&records)))
        default: throw .unexpectedRecord(type: ContentType.changeCipherSpec.rawValue)
        }
    }

    /// The server has requested a KeyUpdate that is still unanswered.
    var owesKeyUpdate: Bool {
        switch self {
        case .connected13(let phase): phase.owesKeyUpdate
        default: false
        }
    }

    /// §4.6.3: answers KeyUpdate requests.
    consuming func sendingKeyUpdate(_ records: inout RecordLayer) -> Phase {
        switch consume self {
        case .connected13(var phase):
            phase.sendKeyUpdate(&records)
            return .connected13(phase)
        case let other: return other
        }
    }

    /// nil before it is known, and after an error.
    var version: TLSVersion? {
        switch self {
        case .serverHello: nil
        case .secondServerHello: .tls13
        case .handshake13: .tls13
        case .handshake12: .tls12
        case .connected13: .tls13
        case .connected12: .tls12
        case .ended: nil
        }
    }

    /// Whether the server is authenticated and the handshake complete.
    var isConnected: Bool { summary != nil }

    var summary: TLSSummary? {
        switch self {
        case .connected13(let phase): phase.summary
        case .connected12(let phase): phase.summary
        default: nil
        }
    }

    var session: TLSSession? {
        switch self {
        case .connected13(let phase): phase.session
        default: nil
        }
    }
}

/// TLS 1.3 after the ServerHello: the server's flight, under the keys of the handshake.
enum Handshake13: ~Copyable {
    case encryptedExtensions(ExpectEncryptedExtensions)
    case certificateOrRequest(ExpectCertificate13)
    case certificate(ExpectCertificate13)
    case certificateVerify(ExpectCertificateVerify)
    case finished(ExpectFinished13)

    /// The whole order (RFC 8446 §2, figures 1 and 3).
    consuming func receive(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration, _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        switch consume self {
        case .encryptedExtensions(let phase):
            try message.expect(HandshakeType.encryptedExtensions)
            // Next is certificateOrRequest, or finished for a resumed connection (§2.2).
            return .handshake13(try phase.receiveExtensions(message))
        case .certificateOrRequest(let phase):
            if message.type == HandshakeType.certificateRequest {
                return .handshake13(.certificate(try phase.receiveRequest(message)))
            }
            try message.expect(HandshakeType.certificate)
            return .handshake13(.certificateVerify(try phase.receiveCertificate(message, configuration)))
        case .certificate(let phase):
            try message.expect(HandshakeType.certificate)
            return .handshake13(.certificateVerify(try phase.receiveCertificate(message, configuration)))
        case .certificateVerify(let phase):
            try message.expect(HandshakeType.certificateVerify)
            return .handshake13(.finished(try phase.receiveSignature(message)))
        case .finished(let phase):
            try message.expect(HandshakeType.finished)
            // Client flight: an empty Certificate if requested, Finished.
            return .connected13(try phase.receiveFinished(message, &records))
        }
    }
}

/// TLS 1.2 after the ServerHello.
enum Handshake12: ~Copyable {
    case certificate(ExpectCertificate12)
    case serverKeyExchange(ExpectServerKeyExchange)
    case requestOrDone(ExpectServerHelloDone)
    case done(ExpectServerHelloDone)
    case changeCipherSpec(ExpectChangeCipherSpec)
    case finished(ExpectFinished12)

    /// The whole order (RFC 5246 §7.3, figure 1); the server's ChangeCipherSpec is in `Phase.receiveChangeCipherSpec`.
    consuming func receive(
        _ message: HandshakeMessage, _ configuration: TLSConfiguration, _ records: inout RecordLayer
    ) throws(TLSError) -> Phase {
        // RFC 5246 §7.4.1.1: ignored during a handshake, not in the transcript.
        if message.type == HandshakeType.helloRequest {
            guard message.body.isEmpty else { throw .malformed(message: HandshakeType.helloRequest) }
            try records.countWarning()
            return .handshake12(self)
        }
        switch consume self {
        case .certificate(let phase):
            try message.expect(HandshakeType.certificate)
            return .handshake12(.serverKeyExchange(try phase.receiveCertificate(message, configuration)))
        case .serverKeyExchange(let phase):
            try message.expect(HandshakeType.serverKeyExchange)
            return .handshake12(.requestOrDone(try phase.receiveKeyExchange(message)))
        case .requestOrDone(let phase):
            if message.type == HandshakeType.certificateRequest {
                return .handshake12(.done(try phase.receiveRequest(message)))
            }
            try message.expect(HandshakeType.serverHelloDone)
            return .handshake12(.changeCipherSpec(try phase.receiveDone(message, &records)))
        case .done(let phase):
            try message.expect(HandshakeType.serverHelloDone)
            // Client flight: an empty Certificate if requested, ClientKeyExchange, ChangeCipherSpec, Finished.
            return .handshake12(.changeCipherSpec(try phase.receiveDone(message, &records)))
        case .changeCipherSpec: throw .unexpectedMessage(message: message.type)
        case .finished(let phase):
            try message.expect(HandshakeType.finished)
            return .connected12(try phase.receiveFinished(message, records))
        }
    }
}
