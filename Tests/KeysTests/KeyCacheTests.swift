import JOSE
import TestSupport
import Testing

@testable import Keys

/// The time is an argument: every instant here is in seconds since an arbitrary start (AUDIT 19, 21).
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
        case .snapshot(_, let age): "snapshot \(age)"
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
        #expect(cache.schedule.mayFetch(nowSeconds: 999))
        cache.receiveFailure(nowSeconds: 1000)
        #expect(cache.schedule.mayFetch(nowSeconds: 900))
    }

    @Test func withoutStaleUseExpiredKeysAreNotUsed() {
        var cache = cache { $0.staleSeconds = 0 }
        _ = cache.receive(set, nowSeconds: 0)
        #expect(state(cache, 599) == "fresh" && state(cache, 600) == "none")
    }

    @Test func maxAgeIsKeptWithinItsBounds() {
        var cache = cache()
        _ = cache.receive(set, maxAgeSeconds: 0, nowSeconds: 0)
        #expect(state(cache, 59) == "fresh" && state(cache, 60) == "stale 60")
        // A withdrawn key is used for at most an hour, whatever lifetime the server declares.
        for maxAge in [3600, 86_400, 1 << 31] as [Int64] {
            _ = cache.receive(set, maxAgeSeconds: maxAge, nowSeconds: 0)
            #expect(state(cache, 3599) == "fresh" && state(cache, 3600) == "stale 3600")
            let taken = cache.receiveNotModified(maxAgeSeconds: maxAge, nowSeconds: 3600)
            #expect(taken && state(cache, 7199) == "fresh" && state(cache, 7200) == "stale 3600")
        }
        _ = cache.receive(set, maxAgeSeconds: 300, nowSeconds: 0)
        #expect(state(cache, 299) == "fresh" && state(cache, 300) == "stale 300")
    }

    /// KEYS_MAX_TTL_SECONDS bounds the lifetime that a server declares. KEYS_TTL_SECONDS applies if it declares none.
    @Test func theLongestTimeIsASetting() {
        var cache = cache { ($0.longestServerLifetimeSeconds, $0.timeToLiveSeconds) = (60, 7200) }
        _ = cache.receive(set, maxAgeSeconds: 86_400, nowSeconds: 0)
        #expect(state(cache, 59) == "fresh" && state(cache, 60) == "stale 60")
        _ = cache.receive(set, nowSeconds: 0)
        #expect(state(cache, 7199) == "fresh" && state(cache, 7200) == "stale 7200")
        var long = self.cache { $0.longestServerLifetimeSeconds = 86_400 }
        _ = long.receive(set, maxAgeSeconds: 1 << 31, nowSeconds: 0)
        #expect(state(long, 86_399) == "fresh" && state(long, 86_400) == "stale 86400")
    }

    /// AUDIT 19: 1 second doubling to 60.
    @Test func theBackOffDoubles() {
        var cache = cache()
        var now: Int64 = 0
        for wait in [1, 2, 4, 8, 16, 32, 60, 60] as [Int64] {
            #expect(cache.schedule.mayFetch(nowSeconds: now))
            cache.receiveFailure(nowSeconds: now)
            #expect(!cache.schedule.mayFetch(nowSeconds: now + wait - 1))
            now += wait
        }
        _ = cache.receive(set, nowSeconds: now)
        #expect(cache.schedule.mayFetch(nowSeconds: now) && !cache.schedule.lastFetchFailed)
        for _ in 0..<100 { cache.receiveFailure(nowSeconds: now) }
        #expect(
            !cache.schedule.mayFetch(nowSeconds: now + 59) && cache.schedule.mayFetch(nowSeconds: now + 60))
    }

    @Test func unknownKeysCauseOneFetchPerInterval() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(!cache.schedule.mayFetchForUnknownKey([1], nowSeconds: 29))
        #expect(cache.schedule.mayFetchForUnknownKey([1], nowSeconds: 30))
        cache.receiveFailure(nowSeconds: 30)
        #expect(!cache.schedule.mayFetchForUnknownKey([1], nowSeconds: 59))
        #expect(cache.schedule.mayFetchForUnknownKey([1], nowSeconds: 60))
    }

    /// AUDIT 21: neither an empty set nor a failure replaces valid keys.
    @Test func goodKeysAreNotLost() throws {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        let empty = try KeySet(parsing: Array(#"{"keys":[]}"#.utf8))
        let taken = cache.receive(empty, nowSeconds: 10)
        #expect(!taken)
        #expect(cache.schedule.lastFetchFailed && state(cache, 10) == "fresh")
        cache.receiveFailure(nowSeconds: 20)
        #expect(state(cache, 20) == "fresh")
    }

    /// A SPIFFE bundle without keys withdraws all, and its own time is within the limits.
    @Test func anEmptyBundleWithdrawsAll() throws {
        let jwk = TestIssuer.first.jwk(#","use":"jwt-svid""#)
        var cache = cache()
        cache.hold(snapshot: other, nowSeconds: 0)
        let full = cache.receive(try KeySet(parsingBundle: Array("{\"keys\":[\(jwk)]}".utf8)), nowSeconds: 0)
        #expect(full && state(cache, 0) == "fresh")
        let taken = cache.receive(
            try KeySet(parsingBundle: Array(#"{"keys":[],"spiffe_refresh_hint":5}"#.utf8)), maxAgeSeconds: 5,
            nowSeconds: 10)
        #expect(taken && !cache.schedule.lastFetchFailed)
        for seconds in [10, 69] as [Int64] {
            guard case .fresh(let keys) = cache.availability(nowSeconds: seconds) else {
                Issue.record("not fresh")
                return
            }
            #expect(keys.keys.isEmpty)
        }
        #expect(state(cache, 70) == "stale")
    }

    /// AUDIT 19: the next successful fetch removes withdrawn keys.
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
        // Without cached keys the refresh is due at once.
        #expect(cache.shouldRefreshAhead(nowSeconds: 0))
        _ = cache.receive(set, nowSeconds: 0)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 479))
        #expect(cache.shouldRefreshAhead(nowSeconds: 480))
        cache.receiveFailure(nowSeconds: 480)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 480))
        #expect(cache.shouldRefreshAhead(nowSeconds: 481))
    }

    /// Also with a short time to live, the refresh is due before its end, but not at once.
    @Test func refreshAheadFitsShortTimes() {
        for (seconds, first) in [(1, 1), (2, 1), (3, 2), (5, 4), (7, 6), (10, 8), (86_400, 69_120)]
            as [(Int64, Int64)]
        {
            var cache = cache { $0.timeToLiveSeconds = seconds }
            _ = cache.receive(set, nowSeconds: 0)
            #expect(
                !cache.shouldRefreshAhead(nowSeconds: first - 1)
                    && cache.shouldRefreshAhead(nowSeconds: first))
        }
    }

    /// While fetches fail, requests do not wait: the refresh between events retries. If there was no such refresh for the
    /// longest back-off, a request fetches.
    @Test func afterAFailureRequestsDoNotWait() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(cache.schedule.mustFetchFirst(nowSeconds: 600))
        cache.receiveFailure(nowSeconds: 600)
        #expect(
            !cache.schedule.mustFetchFirst(nowSeconds: 600) && !cache.schedule.mustFetchFirst(nowSeconds: 660)
        )
        #expect(
            cache.schedule.mustFetchFirst(nowSeconds: 661) && cache.schedule.mustFetchFirst(nowSeconds: 599))
        _ = cache.receive(set, nowSeconds: 700)
        #expect(cache.schedule.mustFetchFirst(nowSeconds: 700))
    }

    /// A request that finds stale keys and a fetch in progress does not wait for it.
    @Test func staleKeysAreUsedDuringAFetch() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(cache.schedule.mustFetchFirst(nowSeconds: 600))
        let begins = cache.beginFetch(.staleKeys, nowSeconds: 600)
        #expect(begins && !cache.schedule.mustFetchFirst(nowSeconds: 600))
        // For a key that the stale set lacks a fetch is still allowed, and awaited.
        #expect(cache.schedule.mayFetchForUnknownKey(Array("new".utf8), nowSeconds: 600))
        #expect(cache.schedule.fetchCount == 1)
        _ = cache.receive(set, nowSeconds: 601)
        #expect(cache.schedule.fetchCount == 2)
        cache.receiveFailure(nowSeconds: 602)
        #expect(cache.schedule.fetchCount == 3)
    }

    // MARK: Snapshot

    @Test func aSnapshotIsUsedUntilTheFirstGoodFetch() {
        var cache = cache()
        cache.hold(snapshot: other, nowSeconds: 100)
        #expect(state(cache, 100) == "snapshot 0" && state(cache, 3699) == "snapshot 3599")
        #expect(state(cache, 3700) == "none")
        // A clock that went backwards also ends its use.
        #expect(state(cache, 99) == "snapshot -1" && state(cache, 100 - 3600) == "none")
        #expect(cache.ageSeconds(nowSeconds: 200) == nil && cache.shouldRefreshAhead(nowSeconds: 100))
        cache.receiveFailure(nowSeconds: 200)
        #expect(state(cache, 200) == "snapshot 100")
        _ = cache.receive(set, nowSeconds: 300)
        #expect(state(cache, 300) == "fresh" && state(cache, 5000) == "none")
    }

    @Test func withoutStaleUseASnapshotIsNeverUsed() {
        var cache = cache { $0.staleSeconds = 0 }
        cache.hold(snapshot: other, nowSeconds: 100)
        #expect(state(cache, 100) == "none")
    }

    // MARK: 304

    @Test func notModifiedMakesTheSetFreshAgain() {
        var cache = KeyCache(policy: KeyCachePolicy(), addressCount: 2)
        // Without a set, a 304 is a failure.
        var taken = cache.receiveNotModified(nowSeconds: 0)
        #expect(!taken && cache.schedule.lastFetchFailed && state(cache, 0) == "none")
        _ = cache.receive(set, address: 1, attempt: 1, nowSeconds: 10)
        // So is a 304 from another address than the set's.
        taken = cache.receiveNotModified(address: 0, nowSeconds: 600)
        #expect(!taken && cache.schedule.lastFetchFailed && state(cache, 610) == "stale 600")
        let generation = cache.generation
        taken = cache.receiveNotModified(maxAgeSeconds: 90, address: 1, nowSeconds: 610)
        // The set is the same, so tokens that it verified stay verified.
        #expect(taken && !cache.schedule.lastFetchFailed && cache.generation == generation)
        #expect(state(cache, 699) == "fresh" && state(cache, 700) == "stale 90")
    }

    // MARK: One fetch at a time

    @Test func oneFetchAtATime() {
        var cache = cache()
        var turn = cache.beginFetch(.staleKeys, nowSeconds: 0)
        #expect(turn && cache.schedule.isFetching(nowSeconds: 0) && !cache.shouldRefreshAhead(nowSeconds: 0))
        turn = cache.beginFetch(.staleKeys, nowSeconds: 29)
        #expect(!turn)
        _ = cache.receive(set, nowSeconds: 29)
        #expect(!cache.schedule.isFetching(nowSeconds: 29))
        turn = cache.beginFetch(.staleKeys, nowSeconds: 29)
        #expect(turn)
        cache.receiveFailure(nowSeconds: 29)
        #expect(!cache.schedule.isFetching(nowSeconds: 29))
        // A fetch that never ended, or a clock that went backwards, does not block other fetches for long.
        turn = cache.beginFetch(.staleKeys, nowSeconds: 100)
        #expect(turn && cache.schedule.isFetching(nowSeconds: 129))
        #expect(!cache.schedule.isFetching(nowSeconds: 130) && !cache.schedule.isFetching(nowSeconds: 99))
        turn = cache.beginFetch(.staleKeys, nowSeconds: 130)
        #expect(turn)
    }

    // MARK: Key IDs that are absent

    /// Tokens of a withdrawn key cause fetches after 30, 60, 120, and then every 240 seconds.
    @Test func absentKeysAreFetchedLessAndLessOften() {
        var cache = cache()
        var now: Int64 = 0
        _ = cache.receive(set, nowSeconds: now)
        for wait in [30, 30, 60, 120, 240, 240] as [Int64] {
            #expect(!cache.schedule.mayFetchForUnknownKey([1], nowSeconds: now + wait - 1))
            now += wait
            #expect(cache.schedule.mayFetchForUnknownKey([1], nowSeconds: now))
            _ = cache.beginFetch(.unknownKey([1]), nowSeconds: now)
            _ = cache.receive(set, nowSeconds: now)
        }
        // Another key ID has its own history.
        #expect(!cache.schedule.mayFetchForUnknownKey([2], nowSeconds: now + 29))
        #expect(cache.schedule.mayFetchForUnknownKey([2], nowSeconds: now + 30))
        #expect(cache.schedule.mayFetchForUnknownKey(nil, nowSeconds: now + 30))
        // A clock that went backwards causes no wait.
        #expect(cache.schedule.mayFetchForUnknownKey([1], nowSeconds: now - 1))
    }

    @Test func aFailedFetchDoesNotMarkAKeyAbsent() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        for round in 1...5 as ClosedRange<Int64> {
            _ = cache.beginFetch(.unknownKey([1]), nowSeconds: round * 100)
            cache.receiveFailure(nowSeconds: round * 100)
        }
        #expect(cache.schedule.mayFetchForUnknownKey([1], nowSeconds: 530))
    }

    // MARK: Forced reload

    @Test func onlyReloadsBoundReloads() {
        var cache = cache()
        #expect(cache.schedule.reloadWaitSeconds(nowSeconds: 0) == 0)
        _ = cache.beginFetch(.staleKeys, nowSeconds: 0)
        cache.receiveFailure(nowSeconds: 0)
        // Neither the back-off nor a fetch with another cause delays a reload.
        #expect(cache.schedule.reloadWaitSeconds(nowSeconds: 0) == 0)
        _ = cache.beginFetch(.reload, nowSeconds: 10)
        _ = cache.receive(set, nowSeconds: 10)
        #expect(
            cache.schedule.reloadWaitSeconds(nowSeconds: 10) == 30
                && cache.schedule.reloadWaitSeconds(nowSeconds: 39) == 1)
        #expect(
            cache.schedule.reloadWaitSeconds(nowSeconds: 40) == 0
                && cache.schedule.reloadWaitSeconds(nowSeconds: 9) == 0)
    }
}
