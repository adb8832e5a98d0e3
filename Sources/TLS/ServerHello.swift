// ServerHello.swift - the server's choice of version, suite and group, or its wish for another ClientHello.
//
// Spec:    RFC 8446 §4.1.3, §4.1.4, §4.2.1, §4.2.8; RFC 5246 §7.4.1.3.
// Secret:  no.
// Reads:   MessageReader, ExtensionList, Parameters; Bytes. Read by: ServerHelloPhases, Phases12.

import Bytes

/// A ServerHello that was read, and not judged yet.
struct ServerHello {
    let version: UInt16
    /// 32 bytes.
    let random: [UInt8]
    let sessionIdentifier: [UInt8]
    let suite: UInt16
    let compressionMethod: UInt8
    let extensions: ExtensionList

    /// - Parameter body: without the header.
    /// - Throws: `malformed`, and what the extensions' list throws.
    init(_ body: Span<UInt8>) throws(TLSError) {
        var reader = MessageReader(body, message: HandshakeType.serverHello)
        version = try reader.uint16()
        random = try reader.bytes(32)
        sessionIdentifier = try reader.vector(1)
        guard sessionIdentifier.count <= 32 else { throw .malformed(message: HandshakeType.serverHello) }
        suite = try reader.uint16()
        compressionMethod = try reader.uint8()
        // RFC 5246 §7.4.1.3: in TLS 1.2 the extensions may be absent.
        extensions =
            reader.isAtEnd
            ? ExtensionList(message: HandshakeType.serverHello) : try ExtensionList(&reader)
        try reader.expectEnd()
    }

    /// §4.1.3: SHA-256 of "HelloRetryRequest".
    var isHelloRetryRequest: Bool {
        random == [
            0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
            0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
        ]
    }

    /// §4.1.3: "DOWNGRD" and 01 or 00: the server speaks a later version than it chose.
    var hasDowngradeSentinel: Bool {
        let end = random.span.extracting(24..<32)
        return bytesStart(end, with: "DOWNGRD") && end[7] <= 1
    }

    /// The version in supported_versions, or nil (§4.2.1).
    func selectedVersion() throws(TLSError) -> UInt16? {
        guard let contents = extensions.contents(ExtensionType.supportedVersions) else { return nil }
        var reader = MessageReader(contents.span, message: HandshakeType.serverHello)
        let version = try reader.uint16()
        try reader.expectEnd()
        return version
    }

    /// The server's share (§4.2.8).
    ///
    /// - Throws: `missingExtension`, `malformed`.
    func keyShare() throws(TLSError) -> (group: UInt16, key: [UInt8]) {
        guard let contents = extensions.contents(ExtensionType.keyShare) else {
            throw .missingExtension(message: HandshakeType.serverHello, type: ExtensionType.keyShare)
        }
        var reader = MessageReader(contents.span, message: HandshakeType.serverHello)
        let group = try reader.uint16()
        let key = try reader.vector(2, minimum: 1)
        try reader.expectEnd()
        return (group, key)
    }

    /// Of a HelloRetryRequest: the group that the server wants (§4.2.8), or nil.
    func requestedGroup() throws(TLSError) -> UInt16? {
        guard let contents = extensions.contents(ExtensionType.keyShare) else { return nil }
        var reader = MessageReader(contents.span, message: HandshakeType.serverHello)
        let group = try reader.uint16()
        try reader.expectEnd()
        return group
    }

    /// The cookie of a HelloRetryRequest, to be repeated (§4.2.2), or nil.
    func cookie() throws(TLSError) -> [UInt8]? {
        guard let contents = extensions.contents(ExtensionType.cookie) else { return nil }
        var reader = MessageReader(contents.span, message: HandshakeType.serverHello)
        let cookie = try reader.vector(2, minimum: 1)
        try reader.expectEnd()
        guard cookie.count <= TLSLimits.cookieByteCount else {
            throw .cookieTooLong(limit: TLSLimits.cookieByteCount, actual: cookie.count)
        }
        return cookie
    }

    /// Which of the offered keys the server took (§4.2.11), or nil.
    func selectedIdentity() throws(TLSError) -> UInt16? {
        guard let contents = extensions.contents(ExtensionType.preSharedKey) else { return nil }
        var reader = MessageReader(contents.span, message: HandshakeType.serverHello)
        let identity = try reader.uint16()
        try reader.expectEnd()
        return identity
    }
}
