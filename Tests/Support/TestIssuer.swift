// TestIssuer.swift - signs tokens in tests, with our own integers: m^d mod n (RFC 8017 §5.2.1).

import BigInt
import Bytes
import SHA256

/// An issuer with one RSA-2048 key.
public struct TestIssuer: Sendable {
    public let kid: String
    private let modulus: [UInt8]
    private let privateExponent: [UInt8]

    public static let first = TestIssuer(
        kid: "key-1", modulus: TestKeys.modulus1, privateExponent: TestKeys.privateExponent1)
    public static let second = TestIssuer(
        kid: "key-2", modulus: TestKeys.modulus2, privateExponent: TestKeys.privateExponent2)

    private init(kid: String, modulus: String, privateExponent: String) {
        self.kid = kid
        self.modulus = hexBytes(modulus)
        self.privateExponent = hexBytes(privateExponent)
    }

    public var modulusText: String { base64url(modulus) }

    /// The key as a JWK, with further members.
    public func jwk(_ further: String = "") -> String {
        #"{"kty":"RSA","kid":"\#(kid)","n":"\#(modulusText)","e":"AQAB"\#(further)}"#
    }

    /// A set of this one key.
    public var keySet: [UInt8] { Array("{\"keys\":[\(jwk())]}".utf8) }

    /// A token of this header and payload, signed with RS256 whatever the header says.
    public func token(header: String, payload: String) -> String {
        let input = base64url(Array(header.utf8)) + "." + base64url(Array(payload.utf8))
        return input + "." + base64url(sign(Array(input.utf8)))
    }

    /// A token with the usual header.
    public func token(_ payload: String) -> String {
        token(header: #"{"alg":"RS256","typ":"JWT","kid":"\#(kid)"}"#, payload: payload)
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2.1).
    public func sign(_ message: [UInt8]) -> [UInt8] {
        let digest = SHA256.hash(message.span)
        let info = hexBytes("3031300d060960864801650304020105000420") + [UInt8](digest.span)
        let padding = [UInt8](repeating: 0xFF, count: 256 - 3 - info.count)
        return power([0, 1] + padding + [0] + info)
    }

    /// `encoded^d mod n`, for whatever encoding.
    public func power(_ encoded: [UInt8]) -> [UInt8] {
        guard let modulus = try? Modulus(Natural(bigEndianBytes: modulus.span)) else { return [] }
        let result = modulus.powerVariableTime(
            Natural(bigEndianBytes: encoded.span), Natural(bigEndianBytes: privateExponent.span))
        var hex = [UInt8](result.hexadecimal)
        hex = [UInt8](repeating: 0x30, count: max(0, 512 - hex.count)) + hex
        return hexBytes(String(decoding: hex, as: UTF8.self))
    }
}

public func base64url(_ bytes: [UInt8]) -> String {
    String(decoding: Base64URL.encode(bytes.span), as: UTF8.self)
}

public func hexBytes(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return (try? Hex.decode(digits.span)) ?? []
}
