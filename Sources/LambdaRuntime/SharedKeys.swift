// SharedKeys.swift - the keys of all issuers, with at most one fetch per issuer at a time.
//
// Spec:    AUDIT 18, 19.
// Secret:  no.
// Reads:   FetchRequest, FetchLog, WaitingLoops, DecisionMetrics, Limits; Settings, KeyFetching, Keys, Platform, JOSE. Read by:
//          Decider, LambdaLoop, KeyReload.
//
// All loops use one key ring. The lock is held while the ring is copied or a result is stored, but not during a fetch or
// a verification. Key sets are immutable, so a copy stays valid. A loop that needs a fetch which another loop is already
// making waits for its result.

import JOSE
import KeyFetching
import Keys
import Platform
import Settings

/// The key ring and its sources.
final class SharedKeys: @unchecked Sendable {
    /// The permission to fetch an issuer's keys, and the request.
    private struct Turn {
        let addresses: FailoverOrder
        /// The key ID, if each key has its own address.
        let keyID: [UInt8]?
        let beginSeconds: Int64
    }

    let settings: Settings
    /// One supply for each issuer. Only one fetch at a time uses it.
    let supplies: [KeySupply]
    private let log: Log
    /// Nil with a single loop: no locking is needed.
    private let lock: Lock?
    /// Nil likewise.
    private var waiting: WaitingLoops?
    private var current: KeyRing
    /// For each issuer the keys of the last set that were skipped.
    private var skipped: [[KeySet.SkippedKey]]
    /// Whether an issuer's keys are being fetched. The ring only infers this from the time; this flag is exact.
    private var isFetching: [Bool]

    private init(
        _ settings: Settings, _ log: Log, _ loopCount: Int, _ ring: KeyRing, _ supplies: [KeySupply]
    ) {
        self.settings = settings
        self.log = log
        lock = loopCount > 1 ? Lock() : nil
        waiting = loopCount > 1 ? WaitingLoops(of: loopCount) : nil
        current = ring
        skipped = supplies.map { $0.snapshot?.skipped ?? [] }
        self.supplies = supplies
        isFetching = [Bool](repeating: false, count: supplies.count)
    }

    /// - Parameter loopCount: the number of loops that share the keys.
    /// - Throws: for a key source that cannot be fetched from, and for an invalid snapshot.
    static func make(_ settings: Settings, log: Log, loopCount: Int) throws(SettingsError) -> SharedKeys {
        var ring = KeyRing(settings.issuers.map { $0.keys }, policy: settings.keyCachePolicy)
        var supplies: [KeySupply] = []
        for issuer in ring.indices {
            let supply = try KeySupply(of: settings.issuers[issuer.position], settings.fetches)
            if let snapshot = supply.snapshot {
                ring[issuer].hold(snapshot: snapshot, nowSeconds: Clock.wallSeconds)
            }
            supplies.append(supply)
        }
        return SharedKeys(settings, log, loopCount, ring, supplies)
    }

    /// The current keys.
    var ring: KeyRing {
        lock?.lock()
        defer { lock?.unlock() }
        return current
    }

    /// For each issuer the keys of the last set that were skipped, even if that set had no usable key.
    var skippedKeys: [[KeySet.SkippedKey]] {
        lock?.lock()
        defer { lock?.unlock() }
        return skipped
    }

    /// Records that a key has verified a token of the issuer. From then on no other key replaces it.
    func prove(_ issuer: IssuerIndex, _ kid: [UInt8]) {
        lock?.lock()
        defer { lock?.unlock() }
        current[issuer].prove(kid)
    }

    // MARK: When to fetch

    /// Fetches all issuers' keys before a request waits for them. A failure is only logged, and starts the back-off. Each
    /// issuer may use an equal share of the remaining time, so that a server that hangs does not use the time of others.
    func prefetch() {
        let deadline = Deadline.after(milliseconds: settings.fetches.prefetchMilliseconds)
        for issuer in ring.indices {
            prefetch(issuer, until: deadline.share(of: supplies.count - issuer.position))
        }
    }

    /// Retries failures that may be transient: a lost packet must not make the first event fail.
    private func prefetch(_ issuer: IssuerIndex, until deadline: Deadline) {
        var request = FetchRequest()
        var pause = LambdaLimits.prefetchPauseMilliseconds
        while !deadline.hasPassed {
            guard let result = fetch(issuer, .staleKeys, until: deadline, request),
                result.success == nil, result.mayPass
            else { return }
            request.isRepeated = true
            Clock.sleep(until: deadline.orEarlier(.after(milliseconds: pause)))
            pause *= 2
        }
    }

    /// Renews the keys that are due first; called when no request waits. It makes at most one fetch, and does not wait for a
    /// fetch by another thread. With a single loop the fetch has a short time limit, since the next event may have come
    /// already. After a failure it gets the full time, since otherwise a slow server would never succeed.
    func refreshIfNeeded() {
        let ring = ring
        guard let issuer = ring.issuerToRefresh(nowSeconds: Clock.wallSeconds) else { return }
        let schedule = ring[issuer].schedule
        let usesShortTimeout = lock == nil && !schedule.lastFetchFailed
        let milliseconds =
            usesShortTimeout ? LambdaLimits.refreshMilliseconds : settings.fetches.fetchMilliseconds
        _ = fetch(
            issuer, .staleKeys, until: .after(milliseconds: milliseconds),
            FetchRequest(seenFetchCount: schedule.fetchCount, waits: false))
    }

    // MARK: A fetch

