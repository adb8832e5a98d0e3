// KeyCache.swift - which keys may be used now, and when to fetch new ones.
//
// Spec:    security-checklist 18, 19, 21; RFC 9111 in spirit (fresh, stale, cool-down).
// Secret:  no.
// Reads:   JOSE. Read by: Authorization, LambdaRuntime, the commands.
//
// A state machine over wall time and the results of fetches; who fetches is somebody else.
// Wall time, because environments are frozen between events and a monotonic clock may stop
// with them. A clock that went backwards counts as expired.

import JOSE

/// How long keys are used, and how often they are asked for.
public struct KeyCachePolicy: Sendable, Equatable {
    /// How long a fetched set is fresh.
    public var timeToLiveSeconds: Int64 = 600
    /// How long past that it may be used while fetches fail; 0: not at all.
    public var staleSeconds: Int64 = 3600
    /// The least time between two fetches for key IDs that the set does not have.
    public var unknownKeyIntervalSeconds: Int64 = 30
    /// How long after a first failure no fetch is tried; doubles with each further one.
    public var firstCoolDownSeconds: Int64 = 1
    /// The longest that the cool-down grows to.
    public var longestCoolDownSeconds: Int64 = 60

    public init() {}
}

/// A cache of one key set.
public struct KeyCache: Sendable {
    /// What the cache holds at an instant.
    public enum Availability: Sendable {
        /// Use it.
        case fresh(KeySet)
        /// Past its time. Fetch if `mayFetch`; if that fails, use it and say so.
        case stale(KeySet, ageSeconds: Int64)
        /// None that may be used.
        case none
    }

    public let policy: KeyCachePolicy
    private var keySet: KeySet?
    /// How many sets were taken in: the number of the one at hand.
    public private(set) var generation = 0
    private var fetchedAtSeconds: Int64 = 0
    private var timeToLiveSeconds: Int64 = 0
    /// The last try, good or not.
    private var lastFetchSeconds: Int64?
    private var failureCount = 0
    private var failedAtSeconds: Int64 = 0

    public init(policy: KeyCachePolicy) {
        self.policy = policy
    }

    /// Whether the last fetch failed.
    public var lastFetchFailed: Bool { failureCount > 0 }

    /// How old the set is; nil when there is none.
    public func ageSeconds(nowSeconds: Int64) -> Int64? {
        keySet == nil ? nil : nowSeconds - fetchedAtSeconds
    }

    /// What may be used at an instant.
    public func availability(nowSeconds: Int64) -> Availability {
        guard let keySet else { return .none }
        let age = nowSeconds - fetchedAtSeconds
        if age >= 0 && age < timeToLiveSeconds { return .fresh(keySet) }
        // A clock that went backwards says nothing about the age: expired. How far it went bounds
        // the stale use as an age does.
        guard age.magnitude < (timeToLiveSeconds + policy.staleSeconds).magnitude, policy.staleSeconds > 0
        else {
            return .none
        }
        return .stale(keySet, ageSeconds: age)
    }

    /// Whether a fetch may be tried at an instant: not during the cool-down after a failure.
    public func mayFetch(nowSeconds: Int64) -> Bool {
        guard failureCount > 0 else { return true }
        let waited = nowSeconds - failedAtSeconds
        return waited < 0 || waited >= coolDownSeconds
    }

    /// Whether a fetch may be tried because the set lacks a key ID: at most one an interval,
    /// whoever asks (security-checklist 19).
    public func mayFetchForUnknownKey(nowSeconds: Int64) -> Bool {
        guard mayFetch(nowSeconds: nowSeconds) else { return false }
        guard let lastFetchSeconds else { return true }
        let waited = nowSeconds - lastFetchSeconds
        return waited < 0 || waited >= policy.unknownKeyIntervalSeconds
    }

    /// Whether a set that is still fresh should be renewed while nobody waits: in the last
    /// fifth of its time.
    public func shouldRefreshAhead(nowSeconds: Int64) -> Bool {
        guard keySet != nil, mayFetch(nowSeconds: nowSeconds) else { return false }
        let age = nowSeconds - fetchedAtSeconds
        return age < 0 || age >= timeToLiveSeconds - timeToLiveSeconds / 5
    }

    // MARK: Results

    /// Takes in a set that was fetched.
    ///
    /// - Parameters:
    ///   - fetched: the set, whole.
    ///   - maxAgeSeconds: what the server allows; kept within 60 seconds and a day.
    ///   - nowSeconds: when it came.
    /// - Returns: whether it was taken. A set without a usable key never replaces a good one
    ///   (security-checklist 21): it counts as a failure.
    public mutating func receive(
        _ fetched: KeySet, maxAgeSeconds: Int64? = nil, nowSeconds: Int64
    ) -> Bool {
        guard !fetched.keys.isEmpty else {
            receiveFailure(nowSeconds: nowSeconds)
            return false
        }
        // The new set replaces the old one whole: withdrawn keys are gone (line 19).
        keySet = fetched
        generation += 1
        fetchedAtSeconds = nowSeconds
        lastFetchSeconds = nowSeconds
        timeToLiveSeconds = maxAgeSeconds.map { max(60, min($0, 86_400)) } ?? policy.timeToLiveSeconds
        failureCount = 0
        return true
    }

    /// Notes that a fetch failed. Keys at hand stay.
    public mutating func receiveFailure(nowSeconds: Int64) {
        failureCount = min(failureCount + 1, 32)
        failedAtSeconds = nowSeconds
        lastFetchSeconds = nowSeconds
    }

    /// 1, 2, 4, … seconds, up to the longest.
    private var coolDownSeconds: Int64 {
        let doublings = min(failureCount - 1, 30)
        return min(policy.firstCoolDownSeconds << Int64(doublings), policy.longestCoolDownSeconds)
    }
}
