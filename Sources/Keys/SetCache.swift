// SetCache.swift - one issuer's key set, fetched and replaced as a whole.
//
// Spec:    AUDIT 18, 19, 21.
// Secret:  no.
// Reads:   FetchSchedule, KeyDelivery, KeyLifetime; JOSE. Read by: KeyCache, SetRenewal.

import JOSE

/// A cache of one key set.
struct SetCache: Sendable {
    struct Entry: Sendable {
        let keySet: KeySet
        let lifetime: KeyLifetime
    }

    var schedule: FetchSchedule
    var fetched: Entry?
    /// The address that the fetched set came from, by its position.
    var address: Int?
    /// Used until the first successful fetch. Its lifetime is 0: its age is not known, only since when it is cached.
    var snapshot: Entry?
    /// How many sets were taken in: the number of the cached one.
    var generation = 0

    init(policy: KeyCachePolicy, addressCount: Int) {
        schedule = FetchSchedule(policy: policy, addressCount: addressCount)
    }

    func availability(nowSeconds: Int64) -> KeyCache.Availability {
        guard let entry = fetched ?? snapshot else { return .none }
        let age = entry.lifetime.ageSeconds(nowSeconds)
        switch entry.lifetime.state(schedule.policy, nowSeconds: nowSeconds) {
        case .fresh: return .fresh(entry.keySet)
        case .stale:
            return fetched == nil
                ? .snapshot(entry.keySet, ageSeconds: age) : .stale(entry.keySet, ageSeconds: age)
        case .expired: return .none
        }
    }

    /// The new set replaces the old one as a whole: keys that were withdrawn are removed (AUDIT 19).
    mutating func receive(_ keySet: KeySet, _ delivery: KeyDelivery) -> Bool {
        guard !keySet.keys.isEmpty || keySet.refreshSeconds != nil else {
            schedule.failed(nowSeconds: delivery.atSeconds)
            return false
        }
        address = delivery.address
        snapshot = nil
        generation += 1
        renew(keySet, delivery)
        return true
    }

    mutating func renew(_ keySet: KeySet, _ delivery: KeyDelivery) {
        let seconds = schedule.policy.lifetimeSeconds(serverSeconds: delivery.maxAgeSeconds)
        fetched = Entry(
            keySet: keySet, lifetime: KeyLifetime(startSeconds: delivery.atSeconds, freshSeconds: seconds))
        schedule.succeeded(delivery) { keySet.hasKey(kid: $0.span) }
    }
}
