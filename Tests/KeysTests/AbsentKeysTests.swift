import JOSE
import TestSupport
import Testing

@testable import Keys

/// The memory of absent keys is bounded (AUDIT 19).
@Suite struct AbsentKeysTests {
    private func mayAsk(_ keys: AbsentKeys, _ kid: UInt8, at now: Int64) -> Bool {
        keys.mayAsk(for: [kid], intervalSeconds: 10, nowSeconds: now)
    }

    /// At its limit the memory forgets only the oldest key for a new one.
    @Test func theMemoryIsBounded() {
        var keys = AbsentKeys()
        let limit = KeyLimits.absentKeyCount
        for kid in 0..<limit { keys.note([UInt8(kid)], nowSeconds: 0) }
        #expect(keys.count == limit && !mayAsk(keys, 0, at: 9))
        keys.note([200], nowSeconds: 0)
        #expect(
            keys.count == limit && mayAsk(keys, 0, at: 9) && !mayAsk(keys, 1, at: 9)
                && !mayAsk(keys, 200, at: 9))
        keys.note([201], nowSeconds: 0)
        #expect(keys.count == limit && mayAsk(keys, 1, at: 9) && !mayAsk(keys, 2, at: 9))
        for kid in 0..<1000 { keys.note([UInt8(kid % 256), UInt8(kid / 256)], nowSeconds: 0) }
        #expect(keys.count == limit)
    }

    @Test func aReceivedKeyIsForgotten() throws {
        var keys = AbsentKeys()
        for kid in 0..<UInt8(KeyLimits.absentKeyCount + 3) { keys.note([kid], nowSeconds: 0) }
        keys.note(Array("key-1".utf8), nowSeconds: 0)
        let keySet = try KeySet(parsing: TestIssuer.first.keySet)
        keys.forget { keySet.hasKey(kid: $0.span) }
        #expect(keys.count == KeyLimits.absentKeyCount - 1)
        #expect(keys.mayAsk(for: Array("key-1".utf8), intervalSeconds: 10, nowSeconds: 0))
        // The oldest key is still forgotten first: after 0 to 3 it is 4.
        #expect(!mayAsk(keys, 4, at: 9))
        keys.note([100], nowSeconds: 0)
        #expect(!mayAsk(keys, 4, at: 9))
        keys.note([101], nowSeconds: 0)
        #expect(mayAsk(keys, 4, at: 9) && !mayAsk(keys, 5, at: 9))
    }
}
