import JOSE
import TestSupport
import Testing

@testable import Keys

/// Each issuer has its own cache, and the one that has waited longest is renewed first (AUDIT 19).
@Suite struct KeyRingTests {
    private func ring(_ count: Int) -> KeyRing {
        let issuers = (0..<count).map {
            IssuerKeys(sources: [KeySource](repeating: .file([0x2F]), count: $0 + 1))
        }
        return KeyRing(issuers, policy: KeyCachePolicy())
    }

    @Test func eachIssuerHasItsOwnCache() throws {
        var keys = ring(3)
        #expect(
            keys.indices.count == 3 && keys[0].schedule.addresses.count == 1
                && keys[2].schedule.addresses.count == 3)
        _ = keys[1].receive(try KeySet(parsing: TestIssuer.first.keySet), nowSeconds: 5)
        #expect(keys[0].ageSeconds(nowSeconds: 5) == nil && keys[1].ageSeconds(nowSeconds: 5) == 0)
        keys[0].receiveFailure(nowSeconds: 5)
        #expect(keys[1].schedule.mayFetch(nowSeconds: 5) && !keys[0].schedule.mayFetch(nowSeconds: 5))
    }

    /// Of all issuers that need renewal the one that has waited longest is next. A failing issuer does not block the others.
    @Test func theLongestWaitingIssuerIsRefreshed() throws {
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

/// Issuers keep the order of the settings (AUDIT 18).
@Suite struct IssuerIndexTests {
    @Test func indicesInOrder() {
        #expect(Array(IssuerIndices(count: 3)) == [0, 1, 2] && Array(IssuerIndices(count: 0)) == [])
        #expect(IssuerIndices(count: 2).map(\.position) == [0, 1] && IssuerIndices(count: 2).count == 2)
    }
}
