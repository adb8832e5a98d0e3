// SenderConstraint.swift - is the token sent by the one whom it was given to?
//
// Spec:    RFC 7800 §3.1 (cnf); RFC 9449 §4.3, §7.1, §7.2 (DPoP); RFC 8705 §3, §3.1 (certificates); SENDER.md.
// Secret:  the token, of which a proof names the hash.
// Reads:   SenderPolicy, ProofMemo, RequestURI, Refusal; JOSE, JSON, SHA256, Bytes. Read by: Authorization.

import Bytes
import JOSE
import JSON
import SHA256

extension Refusal {
    /// Why a token is not taken from whoever sent it.
    public enum SenderFault: Equatable, Sendable {
        /// `cnf`, `cnf.jkt` or `cnf.x5t#S256` has the wrong type.
        case confirmationType
        /// The token is bound to a DPoP key, and DPOP is off.
        case dpopOff
        /// The token is bound to a DPoP key and came as a bearer token (RFC 9449 §7.2).
        case dpopDowngrade
        /// DPOP is require, and the token came as a bearer token.
        case dpopRequired
        /// A token with the scheme DPoP is not bound to a key.
        case dpopNotBound
        /// The caller hands over no header, or no method and URI.
        case dpopNotTold
        case proofMissing
        case proofRepeated(count: Int)
        case proof(DPoPError)
        case proofMethod
        case proofURI
        /// The event does not say which host was called, and DPOP_ORIGINS is not set.
        case proofURIUnknown
        case proofTooOld(secondsAgo: Int64)
        case proofInFuture(secondsAhead: Int64)
        case proofTokenHash
        case proofKey
        case proofReplayed
        /// The token is bound to a certificate, and MTLS is off.
        case mtlsOff
        /// MTLS is require, and the token is not bound to a certificate.
        case mtlsNotBound
        /// The gateway hands over no certificate.
        case certificateMissing
        /// Not exactly one certificate in PEM.
        case certificateForm
        case certificateMismatch

        var reasonCode: StaticString {
            switch self {
            case .confirmationType: "claim_cnf_type"
            case .dpopOff: "dpop_off"
            case .dpopDowngrade: "dpop_downgrade"
            case .dpopRequired: "dpop_required"
            case .dpopNotBound: "dpop_token_not_bound"
            case .dpopNotTold: "dpop_not_told"
            case .proofMissing: "dpop_missing"
            case .proofRepeated: "dpop_repeated"
            case .proof(let error): error.reasonCode
            case .proofMethod: "dpop_htm"
            case .proofURI: "dpop_htu"
            case .proofURIUnknown: "dpop_uri_unknown"
            case .proofTooOld: "dpop_too_old"
            case .proofInFuture: "dpop_in_future"
            case .proofTokenHash: "dpop_ath"
            case .proofKey: "dpop_key_mismatch"
            case .proofReplayed: "dpop_replayed"
            case .mtlsOff: "mtls_off"
            case .mtlsNotBound: "mtls_token_not_bound"
            case .certificateMissing: "mtls_certificate_missing"
            case .certificateForm: "mtls_certificate_form"
            case .certificateMismatch: "mtls_certificate_mismatch"
            }
        }
    }
}

extension Event {
    /// - Throws: `senderNotTold` if a sender is demanded of callers that say nothing about it: then
    ///   no token can be good, and whoever set the function up should hear of it.
    func checkTells(of policy: SenderPolicy) throws(Refusal) {
        guard policy.isDemanding else { return }
        switch caller {
        case .restRequest, .httpAPI1, .httpAPI2: return
        // A handshake's event has a certificate, and neither method nor path.
        case .webSocket where policy.dpop != .require: return
        case .webSocket, .restToken, .appSync, .iotCore: throw .senderNotTold
        }
    }
}

/// A request with a token whose signature holds.
struct SenderCheck {
    let policy: SenderPolicy
    let event: Event
    let token: UnverifiedToken
    /// Whether the token came with the scheme DPoP.
    let isDPoP: Bool
    let clockSkewSeconds: Int64
    let nowSeconds: Int64

    /// - Parameter confirmation: `cnf` of a token whose signature holds.
    /// - Returns: the proof, which may be used once.
    /// - Throws: `sender`; `eventMember` for what the event has and should have otherwise.
    func check(_ confirmation: JSONValue?) throws(Refusal) -> ProofUse? {
        if let confirmation, confirmation.kind != .object { throw .sender(.confirmationType) }
        // RFC 7800 §3.1: other members of cnf that are not understood are not looked at.
        let jkt = try Self.text(confirmation, "jkt")
        let thumbprint = try Self.text(confirmation, "x5t#S256")
        let use = try checkDPoP(jkt)
        try checkCertificate(thumbprint)
        return use
    }

    private static func text(_ confirmation: JSONValue?, _ name: StaticString) throws(Refusal) -> [UInt8]? {
        guard let member = confirmation?.member(name) else { return nil }
        guard let text = member.stringBytes else { throw .sender(.confirmationType) }
        return text
    }

    // MARK: DPoP

