import Foundation
import JOSE
import Platform
import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

@Suite struct SharedKeysTests {
    private let path = NSTemporaryDirectory() + "shared-keys-\(UUID().uuidString).json"
    private let silent = SilentServer()

    init() throws {
        try Data(TestIssuer.first.keySet).write(to: URL(fileURLWithPath: path))
    }

    private func keys(_ further: (String, String)..., isShared: Bool = true) throws -> SharedKeys {
        let all = [("RESOURCE", "*"), ("JWKS_URI", path)] + further
        // The last of two equal names counts.
        let environment = all.filter { pair in all.last { $0.0 == pair.0 }?.1 == pair.1 }
        return try SharedKeys(
            Settings(environment: environment.map { (Array($0.0.utf8), Array($0.1.utf8)) }),
            log: Log(level: .fatal, isShared: isShared), isShared: isShared)
    }

    private var silentURI: (String, String) { ("JWKS_URI", "http://127.0.0.1:\(silent.port)/keys") }

    /// Eight loops find that there are no keys: one fetches, and all have what it brought.
    @Test func oneFetchForAll() throws {
        let keys = try keys()
        let made = try concurrently(8) {
            keys.fetch(0, unlessFetchedSince: 0, within: 10_000)?.success != nil
        }
        #expect(made.filter { $0 }.count == 1)
        #expect(keys.ring[0].fetchCount == 1 && keys.ring[0].generation == 1)
        // Whoever has seen that result may make the next one.
        #expect(keys.fetch(0, unlessFetchedSince: 1, within: 1000)?.success != nil)
        #expect(keys.fetch(0, unlessFetchedSince: 1, within: 1000) == nil)
    }

    /// A failure is the answer for all that waited.
    @Test func oneFailureForAll() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "200"))
        let failures = try concurrently(8) {
            keys.fetch(0, unlessFetchedSince: 0, within: 10_000)?.failures.count ?? 0
        }
        #expect(failures.reduce(0, +) == 1)
        #expect(keys.ring[0].fetchCount == 1 && keys.ring[0].lastFetchFailed)
    }

    /// A loop waits for another one's fetch within its own time, and a pause does not wait at all.
    @Test func waitingHasAnEnd() throws {
        let keys = try keys(silentURI, ("KEYS_FETCH_TIMEOUT_MS", "3000"))
        let box = Box<Bool>()
        try WorkerThread.start(stackByteCount: 512 * 1024) {
            box.put(keys.fetch(0, unlessFetchedSince: 0, within: 10_000) != nil)
        }
        while !keys.ring[0].isFetching(nowSeconds: Clock.wallSeconds) {}
        #expect(keys.fetch(0, unlessFetchedSince: 0, within: 20) == nil)
        #expect(keys.fetch(0, unlessFetchedSince: 0, within: 10_000, mayWait: false) == nil)
        keys.refreshIfNeeded()
        // All of that while the one fetch was on its way.
        #expect(keys.ring[0].fetchCount == 0)
        #expect(box.take(1) == [true])
        #expect(keys.ring[0].fetchCount == 1)
    }

    /// Of reloads that come at once one is made; the others are too soon.
    @Test func oneReloadAnInterval() throws {
        let keys = try keys()
        let answers = try concurrently(8) {
            String(
                decoding: keys.reloadKeys(deadlineWallMilliseconds: nil, requestID: nil), as: UTF8.self)
        }
        #expect(answers.filter { $0.contains(#""result":"fetched""#) }.count == 1)
        #expect(answers.filter { $0.contains(#""result":"too soon""#) }.count == 7)
        #expect(keys.ring[0].fetchCount == 1)
    }

    /// Copies of a decider have the same keys, and a memory each.
    @Test func aCopyIsForAnotherLoop() throws {
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
