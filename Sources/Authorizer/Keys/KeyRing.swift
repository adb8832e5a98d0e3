// KeyRing.swift - the keys of all issuers, in one place.
//
// Spec:    security-checklist 18, 19.
// Secret:  no.
// Reads:   KeyCache. Read by: Authorization, LambdaRuntime, the commands.
//
// All that changes about keys while events are served is here, so that one lock can guard it.
// The sets themselves never change: a copy of the ring shares them.

import JOSE

/// One cache for each issuer, in the settings' order.
public struct KeyRing: Sendable {
    private var caches: [KeyCache]

    /// - Parameter issuerCount: at least 1.
    public init(issuerCount: Int, policy: KeyCachePolicy) {
        precondition(issuerCount > 0, "there is an issuer")
        caches = [KeyCache](repeating: KeyCache(policy: policy), count: issuerCount)
    }

    public var issuerCount: Int { caches.count }

    /// The cache of an issuer, by its place in the settings.
    public subscript(issuer: Int) -> KeyCache {
        get { caches[issuer] }
        set { caches[issuer] = newValue }
    }
}
