import JOSE
import TestSupport
import Testing

@testable import Authorizer

@Suite struct AbsentKeysTests {
    private func mayAsk(_ keys: AbsentKeys, _ kid: UInt8, at now: Int64) -> Bool {
        keys.mayAsk(for: [kid], intervalSeconds: 10, nowSeconds: now)
    }

    /// The memory ends at its limit; one more makes it forget the oldest, and only that.
    @Test func theMemoryIsBounded() {
        var keys = AbsentKeys()
        let limit = AuthorizerLimits.absentKeyCount
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

    @Test func aKeyThatCameIsForgotten() throws {
        var keys = AbsentKeys()
        for kid in 0..<UInt8(AuthorizerLimits.absentKeyCount + 3) { keys.note([kid], nowSeconds: 0) }
        keys.note(Array("key-1".utf8), nowSeconds: 0)
        keys.forget(presentIn: try KeySet(parsing: TestIssuer.first.keySet))
        #expect(keys.count == AuthorizerLimits.absentKeyCount - 1)
        #expect(keys.mayAsk(for: Array("key-1".utf8), intervalSeconds: 10, nowSeconds: 0))
        // The oldest is still the first to go: 0 to 3 went before, 4 is next.
        #expect(!mayAsk(keys, 4, at: 9))
        keys.note([100], nowSeconds: 0)
        #expect(!mayAsk(keys, 4, at: 9))
        keys.note([101], nowSeconds: 0)
        #expect(mayAsk(keys, 4, at: 9) && !mayAsk(keys, 5, at: 9))
    }
}
