import DecisionSupport
import Foundation
import JOSE
import Keys
import Settings
import TestSupport
import Testing

@testable import Authorizer

/// Random histories of events, pauses, fetch results and clock changes. The ring's decisions are compared with those of a
/// model that only stores the list of events and evaluates it from the start each time (AUDIT 19).
@Suite struct KeyHistoryTests {
    private struct Fetch {
        var begun: Int64
        var time: Int64
        /// The fetched key IDs; nil: the fetch failed.
        var kids: [String]?
        var requestedKey: String?
        var maxAge: Int64?
        var isReload: Bool
    }

    /// The naive model.
    private struct Model {
        let policy: KeyCachePolicy
        var snapshot: (kids: [String], since: Int64)?
        var fetches: [Fetch] = []

        var lastGood: Fetch? { fetches.last { $0.kids != nil } }
        var failures: Int { fetches.reversed().prefix { $0.kids == nil }.count }

        func waited(_ now: Int64) -> Int64 { now - (fetches.last?.time ?? now) }

        var coolDown: Int64 {
            var seconds = policy.firstBackOffSeconds
            for _ in 1..<max(1, failures) { seconds = min(2 * seconds, policy.longestBackOffSeconds) }
            return min(seconds, policy.longestBackOffSeconds)
        }

        func mayFetch(_ now: Int64) -> Bool { failures == 0 || waited(now) < 0 || waited(now) >= coolDown }

        /// `fresh`, `old` or `none`, and the key IDs.
        func atHand(_ now: Int64) -> (state: String, kids: [String]) {
            let since: Int64
            let life: Int64
            let kids: [String]
            if let good = lastGood, let came = good.kids {
                (since, kids) = (good.time, came)
                life =
                    good.maxAge.map { min(max($0, 60), policy.longestServerLifetimeSeconds) }
                    ?? policy.timeToLiveSeconds
            } else if let snapshot {
                (since, kids, life) = (snapshot.since, snapshot.kids, 0)
            } else {
                return ("none", [])
            }
            let age = now - since
            if (0..<life).contains(age) { return ("fresh", kids) }
            return abs(age) < life + policy.staleSeconds && policy.staleSeconds > 0
                ? ("old", kids) : ("none", [])
        }

        func mustAskFirst(_ now: Int64) -> Bool {
            failures == 0 || waited(now) < 0 || waited(now) >= coolDown + policy.longestBackOffSeconds
        }

        func mayAskFor(_ kid: String, _ now: Int64) -> Bool {
            guard mayFetch(now) else { return false }
            if !fetches.isEmpty, waited(now) >= 0, waited(now) < policy.unknownKeyIntervalSeconds {
                return false
            }
            var misses: [Int64] = []
            for fetch in fetches {
                guard let kids = fetch.kids else { continue }
                if kids.contains(kid) { misses = [] }
                if fetch.requestedKey == kid, !kids.contains(kid) { misses.append(fetch.time) }
            }
            guard let last = misses.last else { return true }
            let wait = policy.unknownKeyIntervalSeconds * [1, 2, 4, 8][min(misses.count, 4) - 1]
            return now - last < 0 || now - last >= wait
        }

        func shouldRefresh(_ now: Int64) -> Bool {
            guard mayFetch(now) else { return false }
            guard let good = lastGood else { return true }
            let life =
                good.maxAge.map { min(max($0, 60), policy.longestServerLifetimeSeconds) }
                ?? policy.timeToLiveSeconds
            let lead = life == 1 ? 0 : life < 5 ? 1 : life / 5
            return now < good.time || now - good.time >= life - lead
        }

        func reloadWait(_ now: Int64) -> Int64 {
            guard let last = fetches.last(where: { $0.isReload }), now >= last.begun else { return 0 }
            return max(0, policy.unknownKeyIntervalSeconds - (now - last.begun))
        }
    }

