// KeyRing.swift - the keys of all issuers.
//
// Spec:    AUDIT 18, 19.
// Secret:  no.
// Reads:   KeyCache, IssuerIndex. Read by: KeyRingIssuers; Authorizer, LambdaRuntime, the commands.
//
// All that changes about keys while events are served is here, so that one lock can guard it.
// The sets themselves never change: a copy of the ring shares them.

/// One cache for each issuer, in the settings' order.
public struct KeyRing: Sendable {
    var caches: [KeyCache]

    /// The cache of an issuer.
    public subscript(issuer: IssuerIndex) -> KeyCache {
        get { caches[issuer.position] }
        set { caches[issuer.position] = newValue }
    }
}
