// TokenMemory.swift - the cache of verified tokens, and decisions without it.
//
// Spec:    AUDIT 27.
// Secret:  no.
// Reads:   Authorization; Keys (KeyRing), JOSE (VerifiedTokenMemo), Routes (PolicyNote). Read by: Authorization,
//          TokenVerification, LambdaRuntime, the commands.

import JOSE
import Keys
import Routes

/// The cache of verified tokens, each with the policy of its routes.
public typealias TokenMemory = VerifiedTokenMemo<PolicyNote>

extension Authorization {
    /// Decides the request if the cached keys suffice. Requests at most one fetch.
    ///
    /// - Parameters:
    ///   - keys: the cached keys, with the rules for when they may be fetched again.
    ///   - nowSeconds: wall time.
    public mutating func next(keys: KeyRing, nowSeconds: Int64) -> Step {
        var memory = TokenMemory(capacity: 0)
        return next(keys: keys, memo: &memory, nowSeconds: nowSeconds)
    }
}
