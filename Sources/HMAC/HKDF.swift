// HKDF.swift - derivation of keys from a shared secret.
//
// Spec:    RFC 5869 §2.2, §2.3.
// Secret:  the input key material, the pseudorandom key and the output.
// Reads:   HMAC; Bytes. Read by: TLS, Conformance.

import Bytes

/// The extract-and-expand key derivation function (RFC 5869).
public enum HKDF {
    /// HKDF-Extract(salt, IKM) = HMAC-Hash(salt, IKM).
    ///
    /// - Returns: a pseudorandom key of `hash.byteCount` bytes.
    /// - Source: RFC 5869 §2.2. An absent salt is `byteCount` zeros. HMAC pads an empty key with zeros to the same block, so
    ///   an empty span is equivalent.
    public static func extract(
        _ hash: HMACHash, salt: Span<UInt8>, inputKeyMaterial: Span<UInt8>
    ) -> SecretBytes {
        HMAC.code(hash, key: salt, message: inputKeyMaterial)
    }

    /// HKDF-Expand(PRK, info, L).
    ///
    /// - Parameter byteCount: L, at most 255 times the hash's length.
    /// - Source: RFC 5869 §2.3.
    public static func expand(
        _ hash: HMACHash, pseudorandomKey: Span<UInt8>, info: Span<UInt8>, byteCount: Int
    ) -> SecretBytes {
        // §2.3: L <= 255 * HashLen. All lengths are constants of this program, so a larger one is a bug.
        precondition(byteCount >= 0 && byteCount <= 255 * hash.byteCount)
        var output = SecretBytes(count: byteCount)
        var previous = SecretBytes(count: 0)
        var filled = 0
        var counter: UInt8 = 1
        while filled < byteCount {
            // T(i) = HMAC-Hash(PRK, T(i-1) | info | i).
            previous = HMAC.code(hash, key: pseudorandomKey, previous.span, info, [counter].span)
            let block = previous.span
            let taken = min(block.count, byteCount - filled)
            var target = output.mutableSpan
            for index in 0..<taken { target[filled + index] = block[index] }
            filled += taken
            counter &+= 1
        }
        return output
    }
}
