import Bytes
import Testing

@testable import HMAC

private func extract(_ hash: HMACHash, _ salt: [UInt8], _ material: [UInt8]) -> [UInt8] {
    let key = HKDF.extract(hash, salt: salt.span, inputKeyMaterial: material.span)
    return copy(key)
}

private func expand(_ hash: HMACHash, _ key: [UInt8], _ info: [UInt8], _ count: Int) -> [UInt8] {
    let output = HKDF.expand(hash, pseudorandomKey: key.span, info: info.span, byteCount: count)
    return copy(output)
}

/// The examples of RFC 5869 and Wycheproof's are in Vectors/key-derivation.
@Suite struct HKDFTests {
    /// RFC 5869 §2.2.
    @Test(arguments: HMACHash.allCases) func extraction(hash: HMACHash) {
        let material = counting(50)
        #expect(extract(hash, counting(13), material) == code(hash, counting(13), material))
        // An absent salt is equivalent to zeros of the digest's length.
        let zeros = [UInt8](repeating: 0, count: hash.byteCount)
        #expect(extract(hash, [], material) == extract(hash, zeros, material))
        #expect(extract(hash, [], []).count == hash.byteCount)
    }

    /// §2.3 literally: T(i) = HMAC(PRK, T(i-1) | info | i).
    @Test(arguments: HMACHash.allCases) func expansion(hash: HMACHash) {
        let key = counting(hash.byteCount)
        for info in [[], counting(1), counting(200)] {
            var whole: [UInt8] = []
            var previous: [UInt8] = []
            for counter in 1...255 {
                previous = code(hash, key, previous + info + [UInt8(counter)])
                whole += previous
            }
            // At the ends of blocks, one byte off them, and at the limit of 255 blocks.
            let block = hash.byteCount
            for count in [
                0, 1, block - 1, block, block + 1, 2 * block, 254 * block + 1, 255 * block - 1, 255 * block,
            ] {
                #expect(expand(hash, key, info, count) == Array(whole[..<count]), "\(count)")
            }
        }
    }

    /// §2.3: L <= 255 * HashLen. All lengths are constants of this program, so a larger one stops it.
    @Test func pastTheLimit() async {
        await #expect(processExitsWith: .failure) {
            _ = expand(.sha256, counting(32), [], 255 * 32 + 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = expand(.sha512, counting(64), [], 255 * 64 + 1)
        }
        await #expect(processExitsWith: .failure) {
            _ = expand(.sha384, counting(48), [], -1)
        }
    }

    /// RFC 5869 A.1 has the intermediate pseudorandom key, which the vector runner does not compare.
    @Test func pseudorandomKeyOfTheRFC() throws {
        let key = extract(.sha256, counting(13), [UInt8](repeating: 0x0B, count: 22))
        #expect(
            String(decoding: Hex.encode(key.span), as: UTF8.self)
                == "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5")
    }
}
