// CurveSuite.swift - vectors of ECDSA, Ed25519, their keys, and key agreement.
//
// Spec:    FIPS 186-5 §6.4.2; RFC 8032 §5.1.7; RFC 7748 §6.1; SP 800-56A rev. 3 §5.7.1.2.
// Secret:  no: the vectors' private keys are published.
// Reads:   VectorFile, HashSuite; EllipticCurves, KeyAgreement, Bytes. Read by: SuiteRunner.

import Bytes
import EllipticCurves
import KeyAgreement

/// A case: a signature in DER, as two integers.
func runECDSA(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let r = try vector.bytes("r")
    let s = try vector.bytes("s")
    let digest = try NamedHash(vector).digest(vector.bytes("message"))
    return try judgeKey(vector) { key throws(CurveError) in
        try key.verify(digest: digest.span, r: r.span, s: s.span)
    }
}

/// A case: a signature in the form of JOSE.
func runECDSARaw(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let signature = try vector.bytes("signature")
    let digest = try NamedHash(vector).digest(vector.bytes("message"))
    return try judgeKey(vector) { key throws(CurveError) in
        try key.verifyRaw(digest: digest.span, signature: signature.span)
    }
}

/// A case: a public key.
func runECPublicKey(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    try judgeKey(vector) { _ in }
}

private func judgeKey(
    _ vector: VectorCase, _ verify: (ECDSAPublicKey) throws(CurveError) -> Void
) throws(ConformanceError) -> CaseOutcome {
    let curve = try curve(vector)
    let x = try vector.bytes("x")
    let y = try vector.bytes("y")
    var refusal: StaticString?
    do throws(CurveError) {
        try verify(try ECDSAPublicKey(curve: curve, x: x.span, y: y.span))
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}

func runEdDSA(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let key = try vector.bytes("key")
    let message = try vector.bytes("message")
    let signature = try vector.bytes("signature")
    var refusal: StaticString?
    do throws(CurveError) {
        try Ed25519PublicKey(key.span).verify(message: message.span, signature: signature.span)
    } catch { refusal = error.reasonCode }
    return try outcome(vector, refusal: refusal)
}

/// A case: a private key, a peer's public key, and the shared secret.
func runX25519(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let privateKey = try vector.field("private")
    let randomBytes = try vector.bytes("private")
    guard randomBytes.count == X25519PrivateKey.byteCount else { throw .value(line: privateKey.line) }
    let peer = try vector.bytes("public")
    return try judgeAgreement(vector) { () throws(KeyAgreementError) in
        let key = X25519PrivateKey(randomBytes: SecretBytes(copying: randomBytes.span))
        return try key.sharedSecret(with: peer.span)
    }
}

func runECDH(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let curve = try curve(vector)
    let randomBytes = try vector.bytes("private")
    let peer = try vector.bytes("public")
    return try judgeAgreement(vector) { () throws(KeyAgreementError) in
        let key = try ECDHPrivateKey(curve: curve, randomBytes: SecretBytes(copying: randomBytes.span))
        return try key.sharedSecret(with: peer.span)
    }
}

private func judgeAgreement(
    _ vector: VectorCase, _ agree: () throws(KeyAgreementError) -> SecretBytes
) throws(ConformanceError) -> CaseOutcome {
    let expected = try vector.bytes("shared")
    do throws(KeyAgreementError) {
        let secret = try agree()
        guard isEqual(secret, expected) else { return .failed }
    } catch {
        return try outcome(vector, refusal: error.reasonCode)
    }
    return try outcome(vector, refusal: nil)
}

private func isEqual(_ secret: borrowing SecretBytes, _ expected: [UInt8]) -> Bool {
    bytesEqual(secret.span, expected.span)
}

/// The curve of a case.
private func curve(_ vector: VectorCase) throws(ConformanceError) -> Curve {
    let field = try vector.field("curve")
    if bytesEqual(field.value.span, "P-256") { return .p256 }
    if bytesEqual(field.value.span, "P-384") { return .p384 }
    if bytesEqual(field.value.span, "P-521") { return .p521 }
    throw .value(line: field.line)
}
