import JOSE
import TestSupport
import Testing

@testable import Keys

/// A key with this ID, in the form of its own address's response.
private func key(_ kid: String) throws -> KeySet {
    try KeySet(parsing: bytes("{\"keys\":[\(TestIssuer.first.jwk().replacing("key-1", with: kid))]}"))
}

/// Keys that are fetched one by one. AUDIT 18, 19, 21.
@Suite struct PerKeyCacheTests {
    private func cache(_ change: (inout KeyCachePolicy) -> Void = { _ in }) -> KeyCache {
        var policy = KeyCachePolicy()
        change(&policy)
        return KeyCache(policy: policy, isPerKey: true)
    }

    private func state(_ cache: KeyCache, _ kid: String, _ now: Int64) -> String {
        switch cache.availability(of: bytes(kid), nowSeconds: now) {
        case .fresh(let set): set.hasKey(kid: bytes(kid).span) ? "fresh" : "absent"
        case .stale(let set, let age): set.hasKey(kid: bytes(kid).span) ? "stale \(age)" : "wrong"
        case .snapshot: "snapshot"
        case .none: "none"
        }
    }

    private func fetch(
        _ cache: inout KeyCache, _ kid: String, proved: Bool = true, maxAge: Int64? = nil, at now: Int64
    ) throws {
        let begun = cache.beginFetch(.unknownKey(bytes(kid)), nowSeconds: now)
        let taken = cache.receive(try key(kid), maxAgeSeconds: maxAge, nowSeconds: now)
        #expect(begun && taken)
        if proved { cache.prove(bytes(kid)) }
    }

    @Test func eachKeyHasItsOwnTimes() throws {
        var cache = cache()
        #expect(cache.isPerKey && state(cache, "a", 0) == "absent")
        try fetch(&cache, "a", at: 1000)
        try fetch(&cache, "b", maxAge: 1200, at: 1300)
        #expect(state(cache, "a", 1599) == "fresh" && state(cache, "a", 1600) == "stale 600")
        #expect(state(cache, "a", 5199) == "stale 4199" && state(cache, "a", 5200) == "none")
        #expect(state(cache, "b", 2499) == "fresh" && state(cache, "b", 2500) == "stale 1200")
        // A clock that went backwards.
        #expect(state(cache, "a", 999) == "stale -1")
        // The renewal of one key does not change the other's times.
        try fetch(&cache, "a", at: 1600)
        #expect(state(cache, "a", 1600) == "fresh" && state(cache, "b", 2500) == "stale 1200")
        #expect(cache.generation == 3 && cache.schedule.fetchCount == 3)
    }

    /// Only the requested key is stored.
    @Test func onlyTheRequestedKeyIsStored() throws {
        var cache = cache()
        _ = cache.beginFetch(.unknownKey(bytes("a")), nowSeconds: 0)
        let two = try KeySet(key("b").keys + key("a").keys)
        _ = cache.receive(two, nowSeconds: 0)
        #expect(state(cache, "a", 0) == "fresh" && state(cache, "b", 0) == "absent")
        _ = cache.beginFetch(.unknownKey(bytes("c")), nowSeconds: 100)
        _ = cache.receive(two, nowSeconds: 100)
        #expect(state(cache, "a", 100) == "fresh" && state(cache, "b", 100) == "absent")
        #expect(!cache.schedule.mayFetchForUnknownKey(bytes("c"), nowSeconds: 129))
    }

