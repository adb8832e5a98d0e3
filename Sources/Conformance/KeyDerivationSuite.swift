// KeyDerivationSuite.swift - vectors of HMAC, HKDF and the pseudorandom function of TLS 1.2.
//
// Spec:    RFC 2104, RFC 4231; RFC 5869; RFC 5246 §5.
// Secret:  no: the vectors' keys are published.
// Reads:   VectorFile; HMAC, Bytes. Read by: SuiteRunner.

import Bytes
import HMAC

/// A case: a key, a message and the code, which may be truncated, or wrong (`expect = invalid`).
func runHMAC(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let key = try vector.bytes("key")
    let message = try vector.bytes("message")
    let expected = try vector.bytes("code")
    guard !expected.isEmpty else { throw .value(line: vector.line) }
    let code = hmacCode(try hash(vector), key, message)
    let isEqual =
        expected.count <= code.count
        && equalityMask(code.span.extracting(0..<expected.count), expected.span) == 0xFF
    var isValid = true
    if vector.optional("expect") != nil { isValid = try vector.expects("valid") }
    if isValid { return .answer(isEqual) }
    return isEqual ? .failed : .refused
}

/// A case: input key material, salt, info, the pseudorandom key if the source has it, and the output key material.
func runHKDF(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try hash(vector)
    let material = try vector.bytes("ikm")
    let salt = try vector.bytes("salt")
    let info = try vector.bytes("info")
    let expected = try vector.bytes("okm")
    let length = try vector.number("length")
    guard length <= 255 * hash.byteCount else { throw .value(line: vector.line) }
    let key = hkdfKey(hash, material, salt)
    if vector.optional("prk") != nil {
        let expectedKey = try vector.bytes("prk")
        guard bytesEqual(key.span, expectedKey.span) else { return .failed }
    }
    let output = hkdfOutput(hash, key, info, length)
    return .answer(bytesEqual(output.span, expected.span))
}

/// A case: a secret, a label, a seed, and the expected output.
func runPRF12(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try hash(vector)
    let secret = try vector.bytes("secret")
    // The product's labels are literals, so label and seed are passed together here: P_hash concatenates them.
    let labelAndSeed = try vector.bytes("label") + vector.bytes("seed")
    let expected = try vector.bytes("output")
    let output = prf12Output(hash, secret, labelAndSeed, expected.count)
    return .answer(bytesEqual(output.span, expected.span))
}

private func hash(_ vector: VectorCase) throws(ConformanceError) -> HMACHash {
    switch try NamedHash(vector) {
    case .sha256: .sha256
    case .sha384: .sha384
    case .sha512: .sha512
    }
}

// These functions do not throw, because Embedded Swift 6.3 requires that for the use of SecretBytes in them.

private func hmacCode(_ hash: HMACHash, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var code = HMAC.code(hash, key: key.span, message: message.span)
    return copied(&code)
}

private func hkdfKey(_ hash: HMACHash, _ material: [UInt8], _ salt: [UInt8]) -> [UInt8] {
    var key = HKDF.extract(hash, salt: salt.span, inputKeyMaterial: material.span)
    return copied(&key)
}

private func hkdfOutput(_ hash: HMACHash, _ key: [UInt8], _ info: [UInt8], _ length: Int) -> [UInt8] {
    var output = HKDF.expand(hash, pseudorandomKey: key.span, info: info.span, byteCount: length)
    return copied(&output)
}

private func prf12Output(
    _ hash: HMACHash, _ secret: [UInt8], _ labelAndSeed: [UInt8], _ count: Int
) -> [UInt8] {
    var output = PRF12.derive(
        hash, secret: secret.span, label: "", seed: labelAndSeed.span, byteCount: count)
    return copied(&output)
}

private func copied(_ secret: inout SecretBytes) -> [UInt8] { [UInt8](secret.span) }
