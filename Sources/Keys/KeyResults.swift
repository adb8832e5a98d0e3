// KeyResults.swift - what a cache takes in besides keys: a snapshot, "not modified", the absence of a key, a failure.
//
// Spec:    AUDIT 19, 21.
// Secret:  no.
// Reads:   KeyCache, SetCache, PerKeyCache, KeyDelivery; JOSE. Read by: LambdaRuntime, the commands.

import JOSE

extension KeyCache {
    /// Keys that are fetched by their ID.
    mutating func receiveKey(_ fetched: KeySet, _ delivery: KeyDelivery) -> Bool {
        change(set: { $0.receive(fetched, delivery) }, perKey: { $0.receive(fetched, delivery) })
    }

    /// Caches a set that is used until keys have been fetched, at most for the policy's stale time from now.
    public mutating func hold(snapshot: KeySet, nowSeconds: Int64) {
        change(
            set: { $0.hold(snapshot: snapshot, nowSeconds: nowSeconds) },
            perKey: { $0.hold(snapshot: snapshot, nowSeconds: nowSeconds) })
    }

    /// The address that the whole set came from, by its position; nil: none has come, or each key has its own.
    package var keySetAddress: Int? {
        switch kind {
        case .set(let cache): cache.address
        case .perKey: nil
        }
    }

    /// Takes in that the cached set is the server's newest (status 304).
    ///
    /// - Returns: whether the cached set came from this address (`keySetAddress`); else it counts as a failure.
    public mutating func receiveNotModified(
        maxAgeSeconds: Int64? = nil, address: Int = 0, attempt: Int = 0, nowSeconds: Int64
    ) -> Bool {
        let delivery = KeyDelivery(
            address: address, attempt: attempt, maxAgeSeconds: maxAgeSeconds, atSeconds: nowSeconds)
        return change(
            set: { $0.receiveNotModified(delivery) },
            perKey: {
                $0.receiveFailure(nowSeconds: nowSeconds)
                return false
            })
    }

    /// Takes in that the requested key does not exist at its address. For a whole set that is a failure.
    ///
    /// - Parameters:
    ///   - isCertain: 404 and 410. A firewall may answer 403: a cached key stays then, and it counts as a failure.
    ///   - nowSeconds: when, since 1970.
    package mutating func receiveAbsence(isCertain: Bool, nowSeconds: Int64) {
        change(
            set: { $0.receiveFailure(nowSeconds: nowSeconds) },
            perKey: { $0.receiveAbsence(isCertain: isCertain, nowSeconds: nowSeconds) })
    }

    /// Takes in that a fetch failed. Cached keys stay.
    ///
    /// - Parameters:
    ///   - isServersFault: false when the time of its caller ended it, or it repeats one that failed just now: the back-off
    ///     grows no longer then.
    ///   - nowSeconds: when, since 1970.
    public mutating func receiveFailure(isServersFault: Bool = true, nowSeconds: Int64) {
        change(
            set: { $0.receiveFailure(isServersFault: isServersFault, nowSeconds: nowSeconds) },
            perKey: { $0.receiveFailure(isServersFault: isServersFault, nowSeconds: nowSeconds) })
    }

    /// Takes in that the fetch which was begun was not tried: nothing changes.
    package mutating func cancelFetch() {
        change(set: { $0.cancelFetch() }, perKey: { $0.cancelFetch() })
    }

    /// Calls the function of the kind that this cache is.
    mutating func change<Result>(
        set: (inout SetCache) -> Result, perKey: (inout PerKeyCache) -> Result
    ) -> Result {
        switch kind {
        case .set(var cache):
            defer { kind = .set(cache) }
            return set(&cache)
        case .perKey(var cache):
            defer { kind = .perKey(cache) }
            return perKey(&cache)
        }
    }
}
