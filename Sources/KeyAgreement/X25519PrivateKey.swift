// X25519PrivateKey.swift - Diffie-Hellman key agreement on curve25519.
//
// Spec:    RFC 7748 §5, §6.1; RFC 8446 §7.4.2.
// Secret:  the private key and the shared secret. Timing may reveal whether the secret is zero, which depends only on the
//          peer's key.
// Reads:   MontgomeryLadder, KeyAgreementError; Bytes. Read by: ECDHPrivateKey; TLS, Conformance.

import Bytes

/// A private key for one key agreement.
public struct X25519PrivateKey: ~Copyable {
    private let scalar: SecretBytes
    /// The public key, 32 bytes.
    public let publicKey: [UInt8]

    /// The length of keys and secrets.
    public static let byteCount = 32

    /// - Parameter randomBytes: 32 unpredictable bytes. Every value is a valid key.
    /// - Source: RFC 7748 §6.1.
    public init(randomBytes: consuming SecretBytes) {
        precondition(randomBytes.count == Self.byteCount)
        // §4.1: the base point has u = 9.
        var base = InlineArray<32, UInt8>(repeating: 0)
        base[0] = 9
        let point = x25519(scalar: randomBytes, u: base.span)
        publicKey = copy(point)
        scalar = randomBytes
    }

    /// The secret shared with the owner of a public key.
    ///
    /// - Parameter peer: 32 bytes.
    /// - Returns: 32 bytes. They are input for a key derivation, not a key.
    /// - Throws: `peerKeyLength`, `zeroSharedSecret`.
    /// - Source: RFC 7748 §6.1.
    public func sharedSecret(with peer: Span<UInt8>) throws(KeyAgreementError) -> SecretBytes {
        guard peer.count == Self.byteCount else {
            throw .peerKeyLength(expected: Self.byteCount, actual: peer.count)
        }
        let secret = x25519(scalar: scalar, u: peer)
        // §6.1: the test for the all-zero value reveals nothing about other values.
        guard isZeroMask(secret) == 0 else { throw .zeroSharedSecret }
        return secret
    }
}

/// All ones if every byte is 0, otherwise 0.
private func isZeroMask(_ secret: borrowing SecretBytes) -> UInt64 {
    let bytes = secret.span
    var union: UInt8 = 0
    for index in bytes.indices { union |= bytes[index] }
    return zeroMask(UInt64(union))
}

/// Copies bytes that are public although they are in a SecretBytes.
func copy(_ bytes: borrowing SecretBytes) -> [UInt8] {
    [UInt8](bytes.span)
}
