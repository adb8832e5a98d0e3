import Bytes
import TestSupport
import Testing

@testable import RSA

// Spans cannot pass through #expect, so these functions wrap the calls under test with arrays.
func makeKey(_ n: [UInt8], _ e: [UInt8], _ sizes: KeySizePolicy = .standard) throws(RSAError) -> RSAPublicKey
{
    try RSAPublicKey(modulus: n.span, publicExponent: e.span, sizes: sizes)
}

/// "valid", or the reason code of what was thrown.
func outcome(_ body: () throws(RSAError) -> Void) -> String {
    do throws(RSAError) {
        try body()
        return "valid"
    } catch {
        return "\(error.reasonCode)"
    }
}

func hash(named name: String) throws -> RSAHash {
    switch name {
    case "sha256": .sha256
    case "sha384": .sha384
    case "sha512": .sha512
    default: throw VectorFileError.unknownField(name)
    }
}

/// AUDIT 12, 13, 15. Good signatures, and forgeries made with the private key, are in
/// Vectors/rsa-*, which ConformanceTests runs; these tests are the ones that a vector cannot express.
@Suite struct SignatureTests {
    static let fields: Set<String> = [
        "modulus", "exponent", "hash", "salt-length", "message", "signature", "expect",
    ]

    /// Invalid salt lengths: negative, or so large that an addition overflows.
    @Test func saltLengthsOutOfRange() throws {
        let good = try #require(try readVectors("rsa-differential/pss.txt", fields: Self.fields).first)
        let key = try makeKey(try good.bytes("modulus"), try good.bytes("exponent"))
        let (message, signature) = (try good.bytes("message"), try good.bytes("signature"))
        for salt in [-1, Int.min, 223, Int.max] {
            let got = outcome { () throws(RSAError) in
                try key.verifyPSS(
                    message: message.span, hash: .sha256, saltByteCount: salt, signature: signature.span)
            }
            #expect(got == "rsa_pss_salt_length")
        }
    }

    /// A good signature stops being one with any bit changed, and nothing traps: 500 places of
    /// signature, digest and modulus each, for both schemes.
    @Test func flippedBits() throws {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        for path in ["rsa-differential/pkcs1v15.txt", "rsa-differential/pss.txt"] {
            let good = try #require(
                try readVectors(path, fields: Self.fields).first)
            let (n, e) = (try good.bytes("modulus"), try good.bytes("exponent"))
            let hash = try hash(named: try good.text("hash"))
            let signature = try good.bytes("signature")
            let message = try good.bytes("message")
            let digest = hash.digest(of: message.span)
            let salt = path.hasSuffix("pss.txt") ? Int(try good.text("salt-length")) : nil

            func verify(_ n: [UInt8], _ digest: [UInt8], _ signature: [UInt8]) -> String {
                outcome { () throws(RSAError) in
                    let key = try makeKey(n, e)
                    if let salt {
                        try key.verifyPSS(
                            digest: digest.span, hash: hash, saltByteCount: salt, signature: signature.span)
                    } else {
                        try key.verifyPKCS1v15(digest: digest.span, hash: hash, signature: signature.span)
                    }
                }
            }
            #expect(verify(n, digest, signature) == "valid")
            for _ in 0..<500 {
                #expect(verify(n, digest, generator.flippingOneBit(of: signature)) != "valid", "seed \(seed)")
                #expect(verify(n, generator.flippingOneBit(of: digest), signature) != "valid", "seed \(seed)")
            }
            // A key costs more than a verification: fewer of them.
            for _ in 0..<100 {
                #expect(verify(generator.flippingOneBit(of: n), digest, signature) != "valid", "seed \(seed)")
            }
        }
    }

    @Test func digestOfAnotherLength() throws {
        let good = try #require(
            try readVectors("rsa-differential/pkcs1v15.txt", fields: Self.fields).first)
        let key = try makeKey(try good.bytes("modulus"), try good.bytes("exponent"))
        let signature = try good.bytes("signature")
        for count in [0, 31, 33, 48, 64] {
            let digest = [UInt8](repeating: 7, count: count)
            #expect(
                thrown { () throws(RSAError) in
                    try key.verifyPKCS1v15(digest: digest.span, hash: .sha256, signature: signature.span)
                } == .digestLength(expected: 32, actual: count))
            #expect(
                thrown { () throws(RSAError) in
                    try key.verifyPSS(
                        digest: digest.span, hash: .sha256, saltByteCount: 32, signature: signature.span)
                } == .digestLength(expected: 32, actual: count))
        }
    }
}
