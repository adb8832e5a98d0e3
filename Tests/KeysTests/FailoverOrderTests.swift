import Testing

@testable import Keys

/// An address that failed is tried after the others, for a limited time (AUDIT 18, 19).
@Suite struct FailoverOrderTests {
    private func order(_ addresses: FailoverOrder, _ now: Int64) -> [Int] {
        (0..<addresses.count).map { addresses.address(attempt: $0, nowSeconds: now) }
    }

    @Test func aFailedAddressIsTriedLater() {
        var addresses = FailoverOrder(count: 3)
        #expect(order(addresses, 0) == [0, 1, 2])
        addresses.succeeded(0, attempt: 0, nowSeconds: 0)
        #expect(order(addresses, 0) == [0, 1, 2])
        addresses.succeeded(2, attempt: 2, nowSeconds: 100)
        #expect(order(addresses, 100) == [2, 0, 1] && order(addresses, 399) == [2, 0, 1])
        // After some time the first address is tried first again, even if the other one works.
        addresses.succeeded(2, attempt: 0, nowSeconds: 390)
        #expect(order(addresses, 400) == [0, 1, 2])
        // It fails again, so it is tried later for some more time.
        addresses.succeeded(1, attempt: 1, nowSeconds: 400)
        #expect(order(addresses, 699) == [1, 0, 2] && order(addresses, 700) == [0, 1, 2])
        // It works again.
        addresses.succeeded(0, attempt: 0, nowSeconds: 700)
        #expect(order(addresses, 701) == [0, 1, 2])
    }

    @Test func aClockThatWentBackwardsGoesBackToTheFirst() {
        var addresses = FailoverOrder(count: 2)
        addresses.succeeded(1, attempt: 1, nowSeconds: 1000)
        #expect(order(addresses, 1000) == [1, 0] && order(addresses, 999) == [0, 1])
        addresses.succeeded(1, attempt: 1, nowSeconds: 999)
        #expect(order(addresses, 999) == [1, 0])
    }

    @Test func oneAddressIsAlwaysTheFirst() {
        var addresses = FailoverOrder(count: 1)
        addresses.succeeded(0, attempt: 0, nowSeconds: 5)
        #expect(order(addresses, 6) == [0])
    }
}
