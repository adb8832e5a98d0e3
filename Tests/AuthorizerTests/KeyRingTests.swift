import JOSE
import TestSupport
import Testing

@testable import Authorizer

@Suite struct KeyRingTests {
    private func ring(_ count: Int) -> KeyRing {
        let issuers = (0..<count).map {
            TrustedIssuer(
                claims: ClaimRules(issuers: [[UInt8($0)]], audiences: [], clockSkewSeconds: 0),
                keySources: [KeySource](repeating: .file([0x2F]), count: $0 + 1))
        }
        return KeyRing(issuers, policy: KeyCachePolicy())
    }

    @Test func eachIssuerHasItsOwnCache() throws {
        var keys = ring(3)
        #expect(keys.issuerCount == 3 && keys[0].addresses.count == 1 && keys[2].addresses.count == 3)
        _ = keys[1].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: 5)
        #expect(keys[0].ageSeconds(nowSeconds: 5) == nil && keys[1].ageSeconds(nowSeconds: 5) == 0)
        keys[0].receiveFailure(nowSeconds: 5)
        #expect(keys[1].mayFetch(nowSeconds: 5) && !keys[0].mayFetch(nowSeconds: 5))
    }

    /// However many need it, the one that waited longest is next; one that fails does not keep the others out.
    @Test func theOneThatWaitedLongestIsRefreshed() throws {
        var keys = ring(3)
        let set = try KeySet(parsing: TestIssuer.first.keySet)
        #expect(keys.issuerToRefresh(nowSeconds: 0) == 0)
        _ = keys[0].receive(set, nowSeconds: 2)
        _ = keys[1].receive(set, nowSeconds: 1)
        #expect(keys.issuerToRefresh(nowSeconds: 2) == 2)
        _ = keys[2].receive(set, nowSeconds: 3)
        #expect(keys.issuerToRefresh(nowSeconds: 480) == nil && keys.issuerToRefresh(nowSeconds: 481) == 1)
        #expect(keys.issuerToRefresh(nowSeconds: 500) == 1)
        keys[1].receiveFailure(nowSeconds: 500)
        #expect(keys.issuerToRefresh(nowSeconds: 500) == 0)
        keys[0].receiveFailure(nowSeconds: 500)
        #expect(keys.issuerToRefresh(nowSeconds: 501) == 2)
        _ = keys[2].receive(set, nowSeconds: 501)
        #expect(keys.issuerToRefresh(nowSeconds: 501) == 0)
    }
}
