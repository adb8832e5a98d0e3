import Bytes
import Testing

/// Secrets are zero once they are let go, and hold what they were given before (AUDIT, "Secret-
/// independence").
@Suite struct WipingTests {
    @Test func wipedSpansAreZero() {
        var bytes = [UInt8](repeating: 0xA5, count: 65)
        var span = bytes.mutableSpan
        wipe(&span)
        #expect(bytes == [UInt8](repeating: 0, count: 65))
        var limbs = [UInt64](repeating: .max, count: 9)
        var limbSpan = limbs.mutableSpan
        wipe(&limbSpan)
        #expect(limbs == [UInt64](repeating: 0, count: 9))
    }

    @Test func secretBytesHoldWhatTheyWereGiven() {
        let original: [UInt8] = [1, 2, 3]
        var secret = SecretBytes(copying: original.span)
        let count = secret.count
        #expect(count == 3)
        let held = [UInt8](secret.span)
        #expect(held == original)
        var span = secret.mutableSpan
        span[1] = 9
        let changed = [UInt8](secret.span)
        #expect(changed == [1, 9, 3])
        let zeros = SecretBytes(count: 4)
        let fresh = [UInt8](zeros.span)
        #expect(fresh == [0, 0, 0, 0])
        let none = SecretBytes(count: 0)
        let noneCount = none.span.count
        #expect(noneCount == 0)
    }

    @Test func secretLimbsHoldWhatTheyWereGiven() {
        let original: [UInt64] = [1, .max, 3]
        var secret = SecretLimbs(copying: original.span)
        let count = secret.count
        #expect(count == 3)
        var span = secret.mutableSpan
        span[1] = 9
        let changed = [secret.span[0], secret.span[1], secret.span[2]]
        #expect(changed == [1, 9, 3] && original == [1, .max, 3])
        let zeros = SecretLimbs(count: 2)
        let fresh = [zeros.span[0], zeros.span[1]]
        #expect(fresh == [0, 0])
    }
}
