// RSASuite.swift - vectors of RSA signatures.
//
// Spec:    RFC 8017 §8.1.2, §8.2.2. Only here keys of 1024 bits and more are accepted.
// Secret:  no.
// Reads:   VectorFile; RSA, Bytes. Read by: SuiteRunner.

import Bytes
import RSA

func runPKCS1v15(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    try run(vector, saltByteCount: nil)
}

func runPSS(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    try run(vector, saltByteCount: vector.number("salt-length"))
}

private func run(_ vector: VectorCase, saltByteCount: Int?) throws(ConformanceError) -> CaseOutcome {
    let modulus = try vector.bytes("modulus")
    let exponent = try vector.bytes("exponent")
    let message = try vector.bytes("message")
    let signature = try vector.bytes("signature")
    let hash: RSAHash =
        switch try NamedHash(vector) {
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    var refusal: StaticString?
    do throws(RSAError) {
        let key = try RSAPublicKey(
            modulus: modulus.span, publicExponent: exponent.span, sizes: .includingShortKeys)
        if let saltByteCount {
            try key.verifyPSS(
                message: message.span, hash: hash, saltByteCount: saltByteCount, signature: signature.span)
        } else {
            try key.verifyPKCS1v15(message: message.span, hash: hash, signature: signature.span)
        }
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}
