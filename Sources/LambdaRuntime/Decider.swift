// Decider.swift - decides events, and fetches the keys that a decision needs.
//
// Spec:    AUDIT 18, 19, 26.
// Secret:  no; the token stays within Authorization.
// Reads:   SharedKeys, FetchRequest, SharedProofs, LogLine; Authorizer, Keys, Platform, JOSE, Settings. Read by: LambdaLoop,
//          LambdaLoops, the commands.

import Authorizer
import JOSE
import Keys
import Platform
import Settings

/// Decides events, and has keys fetched when a decision needs them. A copy is for another loop: it shares the keys and
/// the proofs, and has a separate memory of verified tokens.
public struct Decider: Sendable {
    public let settings: Settings
    let keys: SharedKeys
    /// The DPoP proofs that have been used.
    private let proofs: SharedProofs
    /// Tokens whose signature has been verified.
    private(set) var memo: TokenMemory

    /// - Parameter loopCount: the number of loops that decide concurrently, each with a copy.
    /// - Throws: for a key source that cannot be fetched from, and for an invalid snapshot.
    public init(_ settings: Settings, log: Log, loopCount: Int = 1) throws(SettingsError) {
        self.settings = settings
        keys = try SharedKeys.make(settings, log: log, loopCount: loopCount)
        proofs = SharedProofs(log: log, isShared: loopCount > 1)
        memo = TokenMemory(
            capacity: min(settings.rememberedTokens, LambdaLimits.rememberedTokens / loopCount))
    }

    /// Decides one event.
    ///
    /// - Parameters:
    ///   - event: the event that Lambda delivers.
    ///   - wholeByteCount: the event's length if `event` is only its beginning.
    ///   - fetchDeadline: when a fetch of keys must end.
    ///   - requestID: the invocation's ID, for logs.
    ///   - nowSeconds: the time of the decision, in seconds since 1970; nil: the present.
    public mutating func decide(
        event: [UInt8], wholeByteCount: Int? = nil, fetchDeadline: Deadline = .never,
        requestID: [UInt8]? = nil, nowSeconds: Int64? = nil
    ) -> Decision {
        var authorization = Authorization(
            event: event, wholeByteCount: wholeByteCount, issuers: settings.trustedIssuers,
            rules: settings.rules)
        var ring = keys.ring
        while true {
            let now = nowSeconds ?? Clock.wallSeconds
            switch authorization.next(keys: ring, memo: &memo, nowSeconds: now) {
            case .decided(let decision):
                if let issuer = decision.issuerOfNewKey, let kid = decision.kid { keys.prove(issuer, kid) }
                return proofs.spend(decision)
            case .fetchKeys(let issuer, let cause):
                let request = FetchRequest(
                    seenFetchCount: ring[issuer].schedule.fetchCount, isOfEvent: true, requestID: requestID,
                    nowSeconds: nowSeconds)
                _ = keys.fetch(issuer, cause, until: fetchDeadline, request)
                ring = keys.ring
            }
        }
    }
}

extension Decider {
    /// The keys that were skipped in the last fetch of each issuer's set, with the issuer's index in the settings.
    public var skippedKeys: [(issuer: Int, key: KeySet.SkippedKey)] {
        var all: [(issuer: Int, key: KeySet.SkippedKey)] = []
        for (issuer, skipped) in keys.skippedKeys.enumerated() {
            for key in skipped { all.append((issuer, key)) }
        }
        return all
    }
}
