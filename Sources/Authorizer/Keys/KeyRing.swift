// KeyRing.swift - the keys of all issuers, in one place.
//
// Spec:    security-checklist 18, 19.
// Secret:  no.
// Reads:   KeyCache, TrustedIssuer. Read by: Authorization, LambdaRuntime, the commands.
//
// All that changes about keys while events are served is here, so that one lock can guard it.
// The sets themselves never change: a copy of the ring shares them.

import JOSE

/// One cache for each issuer, in the settings' order.
public struct KeyRing: Sendable {
    private var caches: [KeyCache]

    /// - Parameters:
    ///   - issuers: at least one.
    ///   - policy: how long keys are used; the same for all.
    public init(_ issuers: [TrustedIssuer], policy: KeyCachePolicy) {
        precondition(!issuers.isEmpty, "there is an issuer")
        caches = []
        for issuer in issuers {
            caches.append(
                KeyCache(
                    policy: policy, addressCount: issuer.keySources.count, isSingle: issuer.hasSingleKeys))
        }
    }

    public var issuerCount: Int { caches.count }

    /// The cache of an issuer, by its place in the settings.
    public subscript(issuer: Int) -> KeyCache {
        get { caches[issuer] }
        set { caches[issuer] = newValue }
    }

    /// `KeyCache.prove` of an issuer's.
    public mutating func prove(_ issuer: Int, _ kid: [UInt8]) { caches[issuer].prove(kid) }

    /// The issuer whose keys to fetch while nobody waits: of those that need it the one that was
    /// asked longest ago, so that none is left out however short the pauses are.
    public func issuerToRefresh(nowSeconds: Int64) -> Int? {
        var chosen: Int?
        for issuer in caches.indices where caches[issuer].shouldRefreshAhead(nowSeconds: nowSeconds) {
            guard let last = caches[issuer].lastFetchSeconds else { return issuer }
            if let best = chosen, let earliest = caches[best].lastFetchSeconds, earliest <= last { continue }
            chosen = issuer
        }
        return chosen
    }
}
