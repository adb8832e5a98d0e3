// RouteRuling.swift - applies the routes of a document to a request, with or without a token.
//
// Spec:    README "Rules".
// Secret:  the token's claims.
// Reads:   Ruling, Rules, Decision, Answer (write); Routes, Bytes, Events, JSON, JOSE, Keys. Read by: Ruling, Authorization.

import Bytes
import Events
import JOSE
import JSON
import Keys
import Routes

extension Ruling {
    /// The result of the routes; nil without routes.
    func routeVerdict(on event: Event, _ verified: Decision.Verified) -> RouteVerdict? {
        guard let routes = rules.routes else { return nil }
        let facts = routes.facts(
            of: verified.token.claims.root, issuer: verified.issuer.position, places: verified.places)
        return event.arn.map { routes.verdict($0, facts) } ?? routes.verdict(event.caller, facts)
    }

    /// The decision for a request without a token on a public route; nil for other routes.
    func decision(withoutToken event: Event, nowSeconds: Int64) -> Decision? {
        guard let routes = rules.routes, let arn = event.arn else { return nil }
        let verdict = routes.verdict(arn, nil)
        guard verdict.refusal == nil else { return nil }
        let grant = Grant.anonymous
        var note: PolicyNote?
        var written: WrittenAnswer?
        let outcome: Outcome
        do throws(Refusal) {
            written = try rules.write(grant, event, verdict, isProved: false, nowSeconds: 0, &note)
            outcome = .allow(grant)
        } catch { outcome = .refuse(error) }
        return Decision(
            outcome, body: written?.body, atSeconds: nowSeconds, event: event, principal: grant.principal,
            finding: verdict.finding, omittedRules: written?.omittedRules ?? [])
    }
}

extension Grant {
    /// The grant for a request without a token on a public route.
    static let anonymous = Grant(
        principal: [UInt8]("anonymous"), context: [], omittedClaims: 0, expirySeconds: .max,
        refusedFromSeconds: .max, usageKey: nil)
}
