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
        #expect(!cache.mayFetchForUnknownKey([1], nowSeconds: 29))
        #expect(cache.mayFetchForUnknownKey([1], nowSeconds: 30))
        cache.receiveFailure(nowSeconds: 30)
        #expect(!cache.mayFetchForUnknownKey([1], nowSeconds: 59))
        #expect(cache.mayFetchForUnknownKey([1], nowSeconds: 60))
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
        // Nothing at hand: the next pause is the time to fetch.
        #expect(cache.shouldRefreshAhead(nowSeconds: 0))
        _ = cache.receive(set, nowSeconds: 0)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 479))
        #expect(cache.shouldRefreshAhead(nowSeconds: 480))
        cache.receiveFailure(nowSeconds: 480)
        #expect(!cache.shouldRefreshAhead(nowSeconds: 480))
        #expect(cache.shouldRefreshAhead(nowSeconds: 481))
    }

    /// However short the time to live, there is a moment to renew it before it ends; but not at once.
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

    /// While fetches fail, requests do not wait for the next one; the pauses try. When no pause came
    /// for the longest cool-down, a request asks itself.
    @Test func afterAFailureRequestsDoNotWait() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(cache.mustFetchFirst(nowSeconds: 600))
        cache.receiveFailure(nowSeconds: 600)
        #expect(!cache.mustFetchFirst(nowSeconds: 600) && !cache.mustFetchFirst(nowSeconds: 660))
        #expect(cache.mustFetchFirst(nowSeconds: 661) && cache.mustFetchFirst(nowSeconds: 599))
        _ = cache.receive(set, nowSeconds: 700)
        #expect(cache.mustFetchFirst(nowSeconds: 700))
    }

    /// Who finds old keys and somebody on the way to new ones does not wait for them.
    @Test func oldKeysAreUsedWhileSomebodyFetches() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        #expect(cache.mustFetchFirst(nowSeconds: 600))
        let begins = cache.beginFetch(nowSeconds: 600)
        #expect(begins && !cache.mustFetchFirst(nowSeconds: 600))
        // A key that the old set lacks is asked for all the same, and waited for.
        #expect(cache.mayFetchForUnknownKey(Array("new".utf8), nowSeconds: 600))
        #expect(cache.fetchCount == 1)
        _ = cache.receive(set, nowSeconds: 601)
        #expect(cache.fetchCount == 2)
        cache.receiveFailure(nowSeconds: 602)
        #expect(cache.fetchCount == 3)
    }

    // MARK: Snapshot

    @Test func aSnapshotStandsInUntilTheFirstGoodFetch() {
        var cache = cache()
        cache.hold(snapshot: other, nowSeconds: 100)
        #expect(state(cache, 100) == "snapshot 0" && state(cache, 3699) == "snapshot 3599")
        #expect(state(cache, 3700) == "none")
        // A clock that went backwards bounds it too.
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
        // Without a set there is nothing that could be unchanged.
        var taken = cache.receiveNotModified(nowSeconds: 0)
        #expect(!taken && cache.lastFetchFailed && state(cache, 0) == "none")
        _ = cache.receive(set, address: 1, attempt: 1, nowSeconds: 10)
        // Nor by word of an address that it is not from.
        taken = cache.receiveNotModified(address: 0, nowSeconds: 600)
        #expect(!taken && cache.lastFetchFailed && state(cache, 610) == "stale 600")
        let generation = cache.generation
        taken = cache.receiveNotModified(maxAgeSeconds: 90, address: 1, nowSeconds: 610)
        // The same set: what was verified with it stays verified.
        #expect(taken && !cache.lastFetchFailed && cache.generation == generation)
        #expect(state(cache, 699) == "fresh" && state(cache, 700) == "stale 90")
    }

    // MARK: One fetch at a time

    @Test func oneFetchAtATime() {
        var cache = cache()
        var turn = cache.beginFetch(nowSeconds: 0)
        #expect(turn && cache.isFetching(nowSeconds: 0) && !cache.shouldRefreshAhead(nowSeconds: 0))
        turn = cache.beginFetch(nowSeconds: 29)
        #expect(!turn)
        _ = cache.receive(set, nowSeconds: 29)
        #expect(!cache.isFetching(nowSeconds: 29))
        turn = cache.beginFetch(nowSeconds: 29)
        #expect(turn)
        cache.receiveFailure(nowSeconds: 29)
        #expect(!cache.isFetching(nowSeconds: 29))
        // One that never ended, and a clock that went backwards, bar nobody for long.
        turn = cache.beginFetch(nowSeconds: 100)
        #expect(turn && cache.isFetching(nowSeconds: 129))
        #expect(!cache.isFetching(nowSeconds: 130) && !cache.isFetching(nowSeconds: 99))
        turn = cache.beginFetch(nowSeconds: 130)
        #expect(turn)
    }

    // MARK: Key IDs that are absent

    /// What a token of a withdrawn key costs: 30, 60, 120, then every 240 seconds a fetch.
    @Test func anAbsentKeyIsAskedForLessAndLessOften() {
        var cache = cache()
        var now: Int64 = 0
        _ = cache.receive(set, nowSeconds: now)
        for wait in [30, 30, 60, 120, 240, 240] as [Int64] {
            #expect(!cache.mayFetchForUnknownKey([1], nowSeconds: now + wait - 1))
            now += wait
            #expect(cache.mayFetchForUnknownKey([1], nowSeconds: now))
            _ = cache.beginFetch(wanted: [1], nowSeconds: now)
            _ = cache.receive(set, nowSeconds: now)
        }
        // A key ID that nobody asked for has its own history.
        #expect(!cache.mayFetchForUnknownKey([2], nowSeconds: now + 29))
        #expect(cache.mayFetchForUnknownKey([2], nowSeconds: now + 30))
        #expect(cache.mayFetchForUnknownKey(nil, nowSeconds: now + 30))
        // A clock that went backwards makes nobody wait.
        #expect(cache.mayFetchForUnknownKey([1], nowSeconds: now - 1))
    }

    @Test func aFailedFetchSaysNothingAboutAKey() {
        var cache = cache()
        _ = cache.receive(set, nowSeconds: 0)
        for round in 1...5 as ClosedRange<Int64> {
            _ = cache.beginFetch(wanted: [1], nowSeconds: round * 100)
            cache.receiveFailure(nowSeconds: round * 100)
        }
        #expect(cache.mayFetchForUnknownKey([1], nowSeconds: 530))
    }

    // MARK: Forced reload

    @Test func aReloadIsBoundedByItselfAlone() {
        var cache = cache()
        #expect(cache.reloadWaitSeconds(nowSeconds: 0) == 0)
        _ = cache.beginFetch(nowSeconds: 0)
        cache.receiveFailure(nowSeconds: 0)
        // Neither the cool-down nor a fetch of another cause is in its way.
        #expect(cache.reloadWaitSeconds(nowSeconds: 0) == 0)
        _ = cache.beginFetch(isReload: true, nowSeconds: 10)
        _ = cache.receive(set, nowSeconds: 10)
        #expect(cache.reloadWaitSeconds(nowSeconds: 10) == 30 && cache.reloadWaitSeconds(nowSeconds: 39) == 1)
        #expect(cache.reloadWaitSeconds(nowSeconds: 40) == 0 && cache.reloadWaitSeconds(nowSeconds: 9) == 0)
    }
}
