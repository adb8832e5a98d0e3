// DPoPProof.swift - a client's proof that it possesses the key that its access token is bound to.
//
// Spec:    RFC 9449 §4.2, §4.3; RFC 7519 §4.1.4, §4.1.5; RFC 7638 (thumbprint); AUDIT 1 to 8, 10, 13, 16.
// Secret:  no: a proof is valid for a single request, which has already been made.
// Reads:   UnverifiedToken, JSONWebKey, VerifiedToken, NumericDate, Limits; JSON, SHA256, Bytes. Read by: Authorizer.
//
// This is the only code that reads a key from a token's header (AUDIT 7). A verified proof does not identify or
// authorize the client. The caller must compare the thumbprint of the key with that in the access token (`cnf.jkt`).

import Bytes
import JSON
import SHA256

/// A proof whose signature was verified with the key in its own header.
public struct DPoPProof: Sendable {
    /// The method and the URI that the proof was made for, as they are in the proof.
    public let htm: [UInt8]
    public let htu: [UInt8]
    /// The unique identifier of the proof.
    public let jti: [UInt8]
    /// The hash of the access token that the proof was made for, as it is in the proof.
    public let ath: [UInt8]
    /// `iat` in seconds since 1970, without its fraction.
    public let issuedAtSeconds: Int64
    /// The RFC 7638 thumbprint of the proof's key, 32 bytes.
    public let thumbprint: [UInt8]
    /// `exp` and `nbf`, which are optional in a proof as in every JWT.
    private let exp: NumericDate?
    private let nbf: NumericDate?

    /// Verifies the signature over the bytes as received, then reads the claims.
    ///
    /// - Parameters:
    ///   - compact: the value of the single DPoP header field.
    ///   - algorithms: the allowed algorithms.
    /// - Throws: the first failed check of §4.3, except for the checks that need the request.
    /// - Source: RFC 9449 §4.3.
    public init(verifying compact: [UInt8], algorithms: [Algorithm] = Algorithm.standard) throws(DPoPError) {
        guard compact.count <= JOSELimits.proofByteCount else {
            throw .form(.tokenTooLong(limit: JOSELimits.proofByteCount, actual: compact.count))
        }
        // §4.3 step 2: a well-formed JWT. Its header must meet the same requirements as every token's.
        let token: UnverifiedToken
        do throws(JOSEError) { token = try UnverifiedToken(compact) } catch .algNotAllowed {
            throw .algorithm
        } catch .algMissing {
            throw .algorithm
        } catch { throw .form(error) }
        // §4.3 step 4, exact: a JWT that was made for another purpose is not accepted as a proof (§11.5).
        guard let typ = token.header.typ, bytesEqual(typ.span, "dpop+jwt") else { throw .type }
        // §4.3 step 5: `none` and HMAC are not implemented.
        guard algorithms.contains(token.header.algorithm) else { throw .algorithm }
        let key = try Self.key(of: token)
        // §4.3 step 6.
        let payload = try token.payload(signedBy: key)
        let document: JSONDocument
        do throws(JOSEError) { document = try token.claimsDocument(payload) } catch { throw .form(error) }
        // §4.3 step 3 comes after the signature, because no payload is read before it is verified.
        let claims = document.root
        htm = try Self.text(claims, "htm", .htm)
        htu = try Self.text(claims, "htu", .htu)
        jti = try Self.text(claims, "jti", .jti)
        ath = try Self.text(claims, "ath", .ath)
        guard let iat = try Self.date(claims, "iat", .iat) else { throw .claimMissing(.iat) }
        issuedAtSeconds = iat.wholeSeconds
        exp = try Self.date(claims, "exp", .exp)
        nbf = try Self.date(claims, "nbf", .nbf)
        thumbprint = key.thumbprint
    }

    /// Checks `exp` and `nbf` if the proof has them. A client may set a shorter validity than the server allows.
    ///
    /// - Parameters:
    ///   - nowSeconds: wall-clock time in seconds since 1970.
    ///   - clockSkewSeconds: the allowed difference between the clocks.
    /// - Throws: `expired`, `notYetValid`.
    /// - Source: RFC 9449 §4.3: the claims of the JWT are checked. RFC 7519 §4.1.4, §4.1.5: such a JWT MUST NOT be
    ///   accepted.
    public func checkDates(nowSeconds: Int64, clockSkewSeconds: Int64) throws(DPoPError) {
        if let exp, !exp.isAfter(nowSeconds - clockSkewSeconds) {
            throw .expired(secondsAgo: nowSeconds - exp.wholeSeconds)
        }
        if let nbf, nbf.isAfter(nowSeconds + clockSkewSeconds) {
            throw .notYetValid(secondsAhead: nbf.wholeSeconds - nowSeconds)
        }
    }

    /// §4.2: `jwk`, a public key without private members (§4.3 step 7).
    private static func key(of token: UnverifiedToken) throws(DPoPError) -> JSONWebKey {
        // UnverifiedToken has parsed the same bytes, so neither step can fail.
        let bytes: [UInt8]
        do { bytes = try Base64URL.decode(token.encodedHeader) } catch { throw .form(.headerEncoding(error)) }
        let header: JSONDocument
        do { header = try JSONDocument(parsing: bytes, limits: JOSELimits.header) } catch {
            throw .form(.headerJSON(error))
        }
        guard let jwk = header.root.member("jwk") else { throw .keyMissing }
        // RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 9964 §3: the private members.
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"] as [StaticString]
        where jwk.member(name) != nil { throw .privateKey }
        let key: JSONWebKey
        do throws(SkipReason) { key = try JSONWebKey(jwk) } catch { throw .key(error) }
        guard key.fits(token.header.algorithm) else { throw .keyAlgorithmMismatch }
        return key
    }

    private static func text(
        _ claims: JSONValue, _ name: StaticString, _ claim: DPoPError.Claim
    ) throws(DPoPError) -> [UInt8] {
        guard let value = claims.member(name) else { throw .claimMissing(claim) }
        guard let text = value.stringBytes else { throw .claimType(claim) }
        guard !text.isEmpty else { throw .claimMissing(claim) }
        return text
    }

    /// A claim that is a date; nil if it is absent.
    private static func date(
        _ claims: JSONValue, _ name: StaticString, _ claim: DPoPError.Claim
    ) throws(DPoPError) -> NumericDate? {
        guard let value = claims.member(name) else { return nil }
        // A number out of range is not a valid date either.
        do throws(JOSEError) { return try NumericDate(value, .iat) } catch { throw .claimType(claim) }
    }
}

extension UnverifiedToken {
    /// The `ath` that a proof for this token must have: base64url of the SHA-256 of the token's ASCII (RFC 9449 §4.2).
    public var accessTokenHash: [UInt8] {
        let digest = SHA256.hash(compact.span)
        return Base64URL.encode(digest.span)
    }

    /// The payload, if the signature is valid under this key.
    fileprivate func payload(signedBy key: JSONWebKey) throws(DPoPError) -> [UInt8] {
        do throws(JOSEError) {
            let signature: [UInt8]
            do { signature = try Base64URL.decode(encodedSignature) } catch {
                throw JOSEError.signatureEncoding(error)
            }
            try verify(signature.span, with: key, nil)
        } catch { throw .signature(error) }
        do { return try Base64URL.decode(encodedPayload) } catch { throw .form(.payloadEncoding(error)) }
    }

    fileprivate var encodedHeader: Span<UInt8> {
        @_lifetime(borrow self)
        get { compact.span.extracting(0..<(payloadStart - 1)) }
    }
}
