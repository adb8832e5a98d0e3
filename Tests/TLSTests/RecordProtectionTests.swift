import AEAD
import Bytes
import Testing

@testable import TLS

@Suite struct RecordProtectionTests {
    static let secret = [UInt8](repeating: 0x42, count: 32)
    static let suites: [CipherSuite] = [.aes128GCM, .chaCha20Poly1305]
    static let suites12: [CipherSuite] = [
        .ecdheRSAWithAES128GCM, .ecdheECDSAWithAES256GCM, .ecdheRSAWithChaCha20Poly1305,
    ]

    private func make12(_ suite: CipherSuite, forClient: Bool = true) -> RecordProtection {
        let pattern = (0..<UInt8(88)).map { $0 }
        let block = SecretBytes(copying: pattern.span)
        return RecordProtection(suite, keyBlock: block, forClient: forClient)
    }

    private func opened(_ protection: inout RecordProtection, _ bytes: [UInt8]) throws -> Result<
        [UInt8], TLSError
    > {
        let whole = try record(bytes)
        do throws(TLSError) { return .success(try protection.open(whole).contents) } catch {
            return .failure(error)
        }
    }

    /// A record made by hand: the nonce and the additional data are as RFC 8446 §5.2 and §5.3 say.
    @Test func paddingAndLengths() throws {
        func sealedByHand(_ inner: [UInt8]) throws -> [UInt8] {
            let trafficSecret = SecretBytes(copying: Self.secret.span)
            let key = bytes(
                expandLabel(
                    .sha256, secret: trafficSecret.span, label: "key", context: [UInt8]().span, byteCount: 16)
            )
            let nonce = bytes(
                expandLabel(
                    .sha256, secret: trafficSecret.span, label: "iv", context: [UInt8]().span, byteCount: 12))
            let count = inner.count + 16
            var output: [UInt8] = [23, 3, 3, UInt8(count >> 8), UInt8(count & 0xFF)]
            let header = output
            let gcm = AESGCM(key: key.span)
            gcm.seal(nonce: nonce.span, additionalData: header.span, plaintext: inner.span, into: &output)
            return output
        }
        func result(_ inner: [UInt8]) throws -> Result<[UInt8], TLSError> {
            var opening = protection(Self.secret)
            return try opened(&opening, try sealedByHand(inner))
        }
        #expect(try result([1, 2, 23]) == .success([1, 2]))
        #expect(try result([1, 2, 23, 0, 0, 0]) == .success([1, 2]))
        #expect(try result([0, 0, 23, 0]) == .success([0, 0]))
        #expect(try result([23]) == .success([]))
        #expect(try result([0]) == .failure(.noContentType))
        #expect(try result([UInt8](repeating: 0, count: 300)) == .failure(.noContentType))
        #expect(try result([]) == .failure(.noContentType))
        // Content and padding up to the limits.
        let full = [UInt8](repeating: 1, count: 16_384)
        #expect(try result(full + [23]) == .success(full))
        #expect(
            try result(full + [1, 23]) == .failure(.recordTooLong(limit: 16_385, actual: 16_386)))
        // §5.4: padding counts towards the limit, whatever the content is, even if the ciphertext is within its own limit.
        for count in [0, 1, 100, 16_383, 16_384] {
            let content = [UInt8](repeating: 1, count: count)
            let padding = [UInt8](repeating: 0, count: 16_384 - count)
            #expect(try result(content + [23] + padding) == .success(content))
            #expect(
                try result(content + [23] + padding + [0])
                    == .failure(.recordTooLong(limit: 16_385, actual: 16_386)))
        }
        let zeros = [UInt8](repeating: 0, count: 16_640)
        #expect(try result(zeros) == .failure(.recordTooLong(limit: 16_385, actual: 16_640)))
    }

    @Test(arguments: suites) func sealedAndOpened13(suite: CipherSuite) throws {
        var sealing = protection(Self.secret, suite)
        var opening = protection(Self.secret, suite)
        for count in [0, 1, 100, 16_384] {
            let contents = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var output: [UInt8] = []
            sealing.seal(.handshake, contents.span, into: &output)
            #expect(output.count == 5 + count + 17)
            #expect(try opened(&opening, output) == .success(contents))
        }
    }

    @Test(arguments: suites12) func sealedAndOpened12(suite: CipherSuite) throws {
        var sealing = make12(suite)
        var opening = make12(suite)
        var other = make12(suite, forClient: false)
        for count in [0, 1, 100, 16_384] {
            let contents = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            var output: [UInt8] = []
            sealing.seal(.handshake, contents.span, into: &output)
            #expect(output.count == 5 + (suite.isChaCha20 ? 0 : 8) + count + 16)
            #expect(try opened(&other, output) == .failure(.recordAuthentication))
            #expect(try opened(&opening, output) == .success(contents))
        }
        // Too short for a nonce and a tag; content past the limit.
        for count in 0..<24 {
            #expect(
                try opened(&opening, plain(23, [UInt8](repeating: 0, count: count)))
                    == .failure(.recordAuthentication))
        }
    }

    /// One bit in each byte, the type and the length included.
    @Test(arguments: suites + suites12) func aFlippedBit(suite: CipherSuite) throws {
        let is12 = suite.version == .tls12
        var sealing = is12 ? make12(suite) : protection(Self.secret, suite)
        var output: [UInt8] = []
        let contents: [UInt8] = [1, 2, 3]
        sealing.seal(.alert, contents.span, into: &output)
        for index in output.indices where !(is12 && (1...4).contains(index)) && index != 0 {
            var changed = output
            changed[index] ^= 0x10
            var opening = is12 ? make12(suite) : protection(Self.secret, suite)
            #expect(try opened(&opening, changed) == .failure(.recordAuthentication), "\(index)")
        }
    }

    /// A record at another position does not open; keys are used for a limited number of records.
    @Test func sequenceNumbers() throws {
        var sealing = protection(Self.secret)
        var first: [UInt8] = []
        var second: [UInt8] = []
        let contents: [UInt8] = [1]
        sealing.seal(.applicationData, contents.span, into: &first)
        sealing.seal(.applicationData, contents.span, into: &second)
        #expect(first != second)
        var opening = protection(Self.secret)
        #expect(try opened(&opening, second) == .failure(.recordAuthentication))
        #expect(try opened(&opening, first) == .success(contents))
        #expect(try opened(&opening, first) == .failure(.recordAuthentication))
        let limit = TLSLimits.recordsPerKeyCount
        sealing.sequenceNumber = limit - 1
        opening.sequenceNumber = limit - 1
        var last: [UInt8] = []
        sealing.seal(.applicationData, contents.span, into: &last)
        let isUsedUp = sealing.isUsedUp
        #expect(isUsedUp)
        #expect(try opened(&opening, last) == .success(contents))
        #expect(try opened(&opening, last) == .failure(.tooManyRecords(limit: limit)))
    }

    /// RFC 8446 §7.2: the next secret is different.
    @Test func updatedKeys() throws {
        let before = SecretBytes(copying: Self.secret.span)
        let next = nextTrafficSecret(.sha256, after: before)
        let (first, second) = (bytes(next), bytes(nextTrafficSecret(.sha256, after: next)))
        var once = protection(first)
        var twice = protection(second)
        let contents: [UInt8] = [1]
        var output: [UInt8] = []
        once.seal(.applicationData, contents.span, into: &output)
        #expect(try opened(&twice, output) == .failure(.recordAuthentication))
        var again = protection(first)
        #expect(try opened(&again, output) == .success(contents))
    }
}
