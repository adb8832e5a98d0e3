// ClaimAges.swift - optional bounds on a token's age, its lifetime and its remaining time.
//
// Spec:    RFC 7519 §4.1.4, §4.1.6; AUDIT 24, 43.
// Secret:  no.
// Reads:   ClaimRules, NumericDate. Read by: ClaimRules.

extension ClaimRules {
    func checkRemaining(_ exp: NumericDate, _ now: Int64) throws(JOSEError) {
        if let minimumRemainingSeconds, exp.wholeSeconds - now < minimumRemainingSeconds {
            throw .remainingTooShort(minimumSeconds: minimumRemainingSeconds)
        }
    }

    /// Whether a rule needs `iat`.
    var needsIssueTime: Bool {
        maximumAgeSeconds != nil || maximumLifetimeSeconds != nil || issuedNotBeforeSeconds != nil
    }

    func checkAge(_ iat: NumericDate, _ exp: NumericDate, _ now: Int64) throws(JOSEError) {
        if let issuedNotBeforeSeconds, iat.wholeSeconds < issuedNotBeforeSeconds {
            throw .issuedBeforeCutoff(secondsBefore: issuedNotBeforeSeconds - iat.wholeSeconds)
        }
        if let maximumAgeSeconds, now - iat.wholeSeconds > maximumAgeSeconds + clockSkewSeconds {
            throw .tooOld(maximumSeconds: maximumAgeSeconds)
        }
        if let maximumLifetimeSeconds {
            let lifetime = exp.wholeSeconds - iat.wholeSeconds
            guard
                lifetime < maximumLifetimeSeconds || (lifetime == maximumLifetimeSeconds && !exp.hasFraction)
            else {
                throw .lifetimeTooLong(maximumSeconds: maximumLifetimeSeconds)
            }
        }
    }
}
