// Limits.swift - how much is remembered of an issuer's keys.
//
// Spec:    none; these bounds are ours.
// Secret:  no.
// Reads:   nothing. Read by: AbsentKeys, PerKeyCache, FetchSchedule.

/// The bounds of this module. Each is tested at the bound and one past it.
public enum KeyLimits {
    /// The most key IDs of an issuer that are remembered as absent.
    public static let absentKeyCount = 16
    /// The most keys of an issuer that are fetched one by one.
    public static let singleKeyCount = 8
    /// A fetch that began so long ago counts as lost, and another may begin. Longer than KEYS_FETCH_TIMEOUT_MS can be.
    static let lostFetchSeconds: Int64 = 30
}
