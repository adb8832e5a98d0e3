// EmergencyDeny.swift - tokens that are not taken any more, whatever they say.
//
// Spec:    none; ROLLOUT.md. RFC 6750 §3.1: a token that was revoked is an invalid token.
// Secret:  no: names of keys, tokens, subjects and clients, none of which is logged but the kid.
// Reads:   Refusal; Bytes, JOSE, JSON. Read by: Rules, Authorization, Settings.

import Bytes
import JOSE
import JSON

extension Refusal {
    /// Which list names the token.
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

/// Lists of what is refused. Compared byte by byte; what is in none of them is not let in by that.
public struct EmergencyDeny: Sendable {
    public var kids: [[UInt8]] = []
    public var jtis: [[UInt8]] = []
    public var subjects: [[UInt8]] = []
    /// Looked for in each claim by which an issuer names the client.
    public var clients: [[UInt8]] = []

    public init() {}

    /// Before anything is done for a token: its key need not even be fetched.
    ///
    /// - Parameter kid: the token's; of a key that verified a token, the key's.
    /// - Throws: `denied`.
    func check(kid: [UInt8]?) throws(Refusal) {
        if let kid, Self.holds(kids, kid) { throw .denied(.kid) }
    }

    /// - Parameter token: one whose signature holds.
    /// - Throws: `denied`, or `token` for a claim that a list asks for and that is no string.
    func check(_ token: VerifiedToken) throws(Refusal) {
        // A token that names no key is still verified with one.
        try check(kid: token.key.kid)
        if jtis.isEmpty && subjects.isEmpty && clients.isEmpty { return }
        let claims = token.claims.root
        try Self.check(claims, "jti", .jti, jtis, .jti)
        try Self.check(claims, "sub", .sub, subjects, .subject)
        for name in ["client_id", "azp", "cid", "appid"] as [StaticString] {
            try Self.check(claims, name, .clientID, clients, .client)
        }
        // A load balancer names it there.
        if let header = token.header.members?.root {
            try Self.check(header, "client", .clientID, clients, .client)
        }
    }

    private static func check(
        _ claims: JSONValue, _ name: StaticString, _ claim: JOSEError.Claim, _ list: [[UInt8]],
        _ refusal: Refusal.DenyList
    ) throws(Refusal) {
        guard !list.isEmpty, let member = claims.member(name) else { return }
        // Security checklist 4: whom it names cannot be told.
        guard let text = member.stringBytes else { throw .token(.claimType(claim)) }
        if holds(list, text) { throw .denied(refusal) }
    }

    private static func holds(_ list: [[UInt8]], _ text: [UInt8]) -> Bool {
        for entry in list where bytesEqual(entry.span, text.span) { return true }
        return false
    }
}
