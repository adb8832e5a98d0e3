// KeyCachePolicy.swift - how long keys are used, and how often they are asked for.
//
// Spec:    security-checklist 19.
// Secret:  no.
// Reads:   nothing. Read by: KeyCache, AbsentKeys, AddressOrder, Settings.

/// The times of a key cache.
public struct KeyCachePolicy: Sendable, Equatable {
    /// How long a fetched set is fresh.
    public var timeToLiveSeconds: Int64 = 600
    /// How long past that it may be used while fetches fail, and how long a snapshot may; 0: not at all.
    public var staleSeconds: Int64 = 3600
    /// The least time between two fetches for key IDs that the set does not have, and between two
    /// forced reloads.
    public var unknownKeyIntervalSeconds: Int64 = 30
    /// How long after a first failure no fetch is tried; doubles with each further one.
    public var firstCoolDownSeconds: Int64 = 1
    /// The longest that the cool-down grows to.
    public var longestCoolDownSeconds: Int64 = 60

    public init() {}

    /// How long before its end a set is renewed while nobody waits: a fifth of its time, a second at
    /// least; but a set of one second is not old at once.
    func refreshLeadSeconds(of timeToLive: Int64) -> Int64 { timeToLive < 2 ? 0 : max(1, timeToLive / 5) }
}
