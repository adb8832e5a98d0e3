// SHA512.swift - the hash functions SHA-512 and SHA-384.
//
// Spec:    FIPS 180-4 §5.1.2, §5.2.2, §6.4, §6.5.
// Secret:  what is hashed may be secret (HMAC): nothing branches or indexes by it. The length is public.
// Reads:   SHA512State. Read by: RSA, EllipticCurves, JOSE, HMAC, TLS, Conformance.

/// SHA-512, incrementally or at once. A copy of a value is a copy of the state so far.
public struct SHA512: Sendable {
    /// The length of a digest in bytes.
    public static let byteCount = 64
    /// The length of a block in bytes.
    public static let blockByteCount = 128

    private var core = SHA512Core(.sha512)

    public init() {}

    /// The digest of a message.
    public static func hash(_ message: Span<UInt8>) -> InlineArray<64, UInt8> {
        var hash = SHA512()
        hash.update(message)
        return hash.finalize()
    }

    /// Adds bytes to the message.
    public mutating func update(_ bytes: Span<UInt8>) {
        core.update(bytes)
    }

    /// The digest. The value is then spent: start a new one for another message.
    public mutating func finalize() -> InlineArray<64, UInt8> {
        core.finish()
        var digest = InlineArray<64, UInt8>(repeating: 0)
        for index in 0..<64 { digest[index] = core.state.digestByte(index) }
        return digest
    }
}

/// SHA-384: SHA-512 from another initial value, cut to 48 bytes (§6.5).
public struct SHA384: Sendable {
    /// The length of a digest in bytes.
    public static let byteCount = 48
    /// The length of a block in bytes.
    public static let blockByteCount = 128

    private var core = SHA512Core(.sha384)

    public init() {}

    /// The digest of a message.
    public static func hash(_ message: Span<UInt8>) -> InlineArray<48, UInt8> {
        var hash = SHA384()
        hash.update(message)
        return hash.finalize()
    }

    /// Adds bytes to the message.
    public mutating func update(_ bytes: Span<UInt8>) {
        core.update(bytes)
    }

    /// The digest. The value is then spent: start a new one for another message.
    public mutating func finalize() -> InlineArray<48, UInt8> {
        core.finish()
        var digest = InlineArray<48, UInt8>(repeating: 0)
        for index in 0..<48 { digest[index] = core.state.digestByte(index) }
        return digest
    }
}

/// What both share: the buffering and the padding.
struct SHA512Core: Sendable {
    private(set) var state: SHA512State
    /// Bytes that do not fill a block yet.
    private var pending = InlineArray<128, UInt8>(repeating: 0)
    private var pendingCount = 0
    /// §5.1.2 allows 2^128 bits; a count of bytes in 64 bits holds what can ever come.
    private var messageByteCount: UInt64 = 0

    init(_ initial: SHA512State) {
        state = initial
    }

    /// - Requires: the whole message stays below 2^64 bytes. More than that stops the program
    ///   rather than hash something else.
    mutating func update(_ bytes: Span<UInt8>) {
        let (count, overflow) = messageByteCount.addingReportingOverflow(UInt64(bytes.count))
        precondition(!overflow, "a message of 2^64 bytes or more")
        messageByteCount = count

        var offset = 0
        if pendingCount > 0 {
            while pendingCount < 128 && offset < bytes.count {
                pending[pendingCount] = bytes[offset]
                pendingCount += 1
                offset += 1
            }
            guard pendingCount == 128 else { return }
            state.compress(pending.span, blockCount: 1)
            pendingCount = 0
        }
        let blockCount = (bytes.count - offset) / 128
        if blockCount > 0 {
            let end = offset + 128 * blockCount
            state.compress(bytes.extracting(offset..<end), blockCount: blockCount)
            offset = end
        }
        while offset < bytes.count {
            pending[pendingCount] = bytes[offset]
            pendingCount += 1
            offset += 1
        }
    }

    /// §5.1.2: a one bit, zeros up to 896 modulo 1024, the length in bits as 128 bits.
    mutating func finish() {
        // In two halves: a shift of 128 bits by a variable is a call into the compiler's
        // run-time library at -Osize, which the release binary lacks.
        let bitCountHigh = messageByteCount >> 61
        let bitCountLow = messageByteCount << 3
        pending[pendingCount] = 0x80
        pendingCount += 1
        if pendingCount > 112 {
            while pendingCount < 128 {
                pending[pendingCount] = 0
                pendingCount += 1
            }
            state.compress(pending.span, blockCount: 1)
            pendingCount = 0
        }
        while pendingCount < 112 {
            pending[pendingCount] = 0
            pendingCount += 1
        }
        for index in 0..<8 {
            pending[112 + index] = UInt8(truncatingIfNeeded: bitCountHigh >> UInt64(56 - 8 * index))
            pending[120 + index] = UInt8(truncatingIfNeeded: bitCountLow >> UInt64(56 - 8 * index))
        }
        state.compress(pending.span, blockCount: 1)
    }
}
