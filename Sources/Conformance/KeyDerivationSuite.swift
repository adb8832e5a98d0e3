// KeyDerivationSuite.swift - HMAC and HKDF.
//
// Spec:    RFC 2104, RFC 4231; RFC 5869.
// Secret:  no: the vectors' keys are published.
// Reads:   VectorFile; HMAC. Read by: SuiteRunner.

import Bytes
import HMAC

/// A key, a message and the code, which may be cut short, or wrong (`expect = invalid`).
func runHMAC(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let key = try vector.bytes("key")
    let message = try vector.bytes("message")
    let expected = try vector.bytes("code")
    let code = hmacCode(try hash(vector), key, message)
    let isEqual =
        expected.count <= code.count
        && equalityMask(code.span.extracting(0..<expected.count), expected.span) == 0xFF
    var isValid = true
    if vector.optional("expect") != nil { isValid = try vector.expects("valid") }
    if isValid { return .answer(isEqual) }
    return isEqual ? .failed : .refused
}

/// Input key material, salt, info, and the output key material.
func runHKDF(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try hash(vector)
    let material = try vector.bytes("ikm")
    let salt = try vector.bytes("salt")
    let info = try vector.bytes("info")
    let expected = try vector.bytes("okm")
    let length = try vector.number("length")
    guard length <= 255 * hash.byteCount else { throw .value(line: vector.line) }
    let output = hkdfOutput(hash, material, salt, info, length)
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

private func hkdfOutput(
    _ hash: HMACHash, _ material: [UInt8], _ salt: [UInt8], _ info: [UInt8], _ length: Int
) -> [UInt8] {
    var key = HKDF.extract(hash, salt: salt.span, inputKeyMaterial: material.span)
    let pseudorandomKey = copied(&key)
    var output = HKDF.expand(hash, pseudorandomKey: pseudorandomKey.span, info: info.span, byteCount: length)
    return copied(&output)
}

private func copied(_ secret: inout SecretBytes) -> [UInt8] { [UInt8](secret.span) }
