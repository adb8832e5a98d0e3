// ClaimRules.swift - what the claims of a verified token must say.
//
// Spec:    RFC 7519 §4.1, §7.2; RFC 8725 §3.8 to §3.12; RFC 9068 §4; security-checklist 4, 22 to 24.
// Secret:  no.
// Reads:   NumericDate, TokenKind, VerifiedToken; JSON. Read by: Authorizer.

import Bytes
import JSON

/// A token whose signature and claims hold at the time they were checked.
public struct ValidatedToken: Sendable {
    public let token: VerifiedToken
    /// The first second at which it is no longer valid, without the skew.
    public let expirySeconds: Int64

    fileprivate init(token: VerifiedToken, expirySeconds: Int64) {
        self.token = token
        self.expirySeconds = expirySeconds
    }
}

/// The demands on a token's claims. `exp` is always required, `nbf` and `iat` are always honoured.
public struct ClaimRules: Sendable {
    /// `iss` must be one of these, byte for byte; empty: not checked.
    public var issuers: [[UInt8]]
    /// `aud` must hold one of these; empty: not checked.
    public var audiences: [[UInt8]]
    /// How far the clocks may be apart, for `exp`, `nbf` and `iat`.
    public var clockSkewSeconds: Int64
    /// `typ` must be one of these, without regard to case and to `application/`; empty: not checked.
    public var tokenTypes: [[UInt8]] = []
    /// Whether tokens that look like OpenID Connect ID tokens are refused.
    public var refusesIDTokens = false
    /// What the issuer's documents say of its tokens beyond that; nil: nothing is asked.
    public var kind: TokenKind?
    /// The most seconds since `iat`, which is then required.
    public var maximumAgeSeconds: Int64?
    /// `iat`, which is then required, must be this second or a later one: what was issued before is
    /// revoked. Both are the issuer's clock, so the skew does not count.
    public var issuedNotBeforeSeconds: Int64?
    /// The most seconds from `iat` to `exp`; `iat` is then required.
    public var maximumLifetimeSeconds: Int64?
    /// The least seconds to `exp`. The skew does not count: it is the caller's time that is asked for.
    public var minimumRemainingSeconds: Int64?

    public init(issuers: [[UInt8]], audiences: [[UInt8]], clockSkewSeconds: Int64) {
        self.issuers = issuers
        self.audiences = audiences
        self.clockSkewSeconds = clockSkewSeconds
    }

    /// Whether ID tokens are what the issuer's documents have one send.
    public var takesIDTokens: Bool {
        guard let kind else { return false }
        return !refusesIDTokens && tokenTypes.isEmpty && kind.typeClaim.isEmpty
    }

    /// Whether the tokens are those of an AWS load balancer.
    public var isLoadBalancer: Bool { kind?.isLoadBalancer ?? false }

    /// What a load balancer's header must say, before there is a key: its owner alone, of all who use the region's
    /// keys, is the issuer, and a key has a UUID.
    ///
    /// - Throws: `signerMismatch`, `kidForm`.
    /// - Source: Elastic Load Balancing, "User claims encoding and signature verification".
    public func checkLoadBalancer(_ header: JOSEHeader) throws(JOSEError) {
        guard let signer = header.signer, isIssuer(signer.span) else { throw .signerMismatch }
        guard let kid = header.kid, TokenKind.isTenant(kid.span) else { throw .kidForm }
    }

    /// Holds a token's claims against the rules.
    ///
    /// - Parameters:
    ///   - token: one whose signature holds.
    ///   - nowSeconds: wall time.
    /// - Throws: the first rule that is not met.
    /// - Source: RFC 7519 §7.2 step 10 and §4.1.
    public func check(_ token: VerifiedToken, nowSeconds: Int64) throws(JOSEError) -> ValidatedToken {
        let claims = token.claims.root
        // Line 4: a known claim of the wrong type is an error, never "absent".
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
        return ValidatedToken(token: token, expirySeconds: expiry)
    }

