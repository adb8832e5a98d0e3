// KeyDelivery.swift - how fetched keys came.
//
// Spec:    none.
// Secret:  no.
// Reads:   nothing. Read by: KeyCache, SetCache, PerKeyCache, FetchSchedule.

/// How fetched keys came.
struct KeyDelivery: Sendable {
    /// The address that gave them, by its position.
    let address: Int
    /// How many addresses were asked before it.
    let attempt: Int
    /// How long the server lets them be used; nil: it does not say. The policy limits it.
    let maxAgeSeconds: Int64?
    let atSeconds: Int64
}
