// PSS.swift - RSASSA-PSS verification.
//
// Spec:    RFC 8017 §8.1.2, §9.1.2 (EMSA-PSS-VERIFY).
// Secret:  no: verification works on public data.
// Reads:   RSAPublicKey, MGF1, RSAHash, RSAMessage, RSAError, Bytes. Read by: JOSE (PS256, PS384, PS512), X509.

import Bytes

extension RSAPublicKey {
    /// Checks that `signature` is this key's PSS signature of a digest. The mask generation
    /// function is MGF1 with the same hash.
    ///
    /// - Parameters:
    ///   - digest: the message's hash, `hash.digestByteCount` bytes.
    ///   - hash: the hash function of the digest.
    ///   - saltByteCount: the exact length of the salt, 0 or more. JOSE and TLS use the length of the digest.
    ///   - signature: big-endian, exactly `modulusByteCount` bytes.
    /// - Throws: `digestLength`, `signatureLength`, `signatureNotBelowModulus`,
    ///   `pssSaltLength`, `pssTrailer`, `pssLeadingBits`, `pssPadding`, `pssHashMismatch`.
    ///   If the function returns, the signature is valid.
    /// - Source: RFC 8017 §8.1.2.
    public func verifyPSS(
        digest: Span<UInt8>, hash: RSAHash, saltByteCount: Int, signature: Span<UInt8>
    ) throws(RSAError) {
        // §9.1.2 step 2, first half: mHash has the length of the digest.
        guard digest.count == hash.digestByteCount else {
            throw .digestLength(expected: hash.digestByteCount, actual: digest.count)
        }
        // §8.1.2 steps 1, 2a and 2b: length check; m = RSAVP1((n, e), OS2IP(S)).
        let recovered = try recoverEncodedMessage(signature)
        // §8.1.2 step 2c: EM = I2OSP(m, emLen), emLen = ceil((modBits - 1) / 8). If modBits - 1 is a multiple of 8, EM
        // is one byte shorter than k, and the first byte must be zero.
        let encodedBitCount = modulusBitCount - 1
        let encodedByteCount = (encodedBitCount + 7) / 8
        guard recovered.count == encodedByteCount || recovered[0] == 0 else { throw .pssLeadingBits }
        let encoded = recovered.span.extracting((recovered.count - encodedByteCount)...)
        // §8.1.2 step 3.
        try verifyEncodedPSS(
            encoded, digest, hash, saltByteCount: saltByteCount,
            unusedBitCount: 8 * encodedByteCount - encodedBitCount)
    }

    /// Checks that `signature` is this key's PSS signature of a message.
    ///
    /// - Throws: as for a digest.
    /// - Source: RFC 8017 §8.1.2.
    public func verifyPSS(
        message: Span<UInt8>, hash: RSAHash, saltByteCount: Int, signature: Span<UInt8>
    ) throws(RSAError) {
        // §9.1.2 steps 1 and 2: no message is too long for SHA-2 in practice; mHash = Hash(M).
        let digest = hash.digest(of: message)
        try verifyPSS(digest: digest.span, hash: hash, saltByteCount: saltByteCount, signature: signature)
    }
}

/// EMSA-PSS-VERIFY from step 3 on.
///
/// - Source: RFC 8017 §9.1.2.
private func verifyEncodedPSS(
    _ encoded: Span<UInt8>, _ digest: Span<UInt8>, _ hash: RSAHash, saltByteCount: Int, unusedBitCount: Int
) throws(RSAError) {
    let hashByteCount = hash.digestByteCount
    // §9.1.2 step 3: emLen >= hLen + sLen + 2.
    let longestSalt = encoded.count - hashByteCount - 2
    guard saltByteCount >= 0, saltByteCount <= longestSalt else {
        throw .pssSaltLength(maximum: longestSalt, actual: saltByteCount)
    }
    // §9.1.2 step 4: the trailer.
    guard encoded[encoded.count - 1] == 0xBC else { throw .pssTrailer }
    // §9.1.2 step 5: EM = maskedDB || H || BC.
    let maskedByteCount = encoded.count - hashByteCount - 1
    let masked = encoded.extracting(0..<maskedByteCount)
    let h = encoded.extracting(maskedByteCount..<(encoded.count - 1))
    // §9.1.2 step 6: the bits above emBits are zero. Their number, 8 emLen - emBits, is 0 to 7.
    let usedBits = UInt8(truncatingIfNeeded: 0xFF >> unusedBitCount)
    guard masked[0] & ~usedBits == 0 else { throw .pssLeadingBits }
    // §9.1.2 steps 7 and 8: DB = maskedDB xor MGF1(H).
    var db = mgf1(seed: h, byteCount: maskedByteCount, hash)
    for index in db.indices { db[index] ^= masked[index] }
    // §9.1.2 step 9.
    db[0] &= usedBits
    // §9.1.2 step 10: DB = 00 … 00 01 salt.
    let saltStart = maskedByteCount - saltByteCount
    for index in 0..<(saltStart - 1) {
        guard db[index] == 0 else { throw .pssPadding }
    }
    guard db[saltStart - 1] == 0x01 else { throw .pssPadding }
    // §9.1.2 steps 11 and 12: M' = eight zero bytes || mHash || salt.
    var message = [UInt8](repeating: 0, count: 8)
    message.append(digest)
    message.append(db.span.extracting(saltStart...))
    // §9.1.2 steps 13 and 14: H == Hash(M').
    let expected = hash.digest(of: message.span)
    guard bytesEqual(h, expected.span) else { throw .pssHashMismatch }
}
