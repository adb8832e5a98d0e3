// Authorization.swift - one decision, from the event to its outcome.
//
// Spec:    RFC 7515 §5.2, RFC 7519 §7.2, RFC 6750; security-checklist 5 to 12, 19, 22, 26.
// Secret:  the token, which stays inside.
// Reads:   Event, TokenLookup, KeyRing, TrustedIssuer, Rules, Principal, ContextEntry; JOSE. Read by: LambdaRuntime, the commands.
//
// The decision itself fetches nothing and looks at no clock. Where it needs keys it says
// so: the caller fetches, tells the ring, and asks again.

import Bytes
import JOSE
import JSON

/// What a good token gets.
public struct Grant: Sendable {
    public let principal: [UInt8]
    public let context: [ContextEntry]
    /// Claims that were asked for and are there, but are nothing that a context can hold.
    public let leftOutClaims: Int
    /// The first second at which the token is no longer valid.
    public let expirySeconds: Int64
    /// The first second at which the token would not be let in any more: its end and the skew.
    let refusedFromSeconds: Int64
    /// The API key that the gateway counts the call for.
    public let usageKey: [UInt8]?
    /// What the policy says, where there are routes; for AppSync the fields that are denied.
    var statements: [UInt8]?
    /// The answer, written once: its length is one of the checks.
    var answer: [UInt8] = []
}

/// How a request is answered.
public enum Outcome: Sendable {
    case allow(Grant)
    case refuse(Refusal)
}

/// Keys that were used though nobody could say that they are the newest.
public struct OldKeys: Sendable, Equatable {
    /// Since they were fetched; of a snapshot, since this environment began.
    public let ageSeconds: Int64
    /// Whether they are those of the zip.
    public let isSnapshot: Bool
}

/// An outcome with what may be told about it (security-checklist 29).
public struct Decision: Sendable {
    public internal(set) var outcome: Outcome
    /// The token's key ID, when its header could be read.
    public let kid: [UInt8]?
    /// The issuer, once the signature held.
    public let issuer: [UInt8]?
    /// Its place in the settings, if the signature held under a key that none had held under.
    public internal(set) var issuerOfNewKey: Int?
    /// The keys, if they were used past their time.
    public let oldKeys: OldKeys?
    /// Who asked; nil when the event could not be read.
    public let caller: Caller?
    /// The caller's own ID of the request, for logs.
    public let callerRequestID: [UInt8]?
    /// The principal that a Deny names.
    public let principal: [UInt8]
    /// Which rule of the document decided, and what the token lacks for it.
    public var finding: RouteFinding?
    /// How many routes that the token may call its policy leaves out.
    public var leftOutRoutes = 0
    /// What a token that is refused may still call: the gateway keeps the answer for its other requests.
    var statements: [UInt8]?
    /// What the second rules say; nil without any, and for a token whose signature does not hold.
    public internal(set) var shadow: ShadowVerdict?
    /// The proof of the token's sender, which lets a request through once.
    var proof: ProofUse?

    /// `allowed`, or why not.
    public var reasonCode: StaticString {
        switch outcome {
        case .allow: "allowed"
        case .refuse(let refusal): refusal.reasonCode
        }
    }
}

/// A request on its way to a decision.
public struct Authorization: Sendable {
    /// What to do next.
    public enum Step: Sendable {
        /// Fetch the key set of this issuer, tell the ring the result, and call `next` again.
        /// `wanted` is the key ID that the set lacks (empty: the token names none), nil for old keys.
        case fetchKeys(issuer: Int, wanted: [UInt8]?)
        case decided(Decision)
    }

    private enum Stage: Sendable {
        case refused(Refusal)
        /// A token, and whose keys it is to be verified with.
        case token(UnverifiedToken, issuer: Int)
        /// There is no token, and none is needed.
        case withoutToken(Decision)
    }

    private let rules: Rules
    private let issuers: [TrustedIssuer]
    private let stage: Stage
    private let event: Event?
    /// Whether the token came with the scheme DPoP.
    private let isDPoP: Bool
    private var hasFetched = false

