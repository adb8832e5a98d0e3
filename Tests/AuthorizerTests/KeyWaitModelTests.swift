// Every interleaving of two loops, a renewal and a key server, over the real cache, schedule and verification.
//
// Serves AUDIT 19 and 26. The turn-taking of LambdaRuntime's SharedKeys is modelled here without its lock and its threads:
// an action is the work of one thread while it holds the lock. `make nightly` sets KEY_MODEL_DEPTH and searches deeper.

import DecisionSupport
import Foundation
import JOSE
import Keys
import TestSupport
import Testing

@testable import Authorizer

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The three tokens, named by the key that they need.
private enum Token: CaseIterable {
    /// The key that the server has from the beginning.
    case old
    /// The key that the server gets with its first rotation.
    case new
    /// A key that never exists.
    case stranger

    var kid: String {
        switch self {
        case .old: "old"
        case .new: "new"
        case .stranger: "stranger"
        }
    }
}

/// The state of a loop.
private enum Loop: Hashable {
    case idle
    /// In SharedKeys.takeTurn, until a fetch ends or the waiting time is over.
    case waits(Token, askedAt: Int, cause: String)
    case fetches(Token, cause: String)
}

private enum FetchEnd: CaseIterable { case success, failure, cutShort, untried }

/// A fault that is planted to see that the search finds it. The program had each of them.
private enum Fault: CaseIterable {
    /// The end of a wait is answered as if the key did not exist.
    case verdictAfterWait
    /// A fetch that was not tried counts as a failure.
    case untriedIsFailure

    /// The beginning of what the search reports for it.
    var finding: String {
        switch self {
        case .verdictAfterWait: "a verdict while a fetch is under way: new key_unknown"
        case .untriedIsFailure: "a fetch that was not tried leaves a trace"
        }
    }
}

/// One state of everything.
private struct World {
    static let policy: KeyCachePolicy = {
        var policy = KeyCachePolicy()
        policy.timeToLiveSeconds = 4
        policy.staleSeconds = 3
        policy.unknownKeyIntervalSeconds = 2
        policy.firstBackOffSeconds = 1
        policy.longestBackOffSeconds = 2
        return policy
    }()

    var ring = KeyRing([.oneFile], policy: World.policy)
    var now: Int64 = 1000
    var loops: [Loop] = [.idle, .idle]
    var authorizations: [Authorization?] = [nil, nil]
    var isRenewing = false
    /// SharedKeys.isFetching.
    var isFetching = false
    /// 0: the old key; 1: both keys; 2: the new key.
    var serverSet = 0
    /// The cached set, and the time since which it is cached; nil: none.
    var cachedSet: Int?
    var cachedAt: Int64 = 0
    /// When the last attempted fetch ended, and whether it failed by the server's fault or was for an unknown key.
    var lastEnd: (at: Int64, failed: Bool)?
    var lastEndOfUnknown: Int64?
    var isCauseUnknown = false

    /// Equal for states that have the same possible continuations.
    var fingerprint: String {
        "\(ring[0].schedule)|\(now)|\(loops)|\(isRenewing)\(isFetching)\(serverSet)|\(cachedSet ?? -1)|\(cachedAt)|\(isCauseUnknown)"
    }
}

@Suite struct KeyWaitModelTests {
    private static let sets: [KeySet] = {
        func key(_ kid: String, _ issuer: TestIssuer) -> String {
            let text = String(decoding: issuer.keySet, as: UTF8.self)
            let start = text.firstRange(of: "\"kid\":\"")!.upperBound
            let end = text[start...].firstIndex(of: "\"")!
            let whole = text.replacingCharacters(in: start..<end, with: kid)
            return String(whole.dropFirst("{\"keys\":[".count).dropLast("]}".count))
        }
        let (old, new) = (key("old", .first), key("new", .second))
        return [[old], [old, new], [new]].map {
            try! KeySet(parsing: bytes("{\"keys\":[\($0.joined(separator: ","))]}"))
        }
    }()

