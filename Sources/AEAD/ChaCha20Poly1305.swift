// ChaCha20Poly1305.swift - authenticated encryption with ChaCha20 and Poly1305.
//
// Spec:    RFC 8439 §2.6, §2.8.
// Secret:  the key, the one-time key and the plaintext. Lengths are public.
// Reads:   ChaCha20, Poly1305; Bytes. Read by: TLS, Conformance.

import Bytes

/// AEAD_CHACHA20_POLY1305 (RFC 8439 §2.8).
public struct ChaCha20Poly1305: ~Copyable {
    private let cipher: ChaCha20

    /// The length of a tag in bytes.
    public static let tagByteCount = 16

    /// - Parameter key: 32 bytes.
    public init(key: Span<UInt8>) {
        cipher = ChaCha20(key: key)
    }

    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - nonce: 12 bytes; must be unique for each use of the key.
    ///   - additionalData: authenticated, not encrypted.
    ///   - output: the ciphertext and the 16-byte tag are appended to it.
    public func seal(
        nonce: Span<UInt8>, additionalData: Span<UInt8>, plaintext: Span<UInt8>, into output: inout [UInt8]
    ) {
        let start = output.count
        output.reserveCapacity(start + plaintext.count + Self.tagByteCount)
        cipher.apply(nonce: nonce, counter: 1, to: plaintext, appendingTo: &output)
        let tag = tag(nonce, additionalData, output.span.extracting(start..<output.count))
        output.append(tag.span)
    }

    /// Checks the tag, and decrypts only if it is valid.
    ///
    /// - Parameter sealed: the ciphertext and the 16-byte tag.
    /// - Throws: `authenticationFailed`.
    public func open(
        nonce: Span<UInt8>, additionalData: Span<UInt8>, sealed: Span<UInt8>
    ) throws(AEADError) -> [UInt8] {
        guard sealed.count >= Self.tagByteCount else { throw .authenticationFailed }
        let ciphertext = sealed.extracting(0..<(sealed.count - Self.tagByteCount))
        let received = sealed.extracting((sealed.count - Self.tagByteCount)..<sealed.count)
        let expected = tag(nonce, additionalData, ciphertext)
        guard equalityMask(expected.span, received) == 0xFF else { throw .authenticationFailed }
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(ciphertext.count)
        cipher.apply(nonce: nonce, counter: 1, to: ciphertext, appendingTo: &plaintext)
        return plaintext
    }

    /// §2.8: Poly1305 over the padded data, the padded ciphertext and both lengths.
    private func tag(
        _ nonce: Span<UInt8>, _ additionalData: Span<UInt8>, _ ciphertext: Span<UInt8>
    ) -> InlineArray<16, UInt8> {
        var authenticator = cipher.oneTimeAuthenticator(nonce: nonce)
        authenticator.absorbPadded(additionalData)
        authenticator.absorbPadded(ciphertext)
        authenticator.absorb(UInt64(additionalData.count), UInt64(ciphertext.count))
        let tag = authenticator.finalize()
        wipe(value: &authenticator)
        return tag
    }
}
