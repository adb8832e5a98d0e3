// EmergencyDeny.swift - lists of tokens, keys, subjects and clients that are refused.
//
// Spec:    none; ROLLOUT.md. RFC 6750 §3.1: a token that was revoked is an invalid token.
// Secret:  no: IDs of keys, tokens, subjects and clients, of which only the kid is logged.
// Reads:   Refusal; Bytes, JOSE, JSON. Read by: Rules, Authorization, Settings.

import Bytes
import JOSE
import JSON

extension Refusal {
    /// The list that contains the token.
    public enum DenyList: Equatable, Sendable {
        case kid, jti, subject, client

        var reasonCode: StaticString {
            switch self {
            case .kid: "denied_kid"
            case .jti: "denied_jti"
            case .subject: "denied_subject"
            case .client: "denied_client"
            }
        }
    }
}

/// Lists of values to refuse, compared byte by byte. A value that is in no list must still pass all other checks.
public struct EmergencyDeny: Sendable {
    public var kids: [[UInt8]] = []
    public var jtis: [[UInt8]] = []
    public var subjects: [[UInt8]] = []
    /// Compared with each claim that issuers use for the client.
    public var clients: [[UInt8]] = []

    public init() {}

    /// Checked before the token is processed: a listed key is not even fetched.
    ///
    /// - Parameter kid: the token's key ID; after verification, the ID of the key that verified it.
    /// - Throws: `denied`.
    func check(kid: [UInt8]?) throws(Refusal) {
        if let kid, kids.contains(kid.span) { throw .denied(.kid) }
    }

    /// - Parameter token: a token with a verified signature.
    /// - Throws: `denied`, or `token` if a claim that a list needs is not a string.
    func check(_ token: VerifiedToken) throws(Refusal) {
        // A token without a key ID was verified with a key that may have one.
        try check(kid: token.key.kid)
        if jtis.isEmpty && subjects.isEmpty && clients.isEmpty { return }
        let claims = token.claims.root
        try Self.check(claims.member("jti"), .jti, jtis, .jti)
        try Self.check(claims.member("sub"), .sub, subjects, .subject)
        for name in ["client_id", "azp", "cid", "appid"] as [StaticString] {
            try Self.check(claims.member(name), .clientID, clients, .client)
        }
        // Load balancers send the client ID in the token's header.
        try Self.check(token.header.loadBalancer?.client, .clientID, clients, .client)
    }

    private static func check(
        _ member: JSONValue?, _ claim: JOSEError.Claim, _ list: [[UInt8]], _ refusal: Refusal.DenyList
    ) throws(Refusal) {
        guard !list.isEmpty, let member else { return }
        // AUDIT 4: a value of another type cannot be compared with the list.
        guard let text = member.stringBytes else { throw .token(.claimType(claim)) }
        if list.contains(text.span) { throw .denied(refusal) }
    }
}
