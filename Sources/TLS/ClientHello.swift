// ClientHello.swift - the first message: what this client can do, and its key share.
//
// Spec:    RFC 8446 §4.1.2, §4.2 (each extension at its line), §4.2.11.2 (binder), appendix D.4;
//          RFC 5246 §7.4.1.2; RFC 5746 §3.4, RFC 6066 §3, RFC 7301 §3.1, RFC 7627 §5.1, RFC 8422 §5.1.
// Secret:  no. The binder is a code made with a secret, and goes over the wire.
// Reads:   Parameters, TLSConfiguration, TLSSession, Transcript, KeySchedule13; Bytes, HMAC, X509. Read by: TLSClient, ServerHelloPhases.

import Bytes
import HMAC
import X509

/// The contents of a ClientHello.
struct ClientHello {
    /// 32 bytes.
    let random: [UInt8]
    /// 32 bytes without meaning, for compatibility with middleboxes (appendix D.4).
    let sessionIdentifier: [UInt8]
    let suites: [CipherSuite]
    /// nil when the server is called by an address.
    let serverName: [UInt8]?
    var group: NamedGroup
    /// Of `group`.
    var publicKey: [UInt8]
    /// Of a HelloRetryRequest.
    var cookie: [UInt8]?
    /// The session that is offered for resumption.
    var session: TLSSession?
    let nowSeconds: Int64

    /// What this client offers, for the check of answers.
    var offeredExtensions: [UInt16] {
        var types: [UInt16] = [
            ExtensionType.extendedMasterSecret, ExtensionType.renegotiationInfo,
            ExtensionType.supportedGroups, ExtensionType.ecPointFormats,
            ExtensionType.applicationLayerProtocolNegotiation, ExtensionType.signatureAlgorithms,
            ExtensionType.keyShare, ExtensionType.pskKeyExchangeModes, ExtensionType.supportedVersions,
        ]
        if serverName != nil { types.append(ExtensionType.serverName) }
        if cookie != nil { types.append(ExtensionType.cookie) }
        if session != nil { types.append(ExtensionType.preSharedKey) }
        return types
    }

    /// The message with its header.
    ///
    /// - Parameter transcript: the messages up to a HelloRetryRequest, which the binder covers too; nil in a first
    ///   ClientHello.
    func message(after transcript: Transcript? = nil) -> [UInt8] {
        var body: [UInt8] = []
        // §4.1.2: legacy_version, random, legacy_session_id.
        body.append(bigEndian: 0x0303, byteCount: 2)
        body.append(random.span)
        body.append(UInt8(sessionIdentifier.count))
        body.append(sessionIdentifier.span)
        // cipher_suites.
        body.append(bigEndian: UInt64(2 * suites.count), byteCount: 2)
        for suite in suites { body.append(bigEndian: UInt64(suite.rawValue), byteCount: 2) }
        // legacy_compression_methods: null.
        body.append(1)
        body.append(0)
        var extensions = makeExtensions()
        if let session { appendPreSharedKey(session, &extensions) }
        body.append(bigEndian: UInt64(extensions.count), byteCount: 2)
        body.append(extensions.span)

        var message: [UInt8] = [HandshakeType.clientHello]
        message.append(bigEndian: UInt64(body.count), byteCount: 3)
        message.append(body.span)
        if let session {
            bind(session, transcript ?? Transcript(session.suite.hash), &message)
        }
        return message
    }