    private static let first = TestIssuer.first
    private static let second = TestIssuer.second
    private static let sets: [(kids: [String], text: String)] = [
        (["key-1"], "{\"keys\":[\(first.jwk())]}"), (["key-2"], "{\"keys\":[\(second.jwk())]}"),
        (["key-1", "key-2"], "{\"keys\":[\(first.jwk()),\(second.jwk())]}"),
    ]
    private static let payload = #"{"exp":9000000000}"#
    /// Tokens of two keys that may be in the sets, and tokens that are never valid.
    private static let tokens: [(kid: String, token: String)] =
        [("key-1", first.token(payload)), ("key-2", second.token(payload))]
        + ["a", "b", "c", ""].map {
            ($0, first.token(header: #"{"alg":"RS256","kid":"\#($0)"}"#, payload: payload))
        }

    private func policy(_ random: inout SplitMix) -> KeyCachePolicy {
        var policy = KeyCachePolicy()
        policy.timeToLiveSeconds = [1, 7, 60, 600][random.below(4)]
        policy.longestServerLifetimeSeconds = [60, 100, 3600, 86_400][random.below(4)]
        policy.staleSeconds = [0, 5, 100, 3600][random.below(4)]
        policy.unknownKeyIntervalSeconds = [1, 5, 30][random.below(3)]
        policy.longestBackOffSeconds = [1, 8, 60][random.below(3)]
        return policy
    }

    @Test func theRingDecidesLikeTheModel() throws {
        let environment = ProcessInfo.processInfo.environment["KEY_HISTORY_SEED"]
        let seed = environment.flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("KeyHistoryTests: KEY_HISTORY_SEED=\(seed)")
        var random = SplitMix(state: seed)
        var counts: [String: Int] = [:]
        for _ in 0..<60 { try oneHistory(&random, &counts, seed) }
        // Each of these must have occurred, or the histories test too little.
        for name in ["allowed", "key_unknown", "keys_unavailable", "old", "fetch", "refresh", "reload"] {
            #expect(counts[name, default: 0] > 20, "\(name) in \(counts), seed \(seed)")
        }
    }

    private func oneHistory(_ random: inout SplitMix, _ counts: inout [String: Int], _ seed: UInt64) throws {
        let trusted = TrustedIssuer(
            claims: ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0))
        var model = Model(policy: policy(&random))
        var keys = KeyRing([.oneFile], policy: model.policy)
        var now: Int64 = 1_000_000
        if random.below(2) == 0 {
            let set = Self.sets[random.below(3)]
            model.snapshot = (set.kids, now)
            keys[0].hold(snapshot: try KeySet(parsing: Array(set.text.utf8)), nowSeconds: now)
        }
        /// A fetch with a random result, which the ring and the model receive.
        func fetch(_ cause: FetchCause, _ random: inout SplitMix) throws {
            let begun = now
            let isMine = keys[0].beginFetch(cause, nowSeconds: now)
            #expect(isMine, "seed \(seed)")
            if random.below(3) == 0 { now += Int64(random.below(4)) }
            var record = Fetch(
                begun: begun, time: now,
                requestedKey: cause.keyID.map { String(decoding: $0, as: UTF8.self) },
                isReload: cause == .reload)
            switch random.below(6) {
            case 0, 1: keys[0].receiveFailure(nowSeconds: now)
            case 2:
                let taken = keys[0].receive(
                    try KeySet(parsing: Array(#"{"keys":[]}"#.utf8)), nowSeconds: now)
                #expect(!taken)
            case 3:
                // 304: the cached set, if there is one.
                record.kids = model.lastGood?.kids
                let taken = keys[0].receiveNotModified(nowSeconds: now)
                #expect(taken == (record.kids != nil), "seed \(seed)")
            default:
                let set = Self.sets[random.below(3)]
                record.kids = set.kids
                record.maxAge = random.below(3) == 0 ? Int64(random.below(200)) : nil
                _ = keys[0].receive(
                    try KeySet(parsing: Array(set.text.utf8)), maxAgeSeconds: record.maxAge, nowSeconds: now)
            }
            model.fetches.append(record)
        }
        for _ in 0..<60 {
            switch random.below(12) {
            case 0: now -= Int64(random.below(50))
            case 1: now += Int64(random.below(5000))
            case 2...5: now += Int64(random.below(40))
            default: now += Int64(random.below(3))
            }
            switch random.below(8) {
            case 0:
                let chosen = keys.issuerToRefresh(nowSeconds: now)
                #expect((chosen == 0) == model.shouldRefresh(now), "seed \(seed)")
                guard chosen != nil else { continue }
                counts["refresh", default: 0] += 1
                try fetch(.staleKeys, &random)
            case 1:
                let wait = keys[0].schedule.reloadWaitSeconds(nowSeconds: now)
                #expect(wait == model.reloadWait(now), "seed \(seed)")
                guard wait == 0 else { continue }
                counts["reload", default: 0] += 1
                try fetch(.reload, &random)
            default:
                let (kid, token) = Self.tokens[random.below(Self.tokens.count)]
                var authorization = Authorization(
                    event: Array(
                        #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                            .utf8),
                    issuers: [trusted], rules: Rules(resources: [[0x2A]]))
                var hasFetched = false
                var (state, kids) = model.atHand(now)
                var cause: FetchCause?
                if state == "none" && model.mayFetch(now) || state == "old" && model.mustAskFirst(now) {
                    cause = .staleKeys
                } else if state != "none" && !kids.contains(kid) && model.mayAskFor(kid, now) {
                    cause = .unknownKey(Array(kid.utf8))
                }
                if let cause {
                    guard
                        case .fetchKeys(issuer: 0, let asked) = authorization.next(
                            keys: keys, nowSeconds: now)
                    else {
                        Issue.record("no fetch, seed \(seed)")
                        return
                    }
                    #expect(asked == cause, "seed \(seed)")
                    counts["fetch", default: 0] += 1
                    try fetch(cause, &random)
                    hasFetched = true
                    (state, kids) = model.atHand(now)
                }
                let expected: String
                if state == "none" {
                    expected = "keys_unavailable"
                } else if kids.contains(kid) {
                    expected = "allowed"
                } else {
                    expected = model.failures > 0 ? "keys_unavailable" : "key_unknown"
                }
                guard case .decided(let decision) = authorization.next(keys: keys, nowSeconds: now) else {
                    Issue.record("a fetch too many (\(hasFetched)), seed \(seed)")
                    return
                }
                #expect(decision.reasonCode.description == expected, "seed \(seed)")
                #expect(
                    (decision.staleKeys != nil) == (state == "old" && expected == "allowed"), "seed \(seed)")
                counts[expected, default: 0] += 1
                if decision.staleKeys != nil { counts["old", default: 0] += 1 }
            }
        }
    }
}
