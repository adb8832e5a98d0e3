// Rules.swift - what a valid token of any issuer may do, read once from the settings.
//
// Spec:    AUDIT 22, 28.
// Secret:  no.
// Reads:   Refusal, Limits, AnswerForms, SenderPolicy, EmergencyDeny; JSON, Bytes, Events, Routes. Read by: Ruling, the
//          answers; Settings, Reports.

import Bytes
import Events
import JSON
import Routes

/// The inputs of a decision that come from the settings and apply to all issuers.
public struct Rules: Sendable {
    /// The ARNs that an allowed caller may call, with wildcards; `*` alone matches every API. Empty if there are routes.
    public var resources: [[UInt8]]
    /// Which calls are allowed with which claims; nil: `resources` decides.
    public var routes: RouteTable?
    /// The AppSync APIs that an allowed caller may call.
    public var appSyncResources: [[UInt8]] = []
    /// The parts of a request that may contain the token.
    public var tokenSources: [TokenSource] = TokenSource.standard
    /// The token must have all of these scopes.
    public var requiredScopes: [[UInt8]] = []
    /// The claim that identifies the caller; nil: the first of sub, client_id, azp, cid.
    public var principalClaim: [UInt8]?
    /// The claims that are copied into the answer's context.
    public var contextClaims: [ContextClaim] = []
    /// The format of the answers.
    public var answers = AnswerForms()
    /// The handling of sender-constrained tokens.
    public var sender = SenderPolicy()
    /// Tokens that are refused even if they are valid.
    public var deny = EmergencyDeny()

    public init(resources: [[UInt8]]) {
        self.resources = resources
    }

    /// `principalId`: the claim that the settings name, or the first of sub, client_id, azp, cid; else `unknown`.
    ///
    /// - Throws: `principalNotUsable` for control characters or too many bytes (AUDIT 28).
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
}
