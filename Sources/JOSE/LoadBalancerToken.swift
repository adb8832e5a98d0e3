// LoadBalancerToken.swift - the tokens of AWS's Application Load Balancers, which deviate from RFC 7515.
//
// Spec:    Elastic Load Balancing, "User claims encoding and signature verification".
// Secret:  no.
// Reads:   JOSEHeader, ClaimRules, NumericDate, TokenKind; JSON. Read by: UnverifiedToken, ClaimRules; Authorizer, Settings.
//
// Such a token may be padded, and its header contains values that other tokens have in the payload: `signer` is the
// issuer, `client` the audience, and `exp` applies in addition to the payload's. Its key IDs are UUIDs.

import JSON

/// The serialization of a token.
public enum TokenForm: Sendable, Equatable {
    /// RFC 7515 §7.1: three parts in base64url, without padding.
    case compact
    /// The serialization of load balancers: the same, with or without padding.
    case loadBalancer
    /// A JWT-SVID of SPIFFE: compact, with a restricted header.
    case svid
}

/// The additional members in a load balancer's header.
public struct LoadBalancerHeader: Sendable {
    /// The load balancer's ARN; nil if it is not a string.
    public let signer: [UInt8]?
    /// The audience: the ID of the OAuth client.
    public let client: JSONValue?
    let exp: JSONValue?

    /// Nil if the header has no `signer`.
    init?(_ header: JSONValue) {
        guard let signer = header.member("signer") else { return nil }
        self.signer = signer.stringBytes
        client = header.member("client")
        exp = header.member("exp")
    }
}

extension ClaimRules {
    /// Whether the rules are for tokens of a load balancer.
    public var isLoadBalancer: Bool { form == .loadBalancer }

    /// Checks the header of a load balancer's token before its key is fetched. All load balancers of a region share the
    /// same keys, so `signer` must be a configured load balancer. `kid` must be a UUID.
    ///
    /// - Throws: `signerMismatch`, `kidForm`.
    public func checkLoadBalancer(_ header: JOSEHeader) throws(JOSEError) {
        guard let signer = header.loadBalancer?.signer, isIssuer(signer.span) else { throw .signerMismatch }
        guard let kid = header.kid, TokenKind.isTenant(kid.span) else { throw .kidForm }
    }

    /// The earlier of the payload's and the header's `exp`.
    func loadBalancerExpiry(_ token: VerifiedToken) throws(JOSEError) -> NumericDate {
        let claims = token.claims.root
        guard let own = token.header.loadBalancer?.exp else { return try expiry(claims) }
        let exp = try NumericDate(claims.member("exp") ?? own, .exp)
        let other = try NumericDate(own, .exp)
        return other.wholeSeconds < exp.wholeSeconds ? other : exp
    }
}
