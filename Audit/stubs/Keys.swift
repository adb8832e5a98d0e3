// Keys.swift - the exits of the core in this module, empty: Scripts/check-core compiles the core with them (Audit/core.txt).

import JOSE

public enum FetchCause: Sendable { case staleKeys }

extension FetchCause {
    package init(unknownTo kid: [UInt8]?) { self = .staleKeys }
}

package struct FetchSchedule: Sendable {
    package let policy: KeyCachePolicy
    package var fetchCount: Int { 0 }
    package func isAbsenceKnown(sinceFetch askedAt: Int?, nowSeconds: Int64) -> Bool { false }
    init(policy: KeyCachePolicy, addressCount: Int) { self.policy = policy }
    package func mayFetch(nowSeconds: Int64) -> Bool { false }
    package func mayFetchForUnknownKey(_ kid: [UInt8]?, nowSeconds: Int64) -> Bool { false }
    mutating func succeeded(_ delivery: KeyDelivery, hasKey: ([UInt8]) -> Bool) {}
    mutating func failed(nowSeconds: Int64) {}
}

struct PerKeyCache: Sendable {
    let schedule: FetchSchedule
    let generation = 0
    init(policy: KeyCachePolicy, addressCount: Int) { fatalError() }
    func availability(of kid: [UInt8], nowSeconds: Int64) -> KeyCache.Availability { .none }
}

extension KeyCache {
    package func isUnproved(_ kid: [UInt8]?) -> Bool { false }
    package func renewal(for kid: [UInt8]?) -> FetchCause { .staleKeys }
    mutating func receiveKey(_ fetched: KeySet, _ delivery: KeyDelivery) -> Bool { fatalError() }
}
