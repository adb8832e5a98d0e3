// FetchSchedule.swift - when an issuer's keys may be fetched, and from which address first.
//
// Spec:    AUDIT 19.
// Secret:  no.
// Reads:   KeyCachePolicy, KeyDelivery, FetchCause, AbsentKeys, FailoverOrder. Read by: SetCache, PerKeyCache, KeyCache; Authorizer, LambdaRuntime.
//
// It counts fetches and their results and holds no key. All times are wall time in seconds since 1970; an interval that
// began in the future, because the clock was set back, is over.
//
// States, and what leads from one to another (KeyWaitModelTests visits them all, with two loops):
//
//   state         | an event may cause a fetch                     | `begin` | `succeeded`, `foundAbsent` | `failed`       | `cancelled`
//   --------------+------------------------------------------------+---------+----------------------------+----------------+------------
//   never fetched | yes                                            | fetches |                            |                |
//   fetches       | no; it waits for this one, or does not know    | refused | good                       | backs off      | as before
//   good          | for stale keys; for an unknown key once the    | fetches |                            |                |
//                 | interval has passed, and later for one that    |         |                            |                |
//                 | was absent before (AbsentKeys)                 |         |                            |                |
//   backs off     | after 1, 2, 4, … seconds                       | fetches | good                       | twice as long; |
//                 |                                                |         |                            | as long if the |
//                 |                                                |         |                            | caller ended it|
//
// A token of a key that is not cached is refused for that only in the state "good", and only if a fetch has ended since it
// asked for one, or none may be made yet. In every other state it is unknown whether the key exists.

