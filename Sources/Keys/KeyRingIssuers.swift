// KeyRingIssuers.swift - the ring made from the settings, and whose keys are renewed next.
//
// Spec:    AUDIT 18, 19.
// Secret:  no.
// Reads:   KeyRing, KeyCache, KeyRenewal, IssuerIndex, IssuerKeys. Read by: LambdaRuntime, the commands.

extension KeyRing {
    /// - Parameters:
    ///   - issuers: at least one.
    ///   - policy: how long keys are used; the same for all.
    public init(_ issuers: [IssuerKeys], policy: KeyCachePolicy) {
        precondition(!issuers.isEmpty, "there is an issuer")
        caches = []
        for issuer in issuers {
            caches.append(
                KeyCache(policy: policy, addressCount: issuer.sources.count, isPerKey: issuer.isPerKey))
        }
    }

    public var indices: IssuerIndices { IssuerIndices(count: caches.count) }

    /// The issuer whose keys to fetch while no request waits: of those that need it the one that was
    /// asked longest ago, so that each has its turn however short the time between requests is.
    package func issuerToRefresh(nowSeconds: Int64) -> IssuerIndex? {
        var chosen: (issuer: IssuerIndex, lastFetchSeconds: Int64)?
        for issuer in indices where self[issuer].shouldRefreshAhead(nowSeconds: nowSeconds) {
            guard let last = self[issuer].schedule.lastFetchSeconds else { return issuer }
            if let chosen, chosen.lastFetchSeconds <= last { continue }
            chosen = (issuer, last)
        }
        return chosen?.issuer
    }
}

/// The indices of all issuers, in the settings' order.
public struct IssuerIndices: Sequence, IteratorProtocol, Sendable {
    public let count: Int
    private var position = 0

    package init(count: Int) { self.count = count }

    public mutating func next() -> IssuerIndex? {
        guard position < count else { return nil }
        defer { position += 1 }
        return IssuerIndex(position)
    }
}
