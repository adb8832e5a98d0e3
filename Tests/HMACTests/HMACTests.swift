import Bytes
import SHA256
import SHA512
import Testing

@testable import HMAC

// Spans and secrets cannot be used in #expect, so these functions over arrays call the code under test. The examples of
// RFC 4231 are in Vectors/key-derivation.

func copy(_ secret: borrowing SecretBytes) -> [UInt8] { [UInt8](secret.span) }

func code(_ hash: HMACHash, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    let code = HMAC.code(hash, key: key.span, message: message.span)
    return copy(code)
}

func digest(_ hash: HMACHash, _ message: [UInt8]) -> [UInt8] {
    switch hash {
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

func blockByteCount(_ hash: HMACHash) -> Int { hash == .sha256 ? 64 : 128 }

/// The bytes 0, 1, 2, …
func counting(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }

/// HMAC with all lengths of key and message, of a message in one part and in several (AUDIT 17, 47).
@Suite struct HMACTests {
    /// A literal implementation of RFC 2104 §2.
    private func byDefinition(_ hash: HMACHash, _ key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let block = blockByteCount(hash)
        var padded = key.count > block ? digest(hash, key) : key
        padded += [UInt8](repeating: 0, count: block - padded.count)
        let inner = digest(hash, padded.map { $0 ^ 0x36 } + message)
        return digest(hash, padded.map { $0 ^ 0x5C } + inner)
    }

    /// Keys of about the digest's and the block's length, and messages of about the block's.
    @Test(arguments: HMACHash.allCases) func lengths(hash: HMACHash) {
        let block = blockByteCount(hash)
        let keys = [0, 1, hash.byteCount - 1, hash.byteCount, block - 1, block, block + 1, 2 * block, 1000]
        for key in keys.map(counting) {
            for message in [0, 1, block - 1, block, block + 1, 3 * block].map(counting) {
                let got = code(hash, key, message)
                #expect(got == byDefinition(hash, key, message), "\(key.count), \(message.count)")
                #expect(got.count == hash.byteCount)
            }
        }
    }

    /// RFC 2104 §2: a key longer than a block is hashed; a key of one block is not.
    @Test(arguments: HMACHash.allCases) func longKeys(hash: HMACHash) {
        let block = blockByteCount(hash)
        let message = counting(40)
        let long = counting(block + 1)
        #expect(code(hash, long, message) == code(hash, digest(hash, long), message))
        let whole = counting(block)
        #expect(code(hash, whole, message) != code(hash, digest(hash, whole), message))
    }

    /// §3: trailing zeros of a short key are padding, so users of HMAC must fix the length of keys.
    @Test(arguments: HMACHash.allCases) func paddedKeys(hash: HMACHash) {
        let message = counting(40)
        let padding = [UInt8](repeating: 0, count: blockByteCount(hash) - 20)
        #expect(code(hash, counting(20), message) == code(hash, counting(20) + padding, message))
        #expect(code(hash, counting(20), message) != code(hash, counting(20) + padding + [0], message))
        #expect(code(hash, [], message) == code(hash, [0], message))
    }

    /// Each bit of the key and the message affects the code.
    @Test(arguments: HMACHash.allCases) func everyBit(hash: HMACHash) {
        let (key, message) = (counting(33), counting(70))
        let good = code(hash, key, message)
        for place in 0..<(key.count * 8) {
            var changed = key
            changed[place / 8] ^= 1 << UInt8(place % 8)
            #expect(code(hash, changed, message) != good)
        }
        for place in 0..<(message.count * 8) {
            var changed = message
            changed[place / 8] ^= 1 << UInt8(place % 8)
            #expect(code(hash, key, changed) != good)
        }
    }

    /// The code of three byte sequences is that of their concatenation.
    @Test(arguments: HMACHash.allCases) func runs(hash: HMACHash) {
        let message = counting(200)
        let whole = code(hash, counting(16), message)
        for (first, second) in [(0, 0), (0, 200), (64, 128), (1, 2), (199, 200), (200, 200)] {
            let key = counting(16)
            let got = HMAC.code(
                hash, key: key.span, message.span.extracting(0..<first),
                message.span.extracting(first..<second), message.span.extracting(second..<200))
            #expect(copy(got) == whole)
        }
    }

    @Test func sizes() {
        #expect(HMACHash.allCases.map(\.byteCount) == [32, 48, 64])
    }
}
