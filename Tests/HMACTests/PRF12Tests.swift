import Bytes
import Testing

@testable import HMAC

private func derive(
    _ hash: HMACHash, _ secret: [UInt8], _ label: StaticString, _ seed: [UInt8], _ count: Int
) -> [UInt8] {
    let output = PRF12.derive(hash, secret: secret.span, label: label, seed: seed.span, byteCount: count)
    return copy(output)
}

/// Known answers are in Vectors/key-derivation.
@Suite struct PRF12Tests {
    /// RFC 5246 §5 literally: A(i) = HMAC(secret, A(i-1)), P = HMAC(secret, A(i) + seed) …
    @Test(arguments: HMACHash.allCases) func definition(hash: HMACHash) {
        let secret = counting(48)
        let seed = counting(64)
        let labelAndSeed = Array("key expansion".utf8) + seed
        var chain = labelAndSeed
        var whole: [UInt8] = []
        for _ in 0..<8 {
            chain = code(hash, secret, chain)
            whole += code(hash, secret, chain + labelAndSeed)
        }
        let block = hash.byteCount
        for count in [0, 1, 12, block - 1, block, block + 1, 2 * block, 8 * block - 1, 8 * block] {
            #expect(derive(hash, secret, "key expansion", seed, count) == Array(whole[..<count]), "\(count)")
        }
    }

    /// Label and seed are concatenated without a length between them.
    @Test(arguments: HMACHash.allCases) func labelAndSeed(hash: HMACHash) {
        let secret = counting(48)
        let seed = counting(32)
        let whole = derive(hash, secret, "master secret", seed, 48)
        #expect(derive(hash, secret, "", Array("master secret".utf8) + seed, 48) == whole)
        #expect(derive(hash, secret, "master secre", Array("t".utf8) + seed, 48) == whole)
        #expect(derive(hash, secret, "extended master secret", seed, 48) != whole)
        #expect(derive(hash, secret, "master secret", counting(31), 48) != whole)
        #expect(derive(hash, counting(47), "master secret", seed, 48) != whole)
    }

    /// The 12 bytes of a Finished message from empty inputs.
    @Test func emptyInputs() {
        let chain = code(.sha256, [], Array("x".utf8))
        let block = code(.sha256, [], chain + Array("x".utf8))
        #expect(derive(.sha256, [], "x", [], 12) == Array(block[..<12]))
    }
}
