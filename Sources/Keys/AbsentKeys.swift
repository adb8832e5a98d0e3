// AbsentKeys.swift - the key IDs that fetches were made for without success.
//
// Spec:    AUDIT 18, 19.
// Secret:  no.
// Reads:   Limits; Bytes. Read by: FetchSchedule.
//
// A token of a withdrawn key is sent again and again. Without a memory each interval would cost
// a fetch for it; with one the wait doubles each time the key is still missing. Only a key ID that
// caused a fetch is noted, so an attacker, who can make up any number of IDs, adds at most one an
// interval; a full memory evicts the oldest. Tokens without a key ID share the empty one.

import Bytes

/// A bounded memory of key IDs that the fetched keys lacked.
struct AbsentKeys: Sendable {
    private struct Entry: Sendable {
        var kid: [UInt8]
        /// When the last fetch lacked it.
        var lackedAtSeconds: Int64
        var missCount: Int
    }

    private var entries: [Entry] = []
    /// The entry that the next new one replaces, once the memory is full.
    private var oldest = 0

    var count: Int { entries.count }

    /// Whether the history of a key ID allows a fetch for it.
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
        if entries.count < KeyLimits.absentKeyCount {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % KeyLimits.absentKeyCount
        }
    }

    /// Removes the key IDs that are present now.
    mutating func forget(where isPresent: ([UInt8]) -> Bool) {
        var kept: [Entry] = []
        // In the order of their age, so that the first is the oldest again.
        for step in entries.indices {
            let entry = entries[(oldest + step) % entries.count]
            if !isPresent(entry.kid) { kept.append(entry) }
        }
        entries = kept
        oldest = 0
    }

    private func place(of kid: [UInt8]) -> Int? {
        for (place, entry) in entries.enumerated() where bytesEqual(entry.kid.span, kid.span) { return place }
        return nil
    }
}
