// ShadowRules.swift - rules that are tried on every request and answer none.
//
// Spec:    ROLLOUT.md.
// Secret:  no.
// Reads:   TrustedIssuer, RouteTable, Refusal, Event; JOSE, JSON. Read by: Authorization, Settings, LambdaRuntime, the commands.

import Bytes
import JOSE
import JSON

/// What the second rules say of a request.
public struct ShadowVerdict: Sendable {
    /// Nil: they would let it through.
    public let refusal: Refusal?
    /// Which rule decided.
    public let finding: RouteFinding?

    /// `allowed`, or why not.
    public var reasonCode: StaticString { refusal?.reasonCode ?? "allowed" }
}

/// A second document.
public struct ShadowRules: Sendable {
    /// Nil: the claims are checked as they are now.
    public let issuers: [TrustedIssuer]?
    /// Nil: what a good token may call is as it is now.
    public let routes: RouteTable?
    /// What the document says for all issuers.
    private let places: ClaimPlaces

    init(_ document: RulesDocument) {
        issuers = document.issuers
        routes = document.routes
        places = document.places
    }

    /// A request without a token.
    func verdict(withoutToken event: Event) -> ShadowVerdict {
        guard let routes, let arn = event.arn else {
            return ShadowVerdict(refusal: .tokenMissing, finding: nil)
        }
        let verdict = routes.verdict(arn, nil)
        return ShadowVerdict(
            refusal: verdict.refusal == nil ? nil : .tokenMissing, finding: verdict.finding)
    }

    /// A request with a token whose signature holds.
    ///
    /// - Parameters:
    ///   - issuer: its place among those that count.
    ///   - current: where its tokens have their scopes and roles.
    ///   - outcome: what the rules that count have come to.
    func verdict(
        _ verified: VerifiedToken, _ issuer: Int, _ current: ClaimPlaces, _ event: Event, _ outcome: Outcome,
        nowSeconds: Int64
    ) -> ShadowVerdict {
        if case .refuse(let refusal) = outcome {
            switch refusal {
            // What both have in common: all but the claims and the routes, where the document has some.
            case .denied, .sender: return ShadowVerdict(refusal: refusal, finding: nil)
            case .token where issuers == nil: return ShadowVerdict(refusal: refusal, finding: nil)
            case _ where refusal.kind == .deny && routes == nil:
                return ShadowVerdict(refusal: refusal, finding: nil)
            default: break
            }
        }
        let claims = verified.claims.root
        var place = issuer
        do throws(Refusal) {
            if let issuers {
                place = try Self.issuer(of: claims, among: issuers)
                do throws(JOSEError) {
                    _ = try issuers[place].claims.check(verified, nowSeconds: nowSeconds)
                } catch { throw .token(error) }
            }
        } catch { return ShadowVerdict(refusal: error, finding: nil) }
        guard let routes else { return ShadowVerdict(refusal: nil, finding: nil) }
        let facts = routes.facts(
            of: claims, issuer: place, places: issuers?[place].places ?? places.orElse(current))
        let verdict = event.arn.map { routes.verdict($0, facts) } ?? routes.verdict(event.caller, facts)
        return ShadowVerdict(refusal: verdict.refusal.map { .route($0) }, finding: verdict.finding)
    }

    private static func issuer(of claims: JSONValue, among issuers: [TrustedIssuer]) throws(Refusal) -> Int {
        guard let iss = claims.member("iss")?.stringBytes else { throw .issuerUnknown }
        for index in issuers.indices where issuers[index].issues(iss.span) { return index }
        throw .issuerUnknown
    }
}

extension Decision {
    /// Whether the second rules would have answered otherwise: let through what was refused, or the reverse.
    public var shadowDiffers: Bool {
        guard let shadow else { return false }
        if case .allow = outcome { return shadow.refusal != nil }
        return shadow.refusal == nil
    }
}
