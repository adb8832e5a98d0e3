// NumericDate.swift - seconds since 1970, as claims contain them.
//
// Spec:    RFC 7519 §2 (a JSON number, fractions allowed); AUDIT 4.
// Secret:  no.
// Reads:   JSON, Bytes. Read by: ClaimRules, DPoPProof.

import Bytes
import JSON

/// An exact date of a claim: whole seconds, and whether there is a fraction in addition.
struct NumericDate: Equatable, Sendable {
    let wholeSeconds: Int64
    let hasFraction: Bool

    /// - Throws: `claimType` if the value is not a number; `claimRange` if it is negative, or 2^53 or greater.
    init(_ value: JSONValue, _ claim: JOSEError.Claim) throws(JOSEError) {
        guard value.kind == .number else { throw .claimType(claim) }
        // Fast path for plain digits, the form of nearly every date. JSONNumber reads the other forms, exactly too.
        let digits = Decimal.value(value.rawText)
        let number = digits == nil ? value.number : nil
        guard let floor = digits ?? number?.floor, floor >= 0, floor < 1 << 53 else {
            throw .claimRange(claim)
        }
        wholeSeconds = floor
        hasFraction = number?.hasFraction ?? false
    }

    /// Whether the date is later than a whole second.
    func isAfter(_ seconds: Int64) -> Bool {
        wholeSeconds > seconds || (wholeSeconds == seconds && hasFraction)
    }
}
