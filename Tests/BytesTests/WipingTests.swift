import Bytes
import Testing

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
        #expect(secret.count == 3)
        #expect([UInt8](secret.span) == original)
        var span = secret.mutableSpan
        span[1] = 9
        #expect([UInt8](secret.span) == [1, 9, 3])
        let zeros = SecretBytes(count: 4)
        #expect([UInt8](zeros.span) == [0, 0, 0, 0])
        let none = SecretBytes(count: 0)
        #expect(none.span.count == 0)
    }
}
