// ShadowRules.swift - rules that are evaluated for every request and do not affect the answers.
//
// Spec:    ROLLOUT.md.
// Secret:  no.
// Reads:   Decision, TrustedIssuer, Refusal; Events, Routes, JOSE, JSON, Bytes, Keys. Read by: Settings, LambdaRuntime,
//          Reports.
//
// They are evaluated after the decision is made, and do not change it.

import Bytes
import Events
import JOSE
import JSON
import Keys
import Routes

/// The result of the second rules for a request.
public struct ShadowVerdict: Sendable {
    /// Nil: they would allow the request.
    public let refusal: Refusal?
    /// The rule that decided.
    public let finding: RouteFinding?

    /// `allowed`, or the reason code of the refusal.
    public var reasonCode: StaticString { refusal?.reasonCode ?? "allowed" }

    /// Whether the second rules would have allowed a refused request, or refused an allowed one.
    public func differs(from outcome: Outcome) -> Bool {
        if case .allow = outcome { return refusal != nil }
        return refusal == nil
    }
}

/// The rules of a second document.
public struct ShadowRules: Sendable {
    /// Nil: the claims are checked by the current rules.
    public let issuers: [TrustedIssuer]?
    /// Nil: the current routes apply.
    public let routes: RouteTable?
    /// The claim paths that the document sets for all issuers.
    private let places: ClaimPlaces

    /// - Parameter places: the claim paths that the document sets for all issuers.
    package init(issuers: [TrustedIssuer]?, routes: RouteTable?, places: ClaimPlaces) {
        self.issuers = issuers
        self.routes = routes
        self.places = places
    }

    /// The result of these rules for a decided request; nil for a token without a verified signature, which both rules refuse.
    public func verdict(on decision: Decision) -> ShadowVerdict? {
        guard let event = decision.event else { return nil }
        if let verified = decision.verified { return verdict(verified, event, decision) }
        switch decision.outcome {
        case .allow, .refuse(.event(.tokenMissing)): return verdict(withoutToken: event)
        case .refuse: return nil
        }
    }

    private func verdict(withoutToken event: Event) -> ShadowVerdict {
        guard let routes, let arn = event.arn else {
            return ShadowVerdict(refusal: .event(.tokenMissing), finding: nil)
        }
        let verdict = routes.verdict(arn, nil)
        return ShadowVerdict(
            refusal: verdict.refusal == nil ? nil : .event(.tokenMissing), finding: verdict.finding)
    }

    private func verdict(
        _ verified: Decision.Verified, _ event: Event, _ decision: Decision
    ) -> ShadowVerdict {
        if case .refuse(let refusal) = decision.outcome, isCommon(refusal) {
            return ShadowVerdict(refusal: refusal, finding: nil)
        }
        let claims = verified.token.claims.root
        var place = verified.issuer.position
        if let issuers {
            do throws(Refusal) {
                place = try Self.issuer(of: claims, among: issuers)
                do throws(JOSEError) {
                    _ = try issuers[place].claims.check(verified.token, nowSeconds: decision.atSeconds)
                } catch { throw .token(error) }
            } catch { return ShadowVerdict(refusal: error, finding: nil) }
        }
        guard let routes else { return ShadowVerdict(refusal: nil, finding: nil) }
        let places = issuers?[place].places ?? places.orElse(verified.places)
        let facts = routes.facts(of: claims, issuer: place, places: places)
        let verdict = event.arn.map { routes.verdict($0, facts) } ?? routes.verdict(event.caller, facts)
        return ShadowVerdict(refusal: verdict.refusal.map { .route($0) }, finding: verdict.finding)
    }

    /// Whether a refusal applies under both rules: all refusals except those by the claims and the routes that the document
    /// replaces.
    private func isCommon(_ refusal: Refusal) -> Bool {
        switch refusal {
        case .denied, .sender: true
        case .token: issuers == nil
        default: refusal.kind == .deny && routes == nil
        }
    }

    private static func issuer(of claims: JSONValue, among issuers: [TrustedIssuer]) throws(Refusal) -> Int {
        guard let iss = claims.member("iss")?.stringBytes else { throw .issuerUnknown }
        for index in issuers.indices where issuers[index].issues(iss.span) { return index }
        throw .issuerUnknown
    }
}
