// SignatureVerification.swift - signatures of certificates and of TLS peers.
//
// Spec:    RFC 5280 §6.1.3 (a) (1); RFC 8446 §4.2.3, §4.4.3; RFC 5246 §7.4.1.4.1.
// Secret:  no: verification works on public data.
// Reads:   PublicKey, AlgorithmIdentifier, ASN1, RSA, EllipticCurves, X509Error. Read by: PathSearch; TLS, Conformance.

import ASN1
import EllipticCurves
import RSA

/// A TLS signature scheme, with its number on the wire.
///
/// - Source: RFC 8446 §4.2.3.
public enum SignatureScheme: UInt16, Sendable {
    case rsaPKCS1SHA256 = 0x0401
    case rsaPKCS1SHA384 = 0x0501
    case rsaPKCS1SHA512 = 0x0601
    case ecdsaP256SHA256 = 0x0403
    case ecdsaP384SHA384 = 0x0503
    case ecdsaP521SHA512 = 0x0603
    case rsaPSSWithRSAKeySHA256 = 0x0804
    case rsaPSSWithRSAKeySHA384 = 0x0805
    case rsaPSSWithRSAKeySHA512 = 0x0806
    case ed25519 = 0x0807
    case rsaPSSWithPSSKeySHA256 = 0x0809
    case rsaPSSWithPSSKeySHA384 = 0x080A
    case rsaPSSWithPSSKeySHA512 = 0x080B
}

extension PublicKey {
    /// Checks a certificate's signature.
    ///
    /// - Throws: `weakHash`, `unsupportedAlgorithm`, `keyAlgorithmMismatch`; `der`, `rsa`, `curve`
    ///   for an invalid signature. The signature is valid if the function returns.
    /// - Source: RFC 5280 §6.1.3 (a) (1).
    func verify(
        _ algorithm: SignatureAlgorithm, message: Span<UInt8>, signature: Span<UInt8>
    ) throws(X509Error) {
        switch (algorithm, material) {
        case (.rsaPKCS1v15(let hash), .rsa(let key)):
            do throws(RSAError) {
                try key.verifyPKCS1v15(message: message, hash: hash, signature: signature)
            } catch { throw .rsa(error) }
        case (.rsaPSS(let hash), .rsa(let key)):
            try verifyPSS(key, hash, message, signature)
        case (.rsaPSS(let hash), .rsaPSS(let key, let bound)):
            guard bound == nil || bound == hash else { throw .keyAlgorithmMismatch }
            try verifyPSS(key, hash, message, signature)
        // RFC 5758 §3.2: each hash is allowed with each curve.
        case (.ecdsa(let hash), .ecdsa(let key)): try verifyECDSA(key, hash, message, signature)
        case (.ed25519, .ed25519(let key)):
            do throws(CurveError) { try key.verify(message: message, signature: signature) } catch {
                throw .curve(error)
            }
        case (.weak(let hash), _): throw .weakHash(hash)
        case (.unsupported(let identifier), _): throw .unsupportedAlgorithm(identifier)
        default: throw .keyAlgorithmMismatch
        }
    }

    /// Checks a TLS peer's signature.
    ///
    /// - Parameters:
    ///   - scheme: the scheme that the peer declares.
    ///   - bindsCurve: whether an ECDSA scheme also determines the curve, as in TLS 1.3. In TLS 1.2 it determines only the
    ///     hash.
    /// - Throws: `keyAlgorithmMismatch` if the scheme does not fit the key; `der`, `rsa`, `curve` for an invalid signature.
    ///   The signature is valid if the function returns.
    /// - Source: RFC 8446 §4.2.3, §4.4.3; RFC 5246 §7.4.1.4.1.
    public func verify(
        _ scheme: SignatureScheme, message: Span<UInt8>, signature: Span<UInt8>, bindsCurve: Bool = true
    ) throws(X509Error) {
        switch (scheme, material) {
        case (.rsaPKCS1SHA256, _): try verify(.rsaPKCS1v15(.sha256), message: message, signature: signature)
        case (.rsaPKCS1SHA384, _): try verify(.rsaPKCS1v15(.sha384), message: message, signature: signature)
        case (.rsaPKCS1SHA512, _): try verify(.rsaPKCS1v15(.sha512), message: message, signature: signature)
        // The two families of PSS schemes differ only in the key's algorithm identifier.
        case (.rsaPSSWithRSAKeySHA256, .rsa), (.rsaPSSWithPSSKeySHA256, .rsaPSS):
            try verify(.rsaPSS(.sha256), message: message, signature: signature)
        case (.rsaPSSWithRSAKeySHA384, .rsa), (.rsaPSSWithPSSKeySHA384, .rsaPSS):
            try verify(.rsaPSS(.sha384), message: message, signature: signature)
        case (.rsaPSSWithRSAKeySHA512, .rsa), (.rsaPSSWithPSSKeySHA512, .rsaPSS):
            try verify(.rsaPSS(.sha512), message: message, signature: signature)
        case (.ecdsaP256SHA256, .ecdsa(let key)) where key.curve == .p256 || !bindsCurve:
            try verifyECDSA(key, .sha256, message, signature)
        case (.ecdsaP384SHA384, .ecdsa(let key)) where key.curve == .p384 || !bindsCurve:
            try verifyECDSA(key, .sha384, message, signature)
        case (.ecdsaP521SHA512, .ecdsa(let key)) where key.curve == .p521 || !bindsCurve:
            try verifyECDSA(key, .sha512, message, signature)
        case (.ed25519, _): try verify(.ed25519, message: message, signature: signature)
        default: throw .keyAlgorithmMismatch
        }
    }
}

private func verifyECDSA(
    _ key: ECDSAPublicKey, _ hash: RSAHash, _ message: Span<UInt8>, _ signature: Span<UInt8>
) throws(X509Error) {
    let digest = hash.digest(of: message)
    let value: ECDSASignatureValue
    do throws(DERError) { value = try ECDSASignatureValue(der: signature) } catch { throw .der(error) }
    do throws(CurveError) { try key.verify(digest: digest.span, r: value.r, s: value.s) } catch {
        throw .curve(error)
    }
}

private func verifyPSS(
    _ key: RSAPublicKey, _ hash: RSAHash, _ message: Span<UInt8>, _ signature: Span<UInt8>
) throws(X509Error) {
    do throws(RSAError) {
        try key.verifyPSS(
            message: message, hash: hash, saltByteCount: hash.digestByteCount, signature: signature)
    } catch { throw .rsa(error) }
}
