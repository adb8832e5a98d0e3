// PRF12.swift - the pseudorandom function of TLS 1.2.
//
// Spec:    RFC 5246 §5.
// Secret:  the secret and the output. Label and seed are public.
// Reads:   HMAC; Bytes. Read by: TLS, Conformance.

import Bytes

/// PRF(secret, label, seed) of TLS 1.2 (RFC 5246 §5).
public enum PRF12 {
    /// P_hash(secret, label + seed), cut to `byteCount` bytes.
    ///
    /// - Parameters:
    ///   - hash: the hash of the cipher suite: SHA-256 or SHA-384.
    ///   - label: ASCII, without a length or a terminator.
    /// - Source: RFC 5246 §5.
    public static func derive(
        _ hash: HMACHash, secret: Span<UInt8>, label: StaticString, seed: Span<UInt8>, byteCount: Int
    ) -> SecretBytes {
        var labelAndSeed = [UInt8](label)
        labelAndSeed.append(seed)
        var output = SecretBytes(count: byteCount)
        var filled = 0
        // A(0) = seed, A(i) = HMAC_hash(secret, A(i-1)).
        var chain = HMAC.code(hash, key: secret, message: labelAndSeed.span)
        while filled < byteCount {
            // A `var`: in Embedded Swift 6.3 the span of a `let` is not available for a type with a deinit.
            var block = HMAC.code(hash, key: secret, chain.span, labelAndSeed.span, [UInt8]().span)
            filled += copy(&block, to: &output, at: filled)
            if filled < byteCount { chain = HMAC.code(hash, key: secret, message: chain.span) }
        }
        return output
    }
}

/// Copies as much of a block as fits; returns the number of bytes.
private func copy(_ block: inout SecretBytes, to output: inout SecretBytes, at offset: Int) -> Int {
    let bytes = block.span
    var target = output.mutableSpan
    let count = min(bytes.count, target.count - offset)
    for index in 0..<count { target[offset + index] = bytes[index] }
    return count
}
