// StepDetails.swift - the relevant value of each step of a decision, if it may be shown.
//
// Spec:    AUDIT 29: no byte of the token but its kid, iss and aud where they are refused, and the claim that a test refuses.
// Secret:  the token, which stays inside.
// Reads:   DecidedEvent, ClaimDetails, ShownToken, Limits; Authorizer, Events, Routes, JOSE, JSON, Bytes, Settings. Read by:
//          Explanation.

import Authorizer
import Bytes
import Events
import JOSE
import JSON
import Routes
import Settings

extension DecidedEvent {
    /// Empty without a value to show.
    func detail(of stage: Stage, _ verdict: Explanation.Verdict) -> [UInt8] {
        switch stage {
        case .event: return eventDetail
        case .key: return verdict == .notReached ? [] : keyDetail(isRefused: verdict == .failed)
        case .claims: return verdict == .failed ? claimDetail : []
        case .token: return verdict == .failed ? tokenDetail : []
        case .header: return headerDetail
        case .rules: return verdict == .notReached ? [] : ruleDetail
        case .sender: return verdict == .failed ? senderDetail : []
        case .signature, .answer: return []
        }
    }

    private var eventDetail: [UInt8] {
        var text: [UInt8] = []
        if let caller = decision.caller { text.append(caller.title) }
        if case .event(.notJSON(let error)) = refusal { error.append(to: &text, of: bytes) }
        return text
    }

    private var tokenDetail: [UInt8] {
        var text: [UInt8] = []
        switch refusal {
        case .event(.tokenRepeated(let count)):
            text.append(decimal: count)
            text.append(" values")
        case .event(.tokenCharacter(let offset)):
            text.append("at byte ")
            text.append(decimal: offset)
        case .token(.tokenPartCount(let count)):
            text.append(decimal: count)
            text.append(count == 1 ? " part" : " parts")
        case .token(.tokenTooLong(_, let actual)):
            text.append(decimal: actual)
            text.append(" bytes")
        default: break
        }
        return text
    }

    private var headerDetail: [UInt8] {
        var text: [UInt8] = []
        if case .token(.headerJSON(let error)) = refusal {
            error.append(to: &text, of: token.header.bytes ?? [])
        }
        return text
    }

    private func keyDetail(isRefused: Bool) -> [UInt8] {
        var text = isRefused ? issuerDetail : []
        text.append("kid ")
        if let kid = decision.kid {
            ShownToken.appendCut(kid, to: &text, limit: ReportLimits.shownKidByteCount)
        } else if let kid = token.header.member("kid") {
            ShownToken.append(kid, to: &text, limit: ReportLimits.shownKidByteCount)
        } else {
            text.append("not given")
        }
        if let old = decision.staleKeys {
            text.append(old.isSnapshot ? ", keys are the snapshot's: " : ", keys are stale: ")
            text.append(decimal: old.ageSeconds)
            text.append(" seconds old")
        }
        return text
    }

    /// The members that select an issuer, if no issuer was selected. They are not verified.
    private var issuerDetail: [UInt8] {
        var text: [UInt8] = []
        switch refusal {
        case .issuerUnreadable(.payloadJSON(let error)):
            error.append(to: &text, of: token.payload.bytes ?? [])
            text.append("; ")
        case .issuerUnknown:
            for (name, value) in [
                ("signer", token.header.member("signer")), ("iss", token.payload.member("iss")),
            ] as [(StaticString, JSONValue?)] {
                guard let value else { continue }
                text.append("the token's ")
                text.append(name)
                text.append(" is ")
                ShownToken.append(value, to: &text, limit: ReportLimits.shownValueByteCount)
                text.append(", not verified; ")
            }
        default: break
        }
        return text
    }

    private var ruleDetail: [UInt8] {
        var text: [UInt8] = []
        if let routes = settings.rules.routes, let finding = decision.finding {
            routes.append(finding, to: &text)
            for (index, expectation) in routes.expectations(of: finding).enumerated() {
                text.append(index == 0 ? ": " : "; ")
                expectation.path.append(to: &text)
                text.append(" ")
                ShownToken.appendCut(expectation.demand, to: &text, limit: ReportLimits.shownValueByteCount)
                text.append(", and is ")
                if let value = token.payload.document.flatMap({ expectation.path.value(in: $0.root) }) {
                    ShownToken.append(value, to: &text, limit: ReportLimits.shownValueByteCount)
                } else {
                    text.append("absent")
                }
            }
        }
        return text
    }

    private var senderDetail: [UInt8] {
        var text: [UInt8] = []
        guard case .sender(let fault) = refusal else { return text }
        switch fault {
        case .proofRepeated(let count):
            text.append(decimal: count)
            text.append(" values")
        case .proofTooOld(let seconds), .proof(.expired(let seconds)):
            text.append(decimal: seconds)
            text.append(" seconds ago")
        case .proofInFuture(let seconds), .proof(.notYetValid(let seconds)):
            text.append("in ")
            text.append(decimal: seconds)
            text.append(" seconds")
        case .proof(let error): text.append(proofDetail(error))
        case .proofURI:
            text.append("accepted URIs: ")
            let uris = event?.requestURIs(behind: settings.rules.sender.origins) ?? []
            for (index, uri) in uris.enumerated() {
                if index > 0 { text.append(", ") }
                ShownToken.appendCut(uri, to: &text, limit: ReportLimits.shownValueByteCount)
            }
        default: break
        }
        return text
    }

    /// The cause of a proof's refusal.
    private func proofDetail(_ error: DPoPError) -> StaticString {
        switch error {
        case .form(let error), .signature(let error): error.reasonCode
        case .key(let reason): reason.reasonCode
        case .claimMissing(let claim), .claimType(let claim): claim.name
        case .type, .algorithm, .keyMissing, .privateKey, .keyAlgorithmMismatch, .expired, .notYetValid: ""
        }
    }
}
