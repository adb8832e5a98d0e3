// TokenPayload.swift - reads the issuer of an unverified token, and the payload of a signed object.
//
// Spec:    RFC 7515 §5.2; RFC 7519 §4.1.1.
// Secret:  the token's claims.
// Reads:   UnverifiedToken, VerifiedToken; JSON, Bytes. Read by: Authorizer (Request), Conformance.

import Bytes
import JSON

extension UnverifiedToken {
    /// `iss` of the unverified payload. It may be used only to select the keys to verify with.
    ///
    /// - Throws: `payloadEncoding`, `payloadJSON`, `payloadNotObject`, `claimMissing`, `claimType`.
    package func unverifiedIssuer() throws(JOSEError) -> [UInt8] {
        let payload: [UInt8]
        do { payload = try decode(encodedPayload) } catch { throw .payloadEncoding(error) }
        let claims = try claimsDocument(payload)
        guard let member = claims.root.member("iss") else { throw .claimMissing(.iss) }
        guard let issuer = member.stringBytes else { throw .claimType(.iss) }
        return issuer
    }

    /// The verified payload of a signed object that need not be a claims set (RFC 7515 only).
    ///
    /// - Throws: as `verifySignature`, except for the errors about claims.
    package func verifiedPayload(keySet: KeySet, algorithms: [Algorithm]) throws(JOSEError) -> [UInt8] {
        try verifiedPayloadAndKey(keySet, algorithms, nil).payload
    }
}
