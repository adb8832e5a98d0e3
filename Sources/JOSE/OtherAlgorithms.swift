// OtherAlgorithms.swift - verifies the signatures of all algorithms except RS256.
//
// Spec:    RFC 7518 §3.3 to §3.5; RFC 8037 §3.1; RFC 9964 §4; AUDIT 6, 16.
// Secret:  no: verification works on public data.
// Reads:   UnverifiedToken, JSONWebKey, Algorithm, AlgorithmKeyPairs; RSA, EllipticCurves, MLDSA, SHA256, SHA512, Bytes. Read by: VerifiedToken, DPoPProof.

import Bytes
import EllipticCurves
import MLDSA
import RSA
import SHA256
import SHA512

extension UnverifiedToken {
    /// Verifies with each valid combination of algorithm and key type. Any other combination is rejected here,
    /// independently of the selection in KeySet.
    func verifyOther(
        _ signature: Span<UInt8>, with key: JSONWebKey, _ signingInputSHA256: InlineArray<32, UInt8>?
    ) throws(JOSEError) {
        switch (header.algorithm, key.material) {
        // RFC 7518 §3.3: RSASSA-PKCS1-v1_5.
        case (.rs384, .rsa(let key, _, _)): try verifyPKCS1v15(signature, key, .sha384)
        case (.rs512, .rsa(let key, _, _)): try verifyPKCS1v15(signature, key, .sha512)
        // RFC 7518 §3.5: RSASSA-PSS. The salt has the length of the hash.
        case (.ps256, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha256)
        case (.ps384, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha384)
        case (.ps512, .rsa(let key, _, _)): try verifyPSS(signature, key, .sha512)
        // RFC 7518 §3.4: ECDSA. Each algorithm has one curve and one hash.
        case (.es256, .ec(let key, _, _)) where key.curve == .p256:
            let digest = signingInputSHA256 ?? SHA256.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        case (.es384, .ec(let key, _, _)) where key.curve == .p384:
            let digest = SHA384.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        case (.es512, .ec(let key, _, _)) where key.curve == .p521:
            let digest = SHA512.hash(signingInput)
            try verifyECDSA(signature, key, digest.span)
        // RFC 8037 §3.1: Ed25519, over the message itself.
        case (.edDSA, .ed25519(let key, _)):
            do { try key.verify(message: signingInput, signature: signature) } catch {
                throw .signatureMismatch(.curve(error))
            }
        // RFC 9964 §4: ML-DSA over the message itself, with the empty context.
        case (let algorithm, .mldsa(let key, _)) where algorithm.parameters == key.parameters:
            do { try key.verify(message: signingInput, signature: signature) } catch {
                throw .signatureMismatch(.mldsa(error))
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

    /// The signature is r || s, each with the length of the curve's field, never DER (AUDIT 16).
    private func verifyECDSA(
        _ signature: Span<UInt8>, _ key: ECDSAPublicKey, _ digest: Span<UInt8>
    ) throws(JOSEError) {
        do { try key.verifyRaw(digest: digest, signature: signature) } catch {
            throw .signatureMismatch(.curve(error))
        }
    }
}
