import JOSE
import Platform
import Settings
import TestSupport
import Testing
import URI

@testable import Authorizer
@testable import LambdaRuntime

/// Many loops share one fetch, and each waits for it within its own deadline (AUDIT 19).
@Suite struct SharedKeysTests {
    private let folder: TemporaryFolder
    private let path: String
    private let silent = SilentServer()

    init() throws {
        folder = try TemporaryFolder()
        path = try folder.write("keys.json", TestIssuer.first.keySet)
    }

    private func keys(_ further: (String, String)..., loopCount: Int = 16) throws -> SharedKeys {
        let all = [("RESOURCE", "*"), ("JWKS_URI", path)] + further
        // Of two equal names the last one is used.
        let environment = all.filter { pair in all.last { $0.0 == pair.0 }?.1 == pair.1 }
        return try SharedKeys.make(
            Settings(environment: variables(environment)),
            log: Log(level: .fatal, isShared: loopCount > 1), loopCount: loopCount)
    }

    private var silentURI: (String, String) { ("JWKS_URI", "http://127.0.0.1:\(silent.port)/keys") }

    /// Eight loops find no keys: one fetches, and all use its result.
    @Test func oneFetchForAll() throws {
        let keys = try keys()
        let made = try concurrently(8) {
            keys.fetch(0, .staleKeys, until: .after(milliseconds: 10_000), FetchRequest(seenFetchCount: 0))?
                .success != nil
        }
        #expect(made.filter { $0 }.count == 1)
        #expect(keys.ring[0].schedule.fetchCount == 1 && keys.ring[0].generation == 1)
        // A loop that has seen that result may make the next fetch.
        #expect(
            keys.fetch(0, .staleKeys, until: .after(milliseconds: 1000), FetchRequest(seenFetchCount: 1))?
                .success != nil)
        #expect(
            keys.fetch(0, .staleKeys, until: .after(milliseconds: 1000), FetchRequest(seenFetchCount: 1))
                == nil
        )
    }

    /// All waiting loops get the same failure.
    @Test func oneFailureForAll() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "200"))
        let failures = try concurrently(8) {
            keys.fetch(0, .staleKeys, until: .after(milliseconds: 10_000), FetchRequest(seenFetchCount: 0))?
                .failures.count ?? 0
        }
        #expect(failures.reduce(0, +) == 1)
        #expect(keys.ring[0].schedule.fetchCount == 1 && keys.ring[0].schedule.lastFetchFailed)
    }

    /// A loop waits for another loop's fetch until its own deadline. The refresh between events does not wait.
    @Test func waitingEndsAtTheDeadline() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "3000"))
        let box = Box<Bool>()
        try WorkerThread.start(stackByteCount: 512 * 1024) {
            box.put(
                keys.fetch(
                    0, .staleKeys, until: .after(milliseconds: 10_000), FetchRequest(seenFetchCount: 0))
                    != nil)
        }
        while !keys.ring[0].schedule.isFetching(nowSeconds: Clock.wallSeconds) {}
        #expect(
            keys.fetch(0, .staleKeys, until: .after(milliseconds: 20), FetchRequest(seenFetchCount: 0)) == nil
        )
        #expect(
            keys.fetch(
                0, .staleKeys, until: .after(milliseconds: 10_000),
                FetchRequest(seenFetchCount: 0, waits: false)) == nil)
        keys.refreshIfNeeded()
        // All of that happened during the one fetch.
        #expect(keys.ring[0].schedule.fetchCount == 0)
        #expect(box.take(1) == [true])
        #expect(keys.ring[0].schedule.fetchCount == 1)
    }

    /// A caller without time left starts no fetch. A timeout because of a short deadline does not lengthen the back-off,
    /// which stays at one second.
    @Test func aCallersTimeoutIsNotAServerFailure() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "3000"), loopCount: 1)
        let before = keys.ring[0].schedule
        #expect(keys.fetch(0, .staleKeys, until: .after(milliseconds: 0)) == nil)
        #expect(
            keys.ring[0].schedule.fetchCount == before.fetchCount && !keys.ring[0].schedule.lastFetchFailed)
        for _ in 0..<5 {
            #expect(keys.fetch(0, .staleKeys, until: .after(milliseconds: 20))?.success == nil)
        }
        let schedule = keys.ring[0].schedule
        #expect(schedule.lastFetchFailed && schedule.fetchCount == 5)
        let end = try #require(schedule.lastFetchSeconds)
        #expect(schedule.mayFetch(nowSeconds: end + 1))
        // A failure of the server lengthens it.
        let refused = try self.keys(("JWKS_URI", "http://127.0.0.1:1/keys"), loopCount: 1)
        for _ in 0..<5 { _ = refused.fetch(0, .staleKeys, until: .never) }
        let last = try #require(refused.ring[0].schedule.lastFetchSeconds)
        #expect(!refused.ring[0].schedule.mayFetch(nowSeconds: last + 15))
    }

    /// While the server hangs, four of sixteen loops wait for unknown keys. The others return at once without a result.
    @Test func fewLoopsWaitForUnknownKeys() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "5000"))
        let atOnce = try concurrently(16) {
            let request = FetchRequest(seenFetchCount: 0, isOfEvent: true)
            let start = ContinuousClock.now
            let kid = UInt8.random(in: 0...255)
            _ = keys.fetch(0, .unknownKey([kid]), until: .after(milliseconds: 10_000), request)
            return ContinuousClock.now - start < .seconds(3)
        }
        #expect(atOnce.filter { $0 }.count == 12)
        #expect(keys.ring[0].schedule.fetchCount == 1)
    }

    /// Of several reloads at the same time only one fetches. The others are too early.
    @Test func oneReloadPerInterval() throws {
        let keys = try keys()
        let answers = try concurrently(8) {
            String(
                decoding: keys.reloadKeys(until: .never, requestID: nil), as: UTF8.self)
        }
        #expect(answers.filter { $0.contains(#""result":"fetched""#) }.count == 1)
        #expect(answers.filter { $0.contains(#""result":"too soon""#) }.count == 7)
        #expect(keys.ring[0].schedule.fetchCount == 1)
    }

    /// Copies of a decider share the keys, and each has its own memory of tokens.
    @Test func copiesShareKeysButNotMemories() throws {
        let settings = try keys().settings
        for (loopCount, capacity) in [(1, 64), (16, 64), (32, 64), (33, 62), (1600, 1)] {
            let decider = try Decider(settings, log: Log(level: .fatal), loopCount: loopCount)
            #expect(decider.memo.capacity == capacity)
        }
        let first = try Decider(settings, log: Log(level: .fatal), loopCount: 2)
        let second = first
        first.keys.prefetch()
        #expect(second.keys.ring[0].generation == 1)
    }
}
