// KeyCache.swift - which keys of an issuer may be used now, and when to fetch new ones.
//
// Spec:    security-checklist 18, 19, 21; RFC 9111 in spirit (fresh, stale, cool-down).
// Secret:  no.
// Reads:   KeyCachePolicy, AbsentKeys, AddressOrder; JOSE. Read by: KeyRing, Authorization, LambdaRuntime.
//
// A state machine over wall time and the results of fetches; who fetches is somebody else.
// Wall time, because environments are frozen between events and a monotonic clock may stop
// with them. A clock that went backwards counts as expired.
//
// Where each key has an address of its own (SingleKeys), a fetch is for one key ID, each key has its own times, and an
// answer that there is no such key is no failure: it starts no cool-down, but the key ID waits (AbsentKeys).

import JOSE

/// A cache of one issuer's key set.
public struct KeyCache: Sendable {
    /// What the cache holds at an instant.
    public enum Availability: Sendable {
        /// Use it.
        case fresh(KeySet)
        /// Past its time. Fetch if `mustFetchFirst`; if that fails, use it and say so.
        case stale(KeySet, ageSeconds: Int64)
        /// Nothing was fetched yet: the set of the zip. Fetch if `mustFetchFirst`; if that fails, use
        /// it and say so. Nobody knows its age; this is the cache's.
        case snapshot(KeySet, ageSeconds: Int64)
        /// None that may be used.
        case none
    }

    /// A fetch that somebody makes.
    private struct FetchUnderWay: Sendable {
        let startedSeconds: Int64
        /// The key ID that it is made for; empty for a token without one; nil for another cause.
        let wanted: [UInt8]?
    }

    public let policy: KeyCachePolicy
    /// The addresses to fetch from.
    public private(set) var addresses: AddressOrder
    private var keySet: KeySet?
    /// How many sets were taken in: the number of the one at hand.
    public private(set) var generation = 0
    private var fetchedAtSeconds: Int64 = 0
    private var timeToLiveSeconds: Int64 = 0
    /// The address that `keySet` came from.
    public private(set) var keySetAddress: Int?
    /// Stands in until the first good fetch, and never again.
    private var snapshot: KeySet?
    private var snapshotSinceSeconds: Int64 = 0
    /// How many fetches have ended, well or not.
    public private(set) var fetchCount = 0
    /// The last try, good or not.
    public private(set) var lastFetchSeconds: Int64?
    private var failureCount = 0
    private var failedAtSeconds: Int64 = 0
    private var underWay: FetchUnderWay?
    private var lastReloadSeconds: Int64?
    private var absentKeys = AbsentKeys()
    /// Nil: the keys come as a set.
    private var singles: SingleKeys?

    /// A fetch that was begun so long ago is given up for lost: its owner may start another. Longer than
    /// KEYS_FETCH_TIMEOUT_MS can be.
    static let lostFetchSeconds: Int64 = 30

    /// - Parameters:
    ///   - policy: the times.
    ///   - addressCount: how many addresses the keys are asked for at.
    ///   - isSingle: whether each key has an address of its own.
    public init(policy: KeyCachePolicy, addressCount: Int = 1, isSingle: Bool = false) {
        self.policy = policy
        singles = isSingle ? SingleKeys() : nil
        addresses = AddressOrder(count: addressCount)
    }

    /// Takes a set to use as long as nothing could be fetched, at most for the policy's stale time from now.
    public mutating func hold(snapshot: KeySet, nowSeconds: Int64) {
        generation += 1
        guard singles == nil else {
            singles = SingleKeys(snapshot: snapshot, nowSeconds: nowSeconds)
            keySet = singles?.keySet
            return
        }
        self.snapshot = snapshot
        snapshotSinceSeconds = nowSeconds
    }

    /// Whether the last fetch failed.
    public var lastFetchFailed: Bool { failureCount > 0 }

