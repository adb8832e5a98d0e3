// PublicKey.swift - the key of a certificate.
//
// Spec:    RFC 5280 §4.1.2.7; RFC 3279 §2.3.1, RFC 4055 §1.2 (RSA); RFC 5480 §2 (elliptic curves);
//          RFC 8410 §4 (Ed25519).
// Secret:  no.
// Reads:   FieldReader, AlgorithmIdentifier, RSA, X509Error. Read by: SignatureVerification, PathSearch.

import ASN1
import RSA

/// A public key that was read and met the size policy.
public struct PublicKey: Equatable, Sendable {
    enum Material: Equatable, Sendable {
        case rsa(RSAPublicKey)
        /// Bound to PSS; to one hash too, when the key names its parameters.
        case rsaPSS(RSAPublicKey, hash: RSAHash?)
    }

    let material: Material

    /// - Parameters:
    ///   - subjectPublicKeyInfo: the whole encoding.
    ///   - offset: its place in the certificate.
    /// - Throws: `der`, `algorithmParameters`, `unsupportedKey`, `weakHash`, `rsa`.
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
            // RFC 4055 §1.2: absent parameters leave the hash open.
            var hash: RSAHash?
            if !algorithm.isAtEnd {
                switch try readPSSParameters(&algorithm) {
                case .rsaPSS(let named): hash = named
                case .weak(let named): throw .weakHash(named)
                default: throw .algorithmParameters
                }
            }
            material = .rsaPSS(try readRSAPublicKey(key, at: keyOffset), hash: hash)
        default:
            throw .unsupportedKey(identifier)
        }
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
    /// The certificate's key.
    ///
    /// - Throws: what `PublicKey` throws.
    func publicKey() throws(X509Error) -> PublicKey {
        try PublicKey(subjectPublicKeyInfo: bytes(publicKeyRange), at: publicKeyRange.lowerBound)
    }
}
