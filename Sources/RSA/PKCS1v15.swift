// PKCS1v15.swift - RSASSA-PKCS1-v1_5 verification.
//
// Spec:    RFC 8017 §8.2.2, §9.2.
// Secret:  no: verification works on public data.
// Reads:   RSAPublicKey, RSAHash, DigestInfo, RSAError, Bytes. Read by: JOSE (RS256), RSAMessage.

import Bytes

extension RSAPublicKey {
    /// Checks that `signature` is this key's PKCS #1 v1.5 signature of a digest.
    ///
    /// - Parameters:
    ///   - digest: the message's hash, `hash.digestByteCount` bytes.
    ///   - hash: the hash function of the digest.
    ///   - signature: big-endian, exactly `modulusByteCount` bytes.
    /// - Throws: `digestLength`, `signatureLength`, `signatureNotBelowModulus`,
    ///   `modulusTooShort`, `encodedMessageMismatch`. If the function returns, the signature is valid.
    /// - Source: RFC 8017 §8.2.2.
    public func verifyPKCS1v15(
        digest: Span<UInt8>, hash: RSAHash, signature: Span<UInt8>
    ) throws(RSAError) {
        guard digest.count == hash.digestByteCount else {
            throw .digestLength(expected: hash.digestByteCount, actual: digest.count)
        }
        // §8.2.2 steps 1 and 2: length check; EM = I2OSP(RSAVP1((n, e), OS2IP(S)), k).
        let recovered = try recoverEncodedMessage(signature)
        // §8.2.2 step 3: EM' = EMSA-PKCS1-v1_5-ENCODE(M, k). EM is compared with EM' and never parsed, so forgeries
        // against lenient parsers (CVE-2006-4339) have no effect.
        let expected = try encodePKCS1v15(digest, hash, byteCount: modulusByteCount)
        // §8.2.2 step 4: EM == EM', compared in full.
        guard bytesEqual(recovered.span, expected.span) else { throw .encodedMessageMismatch }
    }
}

/// EMSA-PKCS1-v1_5: 00 01 FF … FF 00 DigestInfo.
///
/// - Throws: `modulusTooShort`.
/// - Source: RFC 8017 §9.2.
private func encodePKCS1v15(
    _ digest: Span<UInt8>, _ hash: RSAHash, byteCount: Int
) throws(RSAError) -> [UInt8] {
    // §9.2 step 1: the caller has computed the digest. Step 2: T = DigestInfo.
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

/// The DER of DigestInfo before the digest: the algorithm with NULL parameters, and the header of the octet string.
/// This function contains SHA-256; DigestInfo.swift has the other hash functions.
///
/// - Source: RFC 8017 §9.2, note 1.
private func digestInfoPrefix(_ hash: RSAHash) -> InlineArray<19, UInt8> {
    guard hash == .sha256 else { return digestInfoPrefix(ofOther: hash) }
    return [
        0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
        0x05, 0x00, 0x04, 0x20,
    ]
}