    /// A token whose signature is too short. If its key is cached, it is refused for that without an exponentiation.
    private static let authorizations: [Token: Authorization] = {
        let rules = Rules(resources: [
            bytes("arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/*")
        ])
        let issuer = TrustedIssuer(
            claims: ClaimRules(issuers: [bytes("iss")], audiences: [], clockSkewSeconds: 60))
        var all: [Token: Authorization] = [:]
        for token in Token.allCases {
            let header = Data("{\"alg\":\"RS256\",\"kid\":\"\(token.kid)\"}".utf8).base64EncodedString()
                .replacingOccurrences(of: "=", with: "")
            let event =
                #"{"type":"TOKEN","authorizationToken":"Bearer \#(header).e30.AAAA","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/orders"}"#
            all[token] = Authorization(event: bytes(event), issuers: [issuer], rules: rules)
        }
        return all
    }()

    /// The violations that were found.
    private final class Findings {
        let fault: Fault?
        init(_ fault: Fault? = nil) { self.fault = fault }

        var wrong: [String] = []
        var decisions: [String: Int] = [:]
        var transitions = 0
    }

    // MARK: Actions

    /// Records a decision and checks that it is permitted.
    private func decided(
        _ decision: Decision, _ token: Token, _ before: World, waited: Bool, _ findings: Findings
    ) {
        var reason = decision.reasonCode.description
        if findings.fault == .verdictAfterWait && waited && reason == "keys_unavailable" {
            reason = "key_unknown"
        }
        findings.decisions["\(token) \(reason)", default: 0] += 1
        func wrong(_ text: String) {
            findings.wrong.append("\(text): \(token) \(reason) at \(before.fingerprint)")
        }
        let schedule = before.ring[0].schedule
        if reason == "key_unknown" {
            if before.isFetching { wrong("a verdict while a fetch is under way") }
            if schedule.lastFetchFailed { wrong("a verdict after a fetch that failed") }
            if before.cachedSet == nil { wrong("a verdict without keys") }
            let isPublished = token == .new && before.serverSet > 0
            // The longest time for which a published key may be reported as absent: eight intervals of AbsentKeys.
            let longest = 8 * World.policy.unknownKeyIntervalSeconds
            if isPublished, before.now - before.cachedAt >= longest {
                wrong("a published key is unknown for too long")
            }
            if isPublished, let end = before.lastEnd, before.now - end.at >= longest {
                wrong("nobody asks any more")
            }
        }
        let isKeyUsed = reason != "key_unknown" && reason != "keys_unavailable"
        if isKeyUsed {
            guard let cached = before.cachedSet else { return wrong("a key from nowhere") }
            let hasKey = token == .old ? cached < 2 : token == .new && cached > 0
            if !hasKey { wrong("another set's key") }
            let age = before.now - before.cachedAt
            if age >= World.policy.timeToLiveSeconds + World.policy.staleSeconds {
                wrong("a key past its bound")
            }
        }
    }

    /// A loop processes its token until it is decided, waits or fetches.
    private func goOn(_ world: inout World, _ loop: Int, _ token: Token, waited: Bool, _ findings: Findings) {
        while true {
            switch world.authorizations[loop]!.next(keys: world.ring, nowSeconds: world.now) {
            case .decided(let decision):
                decided(decision, token, world, waited: waited, findings)
                world.loops[loop] = .idle
                world.authorizations[loop] = nil
                return
            case .fetchKeys(_, let cause):
                let asked = world.ring[0].schedule.fetchCount
                if cachedKeyIsFresh(world, token) {
                    findings.wrong.append("a token with a cached key waits: \(token) at \(world.fingerprint)")
                }
                world.loops[loop] = .waits(token, askedAt: asked, cause: "\(cause)")
                if takeTurn(&world, loop, token, asked, cause, findings) { return }
            }
        }
    }

