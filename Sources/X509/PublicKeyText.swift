// PublicKeyText.swift - a P-256 key in PEM.
//
// Spec:    RFC 7468 §13; RFC 5480 §2.
// Secret:  no.
// Reads:   PEM, PublicKey, X509Error; ASN1, Bytes, EllipticCurves. Read by: KeyFetching (KeyFetcher).

import ASN1
import Bytes
import EllipticCurves

/// The point of the one public key in a text, as X and Y of 32 bytes each.
///
/// - Parameter text: `-----BEGIN PUBLIC KEY-----` …; text around it and blocks with other labels are skipped.
/// - Throws: `pemForm` for no block, a second block, or invalid base 64; `keyAlgorithmMismatch` for a key that is not of
///   P-256; the errors of `PublicKey`.
public func p256Coordinates(pem text: Span<UInt8>) throws(X509Error) -> [UInt8] {
    var scanner = PEMScanner(text, .publicKey)
    guard let start = try scanner.nextBlockStart() else { throw .pemForm(offset: text.count) }
    let block = try scanner.endBlock(from: start, byteCount: 0)
    if let second = try scanner.nextBlockStart() { throw .pemForm(offset: second) }
    var encoded: [UInt8]
    do throws(BytesError) { encoded = try decodePEM(text.extracting(block)) } catch {
        throw .pemForm(offset: start)
    }
    let key = try PublicKey(subjectPublicKeyInfo: encoded.span, at: 0)
    guard case .ecdsa(let point) = key.material, point.curve == .p256 else { throw .keyAlgorithmMismatch }
    // The encoding ends with the point 04 || X || Y, which was just checked.
    encoded.removeFirst(encoded.count - 64)
    return encoded
}
