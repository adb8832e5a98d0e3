// SignatureVerification.swift - from an unverified token to a verified one.
//
// Spec:    RFC 7515 §5.2 steps 6 to 8; RFC 7518 §3.3, §3.5; security-checklist 5, 6, 11, 12.
// Secret:  no: verification works on public data.
// Reads:   UnverifiedToken, KeySet; RSA, SHA256, SHA512. Read by: Authorizer.

import Bytes
import JSON
import RSA

/// A token whose signature holds under a key of the set. Its claims are not checked yet.
public struct VerifiedToken: Sendable {
    public let header: JOSEHeader
    /// The claims set: an object.
    public let claims: JSONDocument
    /// The key that it was verified with.
    public let key: JSONWebKey

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
        let (payload, key) = try verifiedPayloadAndKey(keySet, algorithms)
        let claims: JSONDocument
        do { claims = try JSONDocument(parsing: payload, limits: JOSELimits.claims) } catch {
            throw .payloadJSON(error)
        }
        guard claims.root.kind == .object else { throw .payloadNotObject }
        return VerifiedToken(header: header, claims: claims, key: key)
    }

    /// The payload of a signed object that need not be a claims set (RFC 7515 alone).
    ///
    /// - Throws: as `verifySignature`, but for what concerns the claims.
    package func verifiedPayload(keySet: KeySet, algorithms: [Algorithm]) throws(JOSEError) -> [UInt8] {
        try verifiedPayloadAndKey(keySet, algorithms).payload
    }

    private func verifiedPayloadAndKey(
        _ keySet: KeySet, _ algorithms: [Algorithm]
    ) throws(JOSEError) -> (payload: [UInt8], key: JSONWebKey) {
        guard algorithms.contains(header.algorithm) else { throw .algNotAllowed }
        let candidates = try keySet.candidates(for: header)
        let signature: [UInt8]
        do { signature = try Base64URL.decode(encodedSignature) } catch { throw .signatureEncoding(error) }

        var verifyingKey: JSONWebKey?
        var refusal = JOSEError.unknownKey
        for key in candidates where verifyingKey == nil {
            do {
                try verify(signature.span, with: key)
                verifyingKey = key
            } catch { refusal = error }
        }
        guard let verifyingKey else { throw refusal }

        // Only now is the payload looked at.
        do { return (try Base64URL.decode(encodedPayload), verifyingKey) } catch {
            throw .payloadEncoding(error)
        }
    }

    private func verify(_ signature: Span<UInt8>, with key: JSONWebKey) throws(JOSEError) {
        switch key.material {
        case .rsa(let publicKey, _, _):
            do {
                switch header.algorithm {
                // RFC 7518 §3.3: RSASSA-PKCS1-v1_5.
                case .rs256:
                    try publicKey.verifyPKCS1v15(message: signingInput, hash: .sha256, signature: signature)
                case .rs384:
                    try publicKey.verifyPKCS1v15(message: signingInput, hash: .sha384, signature: signature)
                case .rs512:
                    try publicKey.verifyPKCS1v15(message: signingInput, hash: .sha512, signature: signature)
                // RFC 7518 §3.5: RSASSA-PSS; the salt is as long as the hash.
                case .ps256:
                    try publicKey.verifyPSS(
                        message: signingInput, hash: .sha256, saltByteCount: 32, signature: signature)
                case .ps384:
                    try publicKey.verifyPSS(
                        message: signingInput, hash: .sha384, saltByteCount: 48, signature: signature)
                case .ps512:
                    try publicKey.verifyPSS(
                        message: signingInput, hash: .sha512, saltByteCount: 64, signature: signature)
                }
            } catch { throw .signatureMismatch(error) }
        }
    }
}
