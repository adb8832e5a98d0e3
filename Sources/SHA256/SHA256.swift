// SHA256.swift - the hash function SHA-256.
//
// Spec:    FIPS 180-4 §5.1.1, §5.2.1, §5.3.3, §6.2.
// Secret:  what is hashed may be secret (HMAC): nothing branches or indexes by it. The length is public.
// Reads:   SHA256Compression. Read by: RSA, JOSE, HMAC, TLS.

/// SHA-256, incrementally or at once. A copy of a value is a copy of the state so far.
public struct SHA256: Sendable {
    /// The length of a digest in bytes.
    public static let byteCount = 32
    /// The length of a block in bytes.
    public static let blockByteCount = 64

    private var state = SHA256State()
    /// Bytes that do not fill a block yet.
    private var pending = InlineArray<64, UInt8>(repeating: 0)
    private var pendingCount = 0
    private var messageByteCount: UInt64 = 0

    public init() {}

    /// The digest of a message of any length below 2^61 bytes.
    public static func hash(_ message: Span<UInt8>) -> InlineArray<32, UInt8> {
        var hash = SHA256()
        hash.update(message)
        return hash.finalize()
    }

    /// Adds bytes to the message.
    ///
    /// - Requires: the whole message stays below 2^64 bits (FIPS 180-4 §5.1.1). More than that
    ///   stops the program rather than hash something else.
    public mutating func update(_ bytes: Span<UInt8>) {
        let (count, overflow) = messageByteCount.addingReportingOverflow(UInt64(bytes.count))
        precondition(!overflow && count < 1 << 61, "a message of 2^64 bits or more")
        messageByteCount = count

        var offset = 0
        if pendingCount > 0 {
            while pendingCount < 64 && offset < bytes.count {
                pending[pendingCount] = bytes[offset]
                pendingCount += 1
                offset += 1
            }
            guard pendingCount == 64 else { return }
            state.compress(pending.span, blockCount: 1)
            pendingCount = 0
        }
        let blockCount = (bytes.count - offset) / 64
        if blockCount > 0 {
            let end = offset + 64 * blockCount
            state.compress(bytes.extracting(offset..<end), blockCount: blockCount)
            offset = end
        }
        while offset < bytes.count {
            pending[pendingCount] = bytes[offset]
            pendingCount += 1
            offset += 1
        }
    }

    /// The digest. The value is then spent: start a new one for another message.
    public mutating func finalize() -> InlineArray<32, UInt8> {
        // §5.1.1: a one bit, zeros up to 448 modulo 512, the length in bits as 64 bits.
        let bitCount = messageByteCount << 3
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > 56 {
            while pendingCount < 64 {
                pending[pendingCount] = 0
                pendingCount += 1
            }
            state.compress(pending.span, blockCount: 1)
            pendingCount = 0
        }
        while pendingCount < 56 {
            pending[pendingCount] = 0
            pendingCount += 1
        }
        for index in 0..<8 {
            pending[56 + index] = UInt8(truncatingIfNeeded: bitCount >> UInt64(56 - 8 * index))
        }
        state.compress(pending.span, blockCount: 1)
        return state.digest
    }
}
