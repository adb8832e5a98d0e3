// ServerKeyExchange.swift - the forms of the server's later messages in TLS 1.2.
//
// Spec:    RFC 5246 §7.4.2, §7.4.4; RFC 8422 §5.4.
// Secret:  no.
// Reads:   MessageReader, Parameters; Bytes. Read by: Phases12.

import Bytes

/// Certificate (RFC 5246 §7.4.2): the certificates in DER, the server's own first.
func readCertificates12(_ body: Span<UInt8>) throws(TLSError) -> [[UInt8]] {
    let message = HandshakeType.certificate
    var reader = MessageReader(body, message: message)
    let list = try reader.vector(3)
    try reader.expectEnd()
    var certificates: [[UInt8]] = []
    var entries = MessageReader(list.span, message: message)
    while !entries.isAtEnd { certificates.append(try entries.vector(3, minimum: 1)) }
    guard !certificates.isEmpty else { throw .malformed(message: message) }
    return certificates
}

/// ServerKeyExchange with ECDHE (RFC 8422 §5.4).
struct ServerKeyExchange {
    /// ServerECDHParams as they were sent: the signature covers them.
    let parameters: [UInt8]
    let group: UInt16
    let publicKey: [UInt8]
    let scheme: UInt16
    let signature: [UInt8]

    init(_ body: Span<UInt8>) throws(TLSError) {
        var reader = MessageReader(body, message: HandshakeType.serverKeyExchange)
        // curve_type: named_curve(3). The explicit ones are gone with RFC 8422.
        guard try reader.uint8() == 3 else { throw .malformed(message: HandshakeType.serverKeyExchange) }
        group = try reader.uint16()
        publicKey = try reader.vector(1, minimum: 1)
        parameters = [UInt8](body.extracting(0..<reader.offset))
        scheme = try reader.uint16()
        signature = try reader.vector(2)
        try reader.expectEnd()
    }
}

/// Checks the form of a CertificateRequest (RFC 5246 §7.4.4). The answer is always an empty Certificate.
func checkCertificateRequest12(_ body: Span<UInt8>) throws(TLSError) {
    var reader = MessageReader(body, message: HandshakeType.certificateRequest)
    _ = try reader.vector(1, minimum: 1)
    _ = try reader.vector(2, minimum: 2)
    _ = try reader.vector(2)
    try reader.expectEnd()
}

/// Checks the server's ec_point_formats (RFC 8422 §5.2): uncompressed must be among them.
func checkPointFormats(_ extensions: ExtensionList) throws(TLSError) {
    guard let contents = extensions.contents(ExtensionType.ecPointFormats) else { return }
    var reader = MessageReader(contents.span, message: extensions.message)
    let formats = try reader.vector(1, minimum: 1)
    try reader.expectEnd()
    guard formats.contains(0) else { throw .pointFormats }
}
