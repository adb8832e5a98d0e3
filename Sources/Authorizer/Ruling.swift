// Ruling.swift - from a verified token to a grant or a refusal: claims, sender, scopes, routes, and the answer.
//
// Spec:    RFC 7519 §7.2 step 10; README "Rules"; AUDIT 22 to 26.
// Secret:  the token and its claims.
// Reads:   Request, Rules, RuleClaims, RouteRuling, TrustedIssuer, EmergencyDeny, SenderCheck, Answer (write), Decision;
//          Routes, JOSE, Bytes, Events, Keys, JSON. Read by: Authorization.

import Bytes
import Events
import JOSE
import JSON
import Keys
import Routes

/// Applies the rules to requests.
struct Ruling {
    let rules: Rules
    let issuers: [TrustedIssuer]

    /// Decides a request whose token signature was verified.
    ///
    /// - Parameters:
    ///   - old: set if the keys were stale.
    ///   - note: the policy that is cached with the token.
    func decision(
        on request: Request, _ verified: Decision.Verified, _ old: StaleKeys?, _ note: inout PolicyNote?,
        nowSeconds: Int64
    ) -> Decision {
        let claims = verified.token.claims.root
        var principal = [UInt8]("unknown")
        var verdict: RouteVerdict?
        var written: WrittenAnswer?
        let outcome: Outcome
        var proof: ProofUse?
        do throws(Refusal) {
            let validated = try validate(verified, nowSeconds)
            // A bearer token without `cnf` needs no proof of possession unless the settings require one.
            if claims.member("cnf") != nil || request.isDPoP || rules.sender.requiresProof {
                proof = try checkSender(of: request, verified.token, nowSeconds)
            }
            principal = try rules.principal(of: claims)
            guard rules.scopesAreMet(by: claims, at: verified.places.scopes) else { throw .scopeMissing }
            verdict = routeVerdict(on: request.event, verified, nowSeconds: nowSeconds)
            let grant = grant(validated, principal, request.event.caller).until(verdict)
            let answer = try rules.write(
                grant, request.event, verdict, isProved: proof != nil, nowSeconds: nowSeconds, &note)
            written = answer
            outcome = answer.refusal.map { .refuse($0) } ?? .allow(grant)
        } catch { outcome = .refuse(error) }
        return Decision(
            outcome, body: written?.body, atSeconds: nowSeconds, event: request.event, principal: principal,
            verified: verified,
            details: DecisionDetails(
                kid: verified.token.header.kid, staleKeys: old, finding: verdict?.finding,
                omittedRules: written?.omittedRules ?? [], proof: proof))
    }

    /// - Throws: `denied`, `token`.
    private func validate(
        _ verified: Decision.Verified, _ nowSeconds: Int64
    ) throws(Refusal) -> ValidatedToken {
        try rules.deny.check(verified.token)
        do throws(JOSEError) {
            return try issuers[verified.issuer.position].claims.check(verified.token, nowSeconds: nowSeconds)
        } catch { throw .token(error) }
    }

    private func grant(_ validated: ValidatedToken, _ principal: [UInt8], _ caller: Caller) -> Grant {
        let claims = validated.token.claims.root
        let context = rules.context(of: claims, for: caller)
        let skew = validated.clockSkewSeconds
        return Grant(
            principal: principal, context: context.entries, omittedClaims: context.omitted,
            expirySeconds: validated.expirySeconds, refusedFromSeconds: validated.expirySeconds + skew,
            usageKey: rules.usageKey(of: claims))
    }
}
