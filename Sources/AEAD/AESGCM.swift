// AESGCM.swift - authenticated encryption with AES in Galois/Counter Mode.
//
// Spec:    SP 800-38D §6.5 (GCTR), §7.1 (encryption), §7.2 (decryption). Tags of 128 bits.
// Secret:  the key, the plaintext and the hash key. Lengths are public.
// Reads:   AESKey, GHASH; Bytes. Read by: TLS, Conformance.

import Bytes

/// AES-GCM with a key of 128 or 256 bits.
public struct AESGCM: ~Copyable {
    private let key: AESKey
    /// H = CIPH_K(0^128), as two words, the most significant one first.
    private let hashKey: SecretLimbs

    /// The length of a tag in bytes.
    public static let tagByteCount = 16

    /// - Parameter key: 16 or 32 bytes.
    public init(key: Span<UInt8>) {
        self.key = AESKey(key)
        // §7.1 step 1.
        var columns = InlineArray<32, UInt32>(repeating: 0)
        self.key.encrypt(&columns)
        var hashKey = SecretLimbs(count: 2)
        var words = hashKey.mutableSpan
        words[0] = bigEndianWord(columns[0], columns[1])
        words[1] = bigEndianWord(columns[2], columns[3])
        self.hashKey = consume hashKey
        wipe(value: &columns)
    }

    /// Encrypts and authenticates.
    ///
    /// - Parameters:
    ///   - nonce: must be unique for each use of the key. Usually 12 bytes; any other length above 0 is allowed.
    ///   - additionalData: authenticated, not encrypted.
    ///   - output: the ciphertext and the 16-byte tag are appended to it.
    /// - Source: SP 800-38D §7.1.
    public func seal(
        nonce: Span<UInt8>, additionalData: Span<UInt8>, plaintext: Span<UInt8>, into output: inout [UInt8]
    ) {
        let start = output.count
        var counter = initialCounter(nonce)
        let tagMask = counter
        // Step 3: C = GCTR_K(inc32(J0), P).
        output.reserveCapacity(start + plaintext.count + Self.tagByteCount)
        counter.increment()
        applyKeystream(from: counter, to: plaintext, appendingTo: &output)
        // Steps 4 to 6.
        let tag = tag(additionalData, output.span.extracting(start..<output.count), tagMask)
        output.append(tag.span)
    }

    /// Checks the tag, and decrypts only if it is valid.
    ///
    /// - Parameter sealed: the ciphertext and the 16-byte tag.
    /// - Throws: `authenticationFailed`.
    /// - Source: SP 800-38D §7.2.
    public func open(
        nonce: Span<UInt8>, additionalData: Span<UInt8>, sealed: Span<UInt8>
    ) throws(AEADError) -> [UInt8] {
        // Step 1: the lengths.
        guard sealed.count >= Self.tagByteCount else { throw .authenticationFailed }
        let ciphertext = sealed.extracting(0..<(sealed.count - Self.tagByteCount))
        let received = sealed.extracting((sealed.count - Self.tagByteCount)..<sealed.count)
        var counter = initialCounter(nonce)
        // Steps 5 to 8 are done before step 4, so that no plaintext exists unless the tag is valid.
        let expected = tag(additionalData, ciphertext, counter)
        guard equalityMask(expected.span, received) == 0xFF else { throw .authenticationFailed }
        var plaintext: [UInt8] = []
        plaintext.reserveCapacity(ciphertext.count)
        counter.increment()
        applyKeystream(from: counter, to: ciphertext, appendingTo: &plaintext)
        return plaintext
    }

    // MARK: §7.1 step 2: the pre-counter block J0

    private func initialCounter(_ nonce: Span<UInt8>) -> CounterBlock {
        precondition(nonce.count > 0)
        if nonce.count == 12 {
            return CounterBlock(
                column0: loadLittleEndian32(nonce, 0), column1: loadLittleEndian32(nonce, 4),
                column2: loadLittleEndian32(nonce, 8), counter: 1)
        }
        // J0 = GHASH_H(IV || 0^(s+64) || [len(IV)]_64).
        var hash = freshHash()
        hash.absorbPadded(nonce)
        hash.absorb(0, UInt64(nonce.count) &* 8)
        let value = hash.value
        return CounterBlock(
            column0: UInt32(truncatingIfNeeded: value.high >> 32).byteSwapped,
            column1: UInt32(truncatingIfNeeded: value.high).byteSwapped,
            column2: UInt32(truncatingIfNeeded: value.low >> 32).byteSwapped,
            counter: UInt32(truncatingIfNeeded: value.low))
    }

    // MARK: §6.5 GCTR

    /// Encrypts eight counter blocks at a time and XORs them with the input.
    private func applyKeystream(
        from start: CounterBlock, to input: Span<UInt8>, appendingTo output: inout [UInt8]
    ) {
        var counter = start
        var offset = 0
        var columns = InlineArray<32, UInt32>(repeating: 0)
        while offset < input.count {
            for block in 0..<8 {
                counter.write(to: &columns, block)
                counter.increment()
            }
            key.encrypt(&columns)
            let count = min(128, input.count - offset)
            // Appends one block at a time. An append per byte would take a fifth of the total time.
            output.append(addingCapacity: count) { stretch in
                for index in 0..<count {
                    let word = columns[index >> 2] >> UInt32(8 * (index & 3))
                    stretch.append(input[offset + index] ^ UInt8(truncatingIfNeeded: word))
                }
            }
            offset += count
        }
        wipe(value: &columns)
    }

    // MARK: §7.1 steps 4 to 6: the tag

    private func tag(
        _ additionalData: Span<UInt8>, _ ciphertext: Span<UInt8>, _ mask: CounterBlock
    ) -> InlineArray<16, UInt8> {
        var hash = freshHash()
        hash.absorbPadded(additionalData)
        hash.absorbPadded(ciphertext)
        hash.absorb(UInt64(additionalData.count) &* 8, UInt64(ciphertext.count) &* 8)
        // T = GCTR_K(J0, S).
        var columns = InlineArray<32, UInt32>(repeating: 0)
        mask.write(to: &columns, 0)
        key.encrypt(&columns)
        let high = hash.value.high ^ bigEndianWord(columns[0], columns[1])
        let low = hash.value.low ^ bigEndianWord(columns[2], columns[3])
        wipe(value: &columns)
        wipe(value: &hash)
        var tag = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<8 {
            tag[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
            tag[8 + index] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
        }
        return tag
    }

    private func freshHash() -> GHASH {
        let words = hashKey.span
        return GHASH(keyHigh: words[0], keyLow: words[1])
    }
}

/// A counter block: twelve constant bytes and a 32-bit big-endian counter (§6.2, inc32).
private struct CounterBlock {
    var column0, column1, column2: UInt32
    var counter: UInt32

    mutating func increment() {
        counter &+= 1
    }

    func write(to columns: inout InlineArray<32, UInt32>, _ block: Int) {
        columns[4 * block] = column0
        columns[4 * block + 1] = column1
        columns[4 * block + 2] = column2
        columns[4 * block + 3] = counter.byteSwapped
    }
}

/// Two little-endian columns as eight bytes in big-endian order.
@inline(__always)
private func bigEndianWord(_ first: UInt32, _ second: UInt32) -> UInt64 {
    UInt64(first.byteSwapped) << 32 | UInt64(second.byteSwapped)
}
