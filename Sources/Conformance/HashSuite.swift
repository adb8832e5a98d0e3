// HashSuite.swift - vectors of SHA-256, SHA-384 and SHA-512.
//
// Spec:    NIST, The Secure Hash Algorithm Validation System (SHAVS) §6.2 to §6.4.
// Secret:  no.
// Reads:   VectorFile; SHA256, SHA512, Bytes. Read by: SuiteRunner.

import Bytes
import SHA256
import SHA512

/// The hash function of a case.
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

    /// The digest of a message that is hashed in two parts.
    func digest(_ message: [UInt8], splitAt place: Int) -> [UInt8] {
        digest(message.span.extracting(0..<place), 1, message.span.extracting(place..<message.count))
    }

    /// The digest of a message that is repeated.
    func digest(_ message: [UInt8], times count: Int) -> [UInt8] {
        digest(message.span, count, message.span.extracting(0..<0))
    }

    /// The digest of `count` copies of `first`, followed by `last`.
    private func digest(_ first: Span<UInt8>, _ count: Int, _ last: Span<UInt8>) -> [UInt8] {
        switch self {
        case .sha256:
            var state = SHA256()
            for _ in 0..<count { state.update(first) }
            state.update(last)
            let digest = state.finalize()
            return [UInt8](digest.span)
        case .sha384:
            var state = SHA384()
            for _ in 0..<count { state.update(first) }
            state.update(last)
            let digest = state.finalize()
            return [UInt8](digest.span)
        case .sha512:
            var state = SHA512()
            for _ in 0..<count { state.update(first) }
            state.update(last)
            let digest = state.finalize()
            return [UInt8](digest.span)
        }
    }
}

/// A case: a message, repeated `repeat` times if that field is present, and its digest. The message is hashed at once
/// and in parts.
func runHash(_ vector: VectorCase) throws(ConformanceError) -> CaseOutcome {
    let hash = try NamedHash(vector)
    let message = try vector.bytes("message")
    let expected = try vector.bytes("digest")
    if vector.optional("repeat") != nil {
        let count = try vector.number("repeat")
        let digest = hash.digest(message, times: count)
        return .answer(bytesEqual(digest.span, expected.span))
    }
    let whole = hash.digest(message)
    let pieces = hash.digest(message, splitAt: message.count / 3)
    return .answer(bytesEqual(whole.span, expected.span) && bytesEqual(pieces.span, expected.span))
}

/// SHAVS §6.4: a thousand digests from a seed, each the hash of the previous three. The expected value is the last digest.
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
