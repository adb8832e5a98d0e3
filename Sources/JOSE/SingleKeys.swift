// SingleKeys.swift - keys that are fetched one at a time, and key sets made from them.
//
// Spec:    RFC 7518 §3.4.
// Secret:  no: public keys.
// Reads:   JSONWebKey, KeySet, SkipReason; EllipticCurves, Bytes. Read by: Keys (PerKeyCache), KeyFetching.

import Bytes
import EllipticCurves

extension JSONWebKey {
    /// An ES256 key from the coordinates of its point (RFC 7518 §3.4), as if parsed from a JWK with `alg` and `kid`.
    ///
    /// - Parameters:
    ///   - kid: the key ID.
    ///   - coordinates: X and Y, 32 bytes each.
    /// - Throws: `curve` if the coordinates are not a valid point.
    public init(kid: [UInt8], p256 coordinates: Span<UInt8>) throws(SkipReason) {
        let half = coordinates.count / 2
        let (x, y) = (coordinates.extracting(0..<half), coordinates.extracting(half..<coordinates.count))
        do throws(CurveError) {
            material = .ec(
                try ECDSAPublicKey(curve: .p256, x: x, y: y), x: Base64URL.encode(x), y: Base64URL.encode(y))
        } catch { throw .curve(error) }
        self.kid = kid
        algorithm = .es256
    }
}

extension KeySet {
    /// A key set from keys that are already parsed.
    public init(_ keys: [JSONWebKey]) {
        self.keys = keys
        skipped = []
    }
}
