import TestSupport
import Testing

@testable import RSA

/// AUDIT 13: which keys are accepted, at the limit and one past it.
@Suite struct RSAPublicKeyTests {
    private func refusal(_ n: [UInt8], _ e: [UInt8], _ sizes: KeySizePolicy = .standard) -> RSAError? {
        thrown { () throws(RSAError) in
            _ = try makeKey(n, e, sizes)
        }
    }

    /// An odd number of exactly `bits` bits.
    private func modulus(bits: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xA7, count: (bits + 7) / 8)
        let topBit = UInt8(1) << UInt8((bits - 1) % 8)
        bytes[0] = topBit | bytes[0] & (topBit - 1)
        return bytes
    }

    private static let f4: [UInt8] = [1, 0, 1]

    @Test func sizes() throws {
        for bits in [2048, 2049, 2055, 2056, 3072, 4095, 4096, 8191, 8192] {
            let key = try makeKey(modulus(bits: bits), Self.f4)
            #expect(key.modulusBitCount == bits)
            #expect(key.modulusByteCount == (bits + 7) / 8)
        }
        for bits in [1, 512, 1024, 1536, 2047, 8193, 16384] {
            #expect(
                refusal(modulus(bits: bits), Self.f4)
                    == .modulusSize(bitCount: bits, minimum: 2048, maximum: 8192))
        }
    }

    @Test func shortKeysOnlyOnRequest() throws {
        for bits in [1024, 1025, 1536, 2047, 2048, 8192] {
            #expect(try makeKey(modulus(bits: bits), Self.f4, .includingShortKeys).modulusBitCount == bits)
        }
        for bits in [512, 1023, 8193] {
            #expect(
                refusal(modulus(bits: bits), Self.f4, .includingShortKeys)
                    == .modulusSize(bitCount: bits, minimum: 1024, maximum: 8192))
        }
    }

    @Test func modulusForm() {
        var even = modulus(bits: 2048)
        even[255] = 0xA6
        #expect(refusal(even, Self.f4) == .evenModulus)
        #expect(refusal([0] + modulus(bits: 2048), Self.f4) == .leadingZero)
        #expect(refusal([], Self.f4) == .emptyInteger)
        #expect(refusal([0], Self.f4) == .leadingZero)
    }

    @Test func exponents() throws {
        let n = modulus(bits: 2048)
        for e: [UInt8] in [[3], [5], [17], [0xFF], [1, 0, 1], [0xA8, 0x8B], [0xFF, 0xFF, 0xFF, 0xFF]] {
            _ = try makeKey(n, e)
        }
        #expect(refusal(n, []) == .emptyInteger)
        #expect(refusal(n, [0]) == .leadingZero)
        #expect(refusal(n, [0, 1, 0, 1]) == .leadingZero)
        #expect(refusal(n, [1]) == .exponentTooSmall)
        #expect(refusal(n, [2]) == .evenExponent)
        #expect(refusal(n, [1, 0, 0]) == .evenExponent)
        #expect(refusal(n, [1, 0, 0, 0, 1]) == .exponentTooLarge(byteCount: 5))
        #expect(refusal(n, [UInt8](repeating: 0xFF, count: 256)) == .exponentTooLarge(byteCount: 256))
    }

    @Test func reasonCodesAreDistinct() {
        let all: [RSAError] = [
            .emptyInteger, .leadingZero, .modulusSize(bitCount: 1, minimum: 2, maximum: 3), .evenModulus,
            .exponentTooSmall, .exponentTooLarge(byteCount: 5), .evenExponent,
            .digestLength(expected: 1, actual: 2), .signatureLength(expected: 1, actual: 2),
            .signatureNotBelowModulus, .modulusTooShort(needed: 1, actual: 2), .encodedMessageMismatch,
            .pssSaltLength(maximum: 1, actual: 2), .pssTrailer, .pssLeadingBits, .pssPadding,
            .pssHashMismatch,
        ]
        #expect(Set(all.map { "\($0.reasonCode)" }).count == all.count)
    }

    /// No admitted policy has keys this short, so this one is made for the test: SHA-512 needs
    /// 64 + 19 + 11 bytes for PKCS #1 v1.5, and 64 + 2 for PSS without salt.
    @Test func modulusTooShortForTheHash() throws {
        let key = try makeKey(modulus(bits: 512), Self.f4, KeySizePolicy(modulusBits: 512...512))
        let digest = [UInt8](repeating: 1, count: 64)
        let signature = [UInt8](repeating: 0, count: 64)
        #expect(
            thrown { () throws(RSAError) in
                try key.verifyPKCS1v15(digest: digest.span, hash: .sha512, signature: signature.span)
            } == .modulusTooShort(needed: 94, actual: 64))
        #expect(
            thrown { () throws(RSAError) in
                try key.verifyPSS(
                    digest: digest.span, hash: .sha512, saltByteCount: 0, signature: signature.span)
            } == .pssSaltLength(maximum: -2, actual: 0))
    }

    /// Expected bytes by Python's hashlib.
    @Test func mgf1() {
        let seed: [UInt8] = [1, 2, 3]
        func mask(_ count: Int) -> [UInt8] { RSA.mgf1(seed: seed.span, byteCount: count, .sha256) }
        let known: [UInt8] = [
            0x33, 0x03, 0x9F, 0xCA, 0x04, 0x69, 0x9D, 0xF0, 0xCB, 0xF3, 0x28, 0xF3, 0x7D, 0x8F, 0xD6, 0x1E,
            0xEA, 0xC2, 0x61, 0x2D, 0x2D, 0x2C, 0xDD, 0xB8, 0x9D, 0x4C, 0x6F, 0xC4, 0xA4, 0xA1, 0xA3, 0xDE,
            0x6D, 0x0D, 0x07, 0xA7, 0xD8, 0xF1, 0x16, 0x12,
        ]
        #expect(mask(40) == known)
        let long = mask(100)
        for count in [0, 1, 31, 32, 33, 64, 99] { #expect(mask(count) == Array(long[..<count])) }
    }
}
