// ClaimDetails.swift - by how much a time is missed, or which iss or aud came and which one is configured.
//
// Spec:    RFC 7519 §4.1; AUDIT 29.
// Secret:  the token, which stays inside; iss and aud are shown where they are refused.
// Reads:   DecidedEvent, ShownToken, Limits; Settings, Authorizer, JOSE, JSON, Bytes. Read by: StepDetails.

import Authorizer
import Bytes
import JOSE
import JSON
import Settings

extension DecidedEvent {
    /// Of a token that is refused for its claims: the signature holds, so its issuer and its audience can be shown.
    var claimDetail: [UInt8] {
        var text: [UInt8] = []
        guard case .token(let error) = refusal else { return text }
        switch error {
        case .expired(let seconds): append("", seconds, " seconds ago", to: &text)
        case .notYetValid(let seconds), .issuedInFuture(let seconds), .loginInFuture(let seconds):
            append("in ", seconds, " seconds", to: &text)
        case .remainingTooShort(let seconds): append("at least ", seconds, " seconds", to: &text)
        case .tooOld(let seconds), .lifetimeTooLong(let seconds), .loginTooOld(let seconds):
            append("at most ", seconds, " seconds", to: &text)
        case .payloadJSON(let error): error.append(to: &text, of: token.payload.bytes ?? [])
        case .issuerMismatch, .tenantMismatch:
            text.append("the token's iss is ")
            ShownToken.appendCut(decision.issuer ?? [], to: &text, limit: ReportLimits.shownValueByteCount)
            if case .issuerMismatch = error, let issuer = appliedIssuer {
                append("ISSUER is ", "the configured issuer is ", issuer.claims.issuers, to: &text)
            }
        case .audienceMismatch: appendAudience(to: &text)
        default: break
        }
        return text
    }

    private func append(
        _ before: StaticString, _ seconds: Int64, _ after: StaticString, to text: inout [UInt8]
    ) {
        text.append(before)
        text.append(decimal: seconds)
        text.append(after)
    }

    private func appendAudience(to text: inout [UInt8]) {
        let issuer = appliedIssuer
        let isLoadBalancer = issuer?.claims.isLoadBalancer ?? false
        let name: StaticString =
            isLoadBalancer ? "client" : token.payload.member("aud") != nil ? "aud" : "client_id"
        text.append("the token's ")
        text.append(name)
        text.append(" is ")
        if let value = isLoadBalancer ? token.header.member(name) : token.payload.member(name) {
            ShownToken.append(value, to: &text, limit: ReportLimits.shownValueByteCount)
        }
        if let issuer {
            append("AUDIENCE is ", "the issuer's audiences are ", issuer.claims.audiences, to: &text)
        }
    }

    /// The issuer whose rules were applied to the verified token.
    private var appliedIssuer: TrustedIssuer? {
        let issuers = settings.trustedIssuers
        if issuers.count == 1 { return issuers[0] }
        if let signer = token.header.member("signer")?.stringBytes {
            for issuer in issuers where issuer.claims.isIssuer(signer.span) { return issuer }
        }
        let iss = decision.issuer ?? []
        for issuer in issuers where issuer.claims.isIssuer(iss.span) { return issuer }
        return nil
    }

    /// Appends the configured values that a claim is compared with.
    ///
    /// - Parameters:
    ///   - variable: their label if an environment variable has them.
    ///   - member: their label if the document of RULES has them.
    private func append(
        _ variable: StaticString, _ member: StaticString, _ values: [[UInt8]], to text: inout [UInt8]
    ) {
        text.append("; ")
        text.append(settings.rulesNameIssuers ? member : variable)
        var list: [UInt8] = []
        for value in values {
            if !list.isEmpty { list.append(", ") }
            list += value
        }
        ShownToken.appendCut(list, to: &text, limit: 4 * ReportLimits.shownValueByteCount)
    }
}
