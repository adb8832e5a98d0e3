// Authorization.swift - one decision, from the event to its outcome.
//
// Spec:    RFC 7515 §5.2, RFC 7519 §7.2, RFC 6750; AUDIT 5 to 12, 19, 22, 26.
// Secret:  the token, which is never printed.
// Reads:   Request, TokenVerification, Ruling, RouteRuling, Decision, DecisionDetails, TokenMemory,
//          TrustedIssuer, Rules; Keys (KeyRing), JOSE, Events, Bytes, Routes. Read by: LambdaRuntime, the commands.
//
// Three tasks, one type each: Request reads the event, TokenVerification finds the key, Ruling applies the rules to the
// verified token. The decision fetches nothing and reads no clock. If it needs keys, it returns `fetchKeys`: the caller
// fetches them, stores the result in the ring, and calls `next` again.

import Bytes
import Events
import JOSE
import Keys
import Routes

/// A request that is being decided.
public struct Authorization: Sendable {
    /// The result of one call of `next`.
    public enum Step: Sendable {
        /// Fetch the keys of this issuer, put the result in the ring, and call `next` again.
        case fetchKeys(issuer: IssuerIndex, cause: FetchCause)
        case decided(Decision)
    }

    private enum Stage: Sendable {
        /// The request is refused without using a key; the event, if it could be parsed.
        case refused(Refusal, Event?)
        case token(TokenVerification)
    }

    private let ruling: Ruling
    private var stage: Stage

    /// Reads the event and finds the token. Nothing here needs a key.
    ///
    /// - Parameters:
    ///   - bytes: the event, or its beginning.
    ///   - wholeByteCount: the event's length when `bytes` are only its beginning.
    ///   - issuers: the issuers whose tokens are accepted; at least one.
    ///   - rules: the permissions of valid tokens.
    public init(
        event bytes: [UInt8], wholeByteCount: Int? = nil, issuers: [TrustedIssuer], rules: Rules
    ) {
        ruling = Ruling(rules: rules, issuers: issuers)
        var readable: Event?
        do throws(Refusal) {
            let event = try Request.readEvent(bytes, wholeByteCount: wholeByteCount)
            readable = event
            let request = try Request.read(event, issuers, rules)
            stage = .token(TokenVerification(request))
        } catch { stage = .refused(error, readable) }
    }

    /// Decides the request if the cached keys suffice. Requests at most one fetch. A token that was verified before is found in
    /// the memo.
    ///
    /// - Parameters:
    ///   - keys: the cached keys, with the rules for when they may be fetched again.
    ///   - memo: the memo of this process, which must have been filled from this ring's keys only.
    ///   - nowSeconds: wall time.
    public mutating func next(keys: KeyRing, memo: inout TokenMemory, nowSeconds: Int64) -> Step {
        switch stage {
        case .refused(let refusal, let event):
            if refusal == .event(.tokenMissing), let event,
                let decision = ruling.decision(withoutToken: event, nowSeconds: nowSeconds)
            {
                return .decided(decision)
            }
            return Self.refuse(refusal, event, DecisionDetails(), nowSeconds)
        case .token(var verification):
            let request = verification.request
            let step = verification.next(
                keys[request.issuer], ruling.issuers[request.issuer.position].algorithms,
                ruling.rules.deny, &memo, nowSeconds: nowSeconds)
            switch step {
            case .fetchKeys(let cause):
                stage = .token(verification)
                return .fetchKeys(issuer: request.issuer, cause: cause)
            case .refused(let refusal, let old):
                let details = DecisionDetails(kid: request.token.header.kid, staleKeys: old)
                return Self.refuse(refusal, request.event, details, nowSeconds)
            case .verified(let token, let old, let isOfNewKey):
                var note = memo.note(of: token)
                let verified = Decision.Verified(
                    token: token, issuer: request.issuer,
                    places: ruling.issuers[request.issuer.position].places, isOfNewKey: isOfNewKey)
                let decision = ruling.decision(
                    on: request, verified, old, &note, nowSeconds: nowSeconds)
                memo.keep(note, of: token)
                return .decided(decision)
            }
        }
    }

    private static func refuse(
        _ refusal: Refusal, _ event: Event?, _ details: DecisionDetails, _ nowSeconds: Int64
    ) -> Step {
        .decided(
            Decision(
                .refuse(refusal), body: nil, atSeconds: nowSeconds, event: event,
                principal: [UInt8]("unknown"),
                verified: nil, details: details))
    }
}
