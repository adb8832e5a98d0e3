// JWKThumbprint.swift - an identifier of a key that is computed from the key.
//
// Spec:    RFC 7638 §3; RFC 8037 §2 (OKP); RFC 9964 §6 (AKP).
// Secret:  no.
// Reads:   JSONWebKey; JSON, SHA256, RSA, EllipticCurves, MLDSA, Bytes. Read by: the keys command, Conformance.

import Bytes
import EllipticCurves
import JSON
import MLDSA
import RSA
import SHA256

/// The JWK thumbprint with SHA-256 (RFC 7638).
public enum JWKThumbprint {
    /// - Parameter key: a JWK object.
    /// - Returns: 32 bytes.
    /// - Throws: `keyMember` when a required member is absent or not a string.
    /// - Source: RFC 7638 §3.1 to §3.3.
    public static func sha256(_ key: JSONValue) throws(JOSEError) -> [UInt8] {
        // §3.2: the required members of the key type, in lexicographic order, without white space.
        guard let kty = key.member("kty")?.stringBytes else { throw .keyMember(.kty) }
        var writer = JSONWriter()
        writer.beginObject()
        if bytesEqual(kty.span, "RSA") {
            try write("e", .e, of: key, to: &writer)
            try write("kty", .kty, of: key, to: &writer)
            try write("n", .n, of: key, to: &writer)
        } else if bytesEqual(kty.span, "EC") {
            try write("crv", .crv, of: key, to: &writer)
            try write("kty", .kty, of: key, to: &writer)
            try write("x", .x, of: key, to: &writer)
            try write("y", .y, of: key, to: &writer)
        } else if bytesEqual(kty.span, "OKP") {
            // RFC 8037 §2.
            try write("crv", .crv, of: key, to: &writer)
            try write("kty", .kty, of: key, to: &writer)
            try write("x", .x, of: key, to: &writer)
        } else if bytesEqual(kty.span, "AKP") {
            // RFC 9964 §6.
            try write("alg", .alg, of: key, to: &writer)
            try write("kty", .kty, of: key, to: &writer)
            try write("pub", .pub, of: key, to: &writer)
        } else {
            throw .keyMember(.kty)
        }
        writer.endObject()
        let digest = SHA256.hash(writer.bytes.span)
        return [UInt8](digest.span)
    }

    private static func write(
        _ name: StaticString, _ member: JOSEError.KeyMember, of key: JSONValue, to writer: inout JSONWriter
    ) throws(JOSEError) {
        guard let value = key.member(name)?.stringBytes else { throw .keyMember(member) }
        writer.key(name)
        writer.string(value.span)
    }
}

extension JSONWebKey {
    /// The SHA-256 thumbprint, 32 bytes (RFC 7638).
    public var thumbprint: [UInt8] { material.thumbprint }

    /// The key's type and size for people, for example `RSA 2048`.
    public var typeText: [UInt8] { material.typeText }
}

extension JSONWebKey.Material {
    /// RFC 7638 §3: the digest of the required members.
    var thumbprint: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        switch self {
        case .rsa(_, let n, let e):
            writer.key("e")
            writer.string(Base64URL.encode(e.span).span)
            writer.key("kty")
            writer.string("RSA")
            writer.key("n")
            writer.string(Base64URL.encode(n.span).span)
        case .ec(let key, let x, let y):
            writer.key("crv")
            writer.string(key.curve.crv)
            writer.key("kty")
            writer.string("EC")
            writer.key("x")
            writer.string(x.span)
            writer.key("y")
            writer.string(y.span)
        case .ed25519(_, let x):
            writer.key("crv")
            writer.string("Ed25519")
            writer.key("kty")
            writer.string("OKP")
            writer.key("x")
            writer.string(x.span)
        case .mldsa(let key, let pub):
            writer.key("alg")
            writer.string(key.parameters.algorithm.name)
            writer.key("kty")
            writer.string("AKP")
            writer.key("pub")
            writer.string(pub.span)
        }
        writer.endObject()
        let digest = SHA256.hash(writer.bytes.span)
        return [UInt8](digest.span)
    }

    var typeText: [UInt8] {
        switch self {
        case .rsa(let key, _, _):
            var text = [UInt8]("RSA ")
            text.append(decimal: key.modulusBitCount)
            return text
        case .ec(let key, _, _):
            var text = [UInt8]("EC ")
            text.append(key.curve.crv)
            return text
        case .ed25519: return [UInt8]("OKP Ed25519")
        case .mldsa(let key, _):
            var text = [UInt8]("AKP ")
            text.append(key.parameters.algorithm.name)
            return text
        }
    }
}
