// Authorization.swift - one decision, from the event to its outcome.
//
// Spec:    RFC 7515 §5.2, RFC 7519 §7.2, RFC 6750; security-checklist 5 to 12, 19, 22, 26.
// Secret:  the token, which stays inside.
// Reads:   Event, BearerToken, KeyCache, Rules, Principal, ContextEntry; JOSE. Read by: LambdaRuntime, the commands.
//
// The decision itself fetches nothing and looks at no clock. Where it needs keys it says
// so: the caller fetches, tells the cache, and asks again.

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
    /// The policy, written once: its length is one of the checks.
    var answer: [UInt8] = []
}

/// How a request is answered.
public enum Outcome: Sendable {
    case allow(Grant)
    case refuse(Refusal)
}

/// An outcome with what may be told about it (security-checklist 29).
public struct Decision: Sendable {
    public let outcome: Outcome
    /// The token's key ID, when its header could be read.
    public let kid: [UInt8]?
    /// The issuer, once the signature held.
    public let issuer: [UInt8]?
    /// The age of the key set if it was used past its time.
    public let staleKeysAgeSeconds: Int64?
    /// The ARN of the method that was called; nil when the event could not be read.
    public let methodArn: [UInt8]?
    /// The principal that a Deny names.
    public let principal: [UInt8]

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
        /// Fetch the key set, tell the cache the result, and call `next` again.
        case fetchKeys
        case decided(Decision)
    }

    private enum Stage: Sendable {
        case refused(Refusal)
        case token(UnverifiedToken)
    }

    private let rules: Rules
    private let stage: Stage
    private let methodArn: [UInt8]?
    private var hasFetched = false

    /// Reads the event and finds the token. Nothing here needs a key.
    ///
    /// - Parameters:
    ///   - bytes: the event, or its beginning.
    ///   - wholeByteCount: the event's length when `bytes` are only its beginning.
    ///   - rules: what the token must fulfil.
    public init(event bytes: [UInt8], wholeByteCount: Int? = nil, rules: Rules) {
        self.rules = rules
        var arn: [UInt8]?
        do throws(Refusal) {
            if let wholeByteCount, wholeByteCount > AuthorizerLimits.eventByteCount {
                throw .eventTooLong(limit: AuthorizerLimits.eventByteCount, actual: wholeByteCount)
            }
            let event = try Event(parsing: bytes)
            arn = event.methodArn
            stage = .token(try Self.readToken(event, rules))
        } catch {
            stage = .refused(error)
        }
        methodArn = arn
    }

    private static func readToken(_ event: Event, _ rules: Rules) throws(Refusal) -> UnverifiedToken {
        let compact = try event.bearerToken()
        do throws(JOSEError) {
            let token = try UnverifiedToken(compact)
            // Before any key is asked for: a token that no key could save causes no traffic.
            guard rules.algorithms.contains(token.header.algorithm) else { throw .algNotAllowed }
            return token
        } catch { throw .token(error) }
    }

    /// Goes as far as the keys at hand allow. At most one fetch is asked for.
    ///
    /// - Parameters:
    ///   - cache: the keys at hand; it knows whether they may be fetched anew.
    ///   - nowSeconds: wall time.
    public mutating func next(cache: KeyCache, nowSeconds: Int64) -> Step {
        let token: UnverifiedToken
        switch stage {
        case .refused(let refusal): return decided(refusal)
        case .token(let readable): token = readable
        }
        let keySet: KeySet
        var staleAge: Int64?
        switch cache.availability(nowSeconds: nowSeconds) {
        case .fresh(let set): keySet = set
        case .stale(let set, let age):
            if !hasFetched && cache.mayFetch(nowSeconds: nowSeconds) { return fetch() }
            keySet = set
            staleAge = age
        case .none:
            if !hasFetched && cache.mayFetch(nowSeconds: nowSeconds) { return fetch() }
            return decided(.keysUnavailable, kid: token.header.kid)
        }
        do throws(JOSEError) {
            let verified = try token.verifySignature(keySet: keySet, algorithms: rules.algorithms)
            let issuer = verified.claims.root.member("iss")?.stringBytes
            return .decided(decide(verified, issuer, staleAge, nowSeconds))
        } catch .unknownKey {
            // The issuer may have a new key: ask, at most once an interval for all requests.
            if !hasFetched && cache.mayFetchForUnknownKey(nowSeconds: nowSeconds) { return fetch() }
            // Without a good answer nobody knows whether the key exists.
            if cache.lastFetchFailed { return decided(.keysUnavailable, kid: token.header.kid) }
            return decided(.token(.unknownKey), kid: token.header.kid)
        } catch {
            return decided(.token(error), kid: token.header.kid, staleAge: staleAge)
        }
    }

    private mutating func fetch() -> Step {
        hasFetched = true
        return .fetchKeys
    }

    /// From a token whose signature holds.
    private func decide(
        _ verified: VerifiedToken, _ issuer: [UInt8]?, _ staleAge: Int64?, _ nowSeconds: Int64
    ) -> Decision {
        var principal = [UInt8]("unknown")
        let outcome: Outcome
        do throws(Refusal) {
            let validated: ValidatedToken
            do throws(JOSEError) {
                validated = try rules.claims.check(verified, nowSeconds: nowSeconds)
            } catch { throw .token(error) }
            principal = try rules.principal(of: verified.claims.root)
            guard rules.scopesAreMet(by: verified.claims.root) else { throw .scopeMissing }
            let context = rules.context(of: verified.claims.root)
            var grant = Grant(
                principal: principal, context: context.entries, leftOutClaims: context.leftOut,
                expirySeconds: validated.expirySeconds)
            grant.answer = try rules.policyAnswer(allowing: grant)
            outcome = .allow(grant)
        } catch { outcome = .refuse(error) }
        return Decision(
            outcome: outcome, kid: verified.header.kid, issuer: issuer, staleKeysAgeSeconds: staleAge,
            methodArn: methodArn, principal: principal)
    }

    private func decided(_ refusal: Refusal, kid: [UInt8]? = nil, staleAge: Int64? = nil) -> Step {
        .decided(
            Decision(
                outcome: .refuse(refusal), kid: kid, issuer: nil, staleKeysAgeSeconds: staleAge,
                methodArn: methodArn, principal: [UInt8]("unknown")))
    }
}