    /// The cache holds a bounded number of proved keys, of which the oldest is evicted, and at most one unproved key.
    @Test func theBound() throws {
        var cache = cache()
        let count = KeyLimits.singleKeyCount
        for number in 0..<count { try fetch(&cache, "k\(number)", at: Int64(number)) }
        for number in 0..<count { #expect(state(cache, "k\(number)", 8) == "fresh") }
        try fetch(&cache, "one more", at: 9)
        #expect(state(cache, "k0", 9) == "absent" && state(cache, "k1", 9) == "fresh")
        #expect(state(cache, "one more", 9) == "fresh")
    }

    /// Keys of other load balancers, of which there are many, use only one place.
    @Test func unprovedKeysShareOnePlace() throws {
        var cache = cache()
        try fetch(&cache, "good", at: 0)
        for number in 0..<100 {
            try fetch(&cache, "s\(number)", proved: false, at: Int64(number))
            #expect(cache.isUnproved(bytes("s\(number)")) && !cache.isUnproved(bytes("good")))
            #expect(state(cache, "good", 100) == "fresh")
            if number > 0 { #expect(state(cache, "s\(number - 1)", 100) == "absent") }
        }
        // The last one proves to be the issuer's, so it stays.
        cache.prove(bytes("s99"))
        #expect(!cache.isUnproved(bytes("s99")))
        try fetch(&cache, "t", proved: false, at: 101)
        #expect(state(cache, "s99", 101) == "fresh" && state(cache, "t", 101) == "fresh")
        // A renewal does not change whether a key is proved.
        try fetch(&cache, "good", proved: false, at: 102)
        #expect(!cache.isUnproved(bytes("good")) && cache.isUnproved(bytes("t")))
        // Proving another key than the unproved one changes nothing.
        cache.prove(bytes("nobody's"))
        #expect(cache.isUnproved(bytes("t")))
        #expect(!cache.isUnproved(nil))
    }

    /// At most one fetch per interval for keys that have not verified a token.
    @Test func theInterval() throws {
        var cache = cache()
        #expect(cache.schedule.mayFetchForUnknownKey(bytes("a"), nowSeconds: 0))
        try fetch(&cache, "a", proved: false, at: 0)
        #expect(!cache.schedule.mayFetchForUnknownKey(bytes("b"), nowSeconds: 29))
        #expect(cache.schedule.mayFetchForUnknownKey(bytes("b"), nowSeconds: 30))
        // A proved key does not start an interval: the next new key need not wait.
        cache.prove(bytes("a"))
        #expect(cache.schedule.mayFetchForUnknownKey(bytes("b"), nowSeconds: 0))
        try fetch(&cache, "b", proved: false, at: 1)
        #expect(!cache.schedule.mayFetchForUnknownKey(bytes("c"), nowSeconds: 30))
        // The renewal of a proved key does not start one. The renewal of the unproved key and the absence of a key do.
        try fetch(&cache, "a", proved: false, at: 2)
        #expect(cache.schedule.mayFetchForUnknownKey(bytes("c"), nowSeconds: 2))
        try fetch(&cache, "b", proved: false, at: 3)
        #expect(!cache.schedule.mayFetchForUnknownKey(bytes("c"), nowSeconds: 3))
        try fetch(&cache, "a", proved: false, at: 4)
        _ = cache.beginFetch(.unknownKey(bytes("c")), nowSeconds: 5)
        cache.receiveAbsence(isCertain: true, nowSeconds: 5)
        #expect(!cache.schedule.mayFetchForUnknownKey(bytes("d"), nowSeconds: 6))
    }

    /// 404: the key does not exist. There is no back-off, and the key ID waits longer each time.
    @Test func absence() throws {
        var cache = cache()
        try fetch(&cache, "a", at: 0)
        for isCertain in [true, false] {
            let now: Int64 = isCertain ? 100 : 200
            let (kid, generation) = (bytes("\(isCertain)"), cache.generation)
            _ = cache.beginFetch(.unknownKey(kid), nowSeconds: now)
            cache.receiveAbsence(isCertain: isCertain, nowSeconds: now)
            #expect(!cache.schedule.lastFetchFailed && cache.schedule.mayFetch(nowSeconds: now))
            #expect(state(cache, "a", now) == "fresh" && cache.generation == generation)
            #expect(!cache.schedule.isFetching(nowSeconds: now) && cache.schedule.lastFetchSeconds == now)
            #expect(!cache.schedule.mayFetchForUnknownKey(kid, nowSeconds: now + 29))
            #expect(!cache.schedule.mayFetchForUnknownKey(bytes("x"), nowSeconds: now + 29))
            #expect(cache.schedule.mayFetchForUnknownKey(bytes("x"), nowSeconds: now + 30))
            _ = cache.beginFetch(.unknownKey(kid), nowSeconds: now + 30)
            cache.receiveAbsence(isCertain: isCertain, nowSeconds: now + 30)
            #expect(!cache.schedule.mayFetchForUnknownKey(kid, nowSeconds: now + 89))
            #expect(cache.schedule.mayFetchForUnknownKey(kid, nowSeconds: now + 90))
        }
        #expect(cache.schedule.fetchCount == 5)
    }

    /// A 404 removes a cached key. A 403 may come from a firewall, so it is a failure.
    @Test func withdrawal() throws {
        var cache = cache()
        try fetch(&cache, "a", at: 0)
        try fetch(&cache, "b", at: 0)
        _ = cache.beginFetch(.unknownKey(bytes("a")), nowSeconds: 600)
        cache.receiveAbsence(isCertain: false, nowSeconds: 600)
        #expect(state(cache, "a", 600) == "stale 600" && cache.schedule.lastFetchFailed)
        #expect(!cache.schedule.mustFetchFirst(nowSeconds: 600))
        _ = cache.beginFetch(.unknownKey(bytes("a")), nowSeconds: 700)
        let generation = cache.generation
        cache.receiveAbsence(isCertain: true, nowSeconds: 700)
        #expect(state(cache, "a", 700) == "absent" && state(cache, "b", 700) == "stale 700")
        #expect(cache.generation == generation + 1 && !cache.schedule.lastFetchFailed)
        // The removal of an unproved key leaves a proved last key proved.
        try fetch(&cache, "u", proved: false, at: 800)
        _ = cache.beginFetch(.unknownKey(bytes("u")), nowSeconds: 900)
        cache.receiveAbsence(isCertain: true, nowSeconds: 900)
        #expect(state(cache, "u", 900) == "absent" && !cache.isUnproved(bytes("b")))
    }

    @Test func aNetworkFailureRemovesNoKey() throws {
        var cache = cache()
        try fetch(&cache, "a", at: 0)
        for now in [600, 700, 800] as [Int64] {
            _ = cache.beginFetch(.unknownKey(bytes("a")), nowSeconds: now)
            cache.receiveFailure(nowSeconds: now)
            #expect(state(cache, "a", now) == "stale \(now)")
        }
        // An empty key set is a failure.
        let taken = cache.receive(KeySet([]), nowSeconds: 900)
        #expect(!taken && state(cache, "a", 900) == "stale 900")
    }

    /// While no request waits, the key that expires first is renewed. Without keys there is nothing to renew.
    @Test func refreshAhead() throws {
        var cache = cache()
        #expect(!cache.shouldRefreshAhead(nowSeconds: 0) && cache.keyToFetch(.staleKeys) == nil)
        #expect(cache.keyToFetch(.unknownKey(bytes("x"))) == bytes("x"))
        try fetch(&cache, "a", maxAge: 1000, at: 0)
        try fetch(&cache, "b", at: 100)
        #expect(cache.keyToFetch(.staleKeys) == bytes("b"))
        #expect(!cache.shouldRefreshAhead(nowSeconds: 579) && cache.shouldRefreshAhead(nowSeconds: 580))
        #expect(cache.shouldRefreshAhead(nowSeconds: 99))
        try fetch(&cache, "b", at: 580)
        #expect(cache.keyToFetch(.staleKeys) == bytes("a") && !cache.shouldRefreshAhead(nowSeconds: 799))
        #expect(cache.shouldRefreshAhead(nowSeconds: 800))
        // A cache of a whole set has no single key to fetch.
        #expect(KeyCache(policy: KeyCachePolicy()).keyToFetch(.staleKeys) == nil)
    }

    /// A request that waited for another key's fetch may make its own.
    @Test func anothersFetch() throws {
        var cache = cache()
        try fetch(&cache, "a", at: 0)
        #expect(cache.stillLacks(.unknownKey(bytes("b")), nowSeconds: 0))
        #expect(
            !cache.stillLacks(.unknownKey(bytes("a")), nowSeconds: 0)
                && !cache.stillLacks(.staleKeys, nowSeconds: 0))
        try fetch(&cache, "c", proved: false, at: 0)
        #expect(!cache.stillLacks(.unknownKey(bytes("b")), nowSeconds: 0))
        #expect(!KeyCache(policy: KeyCachePolicy()).stillLacks(.unknownKey(bytes("b")), nowSeconds: 0))
    }

    /// The keys of a snapshot are stale from the start, each until it is fetched.
    @Test func aSnapshot() throws {
        var cache = cache()
        let unnamed = try KeySet(
            parsing: bytes("{\"keys\":[\(TestIssuer.second.jwk().replacing(#""kid":"key-2","#, with: ""))]}"))
        cache.hold(snapshot: try KeySet(key("a").keys + unnamed.keys + key("b").keys), nowSeconds: 1000)
        #expect(state(cache, "a", 1000) == "stale 0" && state(cache, "b", 4599) == "stale 3599")
        #expect(state(cache, "a", 4600) == "none" && state(cache, "c", 1000) == "absent")
        #expect(!cache.isUnproved(bytes("b")) && cache.shouldRefreshAhead(nowSeconds: 1000))
        try fetch(&cache, "a", at: 1001)
        #expect(state(cache, "a", 1001) == "fresh" && state(cache, "b", 1001) == "stale 1")
    }

    /// The age is that of fetched keys, not of a snapshot.
    @Test func theAge() throws {
        var cache = cache()
        cache.hold(snapshot: try key("a"), nowSeconds: 1000)
        #expect(cache.ageSeconds(nowSeconds: 1000) == nil)
        try fetch(&cache, "b", at: 1100)
        #expect(cache.ageSeconds(nowSeconds: 1105) == 5)
        cache.receiveFailure(nowSeconds: 1200)
        #expect(cache.ageSeconds(nowSeconds: 1200) == 100)
    }
}
