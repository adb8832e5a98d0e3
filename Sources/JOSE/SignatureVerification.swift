// SignatureVerification.swift - from an unverified token to a verified one.
//
// Spec:    RFC 7515 §5.2 steps 6 to 8; RFC 7518 §3.3 to §3.5; RFC 8037 §3.1; security-checklist 5, 6, 11, 12, 16.
// Secret:  no: verification works on public data.
// Reads:   UnverifiedToken, KeySet; RSA, EllipticCurves, SHA256, SHA512. Read by: Authorizer.

import Bytes
import EllipticCurves
import JSON
import RSA
import SHA256
import SHA512

/// A token whose signature holds under a key of the set. Its claims are not checked yet.
public struct VerifiedToken: Sendable {
    public let header: JOSEHeader
    /// The claims set: an object.
    public let claims: JSONDocument
    /// The key that it was verified with.
    public let key: JSONWebKey
    /// How many tokens its memo had taken in before it; nil: it is in none.
    var serial: Int?

    fileprivate init(header: JOSEHeader, claims: JSONDocument, key: JSONWebKey) {
        self.header = header
        self.claims = claims
        self.key = key
    }
}

extension UnverifiedToken {
    /// Verifies the signature over the bytes as they were received, and then reads the claims.
    ///
    /// - Parameters:
    ///   - keySet: the issuer's keys.
    ///   - algorithms: those allowed; the key narrows them further.
    /// - Throws: `algNotAllowed`, `unknownKey`, `keyAmbiguous`, `keyAlgorithmMismatch`,
    ///   `signatureEncoding`, `signatureMismatch`, `payloadEncoding`, `payloadJSON`, `payloadNotObject`.
    /// - Source: RFC 7515 §5.2.
    public func verifySignature(
        keySet: KeySet, algorithms: [Algorithm]
    ) throws(JOSEError) -> VerifiedToken {
        try verifySignature(keySet: keySet, algorithms: algorithms, signingInputSHA256: nil)
    }

    /// - Parameter signingInputSHA256: SHA-256 of the signing input, if the caller has it already.
    func verifySignature(
        keySet: KeySet, algorithms: [Algorithm], signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) -> VerifiedToken {
        let (payload, key) = try verifiedPayloadAndKey(keySet, algorithms, signingInputSHA256)
        return VerifiedToken(header: header, claims: try claimsDocument(payload), key: key)
    }

    /// A claims set: strict JSON, an object.
    func claimsDocument(_ payload: [UInt8]) throws(JOSEError) -> JSONDocument {
        let claims: JSONDocument
        do { claims = try JSONDocument(parsing: payload, limits: JOSELimits.claims) } catch {
            throw .payloadJSON(error)
        }
        guard claims.root.kind == .object else { throw .payloadNotObject }
        return claims
    }

    /// The payload of a signed object that need not be a claims set (RFC 7515 alone).
    ///
    /// - Throws: as `verifySignature`, but for what concerns the claims.
    package func verifiedPayload(keySet: KeySet, algorithms: [Algorithm]) throws(JOSEError) -> [UInt8] {
        try verifiedPayloadAndKey(keySet, algorithms, nil).payload
    }

    private func verifiedPayloadAndKey(
        _ keySet: KeySet, _ algorithms: [Algorithm], _ signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) -> (payload: [UInt8], key: JSONWebKey) {
        guard algorithms.contains(header.algorithm) else { throw .algNotAllowed }
        let candidates = try keySet.candidates(for: header)
        let signature: [UInt8]
        do { signature = try decode(encodedSignature) } catch { throw .signatureEncoding(error) }

        var verifyingKey: JSONWebKey?
        var refusal = JOSEError.unknownKey
        for key in candidates where verifyingKey == nil {
            do {
                try verify(signature.span, with: key, signingInputSHA256)
                verifyingKey = key
            } catch { refusal = error }
        }
        guard let verifyingKey else { throw refusal }

        // Only now is the payload looked at.
        do { return (try decode(encodedPayload), verifyingKey) } catch {
            throw .payloadEncoding(error)
        }
    }

    /// The pairs of a key and an algorithm that there are; any other is refused, whatever the
    /// key set let through.
    func verify(
        _ signature: Span<UInt8>, with key: JSONWebKey, _ signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) {
        switch (header.algorithm, key.material) {
        // RFC 7518 §3.3: RSASSA-PKCS1-v1_5.
        case (.rs256, .rsa(let key, _, _)):
            let digest = signingInputSHA256 ?? SHA256.hash(signingInput)
            do { try key.verifyPKCS1v15(digest: digest.span, hash: .sha256, signature: signature) } catch {
                throw .signatureMismatch(.rsa(error))
            }
        case (.rs384, .rsa(let key, _, _)): try verifyPKCS1v15(signature, key, .sha384)
        case (.rs512, .rsa(let key, _, _)): try verifyPKCS1v15(signature, key, .sha512)
        // RFC 7518 §3.5: RSASSA-PSS; the salt is as long as the hash.
        case (.ps256, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha256)
        case (.ps384, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha384)
        case (.ps512, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha512)
        // RFC 7518 §3.4: ECDSA; each algorithm has one curve and one hash.
        case (.es256, .ec(let key, _, _)) where key.curve == .p256:
            let digest = signingInputSHA256 ?? SHA256.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        case (.es384, .ec(let key, _, _)) where key.curve == .p384:
            let digest = SHA384.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        case (.es512, .ec(let key, _, _)) where key.curve == .p521:
            let digest = SHA512.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        // RFC 8037 §3.1: Ed25519 over the message itself.
        case (.edDSA, .ed25519(let key, _)):
            do { try key.verify(message: signingInput, signature: signature) } catch {
                throw .signatureMismatch(.curve(error))
            }
        default: throw .keyAlgorithmMismatch
        }
    }

    private func verifyPKCS1v15(
        _ signature: Span<UInt8>, _ key: RSAPublicKey, _ hash: RSAHash
    ) throws(JOSEError) {
        do { try key.verifyPKCS1v15(message: signingInput, hash: hash, signature: signature) } catch {
            throw .signatureMismatch(.rsa(error))
        }
    }

    private func verifyPSS(
        _ signature: Span<UInt8>, _ key: RSAPublicKey, _ hash: RSAHash
    ) throws(JOSEError) {
        do {
            try key.verifyPSS(
                message: signingInput, hash: hash, saltByteCount: hash.digestByteCount, signature: signature)
        } catch { throw .signatureMismatch(.rsa(error)) }
    }

    /// The signature is r || s, each of the curve's length, never DER (security-checklist 16).
    private func verifyECDSA(
        _ signature: Span<UInt8>, _ key: ECDSAPublicKey, _ digest: Span<UInt8>
    ) throws(JOSEError) {
        do { try key.verifyRaw(digest: digest, signature: signature) } catch {
            throw .signatureMismatch(.curve(error))
        }
    }
}