    /// A member of a load balancer's header.
    @inline(never)
    private func headerMember(_ token: VerifiedToken, _ name: StaticString) -> JSONValue? {
        isLoadBalancer ? token.header.members?.root.member(name) : nil
    }

    // MARK: exp, nbf, iat (§4.1.4 to §4.1.6)

    private func checkDates(_ token: VerifiedToken, _ now: Int64) throws(JOSEError) -> Int64 {
        let claims = token.claims.root
        let own = headerMember(token, "exp")
        guard let expValue = claims.member("exp") ?? own else { throw .claimMissing(.exp) }
        var exp = try NumericDate(expValue, .exp)
        if let own {
            let other = try NumericDate(own, .exp)
            if other.wholeSeconds < exp.wholeSeconds { exp = other }
        }
        // §4.1.4: the current time must be before it.
        guard exp.isAfter(now - clockSkewSeconds) else { throw .expired(secondsAgo: now - exp.wholeSeconds) }
        if let minimumRemainingSeconds, exp.wholeSeconds - now < minimumRemainingSeconds {
            throw .remainingTooShort(minimumSeconds: minimumRemainingSeconds)
        }

        if let value = claims.member("nbf") {
            let nbf = try NumericDate(value, .nbf)
            // §4.1.5: the current time must be after or equal to it.
            guard !nbf.isAfter(now + clockSkewSeconds) else {
                throw .notYetValid(secondsAhead: nbf.wholeSeconds - now)
            }
        }
        guard let iatValue = claims.member("iat") else {
            if maximumAgeSeconds != nil || maximumLifetimeSeconds != nil || issuedNotBeforeSeconds != nil {
                throw .claimMissing(.iat)
            }
            return exp.wholeSeconds
        }
        let iat = try NumericDate(iatValue, .iat)
        // Line 24: nobody issues tokens tomorrow.
        guard !iat.isAfter(now + clockSkewSeconds) else {
            throw .issuedInFuture(secondsAhead: iat.wholeSeconds - now)
        }
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
        return exp.wholeSeconds
    }

    // MARK: iss, aud (§4.1.1, §4.1.3)

    private func checkIssuer(_ claims: JSONValue) throws(JOSEError) {
        guard let value = claims.member("iss") else {
            if issuers.isEmpty || isLoadBalancer { return }
            throw .claimMissing(.iss)
        }
        guard let issuer = value.stringBytes else { throw .claimType(.iss) }
        // A load balancer's is that of the users' own provider.
        if issuers.isEmpty || isLoadBalancer { return }
        guard isIssuer(issuer.span) else { throw .issuerMismatch }
        try kind?.checkTenant(claims, issuer)
    }

    /// Whether `iss` has one of the forms: byte for byte, but for a tenant where the form leaves it open.
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
            isLoadBalancer ? headerMember(token, "client") : claims.member("aud") ?? kind?.audience(claims)
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

    // MARK: What kind of token (RFC 8725 §3.11, §3.12)

    private func checkType(_ token: VerifiedToken) throws(JOSEError) {
        if !tokenTypes.isEmpty {
            guard let typ = token.header.typ else { throw .tokenTypeMismatch }
            let type = withoutApplicationPrefix(typ)
            var isWanted = false
            for wanted in tokenTypes
            where bytesEqualIgnoringASCIICase(type.span, withoutApplicationPrefix(wanted).span) {
                isWanted = true
            }
            guard isWanted else { throw .tokenTypeMismatch }
        }
        let claims = token.claims.root
        try kind?.check(claims)
        guard refusesIDTokens else { return }
        if let use = claims.member("token_use") {
            guard use.kind == .string else { throw .claimType(.tokenUse) }
            guard use.isString("access") else { throw .idToken(.tokenUse) }
        }
        // OpenID Connect Core §2, §3.1.3.6: these stand in ID tokens alone.
        if claims.member("at_hash") != nil { throw .idToken(.atHash) }
        if claims.member("nonce") != nil { throw .idToken(.nonce) }
    }
}
