// Rules.swift - what a good token may do, whoever issued it, read from the settings once.
//
// Spec:    RFC 6749 §3.3 (scope), RFC 9068 §2.2.3; security-checklist 22, 25, 28.
// Secret:  no.
// Reads:   Refusal, Limits, Answer; JSON. Read by: Authorization, Settings.

import Bytes
import JSON

/// What a decision depends on but the event, the issuer, the keys and the time.
public struct Rules: Sendable {
    /// The ARNs that an allowed caller may call, with wildcards; `*` alone is every API. Empty where there
    /// are routes.
    public var resources: [[UInt8]]
    /// What may be called with which claims; nil: `resources` alone says it.
    public var routes: RouteTable?
    /// The AppSync APIs that an allowed caller may call.
    public var appSyncResources: [[UInt8]] = []
    /// Where the token is looked for.
    public var tokenSources: [TokenSource] = TokenSource.standard
    /// All of these must be in the token.
    public var requiredScopes: [[UInt8]] = []
    /// The claim that names the caller; nil: the first of sub, client_id, azp, cid.
    public var principalClaim: [UInt8]?
    /// The claims that go into the answer's context.
    public var contextClaims: [[UInt8]] = []
    /// What the answers look like.
    public var answers = AnswerForms()
    /// What is done about tokens that are bound to their sender.
    public var sender = SenderPolicy()
    /// Rules that answer nothing.
    public var shadow: ShadowRules?
    /// What is refused whatever it says.
    public var deny = EmergencyDeny()

    public init(resources: [[UInt8]]) {
        self.resources = resources
    }

    // MARK: Scopes

    /// Whether the token has every required scope, each compared whole (security-checklist 25).
    /// They stand in one string with spaces between, or in an array.
    ///
    /// - Parameter places: the issuer's.
    func scopesAreMet(by claims: JSONValue, at places: [ClaimPath]) -> Bool {
        for wanted in requiredScopes {
            var isFound = false
            for place in places {
                if let claim = place.value(in: claims), hasWord(claim, wanted.span) { isFound = true }
            }
            guard isFound else { return false }
        }
        return true
    }

    // MARK: The principal

    /// `principalId`: the claim that the settings name, or the first of sub, client_id, azp, cid; else `unknown`.
    ///
    /// - Throws: `principalNotUsable` for control characters or too many bytes (security-checklist 28).
    func principal(of claims: JSONValue) throws(Refusal) -> [UInt8] {
        if let principalClaim {
            guard let value = claims.member(principalClaim.span)?.stringBytes else {
                return [UInt8]("unknown")
            }
            return try Self.usable(value)
        }
        for name in ["sub", "client_id", "azp", "cid"] as [StaticString] {
            if let value = claims.member(name)?.stringBytes, !value.isEmpty { return try Self.usable(value) }
        }
        return [UInt8]("unknown")
    }

    private static func usable(_ value: [UInt8]) throws(Refusal) -> [UInt8] {
        guard value.count <= AuthorizerLimits.principalByteCount else { throw .principalNotUsable }
        for byte in value where byte < 0x20 || byte == 0x7F { throw .principalNotUsable }
        return value.isEmpty ? [UInt8]("unknown") : value
    }

    // MARK: The context

    func context(of claims: JSONValue, for caller: Caller) -> (entries: [ContextEntry], leftOut: Int) {
        var entries: [ContextEntry] = []
        var leftOut = 0
        for name in contextClaims {
            guard let value = claims.member(name.span) else { continue }
            // An HTTP API keeps the key `claims` to itself.
            let isReserved = caller.isHTTPAPI && bytesEqual(name.span, "claims")
            if !isReserved, let entry = ContextEntry(claim: name, value: value) {
                entries.append(entry)
            } else {
                leftOut += 1
            }
        }
        return (entries, leftOut)
    }

    /// `usageIdentifierKey`: an API key of a usage plan, which are of 20 to 128 characters; nil for anything else.
    func usageKey(of claims: JSONValue) -> [UInt8]? {
        guard let usageKeyClaim = answers.usageKeyClaim,
            let value = claims.member(usageKeyClaim.span)?.stringBytes,
            (20...128).contains(value.count)
        else { return nil }
        for byte in value where byte <= 0x20 || byte >= 0x7F { return nil }
        return value
    }
}
