// PerKeyCache.swift - one issuer's keys, each fetched from its own address.
//
// Spec:    Elastic Load Balancing, "User claims encoding and signature verification"; AUDIT 18, 19, 21.
// Secret:  no.
// Reads:   FetchSchedule, FetchCause, KeyLifetime, Limits; JOSE, Bytes. Read by: KeyCache.
//
// A fetch is for one key ID, and each key has its own lifetime. The answer that there is no such key is not a failure: no
// back-off follows, but this key ID waits (AbsentKeys).
//
// An attacker can make up a key ID, or name the key of another customer's load balancer, and so cause a fetch. Such a key
// never evicts another one: a key is unproved until a token of the issuer has been verified with it, there is at most one
// unproved key, and the next one replaces it. Of the proved keys the first that came is evicted.

import Bytes
import JOSE

/// A bounded list of keys, each with its own lifetime.
struct PerKeyCache: Sendable {
    private struct Entry: Sendable {
        let key: JSONWebKey
        let lifetime: KeyLifetime
    }

    private(set) var schedule: FetchSchedule
    /// In the order in which they came.
    private var entries: [Entry] = []
    /// Whether the last entry is unproved.
    private var isLastUnproved = false
    /// The keys of `entries`.
    private var keySet = KeySet([])
    /// How often the keys changed, or were fetched again.
    private(set) var generation = 0
    private var receivedAtSeconds: Int64?

    init(policy: KeyCachePolicy, addressCount: Int) {
        schedule = FetchSchedule(policy: policy, addressCount: addressCount)
    }

    /// `KeyCache.hold`. Each key is stale from the start, and proved: it is used while its own fetch fails.
    mutating func hold(snapshot: KeySet, nowSeconds: Int64) {
        entries = []
        for key in snapshot.keys where key.kid != nil && entries.count < KeyLimits.singleKeyCount {
            let lifetime = KeyLifetime(startSeconds: nowSeconds, freshSeconds: 0)
            entries.append(Entry(key: key, lifetime: lifetime))
        }
        isLastUnproved = false
        entriesChanged()
    }

    // MARK: Use

    /// A key that is not cached makes the others no older: they are fresh as far as this key ID is concerned.
    func availability(of kid: [UInt8], nowSeconds: Int64) -> KeyCache.Availability {
        guard let index = index(of: kid) else { return .fresh(keySet) }
        let lifetime = entries[index].lifetime
        switch lifetime.state(schedule.policy, nowSeconds: nowSeconds) {
        case .fresh: return .fresh(keySet)
        case .stale: return .stale(keySet, ageSeconds: lifetime.ageSeconds(nowSeconds))
        case .expired: return .none
        }
    }

    /// The time since keys were fetched; nil: none has been fetched.
    func ageSeconds(nowSeconds: Int64) -> Int64? { receivedAtSeconds.map { nowSeconds - $0 } }

    /// Whether the key whose lifetime ends first should be renewed. Without any key there is nothing to fetch.
    func shouldRefreshAhead(nowSeconds: Int64) -> Bool {
        guard schedule.mayRefreshAhead(nowSeconds: nowSeconds), let first = firstToEnd else { return false }
        return first.lifetime.isRenewalDue(schedule.policy, nowSeconds: nowSeconds)
    }

    /// `KeyCache.isUnproved`.
    func isUnproved(_ kid: [UInt8]) -> Bool { isLastUnproved && index(of: kid) == entries.count - 1 }

    /// An attacker cannot make up a key that is proved: the fetch that brought it starts no interval.
    mutating func prove(_ kid: [UInt8]) {
        guard isUnproved(kid) else { return }
        isLastUnproved = false
        schedule.cancelInterval()
    }

    // MARK: A fetch

    /// The key ID to fetch for a cause; if it names none, that of the key whose lifetime ends first; nil: no key is cached.
    func keyToFetch(_ cause: FetchCause) -> [UInt8]? { cause.keyID ?? firstToEnd?.key.kid }

    /// `KeyCache.stillLacks`.
    func stillLacks(_ cause: FetchCause, nowSeconds: Int64) -> Bool {
        guard let kid = cause.keyID, index(of: kid) == nil else { return false }
        return schedule.mayFetchForUnknownKey(kid, nowSeconds: nowSeconds)
    }

    mutating func beginFetch(_ cause: FetchCause, nowSeconds: Int64) -> Bool {
        guard let kid = keyToFetch(cause) else { return false }
        return schedule.begin(cause, keyID: kid, nowSeconds: nowSeconds)
    }

    /// Takes the key of the ID that was asked for, and no other.
    mutating func receive(_ fetched: KeySet, _ delivery: KeyDelivery) -> Bool {
        guard !fetched.keys.isEmpty else {
            receiveFailure(nowSeconds: delivery.atSeconds)
            return false
        }
        let kid = schedule.keyIDUnderWay ?? []
        var isProved = false
        for key in fetched.keys where Self.has(key, kid) {
            let seconds = schedule.policy.lifetimeSeconds(serverSeconds: delivery.maxAgeSeconds)
            let lifetime = KeyLifetime(startSeconds: delivery.atSeconds, freshSeconds: seconds)
            isProved = store(Entry(key: key, lifetime: lifetime), kid)
            break
        }
        receivedAtSeconds = delivery.atSeconds
        entriesChanged()
        let keySet = keySet
        schedule.succeeded(delivery, startsInterval: !isProved) { keySet.hasKey(kid: $0.span) }
        return true
    }

    /// `KeyCache.receiveAbsence`.
    mutating func receiveAbsence(isCertain: Bool, nowSeconds: Int64) {
        let kid = schedule.keyIDUnderWay ?? []
        if let index = index(of: kid) {
            guard isCertain else { return receiveFailure(nowSeconds: nowSeconds) }
            entries.remove(at: index)
            isLastUnproved = isLastUnproved && index < entries.count
            entriesChanged()
        }
        schedule.foundAbsent(kid, nowSeconds: nowSeconds)
    }

    /// A failure starts no interval: the back-off limits what follows it, and possibly no key is cached yet.
    mutating func receiveFailure(isServersFault: Bool = true, nowSeconds: Int64) {
        schedule.failed(startsInterval: false, isServersFault: isServersFault, nowSeconds: nowSeconds)
    }

    mutating func cancelFetch() { schedule.cancelled() }

    /// - Returns: whether it replaced a proved key.
    private mutating func store(_ entry: Entry, _ kid: [UInt8]) -> Bool {
        if let index = index(of: kid) {
            let isProved = !isUnproved(kid)
            entries[index] = entry
            return isProved
        }
        if isLastUnproved { entries.removeLast() }
        if entries.count == KeyLimits.singleKeyCount { entries.removeFirst() }
        entries.append(entry)
        isLastUnproved = true
        return false
    }

    private mutating func entriesChanged() {
        var keys: [JSONWebKey] = []
        for entry in entries { keys.append(entry.key) }
        keySet = KeySet(keys)
        generation += 1
    }

    // MARK: Entries

    /// The entry whose lifetime ends first.
    private var firstToEnd: Entry? {
        var first: Entry?
        for entry in entries {
            if let first, first.lifetime.endSeconds <= entry.lifetime.endSeconds { continue }
            first = entry
        }
        return first
    }

    private func index(of kid: [UInt8]) -> Int? {
        for index in entries.indices where Self.has(entries[index].key, kid) { return index }
        return nil
    }

    private static func has(_ key: JSONWebKey, _ kid: [UInt8]) -> Bool {
        guard let own = key.kid else { return false }
        return bytesEqual(own.span, kid.span)
    }
}
