// KeyCachePolicy.swift - how long keys are used, and how often they are fetched.
//
// Spec:    AUDIT 19.
// Secret:  no.
// Reads:   nothing. Read by: FetchSchedule, KeyLifetime, KeyCache; Settings, the commands, Reports.

/// The times of a key cache.
public struct KeyCachePolicy: Sendable, Equatable {
    /// How long a fetched set is fresh when its server does not say.
    public var timeToLiveSeconds: Int64 = 600
    /// The longest that a server may ask for: a key that an issuer withdraws is used no longer than that.
    public var longestServerLifetimeSeconds: Int64 = 3600
    /// How long past that it may be used while fetches fail, and how long a snapshot may; 0: not at all.
    public var staleSeconds: Int64 = 3600
    /// The least time between two fetches for key IDs that the set does not have, and between two
    /// forced reloads.
    public var unknownKeyIntervalSeconds: Int64 = 30
    /// How long after a first failure no fetch is tried; doubles with each further one.
    public var firstBackOffSeconds: Int64 = 1
    /// The longest that the cool-down grows to.
    public var longestBackOffSeconds: Int64 = 60

    /// The shortest that a server may ask for.
    package static let shortestServerLifetimeSeconds: Int64 = 60

    public init() {}

    /// How long a fetched set is fresh.
    ///
    /// - Parameter serverSeconds: what its server says; nil: nothing.
    public func lifetimeSeconds(serverSeconds: Int64?) -> Int64 {
        guard let serverSeconds else { return timeToLiveSeconds }
        return max(Self.shortestServerLifetimeSeconds, min(serverSeconds, longestServerLifetimeSeconds))
    }
}
