// SharedKeys.swift - the keys of all issuers, and one fetch at a time for each of them.
//
// Spec:    security-checklist 18, 19.
// Secret:  no.
// Reads:   KeySupply, LogLine; Authorizer, Platform. Read by: Decider, LambdaLoop, KeyReload.
//
// All loops use one ring. The lock is held to copy the ring out or to put something in: never during a
// fetch or a verification. Key sets do not change, so a copy may be used for as long as
// somebody has it. Whoever wants a fetch that somebody makes already waits for that one.

import Authorizer
import JOSE
import Platform

/// The ring of keys, and where it is filled from.
final class SharedKeys: @unchecked Sendable {
    let settings: Settings
    /// One for each issuer. Each is used by one fetch at a time.
    let supplies: [KeySupply]
    private let log: Log
    /// Nil: there is one loop, and nobody to keep apart.
    private let lock: Lock?
    private var current: KeyRing
    /// Whose keys are being fetched. Not by the clock, as the ring has it: for certain.
    private var isFetching: [Bool]

    /// - Throws: a key source that is not fetched from, a snapshot that is none.
    init(_ settings: Settings, log: Log, isShared: Bool) throws(SettingsError) {
        self.settings = settings
        self.log = log
        lock = isShared ? Lock() : nil
        var ring = KeyRing(settings.issuers, policy: settings.keyCachePolicy)
        var supplies: [KeySupply] = []
        for (index, issuer) in settings.issuers.enumerated() {
            let supply = try KeySupply(issuer, settings)
            if let snapshot = supply.snapshot {
                ring[index].hold(snapshot: snapshot, nowSeconds: Clock.wallSeconds)
            }
            supplies.append(supply)
        }
        current = ring
        self.supplies = supplies
        isFetching = [Bool](repeating: false, count: supplies.count)
    }

    /// The keys as they are now.
    var ring: KeyRing {
        lock?.lock()
        defer { lock?.unlock() }
        return current
    }

    // MARK: When to fetch

    /// Fetches all issuers' keys before anybody waits for them. A failure is logged and counts for the
    /// cool-down, nothing more. Each issuer may take an equal share of the time that is left: one
    /// that hangs leaves the others theirs.
    func prefetch() {
        let deadline = Deadline.after(milliseconds: settings.prefetchTimeoutMilliseconds)
        for issuer in supplies.indices {
            let share = deadline.remainingMilliseconds / Int64(supplies.count - issuer)
            if share > 0 { _ = fetch(issuer, within: share) }
        }
    }

    /// Renews the keys that need it most; called when no request waits. One fetch at most, and from the
    /// only loop a short one: the next event may be there already. After a failure it has all of its
    /// time, or a server that is merely slow would never be heard. What somebody fetches is left to them.
    func refreshIfNeeded() {
        let ring = ring
        guard let issuer = ring.issuerToRefresh(nowSeconds: Clock.wallSeconds) else { return }
        let isHurried = lock == nil && !ring[issuer].lastFetchFailed
        _ = fetch(
            issuer, unlessFetchedSince: ring[issuer].fetchCount,
            within: isHurried ? LambdaLimits.refreshMilliseconds : settings.fetchTimeoutMilliseconds,
            mayWait: false)
    }

    /// How long a fetch may take so that there is time to answer.
    func timeLeft(until deadlineWallMilliseconds: Int64?) -> Int64 {
        guard let deadlineWallMilliseconds else { return settings.fetchTimeoutMilliseconds }
        return deadlineWallMilliseconds - Clock.wallMilliseconds - LambdaLimits.answerReserveMilliseconds
    }

    // MARK: A fetch

    /// Fetches an issuer's keys and tells the ring, unless somebody has done so in the meantime.
    ///
    /// - Parameters:
    ///   - fetchCount: how many fetches had ended when the caller saw that it needs one; nil: it wants
    ///     one of its own.
    ///   - milliseconds: how long it may take at most, waiting for others as well; the settings bound it further.
    ///   - mayWait: whether to wait for the one that somebody makes.
    ///   - wanted: the key ID that it is made for (`KeyCache.beginFetch`).
    ///   - isReload: whether it is a forced one; those have an interval of their own.
    /// - Returns: what came of it; nil when it was not made here.
    func fetch(
        _ issuer: Int, unlessFetchedSince fetchCount: Int? = nil, within milliseconds: Int64,
        mayWait: Bool = true, wanted: [UInt8]? = nil, isReload: Bool = false, requestID: [UInt8]? = nil,
        nowSeconds: Int64? = nil
    ) -> KeySupply.Result? {
        let start = Clock.monotonicNanoseconds
        let deadline = Deadline.after(milliseconds: min(milliseconds, settings.fetchTimeoutMilliseconds))
        let begin = nowSeconds ?? Clock.wallSeconds
        guard
            let (addresses, kid) = beginFetch(
                issuer, fetchCount, mayWait ? deadline : nil, wanted, isReload, nowSeconds: begin)
        else { return nil }
        let result = supplies[issuer].fetch(
            addresses, within: deadline.remainingMilliseconds, kid: kid, nowSeconds: begin)
        let now = nowSeconds ?? Clock.wallSeconds
        endFetch(issuer, result, nowSeconds: now)
        let microseconds = (Clock.monotonicNanoseconds - start) / 1000
        for failure in result.failures { logFailure(issuer, failure, microseconds, requestID, now) }
        if let success = result.success { logSuccess(issuer, success, microseconds, requestID) }
        if settings.reports.writesMetrics {
            log.writeFetch(result, microseconds: microseconds, namespace: settings.reports.metricsNamespace)
        }
        return result
    }

