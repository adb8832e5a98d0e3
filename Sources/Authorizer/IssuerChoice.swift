// IssuerChoice.swift - selects the issuer of a token from several issuers.
//
// Spec:    RFC 7519 §4.1.1; AUDIT 18.
// Secret:  the token.
// Reads:   Request, TrustedIssuer, Refusal; JOSE. Read by: Request.

import JOSE

extension Request {
    /// The token, parsed in its issuer's format, and the issuer's position. If load balancers are among the issuers, the token
    /// is parsed in their format before the issuer is known.
    static func chooseIssuer(
        _ compact: [UInt8], _ issuers: [TrustedIssuer]
    ) throws(Refusal) -> (UnverifiedToken, Int) {
        var form = TokenForm.compact
        for issuer in issuers where issuer.claims.isLoadBalancer { form = .loadBalancer }
        let first = try token(compact, form)
        let place = try issuer(of: first, among: issuers)
        let own = issuers[place].claims.form
        return (own == form ? first : try token(compact, own), place)
    }

    /// Selects the issuer whose keys verify a token. With several issuers, the unverified `iss` selects one. The result is
    /// trusted only after the signature was verified with that issuer's keys and its claim rules have checked `iss` again.
    /// An unknown `iss` causes no traffic (AUDIT 18).
    ///
    /// - Throws: `issuerUnreadable`, `issuerUnknown`.
    private static func issuer(
        of token: UnverifiedToken, among issuers: [TrustedIssuer]
    ) throws(Refusal) -> Int {
        if let signer = token.header.loadBalancer?.signer {
            for place in issuers.indices where issuers[place].issues(signer.span) { return place }
        }
        var unread: JOSEError?
        do throws(JOSEError) {
            let iss = try token.unverifiedIssuer()
            for place in issuers.indices where issuers[place].issues(iss.span) { return place }
        } catch { unread = error }
        // A JWT-SVID's issuer is the trust domain of `sub`.
        for place in issuers.indices where issuers[place].claims.form == .svid {
            if let domain = token.unverifiedTrustDomain, issuers[place].issues(domain.span) { return place }
        }
        if let unread { throw .issuerUnreadable(unread) }
        throw .issuerUnknown
    }
}
