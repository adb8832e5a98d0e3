import Testing

@testable import Keys

/// The key that a fetch is for, and whether the fetch delivered it (AUDIT 19).
@Suite struct FetchCauseTests {
    @Test func theKeyThatAFetchIsFor() {
        #expect(FetchCause.staleKeys.keyID == nil && FetchCause.reload.keyID == nil)
        #expect(FetchCause.staleKey([1]).keyID == [1] && FetchCause.unknownKey([2]).keyID == [2])
        #expect(FetchCause.tokenWithoutKeyID.keyID == [])
        #expect(FetchCause.reload.isReload && !FetchCause.staleKeys.isReload)
    }

    /// An empty key ID in a token differs from an absent one.
    @Test func tokensWithoutAMatchingKey() {
        #expect(FetchCause(unknownTo: [1]) == .unknownKey([1]))
        #expect(FetchCause(unknownTo: []) == .unknownKey([]))
        #expect(FetchCause(unknownTo: nil) == .tokenWithoutKeyID)
    }

    /// If each key has its own address, a stale key is renewed by its ID.
    @Test func renewals() {
        let set = KeyCache(policy: KeyCachePolicy())
        let perKey = KeyCache(policy: KeyCachePolicy(), isPerKey: true)
        #expect(set.renewal(for: [1]) == .staleKeys && set.renewal(for: nil) == .staleKeys)
        #expect(perKey.renewal(for: [1]) == .staleKey([1]) && perKey.renewal(for: nil) == .staleKeys)
    }
}
