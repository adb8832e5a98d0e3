// Limits.swift - how much of what tokens contain is shown.
//
// Spec:    AUDIT 29.
// Secret:  no.
// Reads:   nothing. Read by: StepDetails, ClaimDetails.

/// The bounds of this module.
enum ReportLimits {
    /// The most bytes of a key ID that are shown.
    static let shownKidByteCount = 64
    /// The most bytes of any other value.
    static let shownValueByteCount = 256
}
