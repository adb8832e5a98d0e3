// SetRenewal.swift - the cached set renewed: when, by a fetch, by "not modified", and the snapshot before the first.
//
// Spec:    RFC 9111 §4.3 in spirit; AUDIT 19.
// Secret:  no.
// Reads:   SetCache, KeyLifetime, KeyCachePolicy, KeyDelivery, FetchCause; JOSE. Read by: KeyRenewal, KeyResults, PerKeyCache.

import JOSE

extension SetCache {
    /// `KeyCache.hold`.
    mutating func hold(snapshot keySet: KeySet, nowSeconds: Int64) {
        snapshot = Entry(
            keySet: keySet, lifetime: KeyLifetime(startSeconds: nowSeconds, freshSeconds: 0))
        generation += 1
    }

    /// The age of the fetched set; nil: none has been fetched.
    func ageSeconds(nowSeconds: Int64) -> Int64? { fetched?.lifetime.ageSeconds(nowSeconds) }

    func shouldRefreshAhead(nowSeconds: Int64) -> Bool {
        guard schedule.mayRefreshAhead(nowSeconds: nowSeconds) else { return false }
        return fetched?.lifetime.isRenewalDue(schedule.policy, nowSeconds: nowSeconds) ?? true
    }

    mutating func beginFetch(_ cause: FetchCause, nowSeconds: Int64) -> Bool {
        schedule.begin(cause, keyID: cause.keyID, nowSeconds: nowSeconds)
    }

    mutating func receiveFailure(isServersFault: Bool = true, nowSeconds: Int64) {
        schedule.failed(isServersFault: isServersFault, nowSeconds: nowSeconds)
    }

    mutating func cancelFetch() { schedule.cancelled() }

    /// The generation stays: tokens that were verified with the set remain verified.
    mutating func receiveNotModified(_ delivery: KeyDelivery) -> Bool {
        guard let fetched, address == delivery.address else {
            receiveFailure(nowSeconds: delivery.atSeconds)
            return false
        }
        renew(fetched.keySet, delivery)
        return true
    }
}

extension KeyLifetime {
    var endSeconds: Int64 { startSeconds + freshSeconds }

    /// Whether to renew the keys before a request has to wait for it.
    func isRenewalDue(_ policy: KeyCachePolicy, nowSeconds: Int64) -> Bool {
        let age = ageSeconds(nowSeconds)
        return age < 0 || age >= freshSeconds - policy.refreshLeadSeconds(of: freshSeconds)
    }
}

extension KeyCachePolicy {
    /// How long before its end a set is renewed while no request waits: a fifth of its time, a second at
    /// least; but a set of one second is not old at once.
    func refreshLeadSeconds(of timeToLive: Int64) -> Int64 { timeToLive < 2 ? 0 : max(1, timeToLive / 5) }
}
