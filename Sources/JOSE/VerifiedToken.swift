// VerifiedToken.swift - verifies the signature of a token.
//
// Spec:    RFC 7515 §5.2 steps 6 to 8; RFC 7518 §3.3; AUDIT 5, 6, 11, 12.
// Secret:  no: verification works on public data.
// Reads:   UnverifiedToken, KeySet, OtherAlgorithms; RSA, SHA256, Bytes, JSON. Read by: VerifiedTokenMemo, Authorizer.

import Bytes
import JSON
import RSA
import SHA256

/// A token whose signature is valid under a key of the set. Its claims have not been checked.
public struct VerifiedToken: Sendable {
    public let header: JOSEHeader
    /// The claims set, a JSON object.
    public let claims: JSONDocument
    /// The key that verified the signature.
    public let key: JSONWebKey
    /// The sequence number of its cache entry; nil if it is not cached.
    var serial: Int?

    fileprivate init(header: JOSEHeader, claims: JSONDocument, key: JSONWebKey) {
        self.header = header
        self.claims = claims
        self.key = key
    }
}

extension UnverifiedToken {
    /// Verifies the signature over the bytes as received, then parses the claims.
    ///
    /// - Parameters:
    ///   - keySet: the issuer's keys.
    ///   - algorithms: the allowed algorithms. The key may restrict them further.
    /// - Throws: `algNotAllowed`, `unknownKey`, `keyAmbiguous`, `keyAlgorithmMismatch`,
    ///   `signatureEncoding`, `signatureMismatch`, `payloadEncoding`, `payloadJSON`, `payloadNotObject`.
    /// - Source: RFC 7515 §5.2.
    public func verifySignature(
        keySet: KeySet, algorithms: [Algorithm]
    ) throws(JOSEError) -> VerifiedToken {
        try verifySignature(keySet: keySet, algorithms: algorithms, signingInputSHA256: nil)
    }

    /// - Parameter signingInputSHA256: the SHA-256 of the signing input, if already computed.
    func verifySignature(
        keySet: KeySet, algorithms: [Algorithm], signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) -> VerifiedToken {
        let (payload, key) = try verifiedPayloadAndKey(keySet, algorithms, signingInputSHA256)
        return VerifiedToken(header: header, claims: try claimsDocument(payload), key: key)
    }

    /// Parses a claims set: strict JSON, an object.
    func claimsDocument(_ payload: [UInt8]) throws(JOSEError) -> JSONDocument {
        let claims: JSONDocument
        do { claims = try JSONDocument(parsing: payload, limits: JOSELimits.claims) } catch {
            throw .payloadJSON(error)
        }
        guard claims.root.kind == .object else { throw .payloadNotObject }
        return claims
    }

    func verifiedPayloadAndKey(
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

        // The payload is decoded only after the signature was verified.
        do { return (try decode(encodedPayload), verifyingKey) } catch {
            throw .payloadEncoding(error)
        }
    }

    /// Verifies RS256. OtherAlgorithms has the other combinations of algorithm and key type. Unknown combinations are
    /// rejected there, independently of the selection in KeySet.
    func verify(
        _ signature: Span<UInt8>, with key: JSONWebKey, _ signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) {
        guard header.algorithm == .rs256, case .rsa(let key, _, _) = key.material else {
            return try verifyOther(signature, with: key, signingInputSHA256)
        }
        // RFC 7518 §3.3: RSASSA-PKCS1-v1_5.
        let digest = signingInputSHA256 ?? SHA256.hash(signingInput)
        do { try key.verifyPKCS1v15(digest: digest.span, hash: .sha256, signature: signature) } catch {
            throw .signatureMismatch(.rsa(error))
        }
    }
}
