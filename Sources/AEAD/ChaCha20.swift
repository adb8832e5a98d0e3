// ChaCha20.swift - the stream cipher, four blocks at a time.
//
// Spec:    RFC 8439 §2.1 to §2.4.
// Secret:  the key and the keystream. The algorithm uses only additions, XORs and fixed rotations.
// Reads:   AESKey (loads); Bytes. Read by: ChaCha20Poly1305.

import Bytes

/// Word i of the states of four blocks, one block per lane.
private typealias Lanes = SIMD4<UInt32>

/// The cipher with its key.
struct ChaCha20: ~Copyable {
    private let key: SecretBytes

    /// - Parameter key: 32 bytes.
    init(key: Span<UInt8>) {
        precondition(key.count == 32)
        self.key = SecretBytes(copying: key)
    }

    /// Creates the authenticator. Its one-time key is the first 32 bytes of block 0 (§2.6).
    func oneTimeAuthenticator(nonce: Span<UInt8>) -> Poly1305 {
        var stream = keystream(nonce: nonce, counter: 0)
        var key = InlineArray<32, UInt8>(repeating: 0)
        for index in 0..<32 {
            key[index] = UInt8(truncatingIfNeeded: stream[index >> 2][0] >> UInt32(8 * (index & 3)))
        }
        let authenticator = Poly1305(key: key.span)
        wipe(value: &key)
        wipe(value: &stream)
        return authenticator
    }

    /// §2.4: XORs the input with the keystream, starting at a block counter.
    func apply(
        nonce: Span<UInt8>, counter: UInt32, to input: Span<UInt8>, appendingTo output: inout [UInt8]
    ) {
        output.append(addingCapacity: input.count) { appended in
            let start = appended.count
            appended.append(repeating: 0, count: input.count)
            var all = appended.mutableSpan
            var target = all.extracting(start..<(start + input.count))
            var block = counter
            var offset = 0
            while offset < input.count {
                var words = serialized(keystream(nonce: nonce, counter: block))
                if input.count - offset >= 256 {
                    let from = input.extracting(offset..<(offset + 256))
                    var to = target.extracting(offset..<(offset + 256))
                    for index in 0..<64 {
                        let word = words[index] ^ loadLittleEndian32(from, 4 &* index)
                        storeLittleEndian32(word, &to, 4 &* index)
                    }
                } else {
                    for index in 0..<(input.count - offset) {
                        let byte = UInt8(truncatingIfNeeded: words[index >> 2] >> UInt32(8 * (index & 3)))
                        target[offset + index] = input[offset + index] ^ byte
                    }
                }
                wipe(value: &words)
                offset += 256
                block &+= 4
            }
        }
    }

    /// §2.3: the states of four blocks after twenty rounds, added to the input states.
    private func keystream(nonce: Span<UInt8>, counter: UInt32) -> InlineArray<16, SIMD4<UInt32>> {
        precondition(nonce.count == 12)
        var initial = InlineArray<16, SIMD4<UInt32>>(repeating: Lanes(repeating: 0))
        // "expand 32-byte k", little-endian.
        initial[0] = Lanes(repeating: 0x6170_7865)
        initial[1] = Lanes(repeating: 0x3320_646E)
        initial[2] = Lanes(repeating: 0x7962_2D32)
        initial[3] = Lanes(repeating: 0x6B20_6574)
        let keyBytes = key.span
        for index in 0..<8 { initial[4 + index] = Lanes(repeating: loadLittleEndian32(keyBytes, 4 * index)) }
        initial[12] = Lanes(repeating: counter) &+ Lanes(0, 1, 2, 3)
        for index in 0..<3 { initial[13 + index] = Lanes(repeating: loadLittleEndian32(nonce, 4 * index)) }

        var x = initial
        for _ in 0..<10 {
            // A column round, then a diagonal round.
            quarterRound(&x, 0, 4, 8, 12)
            quarterRound(&x, 1, 5, 9, 13)
            quarterRound(&x, 2, 6, 10, 14)
            quarterRound(&x, 3, 7, 11, 15)
            quarterRound(&x, 0, 5, 10, 15)
            quarterRound(&x, 1, 6, 11, 12)
            quarterRound(&x, 2, 7, 8, 13)
            quarterRound(&x, 3, 4, 9, 14)
        }
        for index in 0..<16 { x[index] = x[index] &+ initial[index] }
        wipe(value: &initial)
        return x
    }
}

/// §2.3: the words of four blocks in the order of the stream.
@inline(__always)
private func serialized(_ stream: consuming InlineArray<16, SIMD4<UInt32>>) -> InlineArray<64, UInt32> {
    var words = InlineArray<64, UInt32>(repeating: 0)
    for block in 0..<4 {
        for word in 0..<16 { words[16 &* block &+ word] = stream[word][block] }
    }
    wipe(value: &stream)
    return words
}

@inline(__always)
private func storeLittleEndian32(_ word: UInt32, _ bytes: inout MutableSpan<UInt8>, _ offset: Int) {
    bytes[offset] = UInt8(truncatingIfNeeded: word)
    bytes[offset + 1] = UInt8(truncatingIfNeeded: word >> 8)
    bytes[offset + 2] = UInt8(truncatingIfNeeded: word >> 16)
    bytes[offset + 3] = UInt8(truncatingIfNeeded: word >> 24)
}

/// §2.1.
@inline(__always)
private func quarterRound(_ x: inout InlineArray<16, SIMD4<UInt32>>, _ a: Int, _ b: Int, _ c: Int, _ d: Int) {
    x[a] = x[a] &+ x[b]
    x[d] = rotateLeft(x[d] ^ x[a], 16)
    x[c] = x[c] &+ x[d]
    x[b] = rotateLeft(x[b] ^ x[c], 12)
    x[a] = x[a] &+ x[b]
    x[d] = rotateLeft(x[d] ^ x[a], 8)
    x[c] = x[c] &+ x[d]
    x[b] = rotateLeft(x[b] ^ x[c], 7)
}

/// The bits of the two shifts do not overlap, so their sum is their union. The compiler makes vector shifts of it; with `|` it
/// rotates each lane alone.
@inline(__always)
private func rotateLeft(_ x: Lanes, _ count: UInt32) -> Lanes {
    (x &<< Lanes(repeating: count)) &+ (x &>> Lanes(repeating: 32 - count))
}
