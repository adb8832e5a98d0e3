import Testing

@testable import Keys

/// The schedule that both kinds of caches use. KeyCacheTests and PerKeyCacheTests have the sequences of a whole cache
/// (AUDIT 19).
@Suite struct FetchScheduleTests {
    private func delivery(at seconds: Int64) -> KeyDelivery {
        KeyDelivery(address: 0, attempt: 0, maxAgeSeconds: nil, atSeconds: seconds)
    }

    /// Each way to end a fetch is counted, and ends the fetch in progress.
    @Test func threeEnds() {
        var schedule = FetchSchedule(policy: KeyCachePolicy(), addressCount: 1)
        #expect(schedule.fetchCount == 0 && schedule.lastFetchSeconds == nil && schedule.keyIDUnderWay == nil)
        for number in 0..<3 {
            let begins = schedule.begin(.unknownKey([7]), keyID: [7], nowSeconds: 9)
            #expect(begins && schedule.keyIDUnderWay == [7] && schedule.isFetching(nowSeconds: 9))
            switch number {
            case 0: schedule.succeeded(delivery(at: 10)) { _ in false }
            case 1: schedule.failed(nowSeconds: 11)
            default: schedule.foundAbsent([7], nowSeconds: 12)
            }
            #expect(schedule.keyIDUnderWay == nil && !schedule.isFetching(nowSeconds: 9))
            #expect(schedule.fetchCount == number + 1 && schedule.lastFetchSeconds == 10 + Int64(number))
            #expect(schedule.lastFetchFailed == (number == 1))
        }
    }

    /// After an end that starts no interval the next unknown key ID need not wait.
    @Test func anIntervalIsStartedOrNot() {
        var schedule = FetchSchedule(policy: KeyCachePolicy(), addressCount: 1)
        schedule.succeeded(delivery(at: 0), startsInterval: false) { _ in true }
        #expect(schedule.mayFetchForUnknownKey([1], nowSeconds: 0))
        schedule.succeeded(delivery(at: 0)) { _ in true }
        #expect(!schedule.mayFetchForUnknownKey([1], nowSeconds: 29))
        schedule.cancelInterval()
        #expect(schedule.mayFetchForUnknownKey([1], nowSeconds: 0))
        schedule.failed(startsInterval: false, nowSeconds: 0)
        #expect(!schedule.mayFetchForUnknownKey([1], nowSeconds: 0))
        #expect(schedule.mayFetchForUnknownKey([1], nowSeconds: 1))
    }

    /// Only a successful fetch without the key makes its ID wait. Tokens without a key ID share the empty one.
    @Test func absentKeysWait() {
        var schedule = FetchSchedule(policy: KeyCachePolicy(), addressCount: 1)
        _ = schedule.begin(.tokenWithoutKeyID, keyID: [], nowSeconds: 0)
        schedule.succeeded(delivery(at: 0), startsInterval: false) { !$0.isEmpty }
        #expect(!schedule.mayFetchForUnknownKey(nil, nowSeconds: 29))
        #expect(schedule.mayFetchForUnknownKey([1], nowSeconds: 29))
        schedule.succeeded(delivery(at: 1), startsInterval: false) { $0.isEmpty }
        #expect(schedule.mayFetchForUnknownKey(nil, nowSeconds: 1))
    }
}
