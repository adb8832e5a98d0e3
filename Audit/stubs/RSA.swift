// RSA.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

public enum RSAError: Error, Equatable, Sendable {
    case emptyInteger, leadingZero, modulusSize(bitCount: Int, minimum: Int, maximum: Int), evenModulus, exponentTooSmall
    case exponentTooLarge(byteCount: Int), evenExponent, digestLength(expected: Int, actual: Int)
    case signatureLength(expected: Int, actual: Int), signatureNotBelowModulus, modulusTooShort(needed: Int, actual: Int)
    case encodedMessageMismatch
}

func digestInfoPrefix(ofOther hash: RSAHash) -> InlineArray<19, UInt8> { fatalError() }
