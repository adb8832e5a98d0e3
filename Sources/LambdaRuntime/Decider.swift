// Decider.swift - the decision ring and the keys put together.
//
// Spec:    security-checklist 18, 19, 26.
// Secret:  no; the token stays within Authorization.
// Reads:   SharedKeys, SharedProofs, LogLine; Authorizer, Platform. Read by: LambdaLoop, LambdaLoops, the commands.

import Authorizer
import JOSE
import Platform

/// Decides events, having keys fetched when the decision asks for them. A copy is for another loop: it
/// has the same keys and proofs, and a memory of verified tokens of its own.
public struct Decider: Sendable {
    public let settings: Settings
    let keys: SharedKeys
    /// Proofs that let a request through.
    private let proofs: SharedProofs
    /// Tokens whose signature held.
    private(set) var memo: VerifiedTokenMemo

    /// - Parameter loopCount: how many loops decide at a time, each with a copy.
    /// - Throws: a key source that is not fetched from, a snapshot that is none.
    public init(_ settings: Settings, log: Log, loopCount: Int = 1) throws(SettingsError) {
        self.settings = settings
        keys = try SharedKeys(settings, log: log, isShared: loopCount > 1)
        proofs = SharedProofs(log: log, isShared: loopCount > 1)
        memo = VerifiedTokenMemo(
            capacity: min(settings.rememberedTokens, LambdaLimits.rememberedTokens / loopCount))
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
        var ring = keys.ring
        while true {
            let now = nowSeconds ?? Clock.wallSeconds
            switch authorization.next(keys: ring, memo: &memo, nowSeconds: now) {
            case .decided(let decision):
                if let issuer = decision.issuerOfNewKey, let kid = decision.kid { keys.prove(issuer, kid) }
                return proofs.spend(decision, nowSeconds: now)
            case .fetchKeys(let issuer, let wanted):
                _ = keys.fetch(
                    issuer, unlessFetchedSince: ring[issuer].fetchCount,
                    within: keys.timeLeft(until: deadlineWallMilliseconds), wanted: wanted,
                    requestID: requestID, nowSeconds: nowSeconds)
                ring = keys.ring
            }
        }
    }
}
