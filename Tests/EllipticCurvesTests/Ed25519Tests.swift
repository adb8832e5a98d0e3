import Bytes
import TestSupport
import Testing

@testable import EllipticCurves

/// RFC 8032 §5.1.7 and the rules that it leaves to us: most cases are vectors in
/// eddsa-differential; here is what a vector cannot say (AUDIT 15, 16).
@Suite struct Ed25519Tests {
    private static func good() throws -> (key: [UInt8], message: [UInt8], signature: [UInt8]) {
        let fields: Set<String> = ["key", "message", "signature", "expect"]
        let vector = try #require(
            try readVectors("eddsa-rfc8032/ed25519.txt", fields: fields).dropFirst(2).first)
        return (try vector.bytes("key"), try vector.bytes("message"), try vector.bytes("signature"))
    }

    @Test func flippedBits() throws {
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        var generator = SplitMix(state: seed)
        let (bytes, message, signature) = try Self.good()
        let key = try Ed25519PublicKey(bytes.span)
        func verify(_ message: [UInt8], _ signature: [UInt8]) -> String {
            outcome { () throws(CurveError) in
                try key.verify(message: message.span, signature: signature.span)
            }
        }
        #expect(verify(message, signature) == "valid")
        for _ in 0..<200 {
            #expect(verify(message, generator.flippingOneBit(of: signature)) != "valid", "seed \(seed)")
            #expect(verify(generator.flippingOneBit(of: message), signature) != "valid", "seed \(seed)")
            let other = generator.flippingOneBit(of: bytes)
            let got = outcome { () throws(CurveError) in
                try Ed25519PublicKey(other.span).verify(message: message.span, signature: signature.span)
            }
            #expect(got != "valid", "seed \(seed)")
        }
    }

    @Test func lengthsAreReported() throws {
        let (bytes, message, signature) = try Self.good()
        let key = try Ed25519PublicKey(bytes.span)
        for count in [0, 32, 63, 65] {
            let other = [UInt8](repeating: 1, count: count)
            #expect(throws: CurveError.signatureLength(expected: 64, actual: count)) {
                try key.verify(message: message.span, signature: other.span)
            }
        }
        for count in [0, 31, 33] {
            let other = [UInt8](repeating: 1, count: count)
            #expect(throws: CurveError.keyLength(expected: 32, actual: count)) {
                _ = try Ed25519PublicKey(other.span)
            }
        }
        _ = signature
    }

    @Test func equality() throws {
        let bytes = try Self.good().key
        let key = try Ed25519PublicKey(bytes.span)
        let again = try Ed25519PublicKey(bytes.span)
        #expect(key == again)
        let fields: Set<String> = ["key", "message", "signature", "expect"]
        let otherBytes = try readVectors("eddsa-rfc8032/ed25519.txt", fields: fields)[0].bytes("key")
        let other = try Ed25519PublicKey(otherBytes.span)
        #expect(key != other)
    }

    /// RFC 8032 §5.1: the base point in the form that the table gives the additions.
    @Test func theBasePoint() throws {
        let curve = edwards25519
        let encoded = curve.encodedVariableTime(curve.extended(curve.generator))
        #expect((0..<32).map { encoded.byte($0) } == [0x58] + [UInt8](repeating: 0x66, count: 31))
        // L B is the neutral element, (L - 1) B = -B.
        let minusOne = curve.scalars.modulus.subtracting([1, 0, 0, 0]).difference
        let table = edwards25519GeneratorMultiples
        let opposite = curve.encodedVariableTime(curve.differenceVariableTime(minusOne, table, .zero, table))
        #expect(opposite.byte(31) == 0x66 | 0x80 && opposite.byte(0) == 0x58)
        let again = curve.encodedVariableTime(curve.differenceVariableTime(.zero, table, minusOne, table))
        #expect((0..<32).allSatisfy { again.byte($0) == encoded.byte($0) })
        let none = curve.encodedVariableTime(curve.differenceVariableTime(minusOne, table, minusOne, table))
        #expect((0..<32).map { none.byte($0) } == [1] + [UInt8](repeating: 0, count: 31))
    }
}
