import Testing

@testable import Keys

/// The key that a fetch is for, and whether the fetch delivered it (AUDIT 19).
@Suite struct FetchCauseTests {
    @Test func theKeyThatAFetchIsFor() {
        #expect(FetchCause.oldKeys.keyID == nil && FetchCause.reload.keyID == nil)
        #expect(FetchCause.oldKey([1]).keyID == [1] && FetchCause.unknownKey([2]).keyID == [2])
        #expect(FetchCause.namelessToken.keyID == [])
        #expect(FetchCause.reload.isReload && !FetchCause.oldKeys.isReload)
    }

    /// An empty key ID in a token differs from an absent one.
    @Test func tokensWithoutAMatchingKey() {
        #expect(FetchCause(unknownTo: [1]) == .unknownKey([1]))
        #expect(FetchCause(unknownTo: []) == .unknownKey([]))
        #expect(FetchCause(unknownTo: nil) == .namelessToken)
    }

    /// If each key has its own address, a stale key is renewed by its ID.
    @Test func renewals() {
        let set = KeyCache(policy: KeyCachePolicy())
        let perKey = KeyCache(policy: KeyCachePolicy(), isPerKey: true)
        #expect(set.renewal(for: [1]) == .oldKeys && set.renewal(for: nil) == .oldKeys)
        #expect(perKey.renewal(for: [1]) == .oldKey([1]) && perKey.renewal(for: nil) == .oldKeys)
    }
}
