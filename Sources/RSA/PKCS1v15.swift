// PKCS1v15.swift - RSASSA-PKCS1-v1_5 verification.
//
// Spec:    RFC 8017 §8.2.2, §9.2.
// Secret:  no: verification works on public data.
// Reads:   RSAPublicKey, RSAHash, RSAError, Bytes. Read by: JOSE (RS256, RS384, RS512), X509.

import Bytes

extension RSAPublicKey {
    /// Checks that `signature` is this key's PKCS #1 v1.5 signature of a digest.
    ///
    /// - Parameters:
    ///   - digest: the message's hash, `hash.digestByteCount` bytes.
    ///   - hash: which hash it is.
    ///   - signature: big-endian, exactly `modulusByteCount` bytes.
    /// - Throws: `digestLength`, `signatureLength`, `signatureNotBelowModulus`,
    ///   `modulusTooShort`, `encodedMessageMismatch`. Returning at all means "valid".
    /// - Source: RFC 8017 §8.2.2.
    public func verifyPKCS1v15(
        digest: Span<UInt8>, hash: RSAHash, signature: Span<UInt8>
    ) throws(RSAError) {
        guard digest.count == hash.digestByteCount else {
            throw .digestLength(expected: hash.digestByteCount, actual: digest.count)
        }
        // §8.2.2 steps 1 and 2: length check; EM = I2OSP(RSAVP1((n, e), OS2IP(S)), k).
        let recovered = try recoverEncodedMessage(signature)
        // §8.2.2 step 3: EM' = EMSA-PKCS1-v1_5-ENCODE(M, k). We build and compare; we never
        // parse EM, so a forgery that hides in a lenient parser (CVE-2006-4339) has none to fool.
        let expected = try encodePKCS1v15(digest, hash, byteCount: modulusByteCount)
        // §8.2.2 step 4: EM == EM', every byte of it.
        guard bytesEqual(recovered.span, expected.span) else { throw .encodedMessageMismatch }
    }

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

/// EMSA-PKCS1-v1_5: 00 01 FF … FF 00 DigestInfo.
///
/// - Throws: `modulusTooShort`.
/// - Source: RFC 8017 §9.2.
private func encodePKCS1v15(
    _ digest: Span<UInt8>, _ hash: RSAHash, byteCount: Int
) throws(RSAError) -> [UInt8] {
    // §9.2 step 1: the digest is the caller's. Step 2: T = DigestInfo.
    let prefix = digestInfoPrefix(hash)
    let tailByteCount = prefix.count + digest.count
    // §9.2 step 3: at least eight bytes of FF.
    guard byteCount >= tailByteCount + 11 else {
        throw .modulusTooShort(needed: tailByteCount + 11, actual: byteCount)
    }
    // §9.2 steps 4 and 5: EM = 00 || 01 || PS || 00 || T.
    var encoded = [UInt8](repeating: 0xFF, count: byteCount)
    encoded[0] = 0x00
    encoded[1] = 0x01
    let tailStart = byteCount - tailByteCount
    encoded[tailStart - 1] = 0x00
    for index in prefix.indices { encoded[tailStart + index] = prefix[index] }
    for index in digest.indices { encoded[tailStart + prefix.count + index] = digest[index] }
    return encoded
}

/// The DER of DigestInfo up to the digest: algorithm with NULL parameters, octet string.
///
/// - Source: RFC 8017 §9.2, note 1.
private func digestInfoPrefix(_ hash: RSAHash) -> InlineArray<19, UInt8> {
    switch hash {
    case .sha256:
        [
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
            0x05, 0x00, 0x04, 0x20,
        ]
    case .sha384:
        [
            0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02,
            0x05, 0x00, 0x04, 0x30,
        ]
    case .sha512:
        [
            0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03,
            0x05, 0x00, 0x04, 0x40,
        ]
    }
}
