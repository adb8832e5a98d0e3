// Decider.swift - the decision ring, the key ring and the fetchers put together.
//
// Spec:    security-checklist 19, 26.
// Secret:  no; the token stays within Authorization.
// Reads:   KeyFetcher, LogLine; Authorizer, Platform. Read by: LambdaLoop, the commands.

import Authorizer
import HTTP
import JOSE
import Platform

/// Decides events, fetching keys when the cache asks for them.
public struct Decider {
    public let settings: Settings
    private var keys: KeyRing
    private var memo: VerifiedTokenMemo
    /// One for each issuer.
    private let fetchers: [KeyFetcher]
    private let log: Log

    /// - Throws: a key source that is not fetched from.
    public init(_ settings: Settings, log: Log) throws(SettingsError) {
        self.settings = settings
        self.log = log
        memo = VerifiedTokenMemo(capacity: settings.rememberedTokens)
        keys = KeyRing(issuerCount: settings.issuers.count, policy: settings.keyCachePolicy)
        var fetchers: [KeyFetcher] = []
        for issuer in settings.issuers { fetchers.append(try KeyFetcher(issuer.keySources[0], settings)) }
        self.fetchers = fetchers
    }

    /// Fetches the keys before anybody waits for them. A failure is logged and counts for the
    /// cool-down, nothing more.
    public mutating func prefetch() {
        for issuer in fetchers.indices { fetch(issuer, within: nil, requestID: nil) }
    }

    /// Renews keys that are about to expire; called when no request waits.
    public mutating func refreshIfNeeded() {
        for issuer in fetchers.indices where keys[issuer].shouldRefreshAhead(nowSeconds: Clock.wallSeconds) {
            fetch(issuer, within: nil, requestID: nil)
            return
        }
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
            switch authorization.next(keys: keys, memo: &memo, nowSeconds: nowSeconds ?? Clock.wallSeconds) {
            case .decided(let decision): return decision
            case .fetchKeys(let issuer):
                let left = deadlineWallMilliseconds.map {
                    $0 - Clock.wallMilliseconds - LambdaLimits.answerReserveMilliseconds
                }
                fetch(issuer, within: left, requestID: requestID, nowSeconds: nowSeconds)
            }
        }
    }

    private mutating func fetch(
        _ issuer: Int, within milliseconds: Int64?, requestID: [UInt8]?, nowSeconds: Int64? = nil
    ) {
        let start = Clock.monotonicNanoseconds
        do throws(KeyFetchError) {
            let fetched = try fetchers[issuer].fetch(within: milliseconds)
            let now = nowSeconds ?? Clock.wallSeconds
            _ = keys[issuer].receive(
                fetched.keySet, maxAgeSeconds: fetched.maxAgeSeconds, nowSeconds: now)
            logFetch(fetched.keySet, start, requestID)
        } catch {
            let now = nowSeconds ?? Clock.wallSeconds
            keys[issuer].receiveFailure(nowSeconds: now)
            var line = LogLine(.warn, "key fetch failed")
            if let requestID { line.field("requestId", requestID, cutAt: LambdaLimits.loggedValueByteCount) }
            line.field("reason", error.reasonCode)
            if case .http(.status(let status)) = error { line.field("status", Int64(status)) }
            line.field("durationMicroseconds", (Clock.monotonicNanoseconds - start) / 1000)
            if let age = keys[issuer].ageSeconds(nowSeconds: now) { line.field("keysAgeSeconds", age) }
            log.write(line)
        }
    }

    private func logFetch(_ keySet: KeySet, _ start: Int64, _ requestID: [UInt8]?) {
        if log.level <= .info {
            var line = LogLine(.info, "keys fetched")
            if let requestID { line.field("requestId", requestID, cutAt: LambdaLimits.loggedValueByteCount) }
            line.field("keys", Int64(keySet.keys.count))
            line.field("skipped", Int64(keySet.skipped.count))
            line.field("durationMicroseconds", (Clock.monotonicNanoseconds - start) / 1000)
            log.write(line)
        }
        // Whoever publishes private keys should hear of it (security-checklist 20).
        for key in keySet.keys where key.holdsPrivateMembers {
            var line = LogLine(.warn, "the key set publishes a private key")
            if let kid = key.kid { line.field("kid", kid, cutAt: LambdaLimits.loggedKidByteCount) }
            log.write(line)
        }
    }
}
