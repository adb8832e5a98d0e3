// Random.swift - random bytes from the kernel.
//
// Spec:    getrandom(2).
// Secret:  the bytes.
// Reads:   CLinux, Bytes. Read by: the language's runtime (hash seeds); HTTP (for TLS).

import Bytes
import CLinux

/// The kernel's generator.
public enum Random {
    /// Fresh random bytes.
    ///
    /// - Throws: `randomFailed`. A weaker source is never used instead.
    public static func bytes(count: Int) throws(PlatformError) -> SecretBytes {
        var bytes = SecretBytes(count: count)
        var span = bytes.mutableSpan
        var failure: Int32 = 0
        unsafe span.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            failure = unsafe fillRandom(base, count)
        }
        guard failure == 0 else { throw .randomFailed(code: failure) }
        return bytes
    }
}

/// Fills memory from getrandom(2); returns 0 or errno.
private func fillRandom(_ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int32 {
    var offset = 0
    while offset < count {
        // At most 256 bytes at a time: a signal does not interrupt such a call.
        let filled = unsafe getrandom(start.advanced(by: offset), min(256, count - offset), 0)
        if filled > 0 {
            offset += filled
        } else if lastErrorCode != SystemNumber.interrupted {
            return lastErrorCode
        }
    }
    return 0
}

#if hasFeature(Embedded)
    /// Embedded Swift calls arc4random_buf to seed its hash tables. musl does not have that function.
    @c(arc4random_buf)
    public func fillHashSeed(_ start: UnsafeMutableRawPointer, _ count: Int) {
        let failure = unsafe fillRandom(start.assumingMemoryBound(to: UInt8.self), count)
        precondition(failure == 0, "getrandom failed")
    }
#endif
