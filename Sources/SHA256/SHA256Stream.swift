// SHA256Stream.swift - SHA-256 of a message that comes in pieces.
//
// Spec:    FIPS 180-4 §5.2.1, §6.2.
// Secret:  what is hashed may be secret (HMAC): nothing branches or indexes by it. The length is public.
// Reads:   SHA256, SHA256State. Read by: HMAC, TLS.

extension SHA256 {
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
        for index in pendingCount..<64 { pending[index] = 0 }
        state.pad(&pending, pendingCount, messageByteCount: messageByteCount)
        return state.digest
    }
}
