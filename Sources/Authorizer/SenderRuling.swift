// SenderRuling.swift - checks the sender of a request whose token was verified.
//
// Spec:    RFC 7800 §3.1 (cnf).
// Secret:  the token.
// Reads:   Ruling, Request, SenderCheck, Rules, ProofMemo (ProofUse); JOSE, JSON, Keys. Read by: Ruling.

import JOSE
import JSON
import Keys

extension Ruling {
    /// Checks the sender of a bound token, or of any token if the settings require bound tokens.
    ///
    /// - Returns: the proof, if the request has one. It may be used once.
    func checkSender(
        of request: Request, _ token: VerifiedToken, _ nowSeconds: Int64
    ) throws(Refusal) -> ProofUse? {
        let confirmation = token.claims.root.member("cnf")
        let issuer = issuers[request.issuer.position]
        let sender = SenderCheck(
            policy: rules.sender, event: request.event, token: request.token, isDPoP: request.isDPoP,
            algorithms: issuer.algorithms, clockSkewSeconds: issuer.claims.clockSkewSeconds,
            nowSeconds: nowSeconds)
        return try sender.check(confirmation)
    }
}
