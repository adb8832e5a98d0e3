// CurveKeys.swift - keys that are not RSA: of elliptic curves (EC and OKP), and the way to those of ML-DSA (AKP).
//
// Spec:    RFC 7518 §6.2; RFC 8037 §2; AUDIT 16, 20.
// Secret:  no: public keys.
// Reads:   JSONWebKey, AlgorithmKeyPairs, SkipReason; JSON, EllipticCurves, MLDSA, Bytes. Read by: JSONWebKey, JWKThumbprint.

import Bytes
import EllipticCurves
import JSON
import MLDSA

extension JSONWebKey {
    /// RFC 7518 §6.1: the names of key types are case-sensitive.
    static func otherMaterial(_ value: JSONValue, kty: [UInt8]) throws(SkipReason) -> Material {
        if bytesEqual(kty.span, "EC") { return try ecKey(value) }
        if bytesEqual(kty.span, "OKP") { return try octetKey(value) }
        if bytesEqual(kty.span, "AKP") { return try algorithmKeyPair(value) }
        throw .keyTypeNotSupported
    }

    /// RFC 7518 §6.2.1: `crv`, `x` and `y`. The coordinates are numbers with the length of the curve's field.
    private static func ecKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let crv = try string(value, "crv"), let x = try string(value, "x"),
            let y = try string(value, "y")
        else { throw .missingMember }
        guard let curve = Curve.allCases.first(where: { bytesEqual(crv.span, $0.crv) }) else {
            throw .curveNotSupported
        }
        let xBytes = coordinate(try decode(x), of: curve)
        let yBytes = coordinate(try decode(y), of: curve)
        do {
            let key = try ECDSAPublicKey(curve: curve, x: xBytes.span, y: yBytes.span)
            return .ec(key, x: Base64URL.encode(xBytes.span), y: Base64URL.encode(yBytes.span))
        } catch { throw .curve(error) }
    }

    /// Brings a coordinate to the length of the curve's field: removes excess leading zeros and adds up to 8 missing
    /// ones. A valid coordinate lacks more than 8 bytes with probability 2^-64, so a shorter one more likely belongs to
    /// another curve.
    private static func coordinate(_ number: [UInt8], of curve: Curve) -> [UInt8] {
        let length = curve.coordinateByteCount
        if number.count > length {
            return withoutLeadingZeros(number).count > length ? number : [UInt8](number.suffix(length))
        }
        let lacking = length - number.count
        guard lacking > 0, lacking <= 8 else { return number }
        return [UInt8](repeating: 0, count: lacking) + number
    }

    /// RFC 8037 §2: `crv` and `x`. X25519 and X448 keys are not signature keys.
    private static func octetKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let crv = try string(value, "crv"), let x = try string(value, "x") else { throw .missingMember }
        guard bytesEqual(crv.span, "Ed25519") else { throw .curveNotSupported }
        let bytes = try decode(x)
        do {
            return .ed25519(try Ed25519PublicKey(bytes.span), x: x)
        } catch { throw .curve(error) }
    }
}

extension JSONWebKey.Material {
    var otherKeyType: KeyType {
        switch self {
        case .rsa: .rsa
        case .ec(let key, _, _): .ec(key.curve)
        case .ed25519: .ed25519
        case .mldsa(let key, _): .algorithmKeyPair(key.parameters.algorithm)
        }
    }

    /// Whether the private key of `other` can also sign for this key. This is so if x is equal: two points with the
    /// same x are each other's negative, so their private keys follow from each other.
    func hasPrivateKeyOnCurve(of other: Self) -> Bool {
        switch (self, other) {
        case (.ec(let key, let x, _), .ec(let otherKey, let otherX, _)):
            key.curve == otherKey.curve && bytesEqual(x.span, otherX.span)
        case (.ed25519(_, let x), .ed25519(_, let otherX)): bytesEqual(x.span, otherX.span)
        // A private key has one public key.
        case (.mldsa(_, let pub), .mldsa(_, let otherPub)): bytesEqual(pub.span, otherPub.span)
        default: false
        }
    }
}

extension Curve {
    /// The value of `crv` (RFC 7518 §6.2.1.1).
    var crv: StaticString {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }
}
