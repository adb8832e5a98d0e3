// JSONWebKey.swift - one key of a set.
//
// Spec:    RFC 7517 §4; RFC 7518 §6.2, §6.3; RFC 8037 §2; security-checklist 6, 13, 16, 20.
// Secret:  no: public keys. Private members are noticed and not read.
// Reads:   Algorithm, Limits; JSON, RSA, EllipticCurves. Read by: KeySet.

import Bytes
import EllipticCurves
import JSON
import RSA

/// A public key that tokens can be verified with.
public struct JSONWebKey: Sendable {
    /// `kid`, an opaque name.
    public let kid: [UInt8]?
    /// `alg`: the only algorithm that the key is for; nil when its type alone decides.
    public let algorithm: Algorithm?
    /// Whether the set publishes private members too. Its owner should hear of it.
    public let holdsPrivateMembers: Bool
    /// The SHA-256 thumbprint, 32 bytes (RFC 7638).
    public var thumbprint: [UInt8] { material.thumbprint }
    /// The type and size for people, as `RSA 2048`.
    public var typeText: [UInt8] { material.typeText }
    let material: Material

    enum Material: Sendable {
        /// The key, and `n` and `e` as the set gave them.
        case rsa(RSAPublicKey, n: [UInt8], e: [UInt8])
        /// The key, and `x` and `y` likewise.
        case ec(ECDSAPublicKey, x: [UInt8], y: [UInt8])
        /// The key, and `x` likewise.
        case ed25519(Ed25519PublicKey, x: [UInt8])
    }

    /// Whether the key is one for an algorithm: its own if it names one, else any of its type.
    func fits(_ wanted: Algorithm) -> Bool {
        if let algorithm { return algorithm == wanted }
        return wanted.keyType == keyType
    }

    var keyType: KeyType {
        material.keyType
    }
}

extension JSONWebKey.Material {
    var keyType: KeyType {
        switch self {
        case .rsa: .rsa
        case .ec(let key, _, _): .ec(key.curve)
        case .ed25519: .ed25519
        }
    }
}

/// Why a key of a set is passed over. The set stays good.
public enum SkipReason: Equatable, Sendable {
    case notAnObject
    /// A member has another type than RFC 7517 gives it.
    case memberType
    /// A symmetric key; it verifies nothing here (security-checklist 6).
    case symmetric
    /// A `kty` that has no algorithm here.
    case keyTypeNotSupported
    /// A `crv` that has no algorithm here, or not one for the key's type.
    case curveNotSupported
    /// `use` is not `sig`.
    case notForSignatures
    /// `key_ops` is there without `verify`.
    case notForVerification
    /// `alg` is not an algorithm here, or not one for the key's type.
    case algorithmNotSupported
    case kidTooLong
    case missingMember
    case encoding(BytesError)
    case rsa(RSAError)
    case curve(CurveError)

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .notAnObject: "key_not_object"
        case .memberType: "key_member_type"
        case .symmetric: "key_symmetric"
        case .keyTypeNotSupported: "key_type_not_supported"
        case .curveNotSupported: "key_crv"
        case .notForSignatures: "key_use"
        case .notForVerification: "key_ops"
        case .algorithmNotSupported: "key_alg"
        case .kidTooLong: "key_kid_too_long"
        case .missingMember: "key_member_missing"
        case .encoding: "key_member_encoding"
        case .rsa(let error): error.reasonCode
        case .curve(let error): error.reasonCode
        }
    }
}

extension SkipReason: Error {}

extension JSONWebKey {
    /// - Throws: why the key is of no use.
    /// - Source: RFC 7517 §4.
    init(_ value: JSONValue) throws(SkipReason) {
        guard value.kind == .object else { throw .notAnObject }
        guard let kty = try string(value, "kty") else { throw .missingMember }
        if bytesEqual(kty.span, "oct") { throw .symmetric }
        // §4.2: `use`; §4.3: `key_ops`.
        if let use = try string(value, "use"), !bytesEqual(use.span, "sig") { throw .notForSignatures }
        try Self.checkOperations(value)
        kid = try string(value, "kid")
        if let kid, kid.count > JOSELimits.kidByteCount { throw .kidTooLong }

        // RFC 7518 §6.1: the names are case-sensitive.
        let material: Material
        if bytesEqual(kty.span, "RSA") {
            material = try Self.rsaKey(value)
        } else if bytesEqual(kty.span, "EC") {
            material = try Self.ecKey(value)
        } else if bytesEqual(kty.span, "OKP") {
            material = try Self.octetKey(value)
        } else {
            throw .keyTypeNotSupported
        }
        self.material = material
        if let alg = try string(value, "alg") {
            guard let named = Algorithm(name: alg.span), named.keyType == material.keyType else {
                throw .algorithmNotSupported
            }
            algorithm = named
        } else {
            algorithm = nil
        }
        holdsPrivateMembers = value.member("d") != nil || value.member("p") != nil || value.member("q") != nil
    }

