// KeyCache.swift - one issuer's keys, as a set or one by one.
//
// Spec:    AUDIT 18, 19, 21; RFC 9111 in spirit (fresh, stale).
// Secret:  no.
// Reads:   SetCache, PerKeyCache, KeyDelivery, FetchSchedule; JOSE. Read by: KeyRing, KeyRenewal, KeyResults; Authorizer, LambdaRuntime.
//
// A state machine over wall time and the results of fetches, which its caller makes. Wall time, because environments are
// frozen between events and a monotonic clock may stop with them. A clock that was set back counts as expired.

import JOSE

/// A cache of one issuer's keys.
public struct KeyCache: Sendable {
    /// The keys that the cache has at an instant.
    public enum Availability: Sendable {
        /// Use it.
        case fresh(KeySet)
        /// Past its lifetime. Fetch first if `FetchSchedule.mustFetchFirst`; if that fails, use it and report that.
        case stale(KeySet, ageSeconds: Int64)
        /// Nothing has been fetched yet: the set of the zip. Otherwise as `stale`. Its age is not known; this is the time
        /// since it was cached.
        case snapshot(KeySet, ageSeconds: Int64)
        /// No keys that may be used.
        case none
    }

    enum Kind: Sendable {
        case set(SetCache)
        case perKey(PerKeyCache)
    }

    var kind: Kind
    /// Whether each key has an address of its own, and is fetched by its ID.
    public let isPerKey: Bool

    /// - Parameters:
    ///   - policy: the times.
    ///   - addressCount: how many addresses are asked for the keys.
    ///   - isPerKey: whether each key has an address of its own.
    public init(policy: KeyCachePolicy, addressCount: Int = 1, isPerKey: Bool = false) {
        self.isPerKey = isPerKey
        kind =
            isPerKey
            ? .perKey(PerKeyCache(policy: policy, addressCount: addressCount))
            : .set(SetCache(policy: policy, addressCount: addressCount))
    }

    /// The keys that may be used at an instant.
    ///
    /// - Parameters:
    ///   - kid: the token's; it makes a difference where each key has its own lifetime.
    ///   - nowSeconds: the instant, since 1970.
    public func availability(of kid: [UInt8]? = nil, nowSeconds: Int64) -> Availability {
        switch kind {
        case .set(let cache): cache.availability(nowSeconds: nowSeconds)
        case .perKey(let cache): cache.availability(of: kid ?? [], nowSeconds: nowSeconds)
        }
    }

    /// Changes whenever the cached keys do: a token that was verified with another generation must be verified again.
    public var generation: Int {
        switch kind {
        case .set(let cache): cache.generation
        case .perKey(let cache): cache.generation
        }
    }

    /// When fetches may be made, and their results so far.
    package var schedule: FetchSchedule {
        switch kind {
        case .set(let cache): cache.schedule
        case .perKey(let cache): cache.schedule
        }
    }

    /// Takes in keys that were fetched.
    ///
    /// - Parameters:
    ///   - fetched: the whole set; where keys are fetched by their ID, the one.
    ///   - maxAgeSeconds: how long the server allows their use; the policy limits it.
    ///   - address: the position of the address that it came from.
    ///   - attempt: how many addresses were asked before.
    ///   - nowSeconds: when it came, since 1970.
    /// - Returns: whether it was taken. Keys of which none is usable never replace cached ones
    ///   (AUDIT 21): they count as a failure.
    public mutating func receive(
        _ fetched: KeySet, maxAgeSeconds: Int64? = nil, address: Int = 0, attempt: Int = 0, nowSeconds: Int64
    ) -> Bool {
        let delivery = KeyDelivery(
            address: address, attempt: attempt, maxAgeSeconds: maxAgeSeconds, atSeconds: nowSeconds)
        guard case .set(var cache) = kind else { return receiveKey(fetched, delivery) }
        defer { kind = .set(cache) }
        return cache.receive(fetched, delivery)
    }
}
