// AbsentKeys.swift - the key IDs that fetches were made for in vain.
//
// Spec:    security-checklist 18, 19.
// Secret:  no.
// Reads:   KeyCachePolicy, Limits; JOSE. Read by: KeyCache.
//
// A token of a withdrawn key is sent again and again. Without a memory each interval would pay
// a fetch for it; with one the wait doubles each time the key is still missing. Only a key ID that
// caused a fetch is noted, so that strangers' IDs, of which an attacker has as many as they like,
// fill it no faster than one an interval; and a full memory forgets the oldest.

import Bytes
import JOSE

/// A bounded memory of key IDs that the fetched set lacked.
struct AbsentKeys: Sendable {
    private struct Entry: Sendable {
        var kid: [UInt8]
        /// When the last fetch lacked it.
        var lackedAtSeconds: Int64
        var missCount: Int
    }

    private var entries: [Entry] = []
    /// The entry that the next new one replaces, once all places are taken.
    private var oldest = 0

    var count: Int { entries.count }

    /// Whether a fetch for a key ID may be made as far as its own history goes.
    func mayAsk(for kid: [UInt8], intervalSeconds: Int64, nowSeconds: Int64) -> Bool {
        guard let place = place(of: kid) else { return true }
        let waited = nowSeconds - entries[place].lackedAtSeconds
        // 1, 2, 4, then always 8 intervals: no longer, because an issuer may sign before it publishes.
        let doublings = Int64(min(entries[place].missCount - 1, 3))
        return waited < 0 || waited >= intervalSeconds << doublings
    }

    /// Notes that a set which was fetched for a key ID lacks it.
    mutating func note(_ kid: [UInt8], nowSeconds: Int64) {
        if let place = place(of: kid) {
            entries[place].lackedAtSeconds = nowSeconds
            entries[place].missCount = min(entries[place].missCount + 1, 32)
            return
        }
        let entry = Entry(kid: kid, lackedAtSeconds: nowSeconds, missCount: 1)
        if entries.count < AuthorizerLimits.absentKeyCount {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % AuthorizerLimits.absentKeyCount
        }
    }

    /// Forgets the keys that have come.
    mutating func forget(presentIn keySet: KeySet) {
        var kept: [Entry] = []
        // In the order of their age, so that the first is the oldest again.
        for step in entries.indices {
            let entry = entries[(oldest + step) % entries.count]
            if !keySet.hasKey(kid: entry.kid.span) { kept.append(entry) }
        }
        entries = kept
        oldest = 0
    }

    private func place(of kid: [UInt8]) -> Int? {
        for (place, entry) in entries.enumerated() where bytesEqual(entry.kid.span, kid.span) { return place }
        return nil
    }
}
