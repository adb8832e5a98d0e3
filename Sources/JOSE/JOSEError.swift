// JOSEError.swift - why a token, a key or a key set is rejected.
//
// Spec:    RFC 7515 §5.2, RFC 7517, RFC 7519 §7.2, RFC 8725; AUDIT 1 to 15, 20 to 25.
// Secret:  no: counts, names of members, never a token or a claim's value.
// Reads:   SignatureRefusal; Bytes, JSON. Read by: every file of JOSE; Authorizer, Settings, KeyFetching, Reports,
//          Conformance.

import Bytes
import JSON

/// The first check that failed.
public enum JOSEError: Error, Equatable, Sendable {
    // The serialization of the token.

    case tokenTooLong(limit: Int, actual: Int)
    /// The token does not have three parts. An encrypted token has five.
    case tokenPartCount(Int)
    case tokenPartEmpty
    case headerEncoding(BytesError)
    case headerJSON(JSONError)
    case headerNotObject
    case payloadEncoding(BytesError)
    case payloadJSON(JSONError)
    case payloadNotObject
    case signatureEncoding(BytesError)

    // The header.

    case algMissing
    /// A header member of the wrong type.
    case headerType(HeaderMember)
    /// `alg` is none, HMAC, unknown, or not one of the allowed algorithms.
    case algNotAllowed
    /// A header member that changes the processing of the token: `crit`, `b64`, `enc`, `zip`, a nested `cty`.
    case headerNotSupported(HeaderMember)
    case kidTooLong(limit: Int, actual: Int)
    /// `signer` in the header is absent, or does not name a configured load balancer.
    case signerMismatch
    /// `kid` is absent or not a UUID, although keys are fetched by their ID.
    case kidForm

    // The key and the signature.

    /// No key of the set has the token's `kid`. A newer key set may have one.
    case unknownKey
    /// The token has no `kid`, and this many keys match its algorithm.
    case keyAmbiguous(candidates: Int)
    /// The key with the token's `kid` is not usable with its `alg`.
    case keyAlgorithmMismatch
    case signatureMismatch(SignatureRefusal)

    // The claims.

    case claimMissing(Claim)
    case claimType(Claim)
    /// A date that is negative, or 2^53 or greater.
    case claimRange(Claim)
    case expired(secondsAgo: Int64)
    case notYetValid(secondsAhead: Int64)
    case issuedInFuture(secondsAhead: Int64)
    case tooOld(maximumSeconds: Int64)
    /// The token is valid, but expires too soon.
    case remainingTooShort(minimumSeconds: Int64)
    /// The token was issued before the cutoff; older tokens of the issuer are revoked.
    case issuedBeforeCutoff(secondsBefore: Int64)
    case lifetimeTooLong(maximumSeconds: Int64)
    case issuerMismatch
    case audienceMismatch
    /// `tid` is absent, differs from the tenant in `iss`, or is not an allowed tenant.
    case tenantMismatch
    /// The token's type is absent or not an accepted one.
    case tokenTypeMismatch
    /// An ID token although an access token is required. The claim is the one that reveals it. `other` means another
    /// claim, or that the claims of access tokens are missing.
    case idToken(Claim)

    // The key set.

    case keySetTooLong(limit: Int, actual: Int)
    case keySetJSON(JSONError)
    /// Not an object with an array `keys`.
    case keySetForm
    case keySetTooManyKeys(limit: Int, actual: Int)

    // Single keys.

    /// A member that the key type requires is absent or of the wrong type.
    case keyMember(KeyMember)

    /// The header members that errors can name.
    public enum HeaderMember: Sendable {
        case alg, kid, typ, cty, crit, b64, enc, zip, other
    }

    /// The claims that errors can name.
    public enum Claim: Sendable {
        case iss, sub, aud, exp, nbf, iat, jti, clientID, tokenUse, nonce, atHash, other
    }

    /// The required members of a key.
    public enum KeyMember: Sendable {
        case kty, n, e, crv, x, y, alg, pub
    }
}
