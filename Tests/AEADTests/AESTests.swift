import Testing

@testable import AEAD

/// GF(2^8) multiplication as FIPS 197 §4.2 defines it.
private func multiply(_ a: UInt8, _ b: UInt8) -> UInt8 {
    var (a, b, product) = (UInt16(a), UInt16(b), UInt16(0))
    while b > 0 {
        if b & 1 == 1 { product ^= a }
        a <<= 1
        if a & 0x100 != 0 { a ^= 0x11B }
        b >>= 1
    }
    return UInt8(product)
}

/// The S-box by its definition: the inverse, then the affine map (FIPS 197 §5.1.1).
private func definedSBox(_ x: UInt8) -> UInt8 {
    let inverse = (UInt8.min...UInt8.max).first { multiply(x, $0) == 1 } ?? 0
    var result: UInt8 = 0
    for i in 0..<8 {
        let bit =
            (inverse >> i) ^ (inverse >> ((i + 4) % 8)) ^ (inverse >> ((i + 5) % 8))
            ^ (inverse >> ((i + 6) % 8))
            ^ (inverse >> ((i + 7) % 8)) ^ (0x63 >> i)
        result |= (bit & 1) << i
    }
    return result
}

/// The cipher by its definition, a byte at a time (FIPS 197 §5.1, §5.2).
private func definedAES(key: [UInt8], block: [UInt8], sBox: [UInt8]) -> [UInt8] {
    let keyWords = key.count / 4
    let rounds = keyWords + 6
    var words = (0..<keyWords).map { Array(key[(4 * $0)..<(4 * $0 + 4)]) }
    var constant: UInt8 = 1
    for i in keyWords..<(4 * (rounds + 1)) {
        var word = words[i - 1]
        if i % keyWords == 0 {
            word = [word[1], word[2], word[3], word[0]].map { sBox[Int($0)] }
            word[0] ^= constant
            constant = multiply(constant, 2)
        } else if keyWords > 6 && i % keyWords == 4 {
            word = word.map { sBox[Int($0)] }
        }
        words.append(zip(words[i - keyWords], word).map { $0 ^ $1 })
    }
    func added(_ state: [UInt8], _ round: Int) -> [UInt8] {
        zip(state, words[(4 * round)..<(4 * round + 4)].joined()).map { $0 ^ $1 }
    }
    var state = added(block, 0)
    for round in 1...rounds {
        state = state.map { sBox[Int($0)] }
        state = (0..<16).map { state[(($0 / 4 + $0 % 4) % 4) * 4 + $0 % 4] }
        if round < rounds {
            state = (0..<16).map { i in
                let column = i / 4 * 4
                let row = i % 4
                return multiply(state[column + row], 2) ^ multiply(state[column + (row + 1) % 4], 3)
                    ^ state[column + (row + 2) % 4] ^ state[column + (row + 3) % 4]
            }
        }
        state = added(state, round)
    }
    return state
}

private func words(_ block: [UInt8]) -> [UInt32] {
    var words: [UInt32] = [0, 0, 0, 0]
    for (index, byte) in block.enumerated() { words[index / 4] |= UInt32(byte) << UInt32(8 * (index % 4)) }
    return words
}

/// Encrypts eight blocks with the code under test.
private func encrypted(_ key: [UInt8], _ blocks: [[UInt8]]) -> [[UInt8]] {
    let aes = AESKey(key.span)
    var columns = InlineArray<32, UInt32>(repeating: 0)
    for (b, block) in blocks.enumerated() {
        for (c, word) in words(block).enumerated() { columns[4 * b + c] = word }
    }
    aes.encrypt(&columns)
    var result = [[UInt8]](repeating: [], count: 8)
    for index in 0..<128 {
        let shift = UInt32(8 * (index % 4))
        result[index / 16].append(UInt8(truncatingIfNeeded: columns[index / 4] >> shift))
    }
    return result
}

/// AES without tables: the S-box circuit, FIPS 197's examples, eight blocks at a time (AUDIT 17, 47).
@Suite struct AESTests {
    static let sBox = (UInt8.min...UInt8.max).map(definedSBox)

    @Test func theCircuitIsTheSBox() {
        // FIPS 197 figure 7 begins 63 7c 77 7b: the definition above is right.
        #expect(Array(Self.sBox[0..<4]) == [0x63, 0x7C, 0x77, 0x7B])
        for start in stride(from: 0, to: 256, by: 128) {
            var columns = InlineArray<32, UInt32>(repeating: 0)
            for index in 0..<128 {
                columns[index / 4] |= UInt32(start + index) << UInt32(8 * (index % 4))
            }
            var state = AESPlanes(columns: columns)
            subBytes(&state.planes)
            let result = state.columns()
            for index in 0..<128 {
                let value = UInt8(truncatingIfNeeded: result[index / 4] >> UInt32(8 * (index % 4)))
                #expect(value == Self.sBox[start + index])
            }
        }
    }

    @Test(arguments: [16, 32]) func fips197Examples(keyByteCount: Int) {
        // FIPS 197 appendix C.1 and C.3: key 00 01 02 …, plaintext 00 11 22 ….
        let key = (0..<keyByteCount).map { UInt8($0) }
        let block = (0..<16).map { UInt8($0 * 0x11) }
        let expected: [UInt8] =
            keyByteCount == 16
            ? [
                0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30, 0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5,
                0x5A,
            ]
            : [
                0x8E, 0xA2, 0xB7, 0xCA, 0x51, 0x67, 0x45, 0xBF, 0xEA, 0xFC, 0x49, 0x90, 0x4B, 0x49, 0x60,
                0x89,
            ]
        #expect(encrypted(key, Array(repeating: block, count: 8)) == Array(repeating: expected, count: 8))
    }

    @Test(arguments: [16, 32]) func eightDifferentBlocksAgreeWithTheDefinition(keyByteCount: Int) {
        var generator = Lehmer(seed: 20_240_601)
        for _ in 0..<20 {
            let key = generator.bytes(keyByteCount)
            let blocks = (0..<8).map { _ in generator.bytes(16) }
            #expect(encrypted(key, blocks) == blocks.map { definedAES(key: key, block: $0, sBox: Self.sBox) })
        }
    }
}

/// A small generator with a fixed seed: the same operands in every run.
struct Lehmer {
    private var state: UInt128

    init(seed: UInt64) {
        state = UInt128(seed) << 1 | 1
    }

    mutating func next() -> UInt64 {
        state &*= 0xDA94_2042_E4DD_58B5
        return UInt64(truncatingIfNeeded: state >> 64)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 40) }
    }
}