    /// Fetches an issuer's keys and stores the result in the ring.
    ///
    /// - Parameters:
    ///   - deadline: for the fetch, and for waiting for another thread. The settings' time for a fetch may end earlier.
    ///   - request: the caller's request.
    /// - Returns: the result; nil if this call made no fetch.
    func fetch(
        _ issuer: IssuerIndex, _ cause: FetchCause, until deadline: Deadline,
        _ request: FetchRequest = FetchRequest()
    ) -> KeySupply.Result? {
        let start = Clock.monotonicNanoseconds
        let ownEnd = Deadline.after(milliseconds: settings.fetches.fetchMilliseconds)
        let end = deadline.orEarlier(ownEnd)
        guard !end.hasPassed, enter(issuer, cause, request) else { return nil }
        defer { leave(cause, request) }
        guard let turn = takeTurn(issuer, cause, until: end, request) else { return nil }
        let result = supplies[issuer.position].fetch(
            turn.addresses, kid: turn.keyID, until: end, nowSeconds: turn.beginSeconds)
        let now = request.nowSeconds ?? Clock.wallSeconds
        // A timeout because of the caller's deadline is not a failure of the server.
        let wasCutShort = end.hasPassed && !ownEnd.hasPassed
        endTurn(issuer, result, isServersFault: !wasCutShort && !request.isRepeated, nowSeconds: now)
        guard result.wasTried else { return nil }
        let microseconds = (Clock.monotonicNanoseconds - start) / 1000
        let fetchLog = FetchLog(
            log: log,
            issuer: settings.issuers.count > 1 ? settings.issuers[issuer.position].name : nil,
            namesAddress: supplies[issuer.position].addressCount > 1, requestID: request.requestID,
            durationMicroseconds: microseconds)
        for (address, failure) in result.failures {
            fetchLog.write(
                failure: failure, address: address, keysAgeSeconds: ring[issuer].ageSeconds(nowSeconds: now))
        }
        if let (fetched, address, _) = result.success { fetchLog.write(fetched, address: address) }
        if settings.reports.writesMetrics {
            log.writeFetch(result, microseconds: microseconds, namespace: settings.reports.metricsNamespace)
        }
        return result
    }

    /// Counts the loop of an event among those that wait for keys.
    ///
    /// - Returns: false if no further loop may wait.
    private func enter(_ issuer: IssuerIndex, _ cause: FetchCause, _ request: FetchRequest) -> Bool {
        guard let lock, request.isOfEvent else { return true }
        lock.lock()
        defer { lock.unlock() }
        let now = request.nowSeconds ?? Clock.wallSeconds
        var othersHaveKeys = false
        for other in current.indices where other != issuer {
            if case .none = current[other].availability(nowSeconds: now) { continue }
            othersHaveKeys = true
        }
        return waiting?.enter(cause, othersHaveKeys: othersHaveKeys) ?? true
    }

    private func leave(_ cause: FetchCause, _ request: FetchRequest) {
        guard let lock, request.isOfEvent else { return }
        lock.lock()
        defer { lock.unlock() }
        waiting?.leave(cause)
    }

    /// Takes the turn to fetch, and waits for it until a deadline.
    ///
    /// - Returns: nil if another thread's fetch serves the caller, no fetch is allowed, or the deadline has passed.
    private func takeTurn(
        _ issuer: IssuerIndex, _ cause: FetchCause, until deadline: Deadline, _ request: FetchRequest
    ) -> Turn? {
        let now = request.nowSeconds ?? Clock.wallSeconds
        lock?.lock()
        defer { lock?.unlock() }
        while true {
            let cache = current[issuer]
            if let seen = request.seenFetchCount, cache.schedule.fetchCount != seen,
                !cache.stillLacks(cause, nowSeconds: now)
            {
                return nil
            }
            if cause.isReload && cache.schedule.reloadWaitSeconds(nowSeconds: now) > 0 { return nil }
            if !isFetching[issuer.position] {
                guard current[issuer].beginFetch(cause, nowSeconds: now) else { return nil }
                isFetching[issuer.position] = true
                return Turn(
                    addresses: cache.schedule.addresses, keyID: cache.keyToFetch(cause), beginSeconds: now)
            }
            guard let lock, request.waits, lock.wait(until: deadline) else { return nil }
        }
    }

    private func endTurn(
        _ issuer: IssuerIndex, _ result: KeySupply.Result, isServersFault: Bool, nowSeconds: Int64
    ) {
        lock?.lock()
        defer { lock?.unlock() }
        var cache = current[issuer]
        if !result.wasTried {
            cache.cancelFetch()
        } else if let (fetched, address, attempt) = result.success {
            // An unchanged set is kept, and so are the tokens that it verified.
            if fetched.isUnchanged && cache.keySetAddress == address {
                _ = cache.receiveNotModified(
                    maxAgeSeconds: fetched.maxAgeSeconds, address: address, attempt: attempt,
                    nowSeconds: nowSeconds)
            } else {
                _ = cache.receive(
                    fetched.keySet, maxAgeSeconds: fetched.maxAgeSeconds, address: address,
                    attempt: attempt, nowSeconds: nowSeconds)
            }
        } else if let status = result.absenceStatus {
            cache.receiveAbsence(isCertain: status != 403, nowSeconds: nowSeconds)
        } else {
            cache.receiveFailure(isServersFault: isServersFault, nowSeconds: nowSeconds)
        }
        current[issuer] = cache
        skipped[issuer.position] = result.skipped ?? skipped[issuer.position]
        isFetching[issuer.position] = false
        lock?.wakeAll()
    }
}
