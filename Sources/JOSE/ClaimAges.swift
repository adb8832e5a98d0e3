// ClaimAges.swift - optional bounds on a token's age, its lifetime, its remaining time, and the time since the login.
//
// Spec:    RFC 7519 §4.1.4, §4.1.6; RFC 9470 §3 (`max_age`), RFC 9068 §2.2.1 (`auth_time`); AUDIT 24, 43.
// Secret:  no.
// Reads:   ClaimRules, NumericDate; JSON. Read by: ClaimRules.

import JSON

extension ClaimRules {
    /// - Returns: the first second at which the token or its login is too old, without clock skew.
    func checkRemaining(
        _ exp: NumericDate, _ claims: JSONValue, _ now: Int64
    ) throws(JOSEError) -> Int64 {
        if let minimumRemainingSeconds, exp.wholeSeconds - now < minimumRemainingSeconds {
            throw .remainingTooShort(minimumSeconds: minimumRemainingSeconds)
        }
        guard let maximumAuthAgeSeconds else { return exp.wholeSeconds }
        guard let value = claims.member("auth_time") else { throw .claimMissing(.authTime) }
        let login = try NumericDate(value, .authTime)
        guard !login.isAfter(now + clockSkewSeconds) else {
            throw .loginInFuture(secondsAhead: login.wholeSeconds - now)
        }
        guard now - login.wholeSeconds <= maximumAuthAgeSeconds + clockSkewSeconds else {
            throw .loginTooOld(maximumSeconds: maximumAuthAgeSeconds)
        }
        return min(exp.wholeSeconds, login.wholeSeconds + maximumAuthAgeSeconds)
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
