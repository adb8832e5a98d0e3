// ClientHandshake.swift - the ServerHello, where the versions part, and the HelloRetryRequest.
//
// Spec:    RFC 8446 §4.1.3, §4.1.4, §4.2.1, §4.2.8, §4.2.11, §7.1.
// Secret:  the shared secret and the schedule.
// Reads:   TLSClient, ServerHello, KeyExchange, KeySchedule13. Read by: TLSClient.

import Bytes
import HMAC

extension TLSClient {
    func receiveServerHello(_ message: [UInt8]) throws(TLSError) {
        guard message[0] == HandshakeType.serverHello else { throw .unexpectedMessage(message: message[0]) }
        let body = message.span.extracting(HandshakeReader.headerByteCount..<message.count)
        let serverHello = try ServerHello(body)
        // §4.1.3: legacy_version.
        guard serverHello.version == TLSVersion.tls12.rawValue else { throw .version(serverHello.version) }
        // §4.2.1: supported_versions, where it is, decides.
        guard let version = try serverHello.selectedVersion() else {
            guard !serverHello.isHelloRetryRequest else {
                throw .missingExtension(
                    message: HandshakeType.serverHello, type: ExtensionType.supportedVersions)
            }
            return try receiveServerHello12(serverHello, message)
        }
        guard version == TLSVersion.tls13.rawValue else { throw .selectedVersion(version) }
        // §4.1.3: legacy_session_id_echo, cipher_suite, legacy_compression_method.
        guard serverHello.sessionIdentifier == hello.sessionIdentifier else { throw .sessionIdentifier }
        guard let chosen = CipherSuite(rawValue: serverHello.suite), chosen.version == .tls13 else {
            throw .cipherSuite(serverHello.suite)
        }
        guard serverHello.compressionMethod == 0 else {
            throw .compressionMethod(serverHello.compressionMethod)
        }
        // §4.1.4: the suite of the HelloRetryRequest stays.
        if didRetry, chosen != suite { throw .cipherSuite(serverHello.suite) }
        if serverHello.isHelloRetryRequest { return try retry(serverHello, chosen, message) }
        try begin13(serverHello, chosen, message)
    }

    /// §4.1.4: another ClientHello, with what the server wants.
    private func retry(
        _ request: ServerHello, _ chosen: CipherSuite, _ message: [UInt8]
    ) throws(TLSError) {
        guard !didRetry else { throw .secondHelloRetryRequest }
        try request.extensions.check(
            permitted: [ExtensionType.supportedVersions, ExtensionType.keyShare, ExtensionType.cookie],
            offered: hello.offeredExtensions)
        let requestedGroup = try request.requestedGroup()
        let cookie = try request.cookie()
        guard requestedGroup != nil || cookie != nil else { throw .idleHelloRetryRequest }
        if let requestedGroup {
            // §4.2.8: a group that was offered, and that there was no share for.
            guard let group = NamedGroup(rawValue: requestedGroup), group != hello.group else {
                throw .group(requestedGroup)
            }
            exchange = try KeyExchange(group, seed: seed)
            hello.group = group
            hello.publicKey = exchange.publicKey
        }
        try checkMessageBoundary()
        didRetry = true
        suite = chosen
        hello.cookie = cookie
        // §4.1.4: a key for another hash is not offered again.
        if let session = hello.session, session.suite.hash != chosen.hash { hello.session = nil }
        transcript.choose(chosen.hash)
        transcript.replaceByMessageHash()
        transcript.add(message.span)
        sendChangeCipherSpec()
        sendWhole(hello.message(after: transcript))
    }

    /// The keys of the handshake (§7.1).
    private func begin13(
        _ serverHello: ServerHello, _ chosen: CipherSuite, _ message: [UInt8]
    ) throws(TLSError) {
        try serverHello.extensions.check(
            permitted: [
                ExtensionType.supportedVersions, ExtensionType.keyShare, ExtensionType.preSharedKey,
            ],
            offered: hello.offeredExtensions)
        // §4.2.8: the group that there was a share for.
        let share = try serverHello.keyShare()
        guard share.group == hello.group.rawValue else { throw .group(share.group) }
        // §4.2.11: the only key that was offered, and a suite with its hash.
        if let identity = try serverHello.selectedIdentity() {
            guard identity == 0, let session = hello.session else { throw .preSharedKeyIdentity(identity) }
            guard session.suite.hash == chosen.hash else { throw .cipherSuite(chosen.rawValue) }
            resumed = true
            certificateEndSeconds = session.certificateEndSeconds
            schedule13 = session.keySchedule()
        } else {
            schedule13 = KeySchedule13(chosen.hash, preSharedKey: [UInt8]().span)
        }
        try checkMessageBoundary()
        suite = chosen
        group = hello.group
        transcript.choose(chosen.hash)
        transcript.add(message.span)
        schedule13.addSharedSecret(try exchange.sharedSecret(with: share.key))
        let digest = transcript.digest()
        sendChangeCipherSpec()
        reading = RecordProtection(
            chosen, trafficSecret: schedule13.derive("s hs traffic", transcriptHash: digest))
        writing = RecordProtection(
            chosen, trafficSecret: schedule13.derive("c hs traffic", transcriptHash: digest))
        state = .encryptedExtensions
    }
}