    /// How old the fetched set is; nil when there is none.
    public func ageSeconds(nowSeconds: Int64) -> Int64? {
        keySet == nil ? nil : nowSeconds - fetchedAtSeconds
    }

    /// Whether each key has an address of its own, and is fetched by its ID.
    public var isSingle: Bool { singles != nil }

    /// What may be used at an instant.
    ///
    /// - Parameters:
    ///   - kid: the token's; it matters where keys have their own times.
    ///   - nowSeconds: the instant, since 1970.
    public func availability(kid: [UInt8]? = nil, nowSeconds: Int64) -> Availability {
        if let singles {
            guard let entry = singles.entry(kid ?? []) else { return .fresh(singles.keySet) }
            let age = nowSeconds - entry.fetchedAtSeconds
            if age >= 0 && age < entry.timeToLiveSeconds { return .fresh(singles.keySet) }
            return isWithinStaleTime(age, entry.timeToLiveSeconds)
                ? .stale(singles.keySet, ageSeconds: age) : .none
        }
        if let keySet {
            let age = nowSeconds - fetchedAtSeconds
            if age >= 0 && age < timeToLiveSeconds { return .fresh(keySet) }
            return isWithinStaleTime(age, timeToLiveSeconds) ? .stale(keySet, ageSeconds: age) : .none
        }
        guard let snapshot else { return .none }
        let age = nowSeconds - snapshotSinceSeconds
        return isWithinStaleTime(age, 0) ? .snapshot(snapshot, ageSeconds: age) : .none
    }

    /// A clock that went backwards says nothing about the age: expired. How far it went bounds
    /// the stale use as an age does.
    private func isWithinStaleTime(_ age: Int64, _ timeToLive: Int64) -> Bool {
        policy.staleSeconds > 0 && age.magnitude < (timeToLive + policy.staleSeconds).magnitude
    }

    // MARK: When to fetch

    /// Whether a fetch may be tried at an instant: not during the cool-down after a failure.
    public func mayFetch(nowSeconds: Int64) -> Bool {
        guard failureCount > 0 else { return true }
        let waited = nowSeconds - failedAtSeconds
        return waited < 0 || waited >= coolDownSeconds
    }

    /// Whether a request that finds old keys must wait for a fetch before it uses them. It need not
    /// when a fetch has failed lately: the next try is made when nobody waits (`shouldRefreshAhead`).
    /// Only when that did not come about for another of the longest cool-downs, a request asks itself.
    /// Nor need it wait when somebody fetches already.
    public func mustFetchFirst(nowSeconds: Int64) -> Bool {
        guard !isFetching(nowSeconds: nowSeconds) else { return false }
        guard failureCount > 0 else { return true }
        let waited = nowSeconds - failedAtSeconds
        return waited < 0 || waited >= coolDownSeconds + policy.longestCoolDownSeconds
    }

    /// Whether a fetch may be tried because the set lacks a key ID: at most one an interval,
    /// whoever asks, and fewer for one that fetches have lacked before (security-checklist 19).
    ///
    /// - Parameters:
    ///   - kid: the token's; nil: it has none.
    ///   - nowSeconds: wall time.
    public func mayFetchForUnknownKey(_ kid: [UInt8]?, nowSeconds: Int64) -> Bool {
        guard mayFetch(nowSeconds: nowSeconds) else { return false }
        let interval = policy.unknownKeyIntervalSeconds
        if let lastFetchSeconds, !isFetchFree {
            let waited = nowSeconds - lastFetchSeconds
            guard waited < 0 || waited >= interval else { return false }
        }
        return absentKeys.mayAsk(for: kid ?? [], intervalSeconds: interval, nowSeconds: nowSeconds)
    }

