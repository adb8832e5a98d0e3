// SenderCheck.swift - verifies the proof of possession of a sender-constrained token.
//
// Spec:    RFC 7800 §3.1 (cnf); RFC 9449 §4.3, §7.1, §7.2 (DPoP); RFC 8705 §3, §3.1 (certificates); SENDER.md.
// Secret:  the token; a proof contains its hash.
// Reads:   SenderFault, SenderPolicy, ProofMemo, Refusal; JOSE, JSON, SHA256, Bytes, Events (RequestURI), URI. Read by: Request,
//          SenderRuling.

import Bytes
import Events
import JOSE
import JSON
import SHA256
import URI

extension Event {
    /// - Throws: `senderProofUnavailable` if proof of possession is required from callers whose events never contain it. Then every
    ///   token would be refused, and the error shows that the configuration is wrong.
    func checkProofAvailable(of policy: SenderPolicy) throws(Refusal) {
        guard policy.requiresProof else { return }
        switch caller {
        case .restRequest, .httpAPI1, .httpAPI2: return
        // A WebSocket handshake's event has a certificate, but neither method nor path.
        case .webSocket where policy.dpop != .require: return
        case .webSocket, .restToken, .appSync, .iotCore: throw .senderProofUnavailable
        }
    }
}

/// Checks the sender of a request whose token signature was verified.
struct SenderCheck {
    let policy: SenderPolicy
    let event: Event
    let token: UnverifiedToken
    /// Whether the token came with the scheme DPoP.
    let isDPoP: Bool
    /// Those of the token's issuer: a proof may use one that is used only by name if the settings name it.
    let algorithms: [Algorithm]
    let clockSkewSeconds: Int64
    let nowSeconds: Int64

    /// - Parameter confirmation: `cnf` of a token with a verified signature.
    /// - Returns: the proof, which may be used once.
    /// - Throws: `sender`; `event` for a member of the event that has the wrong form.
    func check(_ confirmation: JSONValue?) throws(Refusal) -> ProofUse? {
        if let confirmation, confirmation.kind != .object { throw .sender(.confirmationType) }
        // RFC 7800 §3.1: members of cnf that are not understood are ignored.
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
            // RFC 9449 §7.2: a DPoP-bound token must not be used as a bearer token.
            if jkt != nil { throw .sender(.dpopDowngrade) }
            if policy.dpop == .require { throw .sender(.dpopRequired) }
            return nil
        }
        guard let jkt else { throw .sender(.dpopNotBound) }
        guard let method = event.method else { throw .sender(.dpopHeaderUnavailable) }
        // §4.3 step 1. An HTTP API joins several values by commas. A proof never contains a comma.
        let found: RepeatedValues
        do throws(EventError) { found = RepeatedValues(try event.headerStrings([UInt8]("dpop").span)) } catch
        {
            throw .event(error)
        }
        var count = found.count
        for value in found.values {
            for byte in value where byte == 0x2C { count += 1 }
        }
        guard let compact = found.values.first else { throw .sender(.proofMissing) }
        guard count == 1 else { throw .sender(.proofRepeated(count: count)) }
        // §4.3 steps 2 to 7.
        let proof: DPoPProof
        do throws(DPoPError) {
            proof = try DPoPProof(verifying: compact, algorithms: Algorithm.standard + algorithms)
        } catch { throw .sender(.proof(error)) }
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
        guard uris.contains(htu.span) else { throw .sender(.proofURI) }
        // §4.3 step 10: nonces are not supported, because the answer of an authorizer cannot contain one (§9).
        // RFC 9449 §11.1, and §4.3 step 11.
        let age = nowSeconds - proof.issuedAtSeconds
        guard age <= policy.proofMaximumAgeSeconds + clockSkewSeconds else {
            throw .sender(.proofTooOld(secondsAgo: age))
        }
        guard age >= -clockSkewSeconds else { throw .sender(.proofInFuture(secondsAhead: -age)) }
        // RFC 7519 §4.1.4, §4.1.5: `exp` and `nbf`, if the proof has them.
        do throws(DPoPError) {
            try proof.checkDates(nowSeconds: nowSeconds, clockSkewSeconds: clockSkewSeconds)
        } catch { throw .sender(.proof(error)) }
    }

    private func checkBinding(_ proof: DPoPProof, _ jkt: [UInt8]) throws(Refusal) -> ProofUse {
        // §4.3 step 12: this token, and the key that it is bound to. Each digest has one base64url form, so texts are compared.
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
        let presented: [UInt8]?
        do throws(EventError) { presented = try event.clientCertificatePEM() } catch { throw .event(error) }
        guard let pem = presented else { throw .sender(.certificateMissing) }
        guard let certificate = onlyCertificate(in: pem) else { throw .sender(.certificateForm) }
        // RFC 8705 §3.1: base64url of the SHA-256 of the DER.
        let digest = SHA256.hash(certificate.span)
        guard bytesEqual(Base64URL.encode(digest.span).span, thumbprint.span) else {
            throw .sender(.certificateMismatch)
        }
    }
}

/// The DER of a PEM text with exactly one certificate and only line ends around it; nil for any other text.
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
    // Dashes of a second certificate are not in the base64 alphabet.
    do { return try Base64.decode(digits.span) } catch { return nil }
}
