// DPoPProof.swift - a client's proof that it holds the key that its token is bound to.
//
// Spec:    RFC 9449 §4.2, §4.3; RFC 7638 (the key's name); security-checklist 1 to 8, 10, 13, 16.
// Secret:  no: a proof is good for one request, and that is over.
// Reads:   UnverifiedToken, JSONWebKey, SignatureVerification, NumericDate, Limits; JSON, SHA256. Read by: Authorizer.
//
// This is the only place where the key in a header is looked at (security-checklist 7). It makes
// no token: what comes out is a proof, which says nothing about who its maker is. That the key is the
// one which the access token names (`cnf.jkt`) is for whoever has both to compare.

import Bytes
import JSON
import SHA256

/// A proof whose signature holds under the key that it carries.
public struct DPoPProof: Sendable {
    /// The method and the URI that it was made for, as it has them.
    public let htm: [UInt8]
    public let htu: [UInt8]
    /// Its own name.
    public let jti: [UInt8]
    /// The hash of the access token that it was made for, as it has it.
    public let ath: [UInt8]
    /// `iat`, a fraction cut off.
    public let issuedAtSeconds: Int64
    /// The RFC 7638 thumbprint of its key, 32 bytes.
    public let thumbprint: [UInt8]

    /// Verifies a proof over the bytes as they were received, and then reads its claims.
    ///
    /// - Parameters:
    ///   - compact: the value of the one DPoP header.
    ///   - algorithms: those allowed.
    /// - Throws: the first check of §4.3 that fails, but for those that need the request.
    /// - Source: RFC 9449 §4.3.
    public init(verifying compact: [UInt8], algorithms: [Algorithm] = Algorithm.allCases) throws(DPoPError) {
        guard compact.count <= JOSELimits.proofByteCount else {
            throw .form(.tokenTooLong(limit: JOSELimits.proofByteCount, actual: compact.count))
        }
        // §4.3 step 2: a well-formed JWT, with the demands that any token's header has to meet.
        let token: UnverifiedToken
        do throws(JOSEError) { token = try UnverifiedToken(compact) } catch .algNotAllowed {
            throw .algorithm
        } catch .algMissing {
            throw .algorithm
        } catch { throw .form(error) }
        // §4.3 step 4, exactly so: nothing that was made for another purpose is a proof (§11.5).
        guard let typ = token.header.typ, bytesEqual(typ.span, "dpop+jwt") else { throw .type }
        // §4.3 step 5: none and HMAC do not exist here.
        guard algorithms.contains(token.header.algorithm) else { throw .algorithm }
        let key = try Self.key(of: token)
        // §4.3 step 6.
        let payload = try token.payload(signedBy: key)
        let document: JSONDocument
        do throws(JOSEError) { document = try token.claimsDocument(payload) } catch { throw .form(error) }
        // §4.3 step 3, after the signature: nothing of a payload is looked at before.
        let claims = document.root
        htm = try Self.text(claims, "htm", .htm)
        htu = try Self.text(claims, "htu", .htu)
        jti = try Self.text(claims, "jti", .jti)
        ath = try Self.text(claims, "ath", .ath)
        guard let iat = claims.member("iat") else { throw .claimMissing(.iat) }
        do throws(JOSEError) { issuedAtSeconds = try NumericDate(iat, .iat).wholeSeconds } catch {
            throw .claimType(.iat)
        }
        thumbprint = key.thumbprint
    }

    /// §4.2: `jwk`, a public key, and nothing but a public key (§4.3 step 7).
    private static func key(of token: UnverifiedToken) throws(DPoPError) -> JSONWebKey {
        // UnverifiedToken has read the same bytes: neither of the two can fail.
        let bytes: [UInt8]
        do { bytes = try Base64URL.decode(token.encodedHeader) } catch { throw .form(.headerEncoding(error)) }
        let header: JSONDocument
        do { header = try JSONDocument(parsing: bytes, limits: JOSELimits.header) } catch {
            throw .form(.headerJSON(error))
        }
        guard let jwk = header.root.member("jwk") else { throw .keyMissing }
        // RFC 7518 §6.2.2, §6.3.2, §6.4.1: the members that are somebody's secret.
        for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] as [StaticString]
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
}

extension UnverifiedToken {
    /// `ath` of a proof for this token: base64url of the SHA-256 of its ASCII (RFC 9449 §4.2).
    public var accessTokenHash: [UInt8] {
        let digest = SHA256.hash(compact.span)
        return Base64URL.encode(digest.span)
    }

    /// The payload, if this key signed it.
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