    /// Whether to fetch while nobody waits: a set in the last fifth of its time, or past it, or none.
    public func shouldRefreshAhead(nowSeconds: Int64) -> Bool {
        guard mayFetch(nowSeconds: nowSeconds), !isFetching(nowSeconds: nowSeconds) else { return false }
        if let singles {
            guard let first = singles.firstToEnd else { return false }
            let lead = policy.refreshLeadSeconds(of: first.timeToLiveSeconds)
            return nowSeconds < first.fetchedAtSeconds || nowSeconds >= first.endSeconds - lead
        }
        guard keySet != nil else { return true }
        let age = nowSeconds - fetchedAtSeconds
        return age < 0 || age >= timeToLiveSeconds - policy.refreshLeadSeconds(of: timeToLiveSeconds)
    }

    /// How long a forced reload has to wait; 0: it may be made. It is bounded by itself alone: neither a
    /// cool-down nor the fetches that strangers' key IDs cause can keep it away.
    public func reloadWaitSeconds(nowSeconds: Int64) -> Int64 {
        guard let lastReloadSeconds else { return 0 }
        let waited = nowSeconds - lastReloadSeconds
        return waited < 0 ? 0 : max(0, policy.unknownKeyIntervalSeconds - waited)
    }

    // MARK: A fetch

    /// Whether somebody is fetching.
    public func isFetching(nowSeconds: Int64) -> Bool {
        guard let underWay else { return false }
        let elapsed = nowSeconds - underWay.startedSeconds
        return elapsed >= 0 && elapsed < Self.lostFetchSeconds
    }

    /// The key ID that a fetch is for: what is wanted; else, where keys are fetched by it, the one whose time ends
    /// first; nil: there is none.
    public func keyToFetch(_ wanted: [UInt8]?) -> [UInt8]? { wanted ?? singles?.firstToEnd?.key.kid }

    /// Whether somebody else's fetch, which has ended, was for another key and this one may still be fetched.
    public func stillLacks(_ wanted: [UInt8]?, nowSeconds: Int64) -> Bool {
        guard let singles, let wanted, singles.entry(wanted) == nil else { return false }
        return mayFetchForUnknownKey(wanted, nowSeconds: nowSeconds)
    }

    /// Whether the key is there and no token of the issuer's has held under it.
    public func isUnproved(_ kid: [UInt8]?) -> Bool {
        guard let singles, let kid else { return false }
        return singles.isUnproved(kid)
    }

    /// Notes that a token of the issuer's held under the key.
    public mutating func prove(_ kid: [UInt8]) {
        singles = singles?.proving(kid, fetch: fetchCount)
    }

    /// Notes that the caller fetches now; the result goes to one of the `receive…`.
    ///
    /// - Parameters:
    ///   - wanted: the key ID that the fetch is made for; empty for a token without one; nil: another cause.
    ///   - isReload: whether it is a forced reload.
    ///   - nowSeconds: wall time.
    /// - Returns: false when somebody fetches already: wait for their result.
    public mutating func beginFetch(wanted: [UInt8]? = nil, isReload: Bool = false, nowSeconds: Int64) -> Bool
    {
        guard !isFetching(nowSeconds: nowSeconds) else { return false }
        underWay = FetchUnderWay(startedSeconds: nowSeconds, wanted: wanted)
        if isReload { lastReloadSeconds = nowSeconds }
        return true
    }

    /// Takes in a set that was fetched.
    ///
    /// - Parameters:
    ///   - fetched: the set, whole.
    ///   - maxAgeSeconds: what the server allows; kept within 60 seconds and a day.
    ///   - address: the place of the address that it came from.
    ///   - attempt: how many addresses were asked before.
    ///   - nowSeconds: when it came.
    /// - Returns: whether it was taken. A set without a usable key never replaces a good one
    ///   (security-checklist 21): it counts as a failure.
    public mutating func receive(
        _ fetched: KeySet, maxAgeSeconds: Int64? = nil, address: Int = 0, attempt: Int = 0, nowSeconds: Int64
    ) -> Bool {
        guard !fetched.keys.isEmpty else {
            receiveFailure(nowSeconds: nowSeconds)
            return false
        }
        generation += 1
        if let singles, let wanted = underWay?.wanted {
            let added = singles.adding(
                fetched, wanted, timeToLive: lifetimeSeconds(maxAgeSeconds), fetch: fetchCount + 1,
                nowSeconds: nowSeconds)
            self.singles = added
            keySet = added.keySet
        } else {
            // The new set replaces the old one whole: withdrawn keys are gone (line 19).
            keySet = fetched
        }
        keySetAddress = address
        snapshot = nil
        renew(maxAgeSeconds, address, attempt, nowSeconds)
        return true
    }

