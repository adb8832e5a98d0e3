import AEAD
import Bytes
import Testing

/// Either AEAD over arrays: spans cannot pass through the expectation macro.
enum Cipher: CaseIterable {
    case aes128GCM, aes256GCM, chaCha20Poly1305

    var keyByteCount: Int { self == .aes128GCM ? 16 : 32 }

    func seal(_ key: [UInt8], _ nonce: [UInt8], _ data: [UInt8], _ plaintext: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        switch self {
        case .aes128GCM, .aes256GCM:
            AESGCM(key: key.span).seal(
                nonce: nonce.span, additionalData: data.span, plaintext: plaintext.span, into: &output)
        case .chaCha20Poly1305:
            ChaCha20Poly1305(key: key.span).seal(
                nonce: nonce.span, additionalData: data.span, plaintext: plaintext.span, into: &output)
        }
        return output
    }

    func open(_ key: [UInt8], _ nonce: [UInt8], _ data: [UInt8], _ sealed: [UInt8]) throws(AEADError)
        -> [UInt8]
    {
        switch self {
        case .aes128GCM, .aes256GCM:
            try AESGCM(key: key.span).open(nonce: nonce.span, additionalData: data.span, sealed: sealed.span)
        case .chaCha20Poly1305:
            try ChaCha20Poly1305(key: key.span).open(
                nonce: nonce.span, additionalData: data.span, sealed: sealed.span)
        }
    }
}

/// A sealed text opens to the same plaintext at every length, and is rejected with any bit flipped (AUDIT 17).
@Suite struct SealingTests {
    @Test(arguments: Cipher.allCases) func everyLengthAroundTheBlocksOpensAgain(cipher: Cipher) throws {
        var generator = Lehmer(seed: 7)
        let key = generator.bytes(cipher.keyByteCount)
        let nonce = generator.bytes(12)
        for count in Array(0...34) + [63, 64, 65, 127, 128, 129, 255, 256, 257, 1000] {
            let plaintext = generator.bytes(count)
            let data = generator.bytes(count % 37)
            let sealed = cipher.seal(key, nonce, data, plaintext)
            #expect(sealed.count == count + 16)
            #expect(try cipher.open(key, nonce, data, sealed) == plaintext)
        }
    }

    @Test(arguments: Cipher.allCases) func everyFlippedBitIsRefused(cipher: Cipher) {
        var generator = Lehmer(seed: 8)
        let key = generator.bytes(cipher.keyByteCount)
        let nonce = generator.bytes(12)
        let data = generator.bytes(13)
        let sealed = cipher.seal(key, nonce, data, generator.bytes(33))
        func refused(_ nonce: [UInt8], _ data: [UInt8], _ sealed: [UInt8]) -> Bool {
            do throws(AEADError) {
                _ = try cipher.open(key, nonce, data, sealed)
                return false
            } catch { return error == .authenticationFailed }
        }
        for bit in 0..<(8 * sealed.count) {
            var changed = sealed
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(refused(nonce, data, changed))
        }
        for bit in 0..<(8 * data.count) {
            var changed = data
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(refused(nonce, changed, sealed))
        }
        for bit in 0..<(8 * nonce.count) {
            var changed = nonce
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(refused(changed, data, sealed))
        }
        for count in 0..<sealed.count { #expect(refused(nonce, data, Array(sealed.prefix(count)))) }
        #expect(refused(nonce, data + [0], sealed))
        #expect(refused(nonce, data, sealed + [0]))
    }
}
