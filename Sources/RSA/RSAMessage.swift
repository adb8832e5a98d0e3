// RSAMessage.swift - signatures of messages: computes the hash, then verifies PKCS #1 v1.5.
//
// Spec:    RFC 8017 §8.2.2, appendix B.1.
// Secret:  no: verification works on public data.
// Reads:   PKCS1v15, RSAHash, RSAError; SHA256, SHA512, Bytes. Read by: PSS, JOSE (RS384, RS512), X509.

import Bytes
import SHA256
import SHA512

extension RSAPublicKey {
    /// Checks that `signature` is this key's PKCS #1 v1.5 signature of a message.
    ///
    /// - Throws: as for a digest.
    /// - Source: RFC 8017 §8.2.2.
    public func verifyPKCS1v15(
        message: Span<UInt8>, hash: RSAHash, signature: Span<UInt8>
    ) throws(RSAError) {
        let digest = hash.digest(of: message)
        try verifyPKCS1v15(digest: digest.span, hash: hash, signature: signature)
    }
}

extension RSAHash {
    /// The hash of a message.
    public func digest(of message: Span<UInt8>) -> [UInt8] {
        switch self {
        case .sha256:
            let digest = SHA256.hash(message)
            return [UInt8](digest.span)
        case .sha384:
            let digest = SHA384.hash(message)
            return [UInt8](digest.span)
        case .sha512:
            let digest = SHA512.hash(message)
            return [UInt8](digest.span)
        }
    }
}
