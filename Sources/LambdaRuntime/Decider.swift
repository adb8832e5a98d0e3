// Decider.swift - the decision ring, the key ring and the supplies of keys put together.
//
// Spec:    security-checklist 18, 19, 26.
// Secret:  no; the token stays within Authorization.
// Reads:   KeySupply, LogLine; Authorizer, Platform. Read by: LambdaLoop, KeyReload, the commands.

import Authorizer
import HTTP
import JOSE
import Platform

/// Decides events, fetching keys when the ring asks for them.
public struct Decider {
    public let settings: Settings
    /// All that changes about keys.
    var keys: KeyRing
    /// Tokens whose signature held.
    private var memo: VerifiedTokenMemo
    /// Proofs that let a request through.
    private var proofs = ProofMemo()
    /// One for each issuer.
    let supplies: [KeySupply]
    private let log: Log

    /// - Throws: a key source that is not fetched from, a snapshot that is none.
    public init(_ settings: Settings, log: Log) throws(SettingsError) {
        self.settings = settings
        self.log = log
        memo = VerifiedTokenMemo(capacity: settings.rememberedTokens)
        var keys = KeyRing(settings.issuers, policy: settings.keyCachePolicy)
        var supplies: [KeySupply] = []
        for (index, issuer) in settings.issuers.enumerated() {
            let supply = try KeySupply(issuer, settings)
            if let snapshot = supply.snapshot {
                keys[index].hold(snapshot: snapshot, nowSeconds: Clock.wallSeconds)
            }
            supplies.append(supply)
        }
        self.keys = keys
        self.supplies = supplies
    }

    /// Fetches all issuers' keys before anybody waits for them. A failure is logged and counts for the
    /// cool-down, nothing more. Each issuer may take an equal share of the time that is left: one
    /// that hangs leaves the others theirs.
    public mutating func prefetch() {
        let deadline = Deadline.after(milliseconds: settings.prefetchTimeoutMilliseconds)
        for issuer in supplies.indices {
            let share = deadline.remainingMilliseconds / Int64(supplies.count - issuer)
            if share > 0 { _ = fetch(issuer, within: share) }
        }
    }

    /// Renews the keys that need it most; called when no request waits. One fetch at most, and a short
    /// one: the next event may be there already. After a failure it has all of its time, or a server
    /// that is merely slow would never be heard.
    public mutating func refreshIfNeeded() {
        guard let issuer = keys.issuerToRefresh(nowSeconds: Clock.wallSeconds) else { return }
        let isRetry = keys[issuer].lastFetchFailed
        _ = fetch(
            issuer,
            within: isRetry ? settings.fetchTimeoutMilliseconds : LambdaLimits.refreshMilliseconds)
    }

    /// Decides one event.
    ///
    /// - Parameters:
    ///   - event: as Lambda delivers it.
    ///   - wholeByteCount: the event's length when `event` is only its beginning.
    ///   - deadlineWallMilliseconds: when Lambda gives up; nil: never.
    ///   - nowSeconds: the instant to decide for, if it is not the present.
    public mutating func decide(
        event: [UInt8], wholeByteCount: Int? = nil, deadlineWallMilliseconds: Int64? = nil,
        requestID: [UInt8]? = nil, nowSeconds: Int64? = nil
    ) -> Decision {
        var authorization = Authorization(
            event: event, wholeByteCount: wholeByteCount, issuers: settings.issuers, rules: settings.rules)
        while true {
            let now = nowSeconds ?? Clock.wallSeconds
            switch authorization.next(keys: keys, memo: &memo, nowSeconds: now) {
            case .decided(let decision): return spendProof(of: decision, now)
            case .fetchKeys(let issuer, let wanted):
                _ = fetch(
                    issuer, within: timeLeft(until: deadlineWallMilliseconds), wanted: wanted,
                    requestID: requestID, nowSeconds: nowSeconds)
            }
        }
    }

    /// The last step: a proof lets a request through once.
    private mutating func spendProof(of decision: Decision, _ now: Int64) -> Decision {
        let forgotten = proofs.forgottenEarly
        let spent = decision.spendingProof(&proofs, nowSeconds: now)
        // Told once: from now on a proof could be sent again unnoticed.
        if forgotten == 0 && proofs.forgottenEarly > 0 {
            log.write(LogLine(.warn, "more DPoP proofs come than are remembered"))
        }
        return spent
    }

    /// How long a fetch may take so that there is time to answer.
    func timeLeft(until deadlineWallMilliseconds: Int64?) -> Int64 {
        guard let deadlineWallMilliseconds else { return settings.fetchTimeoutMilliseconds }
        return deadlineWallMilliseconds - Clock.wallMilliseconds - LambdaLimits.answerReserveMilliseconds
    }

    /// Fetches an issuer's keys and tells the ring.
    ///
    /// - Parameters:
    ///   - milliseconds: how long it may take at most; the settings bound it further.
    ///   - wanted: the key ID that it is made for (`KeyCache.beginFetch`).
    mutating func fetch(
        _ issuer: Int, within milliseconds: Int64, wanted: [UInt8]? = nil, isReload: Bool = false,
        requestID: [UInt8]? = nil, nowSeconds: Int64? = nil
    ) -> KeySupply.Result {
        let start = Clock.monotonicNanoseconds
        let begin = nowSeconds ?? Clock.wallSeconds
        guard keys[issuer].beginFetch(wanted: wanted, isReload: isReload, nowSeconds: begin) else {
            // One loop, one fetch at a time: only a lost one can be in the way, and its time ends.
            return KeySupply.Result()
        }
        let result = supplies[issuer].fetch(
            keys[issuer].addresses, within: min(milliseconds, settings.fetchTimeoutMilliseconds),
            nowSeconds: begin)
        let now = nowSeconds ?? Clock.wallSeconds
        if let (fetched, address, attempt) = result.success {
            // A set that is still the one at hand stays, and so does what was verified with it.
            if fetched.isUnchanged && keys[issuer].keySetAddress == address {
                _ = keys[issuer].receiveNotModified(
                    maxAgeSeconds: fetched.maxAgeSeconds, address: address, attempt: attempt, nowSeconds: now)
            } else {
                _ = keys[issuer].receive(
                    fetched.keySet, maxAgeSeconds: fetched.maxAgeSeconds, address: address, attempt: attempt,
                    nowSeconds: now)
            }
        } else {
            keys[issuer].receiveFailure(nowSeconds: now)
        }
        let microseconds = (Clock.monotonicNanoseconds - start) / 1000
        for failure in result.failures { logFailure(issuer, failure, microseconds, requestID, now) }
        if let success = result.success { logSuccess(issuer, success, microseconds, requestID) }
        if settings.reports.writesMetrics {
            log.writeFetch(result, microseconds: microseconds, namespace: settings.reports.metricsNamespace)
        }
        return result
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
        if let age = keys[issuer].ageSeconds(nowSeconds: now) { line.field("keysAgeSeconds", age) }
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
