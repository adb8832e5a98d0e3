// ClaimRules.swift - validates the claims of a token whose signature was verified.
//
// Spec:    RFC 7519 §4.1, §7.2; RFC 8725 §3.8 to §3.10; AUDIT 4, 22 to 24.
// Secret:  no.
// Reads:   NumericDate, ClaimAges, TokenTypes, TokenKind, LoadBalancerToken; JSON, Bytes. Read by: ClaimAges,
//          LoadBalancerToken, TokenTypes; Authorizer, Settings.

import Bytes
import JSON

/// A token whose signature and claims were valid when they were checked.
public struct ValidatedToken: Sendable {
    public let token: VerifiedToken
    /// The first second at which the token is expired, without clock skew.
    public let expirySeconds: Int64
    /// The clock skew that was allowed in the check.
    public let clockSkewSeconds: Int64

    fileprivate init(token: VerifiedToken, expirySeconds: Int64, clockSkewSeconds: Int64) {
        self.token = token
        self.expirySeconds = expirySeconds
        self.clockSkewSeconds = clockSkewSeconds
    }
}

/// The requirements for a token's claims. `exp` is always required; `nbf` and `iat` are checked whenever they are
/// present.
public struct ClaimRules: Sendable {
    /// `iss` must be one of these, byte for byte. Empty: `iss` is not checked.
    public var issuers: [[UInt8]]
    /// `aud` must contain one of these. Empty: `aud` is not checked.
    public var audiences: [[UInt8]]
    /// The serialization of the tokens. A load balancer puts some claims into the header.
    public var form = TokenForm.compact
    /// The allowed difference between the clocks, for `exp`, `nbf` and `iat`.
    public var clockSkewSeconds: Int64
    /// `typ` must be one of these, without regard to case and to the prefix `application/`. Empty: `typ` is not
    /// checked.
    public var tokenTypes: [[UInt8]] = []
    /// Whether tokens that have the marks of OpenID Connect ID tokens are rejected.
    public var refusesIDTokens = false
    /// Further requirements from the issuer's documentation; nil if there are no such requirements.
    public var kind: TokenKind?
    /// The most seconds since `iat`. If set, `iat` is required.
    public var maximumAgeSeconds: Int64?
    /// `iat` must be this second or later; older tokens are revoked. If set, `iat` is required. The clock skew is not
    /// applied, because the issuer's clock sets both times.
    public var issuedNotBeforeSeconds: Int64?
    /// The most seconds from `iat` to `exp`. If set, `iat` is required.
    public var maximumLifetimeSeconds: Int64?
    /// The least seconds that must remain until `exp`. The clock skew is not applied.
    public var minimumRemainingSeconds: Int64?

    public init(issuers: [[UInt8]], audiences: [[UInt8]], clockSkewSeconds: Int64) {
        self.issuers = issuers
        self.audiences = audiences
        self.clockSkewSeconds = clockSkewSeconds
    }

    /// Checks a token's claims against the rules.
    ///
    /// - Parameters:
    ///   - token: a token whose signature was verified.
    ///   - nowSeconds: wall-clock time in seconds since 1970.
    /// - Throws: the error of the first rule that is violated.
    /// - Source: RFC 7519 §7.2 step 10 and §4.1.
    public func check(_ token: VerifiedToken, nowSeconds: Int64) throws(JOSEError) -> ValidatedToken {
        let claims = token.claims.root
        // AUDIT 4: a registered claim of the wrong type is an error; it does not count as absent.
        for (name, claim) in [("sub", JOSEError.Claim.sub), ("jti", .jti)]
            as [(StaticString, JOSEError.Claim)]
        {
            if let value = claims.member(name), value.kind != .string { throw .claimType(claim) }
        }
        if isLoadBalancer { try checkLoadBalancer(token.header) }
        let expiry = try checkDates(token, nowSeconds)
        try checkIssuer(claims)
        try checkAudience(token)
        try checkType(token)
        return ValidatedToken(
            token: token, expirySeconds: expiry, clockSkewSeconds: clockSkewSeconds)
    }

    // MARK: exp, nbf, iat (§4.1.4 to §4.1.6)

    private func checkDates(_ token: VerifiedToken, _ now: Int64) throws(JOSEError) -> Int64 {
        let claims = token.claims.root
        let exp = try isLoadBalancer ? loadBalancerExpiry(token) : expiry(claims)
        // §4.1.4: the current time must be before `exp`.
        guard exp.isAfter(now - clockSkewSeconds) else { throw .expired(secondsAgo: now - exp.wholeSeconds) }
        try checkRemaining(exp, now)

        if let value = claims.member("nbf") {
            let nbf = try NumericDate(value, .nbf)
            // §4.1.5: the current time must be equal to or after `nbf`.
            guard !nbf.isAfter(now + clockSkewSeconds) else {
                throw .notYetValid(secondsAhead: nbf.wholeSeconds - now)
            }
        }
        guard let iatValue = claims.member("iat") else {
            if needsIssueTime { throw .claimMissing(.iat) }
            return exp.wholeSeconds
        }
        let iat = try NumericDate(iatValue, .iat)
        // AUDIT 24: a token that was issued in the future is rejected.
        guard !iat.isAfter(now + clockSkewSeconds) else {
            throw .issuedInFuture(secondsAhead: iat.wholeSeconds - now)
        }
        try checkAge(iat, exp, now)
        return exp.wholeSeconds
    }

    func expiry(_ claims: JSONValue) throws(JOSEError) -> NumericDate {
        guard let value = claims.member("exp") else { throw .claimMissing(.exp) }
        return try NumericDate(value, .exp)
    }

    // MARK: iss, aud (§4.1.1, §4.1.3)

    private func checkIssuer(_ claims: JSONValue) throws(JOSEError) {
        guard let value = claims.member("iss") else {
            if issuers.isEmpty || form != .compact { return }
            throw .claimMissing(.iss)
        }
        guard let issuer = value.stringBytes else { throw .claimType(.iss) }
        // In a load balancer's token `iss` is the identity provider that authenticated the user; an SVID's issuer is in `sub`.
        if issuers.isEmpty || form != .compact { return }
        guard isIssuer(issuer.span) else { throw .issuerMismatch }
        try kind?.checkTenant(claims, issuer)
    }

    /// Whether `iss` matches one of `issuers`: byte for byte, except for the tenant ID where the entry has a
    /// placeholder.
    public func isIssuer(_ iss: Span<UInt8>) -> Bool {
        for form in issuers {
            if bytesEqual(iss, form.span) { return true }
            if let kind, kind.isOfSomeTenant(iss, form) { return true }
        }
        return false
    }

    private func checkAudience(_ token: VerifiedToken) throws(JOSEError) {
        let claims = token.claims.root
        let own =
            isLoadBalancer
            ? token.header.loadBalancer?.client : claims.member("aud") ?? kind?.audience(claims)
        guard let value = own else {
            if audiences.isEmpty { return }
            throw .claimMissing(.aud)
        }
        var isMet = audiences.isEmpty
        switch value.kind {
        case .string: isMet = isMet || isExpected(value)
        case .array:
            var walk = value.children
            while let element = walk.next()?.value {
                guard element.kind == .string else { throw .claimType(.aud) }
                isMet = isMet || isExpected(element)
            }
        default: throw .claimType(.aud)
        }
        guard isMet else { throw .audienceMismatch }
    }

    private func isExpected(_ audience: JSONValue) -> Bool {
        for expected in audiences where audience.isString(expected.span) { return true }
        return false
    }
}