    /// Takes in that the set at hand is the server's newest.
    ///
    /// - Returns: whether it could be: the set must have come from this address.
    public mutating func receiveNotModified(
        maxAgeSeconds: Int64? = nil, address: Int = 0, attempt: Int = 0, nowSeconds: Int64
    ) -> Bool {
        guard keySet != nil, keySetAddress == address else {
            receiveFailure(nowSeconds: nowSeconds)
            return false
        }
        renew(maxAgeSeconds, address, attempt, nowSeconds)
        return true
    }

    /// Takes in that there is no key at the address of the one that was asked for.
    ///
    /// - Parameters:
    ///   - isCertain: 404 and 410; after 403, which a firewall says too, a key at hand stays: it counts as a failure then.
    ///   - nowSeconds: when, since 1970.
    public mutating func receiveAbsence(isCertain: Bool, nowSeconds: Int64) {
        let kid = underWay?.wanted ?? []
        if let singles, singles.entry(kid) != nil {
            guard isCertain else { return receiveFailure(nowSeconds: nowSeconds) }
            let left = singles.removing(kid)
            self.singles = left
            keySet = left.keySet
            generation += 1
        }
        absentKeys.note(kid, nowSeconds: nowSeconds)
        underWay = nil
        fetchCount += 1
        lastFetchSeconds = nowSeconds
        failureCount = 0
    }

    /// Notes that a fetch failed. Keys at hand stay.
    public mutating func receiveFailure(nowSeconds: Int64) {
        underWay = nil
        fetchCount += 1
        failureCount = min(failureCount + 1, 32)
        failedAtSeconds = nowSeconds
        lastFetchSeconds = nowSeconds
    }

    private mutating func renew(_ maxAgeSeconds: Int64?, _ address: Int, _ attempt: Int, _ nowSeconds: Int64)
    {
        fetchCount += 1
        fetchedAtSeconds = nowSeconds
        lastFetchSeconds = nowSeconds
        timeToLiveSeconds = lifetimeSeconds(maxAgeSeconds)
        failureCount = 0
        addresses.succeeded(address, attempt: attempt, nowSeconds: nowSeconds)
        if let keySet {
            absentKeys.forget(presentIn: keySet)
            if let wanted = underWay?.wanted, !keySet.hasKey(kid: wanted.span) {
                absentKeys.note(wanted, nowSeconds: nowSeconds)
            }
        }
        underWay = nil
    }

    /// Whether the last fetch counts for no interval: one that brought a key that tokens hold under, and a failure,
    /// which the cool-down bounds: there may be no key yet. Both of keys that are fetched one by one.
    private var isFetchFree: Bool {
        guard let singles else { return false }
        return failureCount > 0 || singles.provedFetch == fetchCount
    }

    private func lifetimeSeconds(_ maxAgeSeconds: Int64?) -> Int64 {
        maxAgeSeconds.map { max(60, min($0, 86_400)) } ?? policy.timeToLiveSeconds
    }

    /// 1, 2, 4, … seconds, up to the longest.
    private var coolDownSeconds: Int64 {
        let doublings = min(failureCount - 1, 30)
        return min(policy.firstCoolDownSeconds << Int64(doublings), policy.longestCoolDownSeconds)
    }
}
