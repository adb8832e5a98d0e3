// AESKey.swift - AES encryption of blocks, eight at a time.
//
// Spec:    FIPS 197 §5.1 (Cipher), §5.2 (KeyExpansion).
// Secret:  the key and the blocks. The length of the key is public.
// Reads:   AESPlanes; Bytes. Read by: AESGCM.

import Bytes

/// An expanded AES key of 128 or 256 bits. GCM needs only the encryption direction.
struct AESKey: ~Copyable {
    /// The round keys, each repeated for all eight blocks: sixteen limbs per round.
    private let roundKeys: SecretLimbs
    private let roundCount: Int

    /// - Parameter key: 16 or 32 bytes.
    init(_ key: Span<UInt8>) {
        precondition(key.count == 16 || key.count == 32)
        let keyWordCount = key.count / 4
        roundCount = keyWordCount + 6

        // §5.2: words are stored in little-endian order here, like the columns of the state.
        var words = InlineArray<60, UInt32>(repeating: 0)
        for index in 0..<keyWordCount { words[index] = loadLittleEndian32(key, 4 * index) }
        var roundConstant: UInt32 = 1
        for index in keyWordCount..<(4 * (roundCount + 1)) {
            var word = words[index - 1]
            if index % keyWordCount == 0 {
                // RotWord rotates left by one byte, which is a rotation to the right in a little-endian word.
                word = substituteWord(word >> 8 | word << 24) ^ roundConstant
                // Rcon: x^(i-1) in GF(2^8). It is public, so a branch on it is allowed.
                roundConstant = roundConstant << 1 ^ (roundConstant & 0x80 == 0 ? 0 : 0x11B)
            } else if keyWordCount == 8 && index % 8 == 4 {
                word = substituteWord(word)
            }
            words[index] = words[index - keyWordCount] ^ word
        }

        var expanded = SecretLimbs(count: 16 * (roundCount + 1))
        var keys = expanded.mutableSpan
        for round in 0...roundCount {
            var columns = InlineArray<32, UInt32>(repeating: 0)
            for block in 0..<8 {
                for column in 0..<4 { columns[4 * block + column] = words[4 * round + column] }
            }
            let planes = AESPlanes(columns: columns).planes
            for i in 0..<8 {
                keys[16 * round + 2 * i] = planes[i][0]
                keys[16 * round + 2 * i + 1] = planes[i][1]
            }
        }
        roundKeys = consume expanded
        wipe(value: &words)
    }

    /// Encrypts eight blocks in place (§5.1).
    ///
    /// - Parameter columns: word 4·b + c is column c of block b, little-endian.
    func encrypt(_ columns: inout InlineArray<32, UInt32>) {
        var state = AESPlanes(columns: columns)
        let keys = roundKeys.span
        state.add(keys, round: 0)
        for round in 1...roundCount {
            subBytes(&state.planes)
            state.shiftRows()
            // The last round has no MixColumns.
            if round < roundCount { state.mixColumns() }
            state.add(keys, round: round)
        }
        columns = state.columns()
    }
}

/// SubWord: applies the S-box circuit to one word. The other 124 bytes of the circuit are unused.
private func substituteWord(_ word: UInt32) -> UInt32 {
    var columns = InlineArray<32, UInt32>(repeating: 0)
    columns[0] = word
    var state = AESPlanes(columns: columns)
    subBytes(&state.planes)
    return state.columns()[0]
}

@inline(__always)
func loadLittleEndian32(_ bytes: Span<UInt8>, _ offset: Int) -> UInt32 {
    UInt32(bytes[offset]) | UInt32(bytes[offset + 1]) << 8 | UInt32(bytes[offset + 2]) << 16
        | UInt32(bytes[offset + 3]) << 24
}

@inline(__always)
func loadBigEndian64(_ bytes: Span<UInt8>, _ offset: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<8 { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
}
