// TokenTypes.swift - checks the token's type, if settings or a profile require one.
//
// Spec:    RFC 8725 §3.11, §3.12; RFC 9068 §4; AUDIT 23.
// Secret:  no.
// Reads:   ClaimRules, TokenKind, SPIFFEToken, JOSEHeader (withoutApplicationPrefix); JSON, Bytes. Read by: ClaimRules, Settings.

import Bytes
import JSON

extension ClaimRules {
    /// Whether clients send ID tokens according to the issuer's documentation: the issuer has a token kind, but no rule
    /// that would reject ID tokens.
    public var takesIDTokens: Bool {
        guard let kind else { return false }
        return !refusesIDTokens && tokenTypes.isEmpty && kind.typeClaim.isEmpty
    }

    func checkType(_ token: VerifiedToken) throws(JOSEError) {
        if !tokenTypes.isEmpty {
            guard let typ = token.header.typ else { throw .tokenTypeMismatch }
            let type = withoutApplicationPrefix(typ)
            var isAccepted = false
            for expected in tokenTypes
            where bytesEqualIgnoringASCIICase(type.span, withoutApplicationPrefix(expected).span) {
                isAccepted = true
            }
            guard isAccepted else { throw .tokenTypeMismatch }
        }
        let claims = token.claims.root
        try checkSVID(claims)
        try kind?.check(claims, audiences)
        guard refusesIDTokens else { return }
        if let use = claims.member("token_use") {
            guard use.kind == .string else { throw .claimType(.tokenUse) }
            guard use.isString("access") else { throw .idToken(.tokenUse) }
        }
        // OpenID Connect Core §2, §3.1.3.6: only ID tokens have these claims.
        if claims.member("at_hash") != nil { throw .idToken(.atHash) }
        if claims.member("nonce") != nil { throw .idToken(.nonce) }
    }
}
