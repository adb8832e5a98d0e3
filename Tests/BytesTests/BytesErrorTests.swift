import Bytes
import Testing

/// Each fault of bytes has a word of its own (AUDIT 50).
@Suite struct BytesErrorTests {
    @Test func words() {
        let errors: [BytesError] = [
            .truncated(expected: 1, remaining: 0), .trailingBytes(count: 1), .invalidCharacter(offset: 0),
            .invalidLength(count: 1), .nonCanonicalTrailingBits, .invalidPadding,
        ]
        let words = errors.map { "\($0.reasonCode)" }
        #expect(Set(words).count == errors.count)
        #expect(words.allSatisfy { $0.hasPrefix("bytes_") || $0.hasPrefix("encoding_") })
    }
}
