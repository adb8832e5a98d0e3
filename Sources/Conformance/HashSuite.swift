// HashSuite.swift - vectors of SHA-256, SHA-384 and SHA-512.
//
// Spec:    NIST, The Secure Hash Algorithm Validation System (SHAVS) §6.2 to §6.4.
// Secret:  no.
// Reads:   VectorFile; SHA256, SHA512. Read by: SuiteRunner.

import Bytes
import SHA256
import SHA512

/// The hash that a case names.
enum NamedHash {
    case sha256, sha384, sha512

    init(_ vector: VectorCase) throws(ConformanceError) {
        let field = try vector.field("hash")
        if bytesEqual(field.value.span, "sha256") {
            self = .sha256
        } else if bytesEqual(field.value.span, "sha384") {
            self = .sha384
        } else if bytesEqual(field.value.span, "sha512") {
            self = .sha512
        } else {
            throw .value(line: field.line)
        }
    }

    func digest(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256:
            let digest = SHA256.hash(message.span)
            return [UInt8](digest.span)
        case .sha384:
            let digest = SHA384.hash(message.span)
            return [UInt8](digest.span)
        case .sha512:
            let digest = SHA512.hash(message.span)
            return [UInt8](digest.span)
        }
    }
}

/// A message and its digest.
func runHash(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let digest = try NamedHash(vector).digest(vector.bytes("message"))
    let expected = try vector.bytes("digest")
    return .answer(bytesEqual(digest.span, expected.span))
}

/// SHAVS §6.4: from a seed a thousand digests, each of the three before it; the last is the answer.
func runHashMonteCarlo(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try NamedHash(vector)
    let seed = try vector.bytes("seed")
    var a = seed
    var b = seed
    var c = seed
    for _ in 0..<1000 {
        let next = hash.digest(a + b + c)
        a = b
        b = c
        c = next
    }
    let expected = try vector.bytes("digest")
    return .answer(bytesEqual(c.span, expected.span))
}
