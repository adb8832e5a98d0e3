import Foundation
import JOSE
import TestSupport
import Testing

@testable import Authorizer

/// Random histories of events, pauses, fetch results and clock changes, decided by the ring and by a
/// model that keeps nothing but the list of what happened and reads it from the start each time.
@Suite struct KeyHistoryTests {
    /// SplitMix64.
    private struct Random {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
    }

    private struct Fetch {
        var begun: Int64
        var time: Int64
        /// The key IDs that came; nil: it failed.
        var kids: [String]?
        var wanted: String?
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
            var seconds = policy.firstCoolDownSeconds
            for _ in 1..<max(1, failures) { seconds = min(2 * seconds, policy.longestCoolDownSeconds) }
            return min(seconds, policy.longestCoolDownSeconds)
        }

        func mayFetch(_ now: Int64) -> Bool { failures == 0 || waited(now) < 0 || waited(now) >= coolDown }

        /// `fresh`, `old` or `none`, and the key IDs.
        func atHand(_ now: Int64) -> (state: String, kids: [String]) {
            let since: Int64
            let life: Int64
            let kids: [String]
            if let good = lastGood, let came = good.kids {
                (since, kids) = (good.time, came)
                life = good.maxAge.map { min(max($0, 60), 86_400) } ?? policy.timeToLiveSeconds
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
            failures == 0 || waited(now) < 0 || waited(now) >= coolDown + policy.longestCoolDownSeconds
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
                if fetch.wanted == kid, !kids.contains(kid) { misses.append(fetch.time) }
            }
            guard let last = misses.last else { return true }
            let wait = policy.unknownKeyIntervalSeconds * [1, 2, 4, 8][min(misses.count, 4) - 1]
            return now - last < 0 || now - last >= wait
        }

        func shouldRefresh(_ now: Int64) -> Bool {
            guard mayFetch(now) else { return false }
            guard let good = lastGood else { return true }
            let life = good.maxAge.map { min(max($0, 60), 86_400) } ?? policy.timeToLiveSeconds
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
    /// Two that can be good, the rest never.
    private static let tokens: [(kid: String, token: String)] =
        [("key-1", first.token(payload)), ("key-2", second.token(payload))]
        + ["a", "b", "c", ""].map {
            ($0, first.token(header: #"{"alg":"RS256","kid":"\#($0)"}"#, payload: payload))
        }

    private func policy(_ random: inout Random) -> KeyCachePolicy {
        var policy = KeyCachePolicy()
        policy.timeToLiveSeconds = [1, 7, 60, 600][random.below(4)]
        policy.staleSeconds = [0, 5, 100, 3600][random.below(4)]
        policy.unknownKeyIntervalSeconds = [1, 5, 30][random.below(3)]
        policy.longestCoolDownSeconds = [1, 8, 60][random.below(3)]
        return policy
    }

    @Test func theRingDecidesAsTheHistoryDoes() throws {
        let environment = ProcessInfo.processInfo.environment["KEY_HISTORY_SEED"]
        let seed = environment.flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64(UInt32.max))
        print("KeyHistoryTests: KEY_HISTORY_SEED=\(seed)")
        var random = Random(state: seed)
        var counts: [String: Int] = [:]
        for _ in 0..<60 { try oneHistory(&random, &counts, seed) }
        // What must have come up, or the histories are no test.
        for name in ["allowed", "key_unknown", "keys_unavailable", "old", "fetch", "refresh", "reload"] {
            #expect(counts[name, default: 0] > 20, "\(name) in \(counts), seed \(seed)")
        }
    }

    private func oneHistory(_ random: inout Random, _ counts: inout [String: Int], _ seed: UInt64) throws {
        let trusted = TrustedIssuer(
            claims: ClaimRules(issuers: [], audiences: [], clockSkewSeconds: 0), keySources: [.file([0x2F])])
        var model = Model(policy: policy(&random))
        var keys = KeyRing([trusted], policy: model.policy)
        var now: Int64 = 1_000_000
        if random.below(2) == 0 {
            let set = Self.sets[random.below(3)]
            model.snapshot = (set.kids, now)
            keys[0].hold(snapshot: try KeySet(parsing: Array(set.text.utf8)), nowSeconds: now)
        }
        /// A fetch with a random result, told to both.
        func fetch(wanted: String?, isReload: Bool, _ random: inout Random) throws {
            let begun = now
            let isMine = keys[0].beginFetch(
                wanted: wanted.map { Array($0.utf8) }, isReload: isReload, nowSeconds: now)
            #expect(isMine, "seed \(seed)")
            if random.below(3) == 0 { now += Int64(random.below(4)) }
            var record = Fetch(begun: begun, time: now, wanted: wanted, isReload: isReload)
            switch random.below(6) {
            case 0, 1: keys[0].receiveFailure(nowSeconds: now)
            case 2:
                let taken = keys[0].receive(
                    try KeySet(parsing: Array(#"{"keys":[]}"#.utf8)), nowSeconds: now)
                #expect(!taken)
            case 3:
                // 304: the set at hand, if there is one.
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
                try fetch(wanted: nil, isReload: false, &random)
            case 1:
                let wait = keys[0].reloadWaitSeconds(nowSeconds: now)
                #expect(wait == model.reloadWait(now), "seed \(seed)")
                guard wait == 0 else { continue }
                counts["reload", default: 0] += 1
                try fetch(wanted: nil, isReload: true, &random)
            default:
                let (kid, token) = Self.tokens[random.below(Self.tokens.count)]
                var authorization = Authorization(
                    event: Array(
                        #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                            .utf8),
                    issuers: [trusted], rules: Rules(resources: [[0x2A]]))
                var hasFetched = false
                var (state, kids) = model.atHand(now)
                var cause: String?
                if state == "none" && model.mayFetch(now) || state == "old" && model.mustAskFirst(now) {
                    cause = "time"
                } else if state != "none" && !kids.contains(kid) && model.mayAskFor(kid, now) {
                    cause = "kid"
                }
                if let cause {
                    guard
                        case .fetchKeys(issuer: 0, let wanted) = authorization.next(
                            keys: keys, nowSeconds: now)
                    else {
                        Issue.record("no fetch, seed \(seed)")
                        return
                    }
                    #expect(wanted == (cause == "kid" ? Array(kid.utf8) : nil), "seed \(seed)")
                    counts["fetch", default: 0] += 1
                    try fetch(wanted: cause == "kid" ? kid : nil, isReload: false, &random)
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
                    (decision.oldKeys != nil) == (state == "old" && expected == "allowed"), "seed \(seed)")
                counts[expected, default: 0] += 1
                if decision.oldKeys != nil { counts["old", default: 0] += 1 }
            }
        }
    }
}
