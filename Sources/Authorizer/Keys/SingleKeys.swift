// SingleKeys.swift - the keys of a host that has an address for each, as they came.
//
// Spec:    Elastic Load Balancing, "User claims encoding and signature verification"; security-checklist 18, 19.
// Secret:  no.
// Reads:   Limits; JOSE. Read by: KeyCache.
//
// Whoever makes up a key ID, or knows one of a stranger's load balancer, has a key asked for. Such a key never costs
// another its place: a key is unproved until a token of the issuer's has held under it, there is one
// unproved key at most, and the next one takes its place. Among the proved ones the one that came first goes.

import Bytes
import JOSE

/// A bounded list of keys, each with its own times. It does not change: another takes its place.
final class SingleKeys: Sendable {
    /// An object: a key is large to copy.
    final class Entry: Sendable {
        let key: JSONWebKey
        let fetchedAtSeconds: Int64
        let timeToLiveSeconds: Int64
        var endSeconds: Int64 { fetchedAtSeconds + timeToLiveSeconds }

        init(_ key: JSONWebKey, fetchedAtSeconds: Int64, timeToLiveSeconds: Int64) {
            self.key = key
            self.fetchedAtSeconds = fetchedAtSeconds
            self.timeToLiveSeconds = timeToLiveSeconds
        }
    }

    /// The first that came first.
    private let entries: [Entry]
    /// Whether the last one is unproved.
    private let isLastUnproved: Bool
    /// Which fetch brought a proved key, counted as the cache does. It counts for no interval: nobody can make such
    /// keys up.
    let provedFetch: Int
    let keySet: KeySet

    init(_ entries: [Entry] = [], isLastUnproved: Bool = false, provedFetch: Int = -1) {
        self.entries = entries
        self.isLastUnproved = isLastUnproved
        self.provedFetch = provedFetch
        var keys: [JSONWebKey] = []
        for entry in entries { keys.append(entry.key) }
        keySet = KeySet(keys)
    }

    /// Keys of the zip, the first of them. Each is old from the start: it is used while its own fetch fails.
    convenience init(snapshot: KeySet, nowSeconds: Int64) {
        var entries: [Entry] = []
        for key in snapshot.keys where key.kid != nil && entries.count < AuthorizerLimits.singleKeyCount {
            entries.append(Entry(key, fetchedAtSeconds: nowSeconds, timeToLiveSeconds: 0))
        }
        self.init(entries)
    }

    /// The entry of a key ID.
    func entry(_ kid: [UInt8]) -> Entry? { place(of: kid).map { entries[$0] } }

    /// Whether the key is there and no token has held under it.
    func isUnproved(_ kid: [UInt8]) -> Bool { isLastUnproved && place(of: kid) == entries.count - 1 }

    /// The one whose time ends first.
    var firstToEnd: Entry? {
        var first: Entry?
        for entry in entries {
            if let first, first.endSeconds <= entry.endSeconds { continue }
            first = entry
        }
        return first
    }

    /// With what came for a key ID: of other IDs nothing is taken.
    ///
    /// - Parameter fetch: which fetch it was.
    func adding(
        _ fetched: KeySet, _ kid: [UInt8], timeToLive: Int64, fetch: Int, nowSeconds: Int64
    ) -> SingleKeys {
        for key in fetched.keys where Self.has(key, kid) {
            let entry = Entry(key, fetchedAtSeconds: nowSeconds, timeToLiveSeconds: timeToLive)
            var changed = entries
            if let place = place(of: kid) {
                let isProved = !isLastUnproved || place + 1 < changed.count
                changed[place] = entry
                return SingleKeys(
                    changed, isLastUnproved: isLastUnproved, provedFetch: isProved ? fetch : -1)
            }
            if isLastUnproved { changed.removeLast() }
            if changed.count == AuthorizerLimits.singleKeyCount { changed.removeFirst() }
            changed.append(entry)
            return SingleKeys(changed, isLastUnproved: true)
        }
        return self
    }

    func removing(_ kid: [UInt8]) -> SingleKeys {
        guard let place = place(of: kid) else { return self }
        var changed = entries
        changed.remove(at: place)
        return SingleKeys(changed, isLastUnproved: isLastUnproved && place < changed.count)
    }

    /// A token of the issuer's has held under the key.
    func proving(_ kid: [UInt8], fetch: Int) -> SingleKeys {
        isUnproved(kid) ? SingleKeys(entries, provedFetch: fetch) : self
    }

    private func place(of kid: [UInt8]) -> Int? {
        for place in entries.indices where Self.has(entries[place].key, kid) { return place }
        return nil
    }

    private static func has(_ key: JSONWebKey, _ kid: [UInt8]) -> Bool {
        guard let own = key.kid else { return false }
        return bytesEqual(own.span, kid.span)
    }
}
