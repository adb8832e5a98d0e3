// JOSEError.swift - why a token, a key or a key set is refused.
//
// Spec:    RFC 7515 §5.2, RFC 7517, RFC 7519 §7.2, RFC 8725; security-checklist 1 to 15, 20 to 25.
// Secret:  no: counts, names of members, never a token or a claim's value.
// Reads:   Bytes, JSON, RSA, EllipticCurves. Read by: every file of JOSE, Authorizer.

import Bytes
import EllipticCurves
import JSON
import RSA

/// The first check that failed.
public enum JOSEError: Error, Equatable, Sendable {
    // The token's form.

    case tokenTooLong(limit: Int, actual: Int)
    /// Not three parts; five are an encrypted token.
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
    /// `alg` is none, HMAC, unknown, or not on the list of those allowed.
    case algNotAllowed
    /// A header member that changes what the token means: `crit`, `b64`, `enc`, `zip`, a nested `cty`.
    case headerNotSupported(HeaderMember)
    case kidTooLong(limit: Int, actual: Int)
    /// `signer` of the header is absent, or not the load balancer.
    case signerMismatch
    /// `kid` is absent or no UUID, where keys are asked for by it.
    case kidForm

    // The key and the signature.

    /// No key of the set has the token's `kid`; a new key set may.
    case unknownKey
    /// The token names no key, and this many could be meant.
    case keyAmbiguous(candidates: Int)
    /// The named key is not one for the token's `alg`.
    case keyAlgorithmMismatch
    case signatureMismatch(SignatureRefusal)

    // The claims.

    case claimMissing(Claim)
    case claimType(Claim)
    /// A date that is negative, or 2^53 and more.
    case claimRange(Claim)
    case expired(secondsAgo: Int64)
    case notYetValid(secondsAhead: Int64)
    case issuedInFuture(secondsAhead: Int64)
    case tooOld(maximumSeconds: Int64)
    /// It is good, and not for long enough.
    case remainingTooShort(minimumSeconds: Int64)
    /// Nothing of the issuer's that is older than this is taken.
    case issuedBeforeCutoff(secondsBefore: Int64)
    case lifetimeTooLong(maximumSeconds: Int64)
    case issuerMismatch
    case audienceMismatch
    /// `tid` is absent, not the tenant in `iss`, or not one that is taken.
    case tenantMismatch
    /// The token's own word for its type is not a wanted one, or absent.
    case tokenTypeMismatch
    /// An ID token where an access token is wanted, told by this claim (`other`: by one that is not there).
    case idToken(Claim)

    // The key set.

    case keySetTooLong(limit: Int, actual: Int)
    case keySetJSON(JSONError)
    /// Not an object with an array `keys`.
    case keySetForm
    case keySetTooManyKeys(limit: Int, actual: Int)

    // A key on its own.

    /// A member that the key type requires is absent or of the wrong type.
    case keyMember(KeyMember)

    /// What the signature algorithm says. All of it is one reason to the outside.
    public enum SignatureRefusal: Equatable, Sendable {
        case rsa(RSAError)
        case curve(CurveError)
    }

    /// The header members that can be wrong.
    public enum HeaderMember: Sendable {
        case alg, kid, typ, cty, crit, b64, enc, zip
    }

    /// The claims that can be wrong.
    public enum Claim: Sendable {
        case iss, sub, aud, exp, nbf, iat, jti, clientID, tokenUse, nonce, atHash, other
    }

    /// The members of a key that its type requires.
    public enum KeyMember: Sendable {
        case kty, n, e, crv, x, y
    }
}
