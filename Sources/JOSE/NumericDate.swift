// NumericDate.swift - seconds since 1970 as a claim gives them.
//
// Spec:    RFC 7519 §2 (a JSON number, fractions allowed); security-checklist 4.
// Secret:  no.
// Reads:   JSON. Read by: ClaimRules.

import JSON

/// A date of a claim, exact: whole seconds, and whether a fraction of the next one is there.
struct NumericDate: Equatable {
    let wholeSeconds: Int64
    let hasFraction: Bool

    /// - Throws: `claimType` for anything but a number, `claimRange` for a negative one or 2^53 and more.
    init(_ value: JSONValue, _ claim: JOSEError.Claim) throws(JOSEError) {
        guard let number = value.number else { throw .claimType(claim) }
        guard let floor = number.floor, floor >= 0, floor < 1 << 53 else { throw .claimRange(claim) }
        wholeSeconds = floor
        hasFraction = number.hasFraction
    }

    /// Whether the date is later than a whole second.
    func isAfter(_ seconds: Int64) -> Bool {
        wholeSeconds > seconds || (wholeSeconds == seconds && hasFraction)
    }
}