    private func checkDPoP(_ jkt: [UInt8]?) throws(Refusal) -> ProofUse? {
        switch policy.dpop {
        case .ignore: return nil
        case .off:
            if jkt != nil { throw .sender(.dpopOff) }
            return nil
        case .accept, .require: break
        }
        guard isDPoP else {
            // RFC 9449 §7.2: a bound token is no bearer token.
            if jkt != nil { throw .sender(.dpopDowngrade) }
            if policy.dpop == .require { throw .sender(.dpopRequired) }
            return nil
        }
        guard let jkt else { throw .sender(.dpopNotBound) }
        guard let method = event.method else { throw .sender(.dpopNotTold) }
        // §4.3 step 1. An HTTP API puts commas between several values; no proof has one.
        let values = try event.headerValues([UInt8]("dpop").span)
        var count = values.count
        for value in values {
            for byte in value where byte == 0x2C { count += 1 }
        }
        guard let compact = values.first else { throw .sender(.proofMissing) }
        guard count == 1 else { throw .sender(.proofRepeated(count: count)) }
        // §4.3 steps 2 to 7.
        let proof: DPoPProof
        do throws(DPoPError) { proof = try DPoPProof(verifying: compact) } catch {
            throw .sender(.proof(error))
        }
        try checkRequest(proof, method)
        return try checkBinding(proof, jkt)
    }

    private func checkRequest(_ proof: DPoPProof, _ method: [UInt8]) throws(Refusal) {
        // §4.3 step 8: methods are case-sensitive.
        guard bytesEqual(proof.htm.span, method.span) else { throw .sender(.proofMethod) }
        // §4.3 step 9: in normal form, without query and fragment.
        let uris = event.requestURIs(behind: policy.origins)
        guard !uris.isEmpty else { throw .sender(.proofURIUnknown) }
        guard let htu = normalURI(of: proof.htu.span) else { throw .sender(.proofURI) }
        var isMet = false
        for uri in uris where bytesEqual(uri.span, htu.span) { isMet = true }
        guard isMet else { throw .sender(.proofURI) }
        // §4.3 step 10: no nonce is asked for, because no answer of an authorizer could carry one (§9).
        // RFC 9449 §11.1, and §4.3 step 11.
        let age = nowSeconds - proof.issuedAtSeconds
        guard age <= policy.proofMaximumAgeSeconds + clockSkewSeconds else {
            throw .sender(.proofTooOld(secondsAgo: age))
        }
        guard age >= -clockSkewSeconds else { throw .sender(.proofInFuture(secondsAhead: -age)) }
    }

    private func checkBinding(_ proof: DPoPProof, _ jkt: [UInt8]) throws(Refusal) -> ProofUse {
        // §4.3 step 12: this token, and the key that it is bound to. One text for each digest, so texts are compared.
        guard bytesEqual(proof.ath.span, token.accessTokenHash.span) else { throw .sender(.proofTokenHash) }
        guard bytesEqual(Base64URL.encode(proof.thumbprint.span).span, jkt.span) else {
            throw .sender(.proofKey)
        }
        return ProofUse(
            thumbprint: proof.thumbprint, jti: proof.jti,
            lastSecond: proof.issuedAtSeconds + policy.proofMaximumAgeSeconds + clockSkewSeconds)
    }

    // MARK: Certificates

    /// - Source: RFC 8705 §3: the hash of the certificate that the client authenticated with.
    private func checkCertificate(_ thumbprint: [UInt8]?) throws(Refusal) {
        switch policy.mtls {
        case .ignore: return
        case .off:
            if thumbprint != nil { throw .sender(.mtlsOff) }
            return
        case .accept, .require: break
        }
        guard let thumbprint else {
            if policy.mtls == .require { throw .sender(.mtlsNotBound) }
            return
        }
        guard let pem = try event.clientCertificatePEM() else { throw .sender(.certificateMissing) }
        guard let certificate = onlyCertificate(in: pem) else { throw .sender(.certificateForm) }
        // RFC 8705 §3.1: base64url of the SHA-256 of the DER.
        let digest = SHA256.hash(certificate.span)
        guard bytesEqual(Base64URL.encode(digest.span).span, thumbprint.span) else {
            throw .sender(.certificateMismatch)
        }
    }
}

/// The DER of a PEM text of exactly one certificate, with nothing but line ends around it; nil for any other.
///
/// - Source: RFC 7468 §3, §5.1, without explanatory text.
func onlyCertificate(in pem: [UInt8]) -> [UInt8]? {
    let begin: StaticString = "-----BEGIN CERTIFICATE-----"
    let end: StaticString = "-----END CERTIFICATE-----"
    var count = pem.count
    while count > 0, pem[count - 1] == 0x0A || pem[count - 1] == 0x0D { count -= 1 }
    let text = pem.span.extracting(0..<count)
    let endStart = count - end.utf8ByteCount
    guard endStart > begin.utf8ByteCount, bytesStart(text, with: begin),
        bytesEqual(text.extracting(endStart..<count), end)
    else { return nil }
    var digits: [UInt8] = []
    digits.reserveCapacity(count)
    for index in begin.utf8ByteCount..<endStart where text[index] != 0x0A && text[index] != 0x0D {
        digits.append(text[index])
    }
    guard !digits.isEmpty else { return nil }
    // Dashes of a second certificate are none of base 64's characters.
    do { return try Base64.decode(digits.span) } catch { return nil }
}