    /// Takes the turn to fetch, waiting for it until a deadline.
    ///
    /// - Returns: the addresses to ask, and for which key; nil when there is nothing to do, or the time is over.
    private func beginFetch(
        _ issuer: Int, _ fetchCount: Int?, _ deadline: Deadline?, _ wanted: [UInt8]?, _ isReload: Bool,
        nowSeconds: Int64
    ) -> (AddressOrder, kid: [UInt8]?)? {
        lock?.lock()
        defer { lock?.unlock() }
        while true {
            var cache = current[issuer]
            if let fetchCount, cache.fetchCount != fetchCount,
                !cache.stillLacks(wanted, nowSeconds: nowSeconds)
            {
                return nil
            }
            if isReload && cache.reloadWaitSeconds(nowSeconds: nowSeconds) > 0 { return nil }
            if !isFetching[issuer] {
                let kid = cache.keyToFetch(wanted)
                guard kid != nil || !cache.isSingle,
                    cache.beginFetch(wanted: kid, isReload: isReload, nowSeconds: nowSeconds)
                else { return nil }
                isFetching[issuer] = true
                current[issuer] = cache
                return (cache.addresses, kid)
            }
            guard let lock, let deadline, lock.wait(until: deadline) else { return nil }
        }
    }

    private func endFetch(_ issuer: Int, _ result: KeySupply.Result, nowSeconds: Int64) {
        lock?.lock()
        defer { lock?.unlock() }
        var cache = current[issuer]
        if let (fetched, address, attempt) = result.success {
            // A set that is still the one at hand stays, and so does what was verified with it.
            if fetched.isUnchanged && !cache.isSingle && cache.keySetAddress == address {
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
            cache.receiveFailure(nowSeconds: nowSeconds)
        }
        current[issuer] = cache
        isFetching[issuer] = false
        lock?.wakeAll()
    }

    /// Notes that a token of the issuer's held under a key, which from then on no other key takes the place of.
    func prove(_ issuer: Int, _ kid: [UInt8]) {
        lock?.lock()
        defer { lock?.unlock() }
        current.prove(issuer, kid)
    }

    // MARK: Logs

    /// A line about an issuer's keys: who is told among several, and which address among several.
    private func line(
        _ level: LogLevel, _ message: StaticString, _ issuer: Int, _ address: Int, _ requestID: [UInt8]?
    ) -> LogLine {
        var line = LogLine(level, message)
        if let requestID { line.field("requestId", requestID, cutAt: LambdaLimits.loggedValueByteCount) }
        if settings.issuers.count > 1 {
            line.field("issuer", settings.issuers[issuer].name, cutAt: LambdaLimits.loggedValueByteCount)
        }
        if supplies[issuer].addressCount > 1 { line.field("address", Int64(address)) }
        return line
    }

    private func logFailure(
        _ issuer: Int, _ failure: (address: Int, error: KeyFetchError), _ microseconds: Int64,
        _ requestID: [UInt8]?, _ now: Int64
    ) {
        var line = line(.warn, "key fetch failed", issuer, failure.address, requestID)
        line.field(KeyFetchReport(failure.error))
        line.field("durationMicroseconds", microseconds)
        if let age = ring[issuer].ageSeconds(nowSeconds: now) { line.field("keysAgeSeconds", age) }
        log.write(line)
    }

    private func logSuccess(
        _ issuer: Int, _ success: (fetched: FetchedKeys, address: Int, attempt: Int), _ microseconds: Int64,
        _ requestID: [UInt8]?
    ) {
        let keySet = success.fetched.keySet
        if log.level <= .info {
            var line = line(.info, "keys fetched", issuer, success.address, requestID)
            line.field("keys", Int64(keySet.keys.count))
            line.field("skipped", Int64(keySet.skipped.count))
            if success.fetched.isUnchanged { line.field("unchanged", true) }
            if let connection = success.fetched.connection { line.field("connection", connection) }
            line.field("durationMicroseconds", microseconds)
            log.write(line)
        }
        // Whoever publishes private keys should hear of it (security-checklist 20).
        for key in keySet.keys where key.holdsPrivateMembers {
            var line = line(
                .warn, "the key set publishes a private key", issuer, success.address, requestID)
            if let kid = key.kid { line.field("kid", kid, cutAt: LambdaLimits.loggedKidByteCount) }
            log.write(line)
        }
    }
}
