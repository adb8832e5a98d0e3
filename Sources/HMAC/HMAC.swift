// HMAC.swift - message authentication codes from a hash function.
//
// Spec:    RFC 2104 §2, FIPS 198-1 §4.
// Secret:  the key, the message and the code. The time depends only on their lengths.
// Reads:   MessageDigest; Bytes, SHA256, SHA512. Read by: HKDF, PRF12; TLS, Conformance.

import Bytes
import SHA256
import SHA512

/// Message authentication codes (RFC 2104).
public enum HMAC {
    /// The code of a message under a key.
    ///
    /// - Parameters:
    ///   - hash: the hash function.
    ///   - key: of any length. A key longer than a block is hashed first (RFC 2104 §2).
    ///   - message: of any length.
    /// - Returns: `hash.byteCount` bytes.
    /// - Source: RFC 2104 §2.
    public static func code(_ hash: HMACHash, key: Span<UInt8>, message: Span<UInt8>) -> SecretBytes {
        code(hash, key: key, message, [UInt8]().span, [UInt8]().span)
    }

    /// The code of three concatenated byte sequences.
    static func code(
        _ hash: HMACHash, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> SecretBytes {
        switch hash {
        case .sha256: compute(SHA256(), key: key, first, second, third)
        case .sha384: compute(SHA384(), key: key, first, second, third)
        case .sha512: compute(SHA512(), key: key, first, second, third)
        }
    }

    private static func compute<Digest: MessageDigest>(
        _ fresh: Digest, key: Span<UInt8>, _ first: Span<UInt8>, _ second: Span<UInt8>, _ third: Span<UInt8>
    ) -> SecretBytes {
        // §2 step 1: the key, hashed if it is longer than a block, padded with zeros to a block.
        var block = SecretBytes(count: Digest.blockByteCount)
        if key.count > Digest.blockByteCount {
            var digest = fresh
            digest.update(key)
            var output = block.mutableSpan
            digest.finalize(into: &output)
            wipe(value: &digest)
        } else {
            var output = block.mutableSpan
            for index in key.indices { output[index] = key[index] }
        }
        var code = SecretBytes(count: Digest.byteCount)

        // §2 steps 2 to 4: H(K xor ipad, text).
        var pad = block.mutableSpan
        for index in pad.indices { pad[index] ^= 0x36 }
        var inner = fresh
        inner.update(pad.span)
        inner.update(first)
        inner.update(second)
        inner.update(third)
        var innerCode = code.mutableSpan
        inner.finalize(into: &innerCode)

        // §2 steps 5 to 7: H(K xor opad, inner). 0x36 xor 0x5C turns one pad into the other.
        for index in pad.indices { pad[index] ^= 0x36 ^ 0x5C }
        var outer = fresh
        outer.update(pad.span)
        outer.update(innerCode.span)
        outer.finalize(into: &innerCode)
        wipe(value: &inner)
        wipe(value: &outer)
        return code
    }
}
