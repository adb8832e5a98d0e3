// KeyDerivationSuite.swift - HMAC, HKDF and the pseudorandom function of TLS 1.2.
//
// Spec:    RFC 2104, RFC 4231; RFC 5869; RFC 5246 §5.
// Secret:  no: the vectors' keys are published.
// Reads:   VectorFile; HMAC. Read by: SuiteRunner.

import Bytes
import HMAC

/// A key, a message and the code, which may be cut short, or wrong (`expect = invalid`).
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

/// Input key material, salt, info, the pseudorandom key if the source tells it, and the output key material.
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

/// A secret, a label, a seed, and as many bytes as the source has.
func runPRF12(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try hash(vector)
    let secret = try vector.bytes("secret")
    // The product's labels are literals. Label and seed are one run of bytes to P_hash.
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

// Secrets are lent within functions that do not throw: Embedded Swift 6.3 asks for that.

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
