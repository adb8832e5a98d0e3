// KeyLifetime.swift - whether keys of an age are fresh, stale or expired.
//
// Spec:    RFC 9111 §4.2 in spirit (fresh, stale); AUDIT 19.
// Secret:  no.
// Reads:   KeyCachePolicy. Read by: SetCache, PerKeyCache.

/// When keys were cached, and for how long they are fresh.
struct KeyLifetime: Sendable {
    enum State {
        case fresh
        /// They may be used when a fetch has failed.
        case stale
        case expired
    }

    /// Since 1970, by the wall.
    let startSeconds: Int64
    /// 0: they are stale from the start.
    let freshSeconds: Int64

    /// Negative after the clock was set back.
    func ageSeconds(_ nowSeconds: Int64) -> Int64 { nowSeconds - startSeconds }

    /// A clock that was set back says nothing about the age: the keys are not fresh. How far it was set back limits the
    /// stale use as an age does.
    func state(_ policy: KeyCachePolicy, nowSeconds: Int64) -> State {
        let age = ageSeconds(nowSeconds)
        if age >= 0 && age < freshSeconds { return .fresh }
        let isUsable =
            policy.staleSeconds > 0 && age.magnitude < (freshSeconds + policy.staleSeconds).magnitude
        return isUsable ? .stale : .expired
    }
}
