// SHA256.swift - the hash function SHA-256, at once.
//
// Spec:    FIPS 180-4 §5.1.1, §5.2.1, §6.2.
// Secret:  what is hashed may be secret (HMAC): nothing branches or indexes by it. The length is public.
// Reads:   SHA256State. Read by: SHA256Stream; RSA, JOSE, Authorizer, HMAC, TLS, Reports, Conformance.

/// SHA-256, at once (`hash`), or incrementally: the members are those of SHA256Stream, and a copy is a copy of the state so far.
public struct SHA256: Sendable {
    /// The length of a digest in bytes.
    public static let byteCount = 32
    /// The length of a block in bytes.
    public static let blockByteCount = 64

    var state = SHA256State()
    /// Bytes that do not fill a block yet.
    var pending = InlineArray<64, UInt8>(repeating: 0)
    var pendingCount = 0
    var messageByteCount: UInt64 = 0

    public init() {}

    /// The digest of a message.
    ///
    /// - Requires: it has less than 2^64 bits (FIPS 180-4 §5.1.1).
    public static func hash(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        var state = SHA256State()
        let blockCount = message.count / 64
        let wholeByteCount = 64 * blockCount
        if blockCount > 0 { state.compress(message.extracting(0..<wholeByteCount), blockCount: blockCount) }
        // What fills no block.
        let restByteCount = message.count - wholeByteCount
        var last = InlineArray<64, UInt8>(repeating: 0)
        for index in 0..<restByteCount { last[index] = message[wholeByteCount + index] }
        state.pad(&last, restByteCount, messageByteCount: UInt64(message.count))
        return state.digest
    }
}

extension SHA256State {
    /// Absorbs the end of a message.
    ///
    /// - Parameters:
    ///   - block: the bytes that fill no block, and zeros.
    ///   - byteCount: how many they are, less than 64.
    ///   - messageByteCount: the length of the whole message.
    mutating func pad(_ block: inout InlineArray<64, UInt8>, _ byteCount: Int, messageByteCount: UInt64) {
        // §5.1.1: a one bit, zeros up to 448 modulo 512, the length in bits as 64 bits.
        block[byteCount] = 0x80
        if byteCount >= 56 {
            compress(block.span, blockCount: 1)
            block = InlineArray(repeating: 0)
        }
        let bitCount = messageByteCount << 3
        for index in 0..<8 {
            block[56 + index] = UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * index))
        }
        compress(block.span, blockCount: 1)
    }
}
