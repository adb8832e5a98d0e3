// Ed25519PublicKey.swift - Ed25519 signature verification.
//
// Spec:    RFC 8032 §5.1.7; RFC 8037 §3.1; security-checklist 16.
// Secret:  no: verification works on public data, in variable time.
// Reads:   EdwardsCurve, EdwardsMultiples, SHA512, CurveError. Read by: JOSE (EdDSA), X509.
//
// The cofactor rule. RFC 8032 lets a verifier check [8][S]B = [8]R + [8][k]A or, stronger,
// [S]B = R + [k]A. We check the stronger: R' = [S]B - [k]A must encode to the very bytes of R.
// So do OpenSSL and Go; it never parses R, refuses each encoding of R but the canonical one,
// and leaves one verdict per signature. What the weaker buys, batch verification, we have not.
//
// A key of small order is refused: with it, one signature holds for many messages.

import Bytes
import SHA512

/// An Ed25519 public key. Making one costs about as much as a verification, for what depends
/// on the key alone: keep it as long as the key is in use.
public struct Ed25519PublicKey: Sendable, Equatable {
    /// A as it came: its encoding is canonical, so two keys are equal when these are.
    private let encoded: InlineArray<4, UInt64>
    private let multiples: EdwardsMultiples

    /// The length of a key.
    public static let byteCount = 32
    /// The length of a signature.
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
    /// - Throws: `signatureLength`, `sNotCanonical`, `signatureMismatch`. Returning at all means "valid".
    /// - Source: RFC 8032 §5.1.7, without the cofactor: [S]B = R + [k]A, see the top of the file.
    @export(interface)
    public func verify(message: Span<UInt8>, signature: Span<UInt8>) throws(CurveError) {
        let curve = edwards25519
        // §5.1.7 step 1: R, as bytes; S in 0 ... L - 1, or every signature would have a second form.
        guard signature.count == Self.signatureByteCount else {
            throw .signatureLength(expected: Self.signatureByteCount, actual: signature.count)
        }
        let r = signature.extracting(0..<32)
        let s = InlineArray<4, UInt64>(littleEndian: signature.extracting(32..<64))
        guard s.isLessVariableTime(than: curve.scalars.modulus) else { throw .sNotCanonical }
        // §5.1.7 step 2: k = SHA-512(R || A || M), 64 bytes little-endian, modulo L. dom2 is
        // empty for Ed25519.
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
