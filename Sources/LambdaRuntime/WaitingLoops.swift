// WaitingLoops.swift - bounds the number of loops that wait for keys.
//
// Spec:    AUDIT 19.
// Secret:  no.
// Reads:   Keys (FetchCause). Read by: SharedKeys.
//
// Any client can send tokens with unknown key IDs, or with the `iss` of an issuer whose key server does not answer. Each such token
// occupies a loop until its fetch ends. If all loops were occupied, tokens whose keys are cached would have to wait too.

import Keys

/// Counts the loops that wait for keys: those that fetch, and those that wait for another loop's fetch.
struct WaitingLoops: Sendable {
    private let loopCount: Int
    /// All that wait.
    private var count = 0
    /// Those that wait because a token fits no cached key.
    private var unknownKeyCount = 0

    /// - Parameter loopCount: at least 2. A single loop always fetches for itself.
    init(of loopCount: Int) {
        precondition(loopCount > 1)
        self.loopCount = loopCount
    }

    /// The most loops that wait for unknown keys, and the number of loops that stay free while another issuer's keys are cached.
    private var quarter: Int { max(1, loopCount / 4) }

    /// Counts one more.
    ///
    /// - Parameters:
    ///   - cause: the reason for the fetch.
    ///   - othersHaveKeys: whether keys of another issuer are cached.
    /// - Returns: false if the loop may not wait. It is not counted then.
    mutating func enter(_ cause: FetchCause, othersHaveKeys: Bool) -> Bool {
        if cause.isOfUnknownKey && unknownKeyCount >= quarter { return false }
        if (othersHaveKeys || cause.isOfUnknownKey) && count >= loopCount - quarter { return false }
        count += 1
        if cause.isOfUnknownKey { unknownKeyCount += 1 }
        return true
    }

    mutating func leave(_ cause: FetchCause) {
        count -= 1
        if cause.isOfUnknownKey { unknownKeyCount -= 1 }
    }
}
