// SuiteRunner.swift - runs the cases of a vector file and counts the results.
//
// Spec:    Vectors/README.md.
// Secret:  no.
// Reads:   CaseOutcome, VectorFile and the suites; Bytes. Read by: the vectors command, tests.

import Bytes

/// The result of a vector file.
public struct SuiteResult: Sendable {
    public let suite: [UInt8]
    public let source: [UInt8]
    /// The number of cases, all of which were run.
    public let cases: Int
    /// The number of accepted cases and of refused cases, each as the vectors expect.
    public let accepted: Int
    public let refused: Int
    /// The number of cases of the source that the file omits.
    public let omitted: Int
    /// The lines of the cases with another outcome.
    public let failures: [Int]
}

/// The suites that can be run.
enum Suite: CaseIterable {
    case hash, hashMonteCarlo, bigint, pkcs1v15, pss, jws, thumbprint, hmac, hkdf, prf12, aead
    case path, peerSignature
    case ecdsa, ecdsaRaw, ecPublicKey, eddsa, x25519, ecdh
    case sponge, mldsa
    case routeDecision

    var name: StaticString {
        switch self {
        case .hash: "hash"
        case .hashMonteCarlo: "hash-monte-carlo"
        case .bigint: "bigint"
        case .pkcs1v15: "rsa-pkcs1v15-verify"
        case .pss: "rsa-pss-verify"
        case .ecdsa: "ecdsa-verify"
        case .ecdsaRaw: "ecdsa-raw-verify"
        case .ecPublicKey: "ec-public-key"
        case .eddsa: "eddsa-verify"
        case .x25519: "x25519"
        case .ecdh: "ecdh"
        case .sponge: "sponge"
        case .mldsa: "mldsa-verify"
        case .jws: "jws-verify"
        case .thumbprint: "jwk-thumbprint"
        case .hmac: "hmac"
        case .hkdf: "hkdf"
        case .prf12: "prf12"
        case .aead: "aead"
        case .path: "x509-path"
        case .peerSignature: "x509-peer-signature"
        case .routeDecision: "route-decision"
        }
    }

    /// The names of the suite's fields, separated by spaces.
    var fields: StaticString {
        switch self {
        case .hash: "hash message repeat digest"
        case .hashMonteCarlo: "hash seed digest"
        case .bigint: "operation a b c expect"
        case .pkcs1v15: "modulus exponent hash message signature expect"
        case .pss: "modulus exponent hash salt-length message signature expect"
        case .ecdsa: "curve hash x y message r s expect"
        case .ecdsaRaw: "curve hash x y message signature expect"
        case .ecPublicKey: "curve x y expect"
        case .eddsa: "key message signature expect"
        case .x25519: "private public shared expect"
        case .ecdh: "curve private public shared expect"
        case .sponge: "function message output"
        case .mldsa: "parameters key message context signature expect"
        case .jws: "keys token payload expect"
        case .thumbprint: "key thumbprint"
        case .hmac: "hash key message code expect"
        case .hkdf: "hash ikm salt info length prk okm"
        case .prf12: "hash secret label seed output"
        case .aead: "cipher key nonce aad plaintext ciphertext tag expect"
        case .path: "section time anchors chain host expect"
        case .peerSignature: "certificate scheme curve message signature expect"
        case .routeDecision: "document claims call rule allow deny expect"
        }
    }

    func run(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
        switch self {
        case .hash: try runHash(vector)
        case .hashMonteCarlo: try runHashMonteCarlo(vector)
        case .bigint: try runBigInt(vector)
        case .pkcs1v15: try runPKCS1v15(vector)
        case .pss: try runPSS(vector)
        case .ecdsa: try runECDSA(vector)
        case .ecdsaRaw: try runECDSARaw(vector)
        case .ecPublicKey: try runECPublicKey(vector)
        case .eddsa: try runEdDSA(vector)
        case .x25519: try runX25519(vector)
        case .ecdh: try runECDH(vector)
        case .sponge: try runSponge(vector)
        case .mldsa: try runMLDSA(vector)
        case .jws: try runJWS(vector)
        case .thumbprint: try runThumbprint(vector)
        case .hmac: try runHMAC(vector)
        case .hkdf: try runHKDF(vector)
        case .prf12: try runPRF12(vector)
        case .aead: try runAEAD(vector)
        case .path: try runPath(vector)
        case .peerSignature: try runPeerSignature(vector)
        case .routeDecision: try runRouteDecision(vector)
        }
    }
}

/// Runs the cases of one file.
///
/// - Parameter text: the file's bytes.
/// - Throws: for an invalid file. A case with an unexpected outcome is not an error.
/// - Source: Vectors/README.md.
public func runVectors(_ text: [UInt8]) throws(ConformanceError) -> SuiteResult {
    let file = try VectorFile(text)
    var found: Suite?
    for suite in Suite.allCases where bytesEqual(file.suite.span, suite.name) { found = suite }
    guard let suite = found else { throw .unknownSuite }
    var accepted = 0
    var refused = 0
    var failures: [Int] = []
    var validCount = 0
    for vector in file.cases {
        try vector.check(fields: suite.fields)
        let outcome = try suite.run(vector)
        switch outcome {
        case .accepted: accepted += 1
        case .refused: refused += 1
        case .failed: failures.append(vector.line)
        }
        if try isValid(vector, suite) { validCount += 1 }
    }
    guard validCount == file.validCount else { throw .validCount(said: file.validCount, found: validCount) }
    return SuiteResult(
        suite: file.suite, source: file.source, cases: file.cases.count, accepted: accepted, refused: refused,
        omitted: file.omittedCount, failures: failures)
}

/// Whether a case must be accepted. All cases of pure functions must be. In `bigint` `expect` is the result itself, and
/// a refusal is recognised from a letter above f.
private func isValid(_ vector: VectorCase, _ suite: Suite) throws(ConformanceError) -> Bool {
    switch suite {
    case .bigint: return try !isReasonCode(vector.text("expect"))
    default: return vector.optional("expect") == nil ? true : try vector.expects("valid")
    }
}
