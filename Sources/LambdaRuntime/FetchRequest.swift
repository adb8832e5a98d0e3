// FetchRequest.swift - the conditions of a request for a key fetch.
//
// Spec:    none.
// Secret:  no.
// Reads:   nothing. Read by: SharedKeys, Decider, KeyReload.

/// A request to fetch keys.
struct FetchRequest {
    /// The number of completed fetches (`FetchSchedule.fetchCount`) when the caller found that it needs one. The result of
    /// a fetch that has completed since then also serves the caller. Nil: only a new fetch does.
    var seenFetchCount: Int?
    /// Whether to wait for a fetch by another thread.
    var waits = true
    /// Whether an event waits for the fetch. The number of such loops is bounded.
    var isOfEvent = false
    /// Whether this is the immediate retry of a failed fetch: a further failure then does not lengthen the back-off.
    var isRepeated = false
    /// The invocation's ID, for logs.
    var requestID: [UInt8]?
    /// The time of the decision, in seconds since 1970; nil: the present.
    var nowSeconds: Int64?
}
