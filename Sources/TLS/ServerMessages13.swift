// ServerMessages13.swift - the forms of the server's later messages in TLS 1.3.
//
// Spec:    RFC 8446 §4.3.1, §4.3.2, §4.4.2, §4.4.3, §4.6.1, §4.6.3; RFC 7301 §3.1.
// Secret:  no.
// Reads:   MessageReader, ExtensionList, Parameters; Bytes. Read by: Phases13, Phases12, Connected.

import Bytes

/// Checks the protocol that the server chose (RFC 7301 §3.1): the only one offered.
///
/// - Returns: whether it chose one at all.
/// - Throws: `malformed`, `applicationProtocol`.
func checkApplicationProtocol(_ extensions: ExtensionList) throws(TLSError) -> Bool {
    guard let contents = extensions.contents(ExtensionType.applicationLayerProtocolNegotiation) else {
        return false
    }
    var reader = MessageReader(contents.span, message: extensions.message)
    let list = try reader.vector(2, minimum: 2)
    try reader.expectEnd()
    var names = MessageReader(list.span, message: extensions.message)
    let name = try names.vector(1, minimum: 1)
    try names.expectEnd()
    guard bytesEqual(name.span, "http/1.1") else { throw .applicationProtocol }
    return true
}

/// Checks that the server's answer to server_name is empty (RFC 6066 §3).
func checkServerName(_ extensions: ExtensionList) throws(TLSError) {
    guard let contents = extensions.contents(ExtensionType.serverName) else { return }
    guard contents.isEmpty else { throw .malformed(message: extensions.message) }
}

/// EncryptedExtensions (§4.3.1).
func readEncryptedExtensions(_ body: Span<UInt8>) throws(TLSError) -> ExtensionList {
    var reader = MessageReader(body, message: HandshakeType.encryptedExtensions)
    let extensions = try ExtensionList(&reader)
    try reader.expectEnd()
    return extensions
}

/// Checks a CertificateRequest of the handshake (§4.3.2). The answer is always an empty Certificate.
///
/// - Throws: `malformed`, `certificateRequestContext`, `misplacedExtension`, `missingExtension`.
func checkCertificateRequest(_ body: Span<UInt8>) throws(TLSError) {
    var reader = MessageReader(body, message: HandshakeType.certificateRequest)
    // The context is for requests after the handshake, which were not offered.
    let context = try reader.vector(1)
    guard context.isEmpty else { throw .certificateRequestContext }
    let extensions = try ExtensionList(&reader)
    try reader.expectEnd()
    try extensions.checkKnown(permitted: ExtensionType.signatureAlgorithms)
    guard let schemes = extensions.contents(ExtensionType.signatureAlgorithms) else {
        throw .missingExtension(
            message: HandshakeType.certificateRequest, type: ExtensionType.signatureAlgorithms)
    }
    // §4.2.3: supported_signature_algorithms<2..2^16-2>.
    var fields = MessageReader(schemes.span, message: HandshakeType.certificateRequest)
    let list = try fields.vector(2, minimum: 2)
    try fields.expectEnd()
    guard list.count % 2 == 0 else { throw .malformed(message: HandshakeType.certificateRequest) }
}

/// Certificate (§4.4.2): the certificates in DER, the server's own first.
///
/// - Throws: `malformed`, `certificateRequestContext`, `unofferedExtension`, `misplacedExtension`.
func readCertificates13(_ body: Span<UInt8>, offered: [UInt16]) throws(TLSError) -> [[UInt8]] {
    let message = HandshakeType.certificate
    var reader = MessageReader(body, message: message)
    guard try reader.vector(1).isEmpty else { throw .certificateRequestContext }
    let list = try reader.vector(3)
    try reader.expectEnd()
    var certificates: [[UInt8]] = []
    var entries = MessageReader(list.span, message: message)
    while !entries.isAtEnd {
        certificates.append(try entries.vector(3, minimum: 1))
        // None of the extensions permitted here was offered.
        let extensions = try ExtensionList(&entries)
        try extensions.check(permitted: [], offered: offered)
    }
    // §4.4.2.4: a server's list is not empty.
    guard !certificates.isEmpty else { throw .malformed(message: message) }
    return certificates
}

/// CertificateVerify (§4.4.3).
func readCertificateVerify(_ body: Span<UInt8>) throws(TLSError) -> (scheme: UInt16, signature: [UInt8]) {
    var reader = MessageReader(body, message: HandshakeType.certificateVerify)
    let scheme = try reader.uint16()
    let signature = try reader.vector(2)
    try reader.expectEnd()
    return (scheme, signature)
}

/// NewSessionTicket (§4.6.1).
struct NewSessionTicket {
    let lifetimeSeconds: UInt32
    let ageAdd: UInt32
    let nonce: [UInt8]
    let ticket: [UInt8]

    init(_ body: Span<UInt8>) throws(TLSError) {
        var reader = MessageReader(body, message: HandshakeType.newSessionTicket)
        lifetimeSeconds = try reader.uint32()
        ageAdd = try reader.uint32()
        nonce = try reader.vector(1)
        ticket = try reader.vector(2, minimum: 1)
        // Early data is not sent, so what is said about it does not matter.
        let extensions = try ExtensionList(&reader)
        try reader.expectEnd()
        try extensions.checkKnown(permitted: nil)
    }
}

/// KeyUpdate (§4.6.3).
///
/// - Returns: whether our own keys are to be updated too.
/// - Throws: `malformed`, `keyUpdateRequest`.
func readKeyUpdate(_ body: Span<UInt8>) throws(TLSError) -> Bool {
    var reader = MessageReader(body, message: HandshakeType.keyUpdate)
    let request = try reader.uint8()
    try reader.expectEnd()
    guard request <= 1 else { throw .keyUpdateRequest(request) }
    return request == 1
}
