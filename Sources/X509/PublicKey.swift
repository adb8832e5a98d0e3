// PublicKey.swift - the key of a certificate.
//
// Spec:    RFC 5280 §4.1.2.7; RFC 3279 §2.3.1, RFC 4055 §1.2 (RSA); RFC 5480 §2 (elliptic curves);
//          RFC 8410 §4 (Ed25519).
// Secret:  no.
// Reads:   FieldReader, AlgorithmIdentifier, RSA, EllipticCurves, X509Error; ASN1. Read by: SignatureVerification,
//          PathSearch; TLS.

import ASN1
import EllipticCurves
import RSA

/// A parsed public key that satisfies the size policy.
public struct PublicKey: Equatable, Sendable {
    enum Material: Equatable, Sendable {
        case rsa(RSAPublicKey)
        /// For PSS only, and for one hash only if the key has PSS parameters.
        case rsaPSS(RSAPublicKey, hash: RSAHash?)
        case ecdsa(ECDSAPublicKey)
        case ed25519(Ed25519PublicKey)
    }

    let material: Material

    /// - Parameters:
    ///   - subjectPublicKeyInfo: the whole encoding.
    ///   - offset: its offset in the certificate.
    /// - Throws: `der`, `algorithmParameters`, `unsupportedKey`, `weakHash`, `rsa`, `curve`.
    /// - Source: RFC 5280 §4.1.2.7.
    init(subjectPublicKeyInfo: Span<UInt8>, at offset: Int) throws(X509Error) {
        // SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
        var outer = FieldReader(subjectPublicKeyInfo, at: offset)
        var info = try outer.sequence()
        try outer.expectEnd()
        var algorithm = try info.sequence()
        let identifier = try algorithm.objectIdentifier()
        let keyOffset = info.offset
        let key = try info.bitStringOfBytes()
        try info.expectEnd()

        switch identifier {
        case .rsaEncryption:
            // RFC 3279 §2.3.1: parameters are NULL.
            try algorithm.null()
            try algorithm.expectEnd()
            material = .rsa(try readRSAPublicKey(key, at: keyOffset))
        case .rsassaPSS:
            // RFC 4055 §1.2: without parameters the key is valid with every hash.
            var hash: RSAHash?
            if !algorithm.isAtEnd {
                switch try readPSSParameters(&algorithm) {
                case .rsaPSS(let named): hash = named
                case .weak(let named): throw .weakHash(named)
                default: throw .algorithmParameters
                }
            }
            material = .rsaPSS(try readRSAPublicKey(key, at: keyOffset), hash: hash)
        case .ecPublicKey:
            let curve = try readCurve(&algorithm)
            do throws(CurveError) {
                material = .ecdsa(try ECDSAPublicKey(curve: curve, uncompressedPoint: key))
            } catch { throw .curve(error) }
        case .ed25519:
            // RFC 8410 §3: parameters are absent.
            guard algorithm.isAtEnd else { throw .algorithmParameters }
            do throws(CurveError) { material = .ed25519(try Ed25519PublicKey(key)) } catch {
                throw .curve(error)
            }
        default:
            throw .unsupportedKey(identifier)
        }
    }
}

/// ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER }. Explicit curve parameters are rejected: they allow a forged
/// curve (CVE-2020-0601).
///
/// - Source: RFC 5480 §2.1.1.
private func readCurve(_ algorithm: inout FieldReader) throws(X509Error) -> Curve {
    guard algorithm.nextIs(.objectIdentifier) else { throw .algorithmParameters }
    let identifier = try algorithm.objectIdentifier()
    try algorithm.expectEnd()
    switch identifier {
    case .p256: return .p256
    case .p384: return .p384
    case .p521: return .p521
    default: throw .unsupportedKey(identifier)
    }
}

/// RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
private func readRSAPublicKey(_ key: Span<UInt8>, at offset: Int) throws(X509Error) -> RSAPublicKey {
    var outer = FieldReader(key, at: offset)
    var pair = try outer.sequence()
    try outer.expectEnd()
    let modulus = try pair.natural()
    let publicExponent = try pair.natural()
    try pair.expectEnd()
    do throws(RSAError) {
        return try RSAPublicKey(modulus: modulus, publicExponent: publicExponent)
    } catch { throw .rsa(error) }
}

extension Certificate {
    /// The certificate's key. Only a validated path shows that it belongs to the subject.
    ///
    /// - Throws: `der`, `algorithmParameters`, `unsupportedKey`, `weakHash`, `rsa`, `curve`.
    public func publicKey() throws(X509Error) -> PublicKey {
        try PublicKey(subjectPublicKeyInfo: bytes(publicKeyRange), at: publicKeyRange.lowerBound)
    }
}
