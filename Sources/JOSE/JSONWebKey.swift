// JSONWebKey.swift - one key of a JWK set.
//
// Spec:    RFC 7517 §4; RFC 7518 §6.3; AUDIT 6, 13, 20.
// Secret:  no: public keys. Private members are detected, never decoded; such a key is skipped.
// Reads:   Algorithm, SkipReason, Limits, CurveKeys; JSON, RSA, EllipticCurves, MLDSA, Bytes. Read by: KeySet, JWKThumbprint,
//          DPoPProof; Keys, KeyFetching.
//
// Some issuers' libraries deviate from RFC 7517 and 7518 when they write keys. They write null or an empty value for an
// absent member, leading zeros in numbers, or no leading zeros where the length is fixed. Each of these has a single
// interpretation, and it makes no signature valid that would be invalid under the correct encoding. Such keys are
// used. Anything ambiguous (an unknown `alg`, another alphabet, a member of another type) makes the key skipped.

import Bytes
import EllipticCurves
import JSON
import MLDSA
import RSA

/// A public key that tokens can be verified with.
public struct JSONWebKey: Sendable {
    /// `kid`, an opaque identifier.
    public let kid: [UInt8]?
    /// `alg`: the only algorithm that the key may be used with. If nil, the key's type decides.
    public let algorithm: Algorithm?
    let material: Material

    enum Material: Sendable {
        /// The key, and the bytes of `n` and `e` in canonical form.
        case rsa(RSAPublicKey, n: [UInt8], e: [UInt8])
        /// The key, and `x` and `y` in canonical form, base64url-encoded.
        case ec(ECDSAPublicKey, x: [UInt8], y: [UInt8])
        /// The key, and `x` in canonical form, base64url-encoded.
        case ed25519(Ed25519PublicKey, x: [UInt8])
        /// The key, and `pub`, base64url-encoded.
        case mldsa(MLDSAPublicKey, pub: [UInt8])
    }

    /// Whether the key may be used with an algorithm: its own `alg` if present, else any algorithm of its type.
    func fits(_ expected: Algorithm) -> Bool {
        if let algorithm { return algorithm == expected }
        return expected.keyType == keyType
    }

    var keyType: KeyType { material.keyType }
}

extension JSONWebKey.Material {
    /// Whether the private key of `other` can also sign for this key: the two have the same modulus.
    func hasPrivateKey(of other: Self) -> Bool {
        switch (self, other) {
        case (.rsa(_, let n, _), .rsa(_, let otherN, _)): bytesEqual(n.span, otherN.span)
        default: hasPrivateKeyOnCurve(of: other)
        }
    }

    var keyType: KeyType {
        if case .rsa = self { .rsa } else { otherKeyType }
    }
}

extension JSONWebKey {
    /// - Throws: the reason to skip the key.
    /// - Source: RFC 7517 §4.
    init(_ value: JSONValue, use expected: StaticString = "sig") throws(SkipReason) {
        guard value.kind == .object else { throw .notAnObject }
        guard let kty = try string(value, "kty") else { throw .missingMember }
        if bytesEqual(kty.span, "oct") { throw .symmetric }
        // AUDIT 20: everyone with access to the key set could sign with this key.
        guard !Self.holdsPrivateMembers(value) else { throw .privateKey }
        // §4.2: `use`; §4.3: `key_ops`.
        if let use = try string(value, "use"), !use.isEmpty, !bytesEqual(use.span, expected) {
            throw .notForSignatures
        }
        try Self.checkOperations(value)
        kid = try string(value, "kid")
        if let kid, kid.count > JOSELimits.kidByteCount { throw .kidTooLong }

        material = try Self.material(value, kty: kty)
        if let alg = try string(value, "alg"), !alg.isEmpty {
            guard let named = Algorithm(name: alg.span), named.keyType == material.keyType else {
                throw .algorithmNotSupported
            }
            algorithm = named
        } else {
            algorithm = nil
        }
    }

    /// RFC 7518 §6.1: the names of key types are case-sensitive.
    private static func material(_ value: JSONValue, kty: [UInt8]) throws(SkipReason) -> Material {
        if bytesEqual(kty.span, "RSA") { return try rsaKey(value) }
        return try otherMaterial(value, kty: kty)
    }

    /// The public key of an entry that also contains private members; nil for any other entry.
    static func exposedMaterial(_ value: JSONValue) -> Material? {
        guard holdsPrivateMembers(value) else { return nil }
        do throws(SkipReason) {
            guard let kty = try string(value, "kty") else { return nil }
            return try material(value, kty: kty)
        } catch { return nil }
    }

    /// Whether a private member is present and not empty. `k` is not checked: it occurs only in symmetric keys, which
    /// are always skipped.
    ///
    /// - Source: RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2; RFC 9964 §3.
    private static func holdsPrivateMembers(_ value: JSONValue) -> Bool {
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "priv"] as [StaticString] {
            guard let member = value.member(name) else { continue }
            switch member.kind {
            case .null: continue
            case .string: if !member.isString("") { return true }
            case .array, .object: if member.count > 0 { return true }
            default: return true
            }
        }
        return false
    }

    /// Checks `key_ops`. An empty list restricts nothing.
    private static func checkOperations(_ value: JSONValue) throws(SkipReason) {
        guard let operations = value.member("key_ops"), !operations.isNull else { return }
        guard let elements = operations.elements else { throw .memberType }
        var verifies = elements.isEmpty
        for element in elements {
            guard element.kind == .string else { throw .memberType }
            if element.isString("verify") { verifies = true }
        }
        guard verifies else { throw .notForVerification }
    }

    /// RFC 7518 §6.3.1: `n` and `e`, Base64urlUInt: big-endian. Leading zeros are removed, although §2 forbids them.
    private static func rsaKey(_ value: JSONValue) throws(SkipReason) -> Material {
        guard let n = try string(value, "n"), let e = try string(value, "e") else { throw .missingMember }
        let modulus = withoutLeadingZeros(try decode(n))
        let publicExponent = withoutLeadingZeros(try decode(e))
        do {
            let key = try RSAPublicKey(modulus: modulus.span, publicExponent: publicExponent.span)
            return .rsa(key, n: modulus, e: publicExponent)
        } catch { throw .rsa(error) }
    }

    /// A number's bytes without leading zeros; the number 0 keeps one byte.
    static func withoutLeadingZeros(_ number: [UInt8]) -> [UInt8] {
        var start = 0
        while start + 1 < number.count, number[start] == 0 { start += 1 }
        return start == 0 ? number : [UInt8](number[start...])
    }

    static func decode(_ text: [UInt8]) throws(SkipReason) -> [UInt8] {
        do { return try Base64URL.decode(text.span) } catch { throw .encoding(error) }
    }
}

/// A string member; nil if it is absent or null. Some serializers write null for absent members.
func string(_ value: JSONValue, _ name: StaticString) throws(SkipReason) -> [UInt8]? {
    guard let member = value.member(name), !member.isNull else { return nil }
    guard let bytes = member.stringBytes else { throw .memberType }
    return bytes
}