    /// Reads the event and finds the token. Nothing here needs a key.
    ///
    /// - Parameters:
    ///   - bytes: the event, or its beginning.
    ///   - wholeByteCount: the event's length when `bytes` are only its beginning.
    ///   - issuers: whose tokens are taken; at least one.
    ///   - rules: what a good token may do.
    public init(
        event bytes: [UInt8], wholeByteCount: Int? = nil, issuers: [TrustedIssuer], rules: Rules
    ) {
        self.issuers = issuers
        self.rules = rules
        var readable: Event?
        var isDPoP = false
        do throws(Refusal) {
            if let wholeByteCount, wholeByteCount > AuthorizerLimits.eventByteCount {
                throw .eventTooLong(limit: AuthorizerLimits.eventByteCount, actual: wholeByteCount)
            }
            let event = try Event(parsing: bytes)
            readable = event
            try event.checkTells(of: rules.sender)
            let presented = try event.token(
                from: rules.tokenSources, acceptingDPoP: rules.sender.dpop.isChecked)
            isDPoP = presented.isDPoP
            let token: UnverifiedToken
            do throws(JOSEError) { token = try UnverifiedToken(presented.compact, padded: true) } catch {
                throw .token(error)
            }
            let issuer = try Self.issuer(of: token, among: issuers)
            do throws(JOSEError) {
                // Padding is a load balancer's alone.
                try issuers[issuer].traits.isLoadBalancer
                    ? issuers[issuer].claims.checkLoadBalancer(token.header) : token.refusePadding()
            } catch { throw .token(error) }
            // Before any key is asked for: a token that no key could save causes no traffic.
            guard issuers[issuer].algorithms.contains(token.header.algorithm) else {
                throw .token(.algNotAllowed)
            }
            stage = .token(token, issuer: issuer)
        } catch {
            if error == .tokenMissing, let event = readable,
                let decision = Self.decideWithoutToken(event, rules)
            {
                stage = .withoutToken(decision)
            } else {
                stage = .refused(error)
            }
        }
        event = readable
        self.isDPoP = isDPoP
    }

    /// What a request without a token gets if it calls a public route; nil: it calls none.
    private static func decideWithoutToken(_ event: Event, _ rules: Rules) -> Decision? {
        guard let routes = rules.routes, let arn = event.arn else { return nil }
        let verdict = routes.verdict(arn, nil)
        guard verdict.refusal == nil else { return nil }
        let principal = [UInt8]("anonymous")
        var grant = Grant(
            principal: principal, context: [], leftOutClaims: 0, expirySeconds: .max,
            refusedFromSeconds: .max, usageKey: nil, statements: verdict.statements)
        let outcome: Outcome
        do throws(Refusal) {
            grant.answer = try rules.answer(allowing: grant, event, nowSeconds: 0)
            outcome = .allow(grant)
        } catch { outcome = .refuse(error) }
        return Decision(
            outcome: outcome, kid: nil, issuer: nil, oldKeys: nil, caller: event.caller,
            callerRequestID: event.requestID, principal: principal, finding: verdict.finding,
            leftOutRoutes: verdict.leftOutRoutes, shadow: rules.shadow?.verdict(withoutToken: event))
    }

    /// Whose keys a token is to be verified with. Of several issuers the token's `iss` chooses one, before
    /// anything is proved: it is believed once the signature holds under that issuer's keys and its
    /// rules have looked at it again. An `iss` of nobody's causes no traffic (security-checklist 18).
    ///
    /// - Throws: `issuerUnreadable`, `issuerUnknown`.
    private static func issuer(
        of token: UnverifiedToken, among issuers: [TrustedIssuer]
    ) throws(Refusal) -> Int {
        guard issuers.count > 1 else { return 0 }
        if let signer = token.header.signer {
            for index in issuers.indices where issuers[index].issues(signer.span) { return index }
        }
        let iss: [UInt8]
        do throws(JOSEError) { iss = try token.unverifiedIssuer() } catch { throw .issuerUnreadable(error) }
        for index in issuers.indices where issuers[index].issues(iss.span) { return index }
        throw .issuerUnknown
    }

    /// Goes as far as the keys at hand allow. At most one fetch is asked for.
    ///
    /// - Parameters:
    ///   - keys: the keys at hand; the ring knows whether they may be fetched anew.
    ///   - nowSeconds: wall time.
    public mutating func next(keys: KeyRing, nowSeconds: Int64) -> Step {
        var memo = VerifiedTokenMemo(capacity: 0)
        return next(keys: keys, memo: &memo, nowSeconds: nowSeconds)
    }

    /// As above, and what was verified before is recognised.
    ///
    /// - Parameters:
    ///   - keys: the keys at hand.
    ///   - memo: of this process; filled from this ring's keys alone.
    ///   - nowSeconds: wall time.
    public mutating func next(keys: KeyRing, memo: inout VerifiedTokenMemo, nowSeconds: Int64) -> Step {
        let token: UnverifiedToken
        let index: Int
        switch stage {
        case .refused(let refusal): return decided(refusal)
        case .withoutToken(let decision): return .decided(decision)
        case .token(let readable, let issuer): (token, index) = (readable, issuer)
        }
        do throws(Refusal) { try rules.deny.check(kid: token.header.kid) } catch {
            return decided(error, kid: token.header.kid)
        }
        let cache = keys[index]
        let renewed = cache.isSingle ? token.header.kid : nil
        let keySet: KeySet
        var old: OldKeys?
        switch cache.availability(kid: renewed, nowSeconds: nowSeconds) {
        case .fresh(let set): keySet = set
        case .stale(let set, let age):
            if !hasFetched && cache.mustFetchFirst(nowSeconds: nowSeconds) {
                return fetch(index, wanted: renewed)
            }
            keySet = set
            old = OldKeys(ageSeconds: age, isSnapshot: false)
        case .snapshot(let set, let age):
            if !hasFetched && cache.mustFetchFirst(nowSeconds: nowSeconds) { return fetch(index) }
            keySet = set
            old = OldKeys(ageSeconds: age, isSnapshot: true)
        case .none:
            if !hasFetched && cache.mayFetch(nowSeconds: nowSeconds) { return fetch(index, wanted: renewed) }
            return decided(.keysUnavailable, kid: token.header.kid)
        }
        do throws(JOSEError) {
            let verified = try token.verifySignature(
                keySet: keySet, algorithms: issuers[index].algorithms, memo: &memo,
                origin: VerifiedTokenMemo.Origin(issuer: index, generation: cache.generation))
            var note = memo.note(of: verified)
            var decision = decide(token, verified, index, old, nowSeconds, &note)
            if cache.isUnproved(renewed) { decision.issuerOfNewKey = index }
            memo.keep(note, of: verified)
            return .decided(decision)
        } catch .unknownKey {
            // The issuer may have a new key: ask, at most once an interval for all requests.
            if !hasFetched && cache.mayFetchForUnknownKey(token.header.kid, nowSeconds: nowSeconds) {
                return fetch(index, wanted: token.header.kid ?? [])
            }
            // Without a good answer nobody knows whether the key exists.
            if cache.lastFetchFailed { return decided(.keysUnavailable, kid: token.header.kid) }
            return decided(.token(.unknownKey), kid: token.header.kid)
        } catch {
            return decided(.token(error), kid: token.header.kid, old: old)
        }
    }

