// StaleKeys.swift - whether a request waits for a fetch before it uses stale keys.
//
// Spec:    AUDIT 19.
// Secret:  no.
// Reads:   TokenVerification, DecisionDetails (StaleKeys), TokenMemory; Keys, JOSE. Read by: TokenVerification.

import JOSE
import Keys

extension TokenVerification {
    mutating func useStaleKeys(
        _ keySet: KeySet, _ old: StaleKeys, _ cache: KeyCache, _ algorithms: [Algorithm],
        _ memory: inout TokenMemory, _ nowSeconds: Int64
    ) -> Step {
        if askedAtFetchCount == nil && cache.schedule.mustFetchFirst(nowSeconds: nowSeconds) {
            return fetch(cache.renewal(for: request.token.header.kid), cache)
        }
        return verify(keySet, old, cache, algorithms, &memory, nowSeconds)
    }
}
