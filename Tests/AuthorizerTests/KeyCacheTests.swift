import JOSE
import TestSupport
import Testing

@testable import Authorizer

/// A fake clock is an argument: every instant here is seconds since some start.
@Suite struct KeyCacheTests {
    let set: KeySet
    let other: KeySet

    init() throws {
        set = try KeySet(parsing: TestIssuer.first.keySet)
        other = try KeySet(parsing: TestIssuer.second.keySet)
    }

    private func cache(_ change: (inout KeyCachePolicy) -> Void = { _ in }) -> KeyCache {
        var policy = KeyCachePolicy()
        change(&policy)
        return KeyCache(policy: policy)
    }

    private func state(_ cache: KeyCache, _ now: Int64) -> String {
        switch cache.availability(nowSeconds: now) {
        case .fresh: "fresh"
        case .stale(_, let age): "stale \(age)"
        case .none: "none"
        }
    }

    @Test func freshThenStaleThenNone() {
        var cache = cache()
        #expect(state(cache, 1000) == "none")
        let taken = cache.receive(set, nowSeconds: 1000)
        #expect(taken)
        #expect(state(cache, 1000) == "fresh")
        #expect(state(cache, 1599) == "fresh")
        #expect(state(cache, 1600) == "stale 600")
        #expect(state(cache, 5199) == "stale 4199")
        #expect(state(cache, 5200) == "none")
    }

    @Test func aClockThatWentBackwardsCountsAsExpired() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 1000)
        #expect(state(cache, 999) == "stale -1")
        #expect(state(cache, 1000 - 4199) == "stale -4199" && state(cache, 1000 - 4200) == "none")
        #expect(cache.mayFetch(nowSeconds: 999))
        cache.receiveFailure(nowSeconds: 1000)
        #expect(cache.mayFetch(nowSeconds: 900))
    }

    @Test func withoutStaleUseExpiredKeysAreGone() {
        var cache = cache { $0.staleSeconds = 0 }
        _ = cache.receive(set, nowSeconds: 0)
        #expect(state(cache, 599) == "fresh" && state(cache, 600) == "none")
    }

    @Test func maxAgeIsKeptWithinItsBounds() {
        var cache = cache()
        _ = cache.receive(set, maxAgeSeconds: 0, nowSeconds: 0)
        #expect(state(cache, 59) == "fresh" && state(cache, 60) == "stale 60")
        _ = cache.receive(set, maxAgeSeconds: 1 << 31, nowSeconds: 0)
        #expect(state(cache, 86_399) == "fresh" && state(cache, 86_400) == "stale 86400")
        _ = cache.receive(set, maxAgeSeconds: 300, nowSeconds: 0)
        #expect(state(cache, 299) == "fresh" && state(cache, 300) == "stale 300")
    }

    /// Security-checklist 19: 1 second doubling to 60.
    @Test func theCoolDownDoubles() {
        var cache = cache()
        var now: Int64 = 0
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            #expect(cache.mayFetch(nowSeconds: now))
            cache.receiveFailure(nowSeconds: now)
            #expect(!cache.mayFetch(nowSeconds: now + wait - 1))
            now += wait
        }
        _ = cache.receive(set, nowSeconds: now)
        #expect(cache.mayFetch(nowSeconds: now) && !cache.lastFetchFailed)
        for _ in 0..<100 { cache.receiveFailure(nowSeconds: now) }
        #expect(!cache.mayFetch(nowSeconds: now + 59) && cache.mayFetch(nowSeconds: now + 60))
    }

    @Test func unknownKeysCauseOneFetchAnInterval() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(!cache.mayFetchForUnknownKey(nowSeconds: 29))
        #expect(cache.mayFetchForUnknownKey(nowSeconds: 30))
        cache.receiveFailure(nowSeconds: 30)
        #expect(!cache.mayFetchForUnknownKey(nowSeconds: 59))
        #expect(cache.mayFetchForUnknownKey(nowSeconds: 60))
    }

    /// Security-checklist 21: an empty set never replaces a good one; a failure never does.
    @Test func goodKeysAreNotLost() throws {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        let empty = try KeySet(parsing: Array(#"{"keys":[]}"#.utf8))
        let taken = cache.receive(empty, nowSeconds: 10)
        #expect(!taken)
        #expect(cache.lastFetchFailed && state(cache, 10) == "fresh")
        cache.receiveFailure(nowSeconds: 20)
        #expect(state(cache, 20) == "fresh")
    }

    /// Security-checklist 19: withdrawn keys leave with the next good fetch.
    @Test func theWholeSetIsReplaced() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        _ = cache.receive(other, nowSeconds: 10)
        guard case .fresh(let keys) = cache.availability(nowSeconds: 10) else {
            Issue.record("not fresh")
            return
        }
        #expect(keys.keys.count == 1 && keys.keys[0].kid == Array("key-2".utf8))
    }

    @Test func refreshAheadIsTheLastFifth() {
        var cache = cache()
        #expect(!cache.shouldRefreshAhead(nowSeconds: 0))
        _ = cache.receive(set, nowSeconds: 0)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 479))
        #expect(cache.shouldRefreshAhead(nowSeconds: 480))
        cache.receiveFailure(nowSeconds: 480)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 480))
        #expect(cache.shouldRefreshAhead(nowSeconds: 481))
    }
}