    private func makeExtensions() -> [UInt8] {
        var list: [UInt8] = []
        if let serverName {
            // RFC 6066 §3: ServerNameList of one host_name.
            var contents: [UInt8] = []
            contents.append(bigEndian: UInt64(serverName.count + 3), byteCount: 2)
            contents.append(0)
            contents.append(bigEndian: UInt64(serverName.count), byteCount: 2)
            contents.append(serverName.span)
            append(ExtensionType.serverName, contents, &list)
        }
        // RFC 7627 §5.1, RFC 5746 §3.4: a first handshake.
        append(ExtensionType.extendedMasterSecret, [], &list)
        append(ExtensionType.renegotiationInfo, [0], &list)
        // §4.2.7.
        var groups: [UInt8] = [0, UInt8(2 * NamedGroup.allCases.count)]
        for group in NamedGroup.allCases { groups.append(bigEndian: UInt64(group.rawValue), byteCount: 2) }
        append(ExtensionType.supportedGroups, groups, &list)
        // RFC 8422 §5.1.2: uncompressed.
        append(ExtensionType.ecPointFormats, [1, 0], &list)
        // RFC 7301 §3.1.
        var protocols: [UInt8] = [0, 9, 8]
        protocols.append("http/1.1")
        append(ExtensionType.applicationLayerProtocolNegotiation, protocols, &list)
        // §4.2.3.
        var schemes: [UInt8] = [0, UInt8(2 * SignatureScheme.offered.count)]
        for scheme in SignatureScheme.offered {
            schemes.append(bigEndian: UInt64(scheme.rawValue), byteCount: 2)
        }
        append(ExtensionType.signatureAlgorithms, schemes, &list)
        // §4.2.8: one share.
        var share: [UInt8] = []
        share.append(bigEndian: UInt64(publicKey.count + 4), byteCount: 2)
        share.append(bigEndian: UInt64(group.rawValue), byteCount: 2)
        share.append(bigEndian: UInt64(publicKey.count), byteCount: 2)
        share.append(publicKey.span)
        append(ExtensionType.keyShare, share, &list)
        // §4.2.9: psk_dhe_ke, also without a ticket: it asks for one.
        append(ExtensionType.pskKeyExchangeModes, [1, 1], &list)
        // §4.2.1: TLS 1.3, TLS 1.2.
        append(ExtensionType.supportedVersions, [4, 3, 4, 3, 3], &list)
        if let cookie {
            // §4.2.2.
            var contents: [UInt8] = []
            contents.append(bigEndian: UInt64(cookie.count), byteCount: 2)
            contents.append(cookie.span)
            append(ExtensionType.cookie, contents, &list)
        }
        return list
    }

    /// §4.2.11: the last extension; one identity, and zeros where its binder will be.
    private func appendPreSharedKey(_ session: TLSSession, _ list: inout [UInt8]) {
        let ticket = session.ticket
        var contents: [UInt8] = []
        contents.append(bigEndian: UInt64(ticket.count + 6), byteCount: 2)
        contents.append(bigEndian: UInt64(ticket.count), byteCount: 2)
        contents.append(ticket.span)
        contents.append(bigEndian: UInt64(session.obfuscatedAge(nowSeconds: nowSeconds)), byteCount: 4)
        let binderByteCount = session.suite.hash.byteCount
        contents.append(bigEndian: UInt64(binderByteCount + 1), byteCount: 2)
        contents.append(UInt8(binderByteCount))
        for _ in 0..<binderByteCount { contents.append(0) }
        append(ExtensionType.preSharedKey, contents, &list)
    }

    /// §4.2.11.2: the binder is a Finished over the message without the list of binders.
    private func bind(_ session: TLSSession, _ transcript: Transcript, _ message: inout [UInt8]) {
        let hash = session.suite.hash
        let binderStart = message.count - hash.byteCount
        let schedule = session.keySchedule()
        let key = schedule.resumptionBinderKey()
        // The list's length and the binder's length come off too.
        let binder = binderCode(
            hash, key, after: transcript, truncatedHello: message.span.extracting(0..<(binderStart - 3)))
        for index in binder.indices { message[binderStart + index] = binder[index] }
    }
}

/// A binder (§4.2.11.2).
///
/// - Requires: `transcript` has the hash `hash`.
func binderCode(
    _ hash: HMACHash, _ binderKey: borrowing SecretBytes, after transcript: Transcript,
    truncatedHello: Span<UInt8>
) -> [UInt8] {
    var transcript = transcript
    transcript.add(truncatedHello)
    return finishedCode(
        hash, key: finishedKey(hash, secret: binderKey), transcriptHash: transcript.digest())
}

private func append(_ type: UInt16, _ contents: [UInt8], _ list: inout [UInt8]) {
    list.append(bigEndian: UInt64(type), byteCount: 2)
    list.append(bigEndian: UInt64(contents.count), byteCount: 2)
    list.append(contents.span)
}