    private func cachedKeyIsFresh(_ world: World, _ token: Token) -> Bool {
        guard let cached = world.cachedSet else { return false }
        let hasKey = token == .old ? cached < 2 : token == .new && cached > 0
        return hasKey && world.now - world.cachedAt < World.policy.timeToLiveSeconds
    }

    private static func cause(_ token: Token, _ text: String) -> FetchCause {
        text.contains("unknownKey") ? FetchCause.unknownKey(bytes(token.kid)) : .staleKeys
    }

    /// SharedKeys.takeTurn up to the point where it waits.
    ///
    /// - Returns: whether the loop now fetches or waits; false: it continues without keys.
    private func takeTurn(
        _ world: inout World, _ loop: Int, _ token: Token, _ asked: Int, _ cause: FetchCause,
        _ findings: Findings
    ) -> Bool {
        let schedule = world.ring[0].schedule
        if schedule.fetchCount != asked { return false }
        if world.isFetching { return true }
        guard world.ring[0].beginFetch(cause, nowSeconds: world.now) else { return false }
        begins(&world, cause, findings)
        world.loops[loop] = .fetches(token, cause: "\(cause)")
        return true
    }

    /// A fetch starts. Checks that there are not too many fetches in an interval.
    private func begins(_ world: inout World, _ cause: FetchCause, _ findings: Findings) {
        world.isFetching = true
        world.isCauseUnknown = cause.keyID != nil
        if let end = world.lastEnd, end.failed, world.now - end.at < World.policy.firstBackOffSeconds {
            findings.wrong.append("a fetch within the cool-down at \(world.fingerprint)")
        }
        if world.isCauseUnknown, let end = world.lastEndOfUnknown, world.lastEnd?.failed == false,
            world.now - end < World.policy.unknownKeyIntervalSeconds
        {
            findings.wrong.append("two fetches for unknown keys in an interval at \(world.fingerprint)")
        }
    }

    /// SharedKeys.endTurn.
    private func ends(_ world: inout World, _ end: FetchEnd, _ findings: Findings) {
        let before = world.ring[0].schedule
        switch end {
        case .success:
            _ = world.ring[0].receive(Self.sets[world.serverSet], nowSeconds: world.now)
            world.cachedSet = world.serverSet
            world.cachedAt = world.now
        case .failure: world.ring[0].receiveFailure(nowSeconds: world.now)
        case .cutShort: world.ring[0].receiveFailure(isServersFault: false, nowSeconds: world.now)
        case .untried:
            if findings.fault == .untriedIsFailure {
                world.ring[0].receiveFailure(nowSeconds: world.now)
            } else {
                world.ring[0].cancelFetch()
            }
            let after = world.ring[0].schedule
            if after.fetchCount != before.fetchCount || after.lastFetchFailed != before.lastFetchFailed
                || after.lastFetchSeconds != before.lastFetchSeconds
                || after.mayFetch(nowSeconds: world.now) != before.mayFetch(nowSeconds: world.now)
            {
                findings.wrong.append("a fetch that was not tried leaves a trace")
            }
        }
        if end == .cutShort, before.lastFetchFailed == false,
            !world.ring[0].schedule.mayFetch(nowSeconds: world.now + World.policy.firstBackOffSeconds)
        {
            findings.wrong.append("a caller in a hurry makes the back-off longer")
        }
        world.isFetching = false
        guard end != .untried else { return }
        world.lastEnd = (world.now, end != .success)
        if world.isCauseUnknown { world.lastEndOfUnknown = world.now }
    }

    // MARK: The search

