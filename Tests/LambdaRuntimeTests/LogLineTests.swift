import Testing

@testable import LambdaRuntime

@Suite struct LogLineTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (951_782_400_123, "2000-02-29T00:00:00.123Z"),
            (951_868_799_999, "2000-02-29T23:59:59.999Z"), (1_709_251_199_000, "2024-02-29T23:59:59.000Z"),
            (1_767_227_400_000, "2026-01-01T00:30:00.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (1_795_514_096_007, "2026-11-24T09:54:56.007Z"),
        ] as [(Int64, String)]) func timestampsAreRFC3339(milliseconds: Int64, text: String)
    {
        #expect(String(decoding: timestampText(milliseconds), as: UTF8.self) == text)
    }
}