    private mutating func fetch(_ issuer: Int, wanted: [UInt8]? = nil) -> Step {
        hasFetched = true
        return .fetchKeys(issuer: issuer, wanted: wanted)
    }

    /// From a token whose signature holds.
    private func decide(
        _ token: UnverifiedToken, _ verified: VerifiedToken, _ issuer: Int, _ old: OldKeys?,
        _ nowSeconds: Int64, _ note: inout TokenNote?
    ) -> Decision {
        let claims = issuers[issuer].claims
        var principal = [UInt8]("unknown")
        var verdict: RouteVerdict?
        let outcome: Outcome
        var proof: ProofUse?
        do throws(Refusal) {
            try rules.deny.check(verified)
            let validated: ValidatedToken
            do throws(JOSEError) {
                validated = try claims.check(verified, nowSeconds: nowSeconds)
            } catch { throw .token(error) }
            guard let event else { throw .eventNotObject }
            let confirmation = verified.claims.root.member("cnf")
            if confirmation != nil || isDPoP || rules.sender.isDemanding {
                let sender = SenderCheck(
                    policy: rules.sender, event: event, token: token, isDPoP: isDPoP,
                    clockSkewSeconds: claims.clockSkewSeconds, nowSeconds: nowSeconds)
                proof = try sender.check(confirmation)
            }
            principal = try rules.principal(of: verified.claims.root)
            let places = issuers[issuer].places
            guard rules.scopesAreMet(by: verified.claims.root, at: places.scopes) else { throw .scopeMissing }
            if let routes = rules.routes {
                let facts = routes.facts(of: verified.claims.root, issuer: issuer, places: places)
                verdict =
                    if let arn = event.arn {
                        routes.verdict(arn, facts, &note)
                    } else { routes.verdict(event.caller, facts) }
                if let refusal = verdict?.refusal { throw .route(refusal) }
            }
            let context = rules.context(of: verified.claims.root, for: event.caller)
            var grant = Grant(
                principal: principal, context: context.entries, leftOutClaims: context.leftOut,
                expirySeconds: validated.expirySeconds,
                refusedFromSeconds: validated.expirySeconds + claims.clockSkewSeconds,
                usageKey: rules.usageKey(of: verified.claims.root), statements: verdict?.statements)
            if proof != nil && rules.sender.resultCache == .keyed {
                // Out of the gateway's cache the answer meets requests that the proof is not for.
                grant.statements = try rules.statementOfCall(event)
            }
            grant.answer = try rules.answer(allowing: grant, event, nowSeconds: nowSeconds)
            outcome = .allow(grant)
        } catch { outcome = .refuse(error) }
        let shadow: ShadowVerdict? =
            if let shadow = rules.shadow, let event {
                shadow.verdict(
                    verified, issuer, issuers[issuer].places, event, outcome, nowSeconds: nowSeconds)
            } else { nil }
        return Decision(
            outcome: outcome, kid: verified.header.kid,
            issuer: verified.claims.root.member("iss")?.stringBytes, oldKeys: old,
            caller: event?.caller, callerRequestID: event?.requestID, principal: principal,
            finding: verdict?.finding, leftOutRoutes: verdict?.leftOutRoutes ?? 0,
            statements: verdict?.statements, shadow: shadow, proof: proof)
    }

    private func decided(_ refusal: Refusal, kid: [UInt8]? = nil, old: OldKeys? = nil) -> Step {
        var decision = Decision(
            outcome: .refuse(refusal), kid: kid, issuer: nil, oldKeys: old, caller: event?.caller,
            callerRequestID: event?.requestID, principal: [UInt8]("unknown"))
        if case .tokenMissing = refusal, let shadow = rules.shadow, let event {
            decision.shadow = shadow.verdict(withoutToken: event)
        }
        return .decided(decision)
    }
}