/// The back-off after failures, the intervals between fetches, and the fetch under way.
package struct FetchSchedule: Sendable {
    private struct FetchUnderWay: Sendable {
        let startedSeconds: Int64
        /// `FetchCause.keyID`, or the key chosen for a cause that names none.
        let keyID: [UInt8]?
    }

    package let policy: KeyCachePolicy
    /// The addresses to fetch from.
    package private(set) var addresses: FailoverOrder
    /// How many fetches have ended, with or without success.
    package private(set) var fetchCount = 0
    /// The end of the last fetch, with or without success.
    package private(set) var lastFetchSeconds: Int64?
    /// Whether the interval for unknown key IDs runs from the last fetch.
    private var lastFetchStartsInterval = true
    /// Since the last success.
    private var failureCount = 0
    private var underWay: FetchUnderWay?
    private var lastReloadSeconds: Int64?
    private var absentKeys = AbsentKeys()

    /// - Parameter addressCount: at least 1.
    init(policy: KeyCachePolicy, addressCount: Int) {
        self.policy = policy
        addresses = FailoverOrder(count: addressCount)
    }

    // MARK: When to fetch

    /// Whether the last fetch failed.
    package var lastFetchFailed: Bool { failureCount > 0 }

    /// Whether a fetch may be made: not during the back-off after a failure.
    package func mayFetch(nowSeconds: Int64) -> Bool {
        !lastFetchFailed || hasPassed(backOffSeconds, sinceLastFetch: nowSeconds)
    }

    /// Whether a request that finds stale keys must wait for a fetch before it uses them. After a failure the next attempt
    /// is made between requests (`mayRefreshAhead`); a request waits only if none was made for the longest back-off more. No
    /// request waits while a fetch is under way.
    package func mustFetchFirst(nowSeconds: Int64) -> Bool {
        guard !isFetching(nowSeconds: nowSeconds) else { return false }
        return !lastFetchFailed
            || hasPassed(backOffSeconds + policy.longestBackOffSeconds, sinceLastFetch: nowSeconds)
    }

    /// Whether a fetch may be made for a key ID that the cached keys lack: at most one an interval over all key IDs,
    /// and fewer for one that earlier fetches lacked (AUDIT 19).
    ///
    /// - Parameters:
    ///   - kid: the token's; nil: it names none.
    ///   - nowSeconds: wall time.
    package func mayFetchForUnknownKey(_ kid: [UInt8]?, nowSeconds: Int64) -> Bool {
        let interval = policy.unknownKeyIntervalSeconds
        guard mayFetch(nowSeconds: nowSeconds),
            !lastFetchStartsInterval || hasPassed(interval, sinceLastFetch: nowSeconds)
        else { return false }
        return absentKeys.mayAsk(for: kid ?? [], intervalSeconds: interval, nowSeconds: nowSeconds)
    }

    /// Whether a key that is not cached is known not to exist. That is unknown while a fetch is under way, after one that failed,
    /// and while the fetch that a request asked for has not ended: the wait for it may have timed out, or it was never made.
    ///
    /// - Parameters:
    ///   - askedAt: `fetchCount` when the request asked for a fetch; nil: it has not asked.
    ///   - nowSeconds: wall time.
    package func isAbsenceKnown(sinceFetch askedAt: Int?, nowSeconds: Int64) -> Bool {
        !isFetching(nowSeconds: nowSeconds) && !lastFetchFailed && fetchCount != askedAt
    }

    /// Whether a fetch may be made while no request waits for it.
    func mayRefreshAhead(nowSeconds: Int64) -> Bool {
        mayFetch(nowSeconds: nowSeconds) && !isFetching(nowSeconds: nowSeconds)
    }

    /// How long a reload has to wait; 0: it may be made. Only an earlier reload delays it: neither the back-off nor the
    /// fetches that unknown key IDs cause.
    package func reloadWaitSeconds(nowSeconds: Int64) -> Int64 {
        guard let lastReloadSeconds else { return 0 }
        let waited = nowSeconds - lastReloadSeconds
        return waited < 0 ? 0 : max(0, policy.unknownKeyIntervalSeconds - waited)
    }

    /// True before the first fetch.
    private func hasPassed(_ seconds: Int64, sinceLastFetch nowSeconds: Int64) -> Bool {
        guard let lastFetchSeconds else { return true }
        let waited = nowSeconds - lastFetchSeconds
        return waited < 0 || waited >= seconds
    }

    /// 1, 2, 4, … seconds, up to the longest.
    private var backOffSeconds: Int64 {
        let doublings = min(failureCount - 1, 30)
        return min(policy.firstBackOffSeconds << Int64(doublings), policy.longestBackOffSeconds)
    }

    // MARK: A fetch

    /// Whether a fetch is under way. One that began too long ago counts as lost.
    package func isFetching(nowSeconds: Int64) -> Bool {
        guard let underWay else { return false }
        let elapsed = nowSeconds - underWay.startedSeconds
        return elapsed >= 0 && elapsed < KeyLimits.lostFetchSeconds
    }

    /// The key that the fetch under way is made for; nil: for no particular one, or none is under way.
    var keyIDUnderWay: [UInt8]? { underWay?.keyID }

    /// Begins a fetch; its result goes to `succeeded`, `failed` or `foundAbsent`.
    ///
    /// - Parameter keyID: the key that it is made for.
    /// - Returns: false if one is under way.
    mutating func begin(_ cause: FetchCause, keyID: [UInt8]?, nowSeconds: Int64) -> Bool {
        guard !isFetching(nowSeconds: nowSeconds) else { return false }
        underWay = FetchUnderWay(startedSeconds: nowSeconds, keyID: keyID)
        if cause.isReload { lastReloadSeconds = nowSeconds }
        return true
    }

    /// Ends a fetch that brought keys, or confirmed the cached ones.
    ///
    /// - Parameters:
    ///   - startsInterval: whether the interval for unknown key IDs runs from it.
    ///   - hasKey: whether there is now a key of an ID.
    mutating func succeeded(
        _ delivery: KeyDelivery, startsInterval: Bool = true, hasKey: ([UInt8]) -> Bool
    ) {
        addresses.succeeded(delivery.address, attempt: delivery.attempt, nowSeconds: delivery.atSeconds)
        absentKeys.forget(where: hasKey)
        if let kid = keyIDUnderWay, !hasKey(kid) { absentKeys.note(kid, nowSeconds: delivery.atSeconds) }
        failureCount = 0
        end(startsInterval, delivery.atSeconds)
    }

    /// Ends a fetch with the answer that there is no such key. That is a success: no back-off follows.
    mutating func foundAbsent(_ kid: [UInt8], nowSeconds: Int64) {
        absentKeys.note(kid, nowSeconds: nowSeconds)
        failureCount = 0
        end(true, nowSeconds)
    }

    /// Ends a fetch that failed.
    ///
    /// - Parameter isServersFault: false when the time of its caller ended it, or it repeats one that failed just now: the
    ///   back-off grows no longer then.
    mutating func failed(startsInterval: Bool = true, isServersFault: Bool = true, nowSeconds: Int64) {
        failureCount = isServersFault ? min(failureCount + 1, 32) : max(failureCount, 1)
        end(startsInterval, nowSeconds)
    }

    /// Ends a fetch that was not tried: nothing is known that was not known before.
    mutating func cancelled() { underWay = nil }

    /// Cancels the interval that began with the last fetch.
    mutating func cancelInterval() { lastFetchStartsInterval = false }

    private mutating func end(_ startsInterval: Bool, _ nowSeconds: Int64) {
        underWay = nil
        fetchCount += 1
        lastFetchSeconds = nowSeconds
        lastFetchStartsInterval = startsInterval
    }
}
