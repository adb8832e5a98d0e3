// Ed25519PublicKey.swift - verification of Ed25519 signatures.
//
// Spec:    RFC 8032 §5.1.7; RFC 8037 §3.1; AUDIT 16.
// Secret:  no: verification works on public data, in variable time.
// Reads:   EdwardsCurve, EdwardsMultiples, SHA512, CurveError; Bytes. Read by: JOSE (EdDSA), X509, Conformance.
//
// The cofactor rule. RFC 8032 allows a verifier to check [8][S]B = [8]R + [8][k]A or the stricter equation [S]B = R +
// [k]A. This file checks the stricter one: the encoding of R' = [S]B - [k]A must equal the bytes of R. OpenSSL and Go
// do the same. R is never decoded, only its canonical encoding is accepted, and a signature has the same result in
// every verifier of this kind. The other equation would allow batch verification, which is not needed here.
//
// A key of small order is rejected, because with such a key one signature is valid for many messages.

import Bytes
import SHA512

/// An Ed25519 public key. The initializer precomputes values that depend only on the key and costs about as much as a
/// verification, so keep the key as long as it is in use.
public struct Ed25519PublicKey: Sendable, Equatable {
    /// A as received. Only canonical encodings are accepted, so equal keys have equal bytes.
    private let encoded: InlineArray<4, Limb>
    private let multiples: EdwardsMultiples

    /// The length of a key in bytes.
    public static let byteCount = 32
    /// The length of a signature in bytes.
    public static let signatureByteCount = 64

    /// - Parameter bytes: 32 bytes.
    /// - Throws: `keyLength`, `coordinateNotBelowPrime`, `pointNotOnCurve`, `signOfZero`, `smallOrder`.
    /// - Source: RFC 8032 §5.1.3, §5.1.5.
    @export(interface)
    public init(_ bytes: Span<UInt8>) throws(CurveError) {
        guard bytes.count == Self.byteCount else {
            throw .keyLength(expected: Self.byteCount, actual: bytes.count)
        }
        let point = try edwards25519.pointVariableTime(encoded: bytes)
        if edwards25519.hasSmallOrderVariableTime(point) { throw .smallOrder }
        encoded = InlineArray(littleEndian: bytes)
        multiples = EdwardsMultiples(of: point, width: 5)
    }

    /// Checks that `signature` is this key's signature of a message.
    ///
    /// - Parameter signature: R || S, 64 bytes.
    /// - Throws: `signatureLength`, `sNotCanonical`, `signatureMismatch`. If the function returns, the signature is
    ///   valid.
    /// - Source: RFC 8032 §5.1.7, without the cofactor: [S]B = R + [k]A, see the header of this file.
    @export(interface)
    public func verify(message: Span<UInt8>, signature: Span<UInt8>) throws(CurveError) {
        let curve = edwards25519
        // §5.1.7 step 1: R is used as bytes. S must be in 0 ... L - 1; otherwise every signature would have a second
        // form.
        guard signature.count == Self.signatureByteCount else {
            throw .signatureLength(expected: Self.signatureByteCount, actual: signature.count)
        }
        let r = signature.extracting(0..<32)
        let s = InlineArray<4, Limb>(littleEndian: signature.extracting(32..<64))
        guard s.isLessVariableTime(than: curve.scalars.modulus) else { throw .sNotCanonical }
        // §5.1.7 step 2: k = SHA-512(R || A || M), 64 bytes little-endian, modulo L. dom2 is empty for Ed25519.
        var hash = SHA512()
        hash.update(r)
        var key = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 { key[index] = encoded.byte(index) }
        hash.update(key.span)
        hash.update(message)
        let digest = hash.finalize()
        let k = curve.scalars.integer(
            curve.scalars.element(
                low: InlineArray(littleEndian: digest.span.extracting(0..<32)),
                high: InlineArray(littleEndian: digest.span.extracting(32..<64))))
        // §5.1.7 step 3: R = [S]B - [k]A.
        let point = curve.differenceVariableTime(s, edwards25519GeneratorMultiples, k, multiples)
        let expected = curve.encodedVariableTime(point)
        for index in 0..<32 where expected.byte(index) != r[index] { throw .signatureMismatch }
    }

    public static func == (a: Ed25519PublicKey, b: Ed25519PublicKey) -> Bool {
        for index in 0..<4 where a.encoded[index] != b.encoded[index] { return false }
        return true
    }
}