    /// A key for ES256 out of its point (RFC 7518 §3.4), as if a set had it with `alg` and `kid`.
    ///
    /// - Parameters:
    ///   - kid: its ID.
    ///   - coordinates: X and Y, 32 bytes each.
    /// - Throws: `curve`.
    public init(kid: [UInt8], p256 coordinates: Span<UInt8>) throws(SkipReason) {
        let half = coordinates.count / 2
        let (x, y) = (coordinates.extracting(0..<half), coordinates.extracting(half..<coordinates.count))
        do throws(CurveError) {
            material = .ec(
                try ECDSAPublicKey(curve: .p256, x: x, y: y), x: Base64URL.encode(x), y: Base64URL.encode(y))
        } catch { throw .curve(error) }
        self.kid = kid
        algorithm = .es256
        holdsPrivateMembers = false
    }

    private static func checkOperations(_ value: JSONValue) throws(SkipReason) {
        guard let operations = value.member("key_ops") else { return }
        guard let elements = operations.elements else { throw .memberType }
        var verifies = false
        for element in elements {
            guard element.kind == .string else { throw .memberType }
            if element.isString("verify") { verifies = true }
        }
        guard verifies else { throw .notForVerification }
    }

    /// RFC 7518 §6.3.1: `n` and `e`, Base64urlUInt: big-endian, no leading zeros.
    private static func rsaKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let n = try string(value, "n"), let e = try string(value, "e") else { throw .missingMember }
        let modulus = try decode(n)
        let publicExponent = try decode(e)
        do {
            let key = try RSAPublicKey(modulus: modulus.span, publicExponent: publicExponent.span)
            return .rsa(key, n: n, e: e)
        } catch { throw .rsa(error) }
    }

    /// RFC 7518 §6.2.1: `crv`, and `x` and `y` of exactly the curve's length.
    private static func ecKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let crv = try string(value, "crv"), let x = try string(value, "x"),
            let y = try string(value, "y")
        else { throw .missingMember }
        guard let curve = Curve.allCases.first(where: { bytesEqual(crv.span, $0.crv) }) else {
            throw .curveNotSupported
        }
        let xBytes = try decode(x)
        let yBytes = try decode(y)
        do {
            return .ec(try ECDSAPublicKey(curve: curve, x: xBytes.span, y: yBytes.span), x: x, y: y)
        } catch { throw .curve(error) }
    }

    /// RFC 8037 §2: `crv` and `x`. X25519 and X448 keys are not for signatures.
    private static func octetKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let crv = try string(value, "crv"), let x = try string(value, "x") else { throw .missingMember }
        guard bytesEqual(crv.span, "Ed25519") else { throw .curveNotSupported }
        let bytes = try decode(x)
        do {
            return .ed25519(try Ed25519PublicKey(bytes.span), x: x)
        } catch { throw .curve(error) }
    }

    private static func decode(_ text: [UInt8]) throws(SkipReason) -> [UInt8] {
        do { return try Base64URL.decode(text.span) } catch { throw .encoding(error) }
    }
}

/// A string member; nil if it is absent.
private func string(_ value: JSONValue, _ name: StaticString) throws(SkipReason) -> [UInt8]? {
    guard let member = value.member(name) else { return nil }
    guard let bytes = member.stringBytes else { throw .memberType }
    return bytes
}

extension Curve {
    /// RFC 7518 §6.2.1.1.
    var crv: StaticString {
        switch self {
        case .p256: "P-256"
        case .p384: "P-384"
        case .p521: "P-521"
        }
    }
}