    private func successors(of world: World, _ findings: Findings, _ visit: (World) -> Void) {
        func act(_ change: (inout World) -> Void) {
            var next = world
            change(&next)
            findings.transitions += 1
            visit(next)
        }
        act { $0.now += 1 }
        if world.serverSet < 2 { act { $0.serverSet += 1 } }
        if !world.isFetching, world.ring.issuerToRefresh(nowSeconds: world.now) != nil {
            act { next in
                if next.ring[0].beginFetch(.staleKeys, nowSeconds: next.now) {
                    begins(&next, .staleKeys, findings)
                    next.isRenewing = true
                }
            }
        }
        if world.isRenewing {
            for end in FetchEnd.allCases {
                act { next in
                    ends(&next, end, findings)
                    next.isRenewing = false
                }
            }
        }
        for loop in world.loops.indices {
            switch world.loops[loop] {
            case .idle:
                // Two idle loops are equivalent, so only the first takes the event.
                if loop == 1, world.loops[0] == .idle { continue }
                for token in Token.allCases {
                    act { next in
                        next.authorizations[loop] = Self.authorizations[token]
                        goOn(&next, loop, token, waited: false, findings)
                    }
                }
            case .waits(let token, let asked, let text):
                // The waiting time is over.
                act { goOn(&$0, loop, token, waited: true, findings) }
                if !world.isFetching || world.ring[0].schedule.fetchCount != asked {
                    act { next in
                        let cause = Self.cause(token, text)
                        if !takeTurn(&next, loop, token, asked, cause, findings) {
                            goOn(&next, loop, token, waited: true, findings)
                        }
                    }
                }
            case .fetches(let token, _):
                for end in FetchEnd.allCases {
                    act { next in
                        ends(&next, end, findings)
                        goOn(&next, loop, token, waited: true, findings)
                    }
                }
            }
        }
    }

    /// All states up to a depth; less if `isFound`.
    ///
    /// - Returns: the depth that the search has reached.
    private func search(
        from start: World, depth: Int, _ fault: Fault? = nil,
        until isFound: (Findings) -> Bool = { $0.wrong.count > 20 }
    ) -> (states: Int, depth: Int, findings: Findings) {
        let findings = Findings(fault)
        var seen: Set<String> = [start.fingerprint]
        var front = [start]
        for reached in 0..<depth {
            var next: [World] = []
            for world in front {
                successors(of: world, findings) { new in
                    if seen.insert(new.fingerprint).inserted { next.append(new) }
                }
                if isFound(findings) { return (seen.count, reached + 1, findings) }
            }
            front = next
        }
        return (seen.count, depth, findings)
    }

    private var depth: Int { ProcessInfo.processInfo.environment["KEY_MODEL_DEPTH"].flatMap { Int($0) } ?? 8 }

    /// Starts with an empty cache, and with a cache whose key was just fetched after one back-off.
    @Test func everyInterleaving() throws {
        let empty = World()
        var warm = World()
        _ = warm.ring[0].beginFetch(.staleKeys, nowSeconds: warm.now)
        ends(&warm, .success, Findings())
        var failed = warm
        failed.now += World.policy.timeToLiveSeconds
        for _ in 0..<2 {
            _ = failed.ring[0].beginFetch(.staleKeys, nowSeconds: failed.now)
            ends(&failed, .failure, Findings())
            failed.now += 1
        }
        for (name, start) in [("empty", empty), ("warm", warm), ("failed twice", failed)] {
            let (states, _, findings) = search(from: start, depth: depth)
            print(
                "key model, \(name): depth \(depth), \(states) states, \(findings.transitions) transitions, \(findings.decisions)"
            )
            #expect(findings.wrong.isEmpty, "\(findings.wrong.prefix(3))")
            #expect(states > 200 && findings.decisions.count >= 4)
        }
    }

    /// The search finds each planted fault, by what it does.
    @Test func plantedFaults() {
        for fault in Fault.allCases {
            func isFound(_ findings: Findings) -> Bool {
                findings.wrong.contains { $0.hasPrefix(fault.finding) }
            }
            let (states, reached, findings) = search(from: World(), depth: 8, fault, until: isFound)
            print("key model, planted \(fault): found at depth \(reached) after \(states) states")
            #expect(isFound(findings), "\(fault): \(findings.wrong.prefix(3))")
        }
    }
}
