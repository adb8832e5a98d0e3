import Bytes
import Foundation
import JSON
import MLDSA
import TestSupport
import Testing

@testable import JOSE

/// AUDIT 16: ML-DSA (RFC 9964). Whole tokens are vectors (Vectors/jose-mldsa, run by ConformanceTests); here is the exact
/// reason of each refusal, and that the algorithms are used only by name.
@Suite struct AlgorithmKeyPairTests {
    static let algorithms: [Algorithm] = [.mldsa44, .mldsa65, .mldsa87]

    /// The first valid token of an algorithm, and its key set.
    private func good(_ algorithm: Algorithm) throws -> (token: String, keys: String) {
        let vectors = try readVectors(
            "jose-mldsa/minted.txt", fields: ["keys", "token", "payload", "expect"])
        for vector in vectors {
            // The comment of the case: the algorithm alone, with its key alone in the set.
            guard vector.comment == "\(algorithm.name)" else { continue }
            return (try vector.text("token"), try vector.text("keys"))
        }
        throw VectorFileError.unknownField("\(algorithm.name)")
    }

    /// The members of the only key of a set.
    private func members(_ keys: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(keys.utf8)) as? [String: Any]
        return try #require((object?["keys"] as? [[String: Any]])?.first)
    }

    private func skip(_ key: [String: Any], _ changes: [String: Any?]) throws -> SkipReason? {
        var key = key
        for (name, value) in changes { key[name] = value }
        let data = try JSONSerialization.data(withJSONObject: ["keys": [key]])
        return try KeySet(parsing: [UInt8](data)).skipped.first?.reason
    }

    @Test(arguments: algorithms) func keys(algorithm: Algorithm) throws {
        let (_, keys) = try good(algorithm)
        let key = try #require(try KeySet(parsing: bytes(keys)).keys.first)
        #expect(key.keyType == .algorithmKeyPair(algorithm) && key.algorithm == algorithm)
        #expect(String(decoding: key.typeText, as: UTF8.self) == "AKP \(algorithm.name)")
        for other in Algorithm.allCases { #expect(key.fits(other) == (other == algorithm)) }
        let document = try JSONDocument(parsing: bytes(keys))
        let value = try #require(document.root.member("keys")?.elements?.first)
        #expect(try JWKThumbprint.sha256(value) == key.thumbprint)
        for name in ["alg", "pub"] {
            var changed = try members(keys)
            changed[name] = nil
            let text = try JSONSerialization.data(withJSONObject: changed)
            let other = try JSONDocument(parsing: [UInt8](text))
            #expect(throws: JOSEError.keyMember(name == "alg" ? .alg : .pub)) {
                _ = try JWKThumbprint.sha256(other.root)
            }
        }
    }

    @Test(arguments: algorithms) func skippedKeys(algorithm: Algorithm) throws {
        let key = try members(try good(algorithm).keys)
        let count = try #require(algorithm.parameters).keyByteCount
        let pub = try #require(key["pub"] as? String)
        #expect(try skip(key, [:]) == nil)
        #expect(try skip(key, ["alg": Optional<Any>.none]) == .missingMember)
        #expect(try skip(key, ["alg": ""]) == .missingMember)
        #expect(try skip(key, ["pub": Optional<Any>.none]) == .missingMember)
        #expect(try skip(key, ["alg": 1]) == .memberType)
        #expect(try skip(key, ["pub": 1]) == .memberType)
        for alg in ["RS256", "EdDSA", "ES256", "ml-dsa-44", "ML-DSA", "HashML-DSA-44"] {
            #expect(try skip(key, ["alg": alg]) == .algorithmNotSupported)
        }
        for other in Self.algorithms where other != algorithm {
            let expected = try #require(other.parameters).keyByteCount
            #expect(
                try skip(key, ["alg": "\(other.name)"])
                    == .mldsa(.keyLength(expected: expected, actual: count)))
        }
        #expect(try skip(key, ["pub": ""]) == .mldsa(.keyLength(expected: count, actual: 0)))
        #expect(
            try skip(key, ["pub": "AAAA" + pub]) == .mldsa(.keyLength(expected: count, actual: count + 3)))
        #expect(
            try skip(key, ["pub": pub.dropLast() + "="])
                == .encoding(.invalidCharacter(offset: pub.utf8.count - 1)))
        // RFC 9964: priv is the seed. As with other private members, an empty one is none.
        #expect(try skip(key, ["priv": "AAAA"]) == .privateKey)
        #expect(try skip(key, ["priv": 1]) == .privateKey)
        #expect(try skip(key, ["priv": ""]) == nil)
        // Other types with the name of an algorithm of ML-DSA.
        let rsa: [String: Any] = ["kty": "RSA", "n": issuer.modulusText, "e": "AQAB"]
        #expect(try skip(rsa, [:]) == nil)
        #expect(try skip(rsa, ["alg": "\(algorithm.name)"]) == .algorithmNotSupported)
        let skipped = SkipReason.mldsa(.keyLength(expected: 1, actual: 2))
        #expect("\(skipped.reasonCode)" == "mldsa_key_length")
    }

    /// A private key that is published in one entry spoils every entry with the same public key, and no other.
    @Test func exposedKeys() throws {
        let key = try members(try good(.mldsa44).keys)
        let other = try members(try good(.mldsa65).keys)
        let exposed = key.merging(["kid": "exposed", "priv": "AAAA"]) { $1 }
        let data = try JSONSerialization.data(withJSONObject: ["keys": [key, other, exposed]])
        let set = try KeySet(parsing: [UInt8](data))
        #expect(set.skipped.map(\.index) == [0, 2])
        #expect(set.skipped.allSatisfy { $0.reason == .privateKey })
    }

    @Test(arguments: algorithms) func exactRefusals(algorithm: Algorithm) throws {
        let (token, keys) = try good(algorithm)
        let parts = token.split(separator: ".").map(String.init)
        let input = parts[0] + "." + parts[1]
        let parameters = try #require(algorithm.parameters)
        let encoded = bytes(parts[2])
        let raw = try Base64URL.decode(encoded.span)
        func reason(_ signature: [UInt8]) -> JOSEError? {
            refusal("\(input).\(base64url(signature))", keys)
        }
        #expect(refusal(token, keys) == nil)
        let length = parameters.signatureByteCount
        #expect(reason([1]) == .signatureMismatch(.mldsa(.signatureLength(expected: length, actual: 1))))
        #expect(
            reason(raw + [0])
                == .signatureMismatch(.mldsa(.signatureLength(expected: length, actual: length + 1))))
        var changed = raw
        changed[0] ^= 1
        #expect(reason(changed) == .signatureMismatch(.mldsa(.signatureMismatch)))
        // Zeros are γ1 in each coefficient of z.
        #expect(
            reason([UInt8](repeating: 0, count: length)) == .signatureMismatch(.mldsa(.zOutOfRange)))
        changed = raw
        changed[length - 1] = 255
        #expect(reason(changed) == .signatureMismatch(.mldsa(.hintCount)))
        // Another algorithm of the same type, and the type's key for another algorithm.
        for other in Self.algorithms + [.rs256, .edDSA, .es512] where other != algorithm {
            let header = base64url(#"{"alg":"\#(other.name)"}"#)
            #expect(refusal("\(header).\(parts[1]).\(parts[2])", keys) == .unknownKey)
            let named = base64url(#"{"alg":"\#(other.name)","kid":"key-\#(algorithm.name)"}"#)
            #expect(refusal("\(named).\(parts[1]).\(parts[2])", keys) == .keyAlgorithmMismatch)
        }
    }

    /// The combination is checked again where the signature is verified, whatever selected the key.
    @Test func combinationsAreChecked() throws {
        let key44 = try #require(try KeySet(parsing: bytes(try good(.mldsa44).keys)).keys.first)
        let token = try UnverifiedToken(bytes(try good(.mldsa65).token))
        let signature: [UInt8] = [1]
        #expect(throws: JOSEError.keyAlgorithmMismatch) {
            try token.verify(signature.span, with: key44, nil)
        }
    }

    /// Off unless named.
    @Test(arguments: algorithms) func onlyByName(algorithm: Algorithm) throws {
        let (token, keys) = try good(algorithm)
        #expect(!Algorithm.standard.contains(algorithm))
        #expect(Algorithm.standard == Algorithm.allCases.filter { !Self.algorithms.contains($0) })
        #expect(refusal(token, keys, Algorithm.standard) == .algNotAllowed)
        #expect(refusal(token, keys, [algorithm]) == nil)
        let proof = bytes(base64url(#"{"typ":"dpop+jwt","alg":"\#(algorithm.name)"}"#) + ".e30.AA")
        let refused = { (algorithms: [Algorithm]) in
            thrown { () throws(DPoPError) in _ = try DPoPProof(verifying: proof, algorithms: algorithms) }
        }
        #expect(refused(Algorithm.standard) == .algorithm)
        #expect(refused(Algorithm.standard + [algorithm]) == .keyMissing)
    }

    /// A token with a signature of ML-DSA-87 is remembered; a proof with a key and a signature of it fits.
    @Test func sizes() throws {
        let longest = try good(.mldsa87).token.utf8.count
        #expect(longest > 6170 && longest + 1500 < JOSELimits.memoTokenByteCount)
        let jwk = 2592 * 4 / 3 + 60
        #expect((jwk + 60) * 4 / 3 + 500 + 6170 < JOSELimits.proofByteCount)
    }
}
