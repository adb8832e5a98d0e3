// ServerCertificate.swift - checks the server's certificate, its signature and its Finished.
//
// Spec:    RFC 8446 §4.4.2.4, §4.4.3, §4.4.4; RFC 5246 §7.4.2, §7.4.9.
// Secret:  the expected code of Finished, until it is found equal.
// Reads:   HandshakeReader, TLSConfiguration, TLSError; Bytes, X509. Read by: Phases13, Phases12.

import Bytes
import X509

/// The server's certificate, with a path to an anchor.
struct ServerCertificate {
    private let publicKey: PublicKey
    /// notAfter.
    let endSeconds: Int64

    /// - Parameter presented: in DER, the server's own first.
    /// - Throws: `certificate`.
    init(_ presented: [[UInt8]], _ configuration: TLSConfiguration) throws(TLSError) {
        do throws(PathError) {
            let path = try validatePath(
                presented: presented, anchors: configuration.anchors, hostName: configuration.hostName,
                nowSeconds: configuration.nowSeconds)
            publicKey = path.leafPublicKey
            endSeconds = path.certificates[0].notAfterSeconds
        } catch { throw .certificate(error) }
    }

    /// Checks the server's signature.
    ///
    /// - Throws: `signature`.
    func verify(
        _ scheme: SignatureScheme, message: [UInt8], signature: [UInt8], bindsCurve: Bool
    ) throws(TLSError) {
        do throws(X509Error) {
            try publicKey.verify(
                scheme, message: message.span, signature: signature.span, bindsCurve: bindsCurve)
        } catch { throw .signature(error) }
    }
}

/// Whether the code is the one that both sides can compute (§4.4.4, RFC 5246 §7.4.9).
///
/// - Throws: `malformed`, `finishedMismatch`.
func checkFinished(_ message: HandshakeMessage, _ expected: [UInt8]) throws(TLSError) {
    guard message.body.count == expected.count else { throw .malformed(message: HandshakeType.finished) }
    guard equalityMask(message.body, expected.span) == 0xFF else { throw .finishedMismatch }
}
