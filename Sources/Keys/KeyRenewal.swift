// KeyRenewal.swift - when an issuer's keys are fetched, and which.
//
// Spec:    AUDIT 18, 19.
// Secret:  no.
// Reads:   KeyCache, PerKeyCache, FetchCause. Read by: Authorizer, LambdaRuntime.

extension KeyCache {
    /// The time since keys were last fetched or confirmed; nil: none has been fetched.
    public func ageSeconds(nowSeconds: Int64) -> Int64? {
        switch kind {
        case .set(let cache): cache.ageSeconds(nowSeconds: nowSeconds)
        case .perKey(let cache): cache.ageSeconds(nowSeconds: nowSeconds)
        }
    }

    /// Whether to fetch while no request waits: the keys are in the last fifth of their lifetime, or past it, or no set
    /// is cached yet.
    package func shouldRefreshAhead(nowSeconds: Int64) -> Bool {
        switch kind {
        case .set(let cache): cache.shouldRefreshAhead(nowSeconds: nowSeconds)
        case .perKey(let cache): cache.shouldRefreshAhead(nowSeconds: nowSeconds)
        }
    }

    /// The cause of a fetch that renews the keys for a token of this key ID.
    package func renewal(for kid: [UInt8]?) -> FetchCause {
        guard isPerKey, let kid else { return .staleKeys }
        return .staleKey(kid)
    }

    /// The key ID to fetch by; nil: the whole set, or no key is known.
    package func keyToFetch(_ cause: FetchCause) -> [UInt8]? {
        switch kind {
        case .set: nil
        case .perKey(let cache): cache.keyToFetch(cause)
        }
    }

    /// Whether the fetch that a caller waited for was for another key, and the caller's own may still be fetched.
    package func stillLacks(_ cause: FetchCause, nowSeconds: Int64) -> Bool {
        switch kind {
        case .set: false
        case .perKey(let cache): cache.stillLacks(cause, nowSeconds: nowSeconds)
        }
    }

    /// Begins a fetch, which the caller makes; the result goes to one of the `receive…`.
    ///
    /// - Returns: false if one is under way, or no key is known to fetch.
    package mutating func beginFetch(_ cause: FetchCause, nowSeconds: Int64) -> Bool {
        change(
            set: { $0.beginFetch(cause, nowSeconds: nowSeconds) },
            perKey: { $0.beginFetch(cause, nowSeconds: nowSeconds) })
    }

    // MARK: Keys one by one

    /// Whether the key is cached and no token of the issuer has been verified with it.
    package func isUnproved(_ kid: [UInt8]?) -> Bool {
        guard isPerKey, let kid, case .perKey(let cache) = kind else { return false }
        return cache.isUnproved(kid)
    }

    /// Notes that a token of the issuer has been verified with the key.
    package mutating func prove(_ kid: [UInt8]) {
        change(set: { _ in }, perKey: { $0.prove(kid) })
    }
}
