// ExplainCommand.swift - a decision, step by step, for people.
//
// Spec:    DESIGN 2. security-checklist 29: the token is never printed, nor a claim but iss.
// Secret:  the token, which stays inside.
// Reads:   Question, Reasons, Hints, NearMisses; LambdaRuntime, Authorizer, JOSE. Read by: Bootstrap.

import Authorizer
import Bytes
import JOSE
import JSON
import LambdaRuntime
import Platform

/// `authorizer explain`.
func runExplain(_ options: Options) -> Int32 {
    let question: Question
    switch Question.ask(options) {
    case .stop(let status): return status
    case .question(let asked): question = asked
    }
    question.announce()
    var decider: Decider
    do throws(SettingsError) {
        decider = try Decider(question.settings, log: Log(level: max(question.settings.logLevel, .warn)))
    } catch {
        return settingsError(error)
    }
    let decision = decider.decide(event: question.event, nowSeconds: question.nowSeconds)
    let misses = NearMisses(
        decision, event: question.event, question.settings,
        nowSeconds: question.nowSeconds ?? Clock.wallSeconds, cacheSeconds: options.cacheSeconds ?? 300)
    let explanation = Explanation(
        decision, question.settings, event: question.event, misses.hints.rows)
    StandardOutput.write(options.json ? explanation.json : explanation.text)
    return exitStatus(of: decision)
}

/// What is told about a decision.
private struct Explanation {
    private let decision: Decision
    private let settings: Settings
    private let reason: Reason?
    /// What a DPoP proof may name as the URI.
    private let uris: [[UInt8]]
    /// Of each the code and the text.
    private let hints: [[[UInt8]]]

    init(_ decision: Decision, _ settings: Settings, event: [UInt8], _ hints: [[[UInt8]]]) {
        self.hints = hints
        self.decision = decision
        self.settings = settings
        do throws(Refusal) {
            uris = try Event(parsing: event).requestURIs(behind: settings.rules.sender.origins)
        } catch { uris = [] }
        reason = Reason(decision.reasonCode)
    }

    private var isAllowed: Bool {
        if case .allow = decision.outcome { return true }
        return false
    }

    // MARK: For people

    var text: [UInt8] {
        var text: [UInt8] = []
        let paint = Paint()
        for stage in Stage.allCases {
            switch verdict(of: stage) {
            case .passed: text.append(paint.good("  ok      ").span)
            case .failed: text.append(paint.bad("  FAILED  ").span)
            case .notReached: text.append("  -       ")
            }
            text.append(stage.title)
            let detail = self.detail(of: stage)
            if !detail.isEmpty {
                text.append(" (")
                text.append(detail.span)
                text.append(")")
            }
            text.append(0x0A)
        }
        text.append(0x0A)
        let verdict = isAllowed ? paint.good("Allowed") : paint.bad("Refused")
        text.append(verdict.span)
        text.append(": ")
        text.append(decision.reasonCode)
        text.append(". ")
        if let reason {
            text.append(reason.meaning.span)
            text.append(0x0A)
            if !reason.advice.isEmpty {
                text.append("What to do: ")
                text.append(reason.advice.span)
                text.append(0x0A)
            }
        } else {
            text.append(0x0A)
        }
        for hint in hints {
            text.append("Hint: ")
            text += hint[1]
            text.append(0x0A)
        }
        text.append("What the caller gets: ")
        text.append(callerSees)
        text.append(0x0A)
        if let shadow = decision.shadow {
            text.append("What SHADOW_RULES would say: ")
            text.append(shadow.reasonCode)
            if let routes = settings.rules.shadow?.routes, let finding = shadow.finding {
                text.append(" (")
                routes.append(finding, to: &text)
                text.append(")")
            }
            text.append(0x0A)
        }
        for warning in settings.warnings {
            text.append("Note: ")
            text.append(warning.message)
            text.append(".\n")
        }
        return text
    }

    private enum Verdict { case passed, failed, notReached }

    private func verdict(of stage: Stage) -> Verdict {
        guard !isAllowed, let reason else { return isAllowed ? .passed : .notReached }
        if stage.rawValue < reason.stage.rawValue { return .passed }
        return stage == reason.stage ? .failed : .notReached
    }

    /// The value that matters, where it may be told.
    private func detail(of stage: Stage) -> [UInt8] {
        var detail: [UInt8] = []
        switch stage {
        case .event:
            if let caller = decision.caller { detail.append(caller.title) }
        case .key:
            guard verdict(of: stage) != .notReached else { return [] }
            detail.append("kid ")
            if let kid = decision.kid {
                appendPrintable(&detail, [UInt8](kid.prefix(LambdaLimits.loggedKidByteCount)))
            } else {
                detail.append("not given")
            }
            if let old = decision.oldKeys {
                detail.append(old.isSnapshot ? ", keys are the snapshot's: " : ", keys are stale: ")
                detail.append(decimal: old.ageSeconds)
                detail.append(" seconds old")
            }
        case .claims:
            if verdict(of: stage) == .failed { detail.append(claimDetail.span) }
        case .token:
            if verdict(of: stage) == .failed { detail.append(tokenDetail.span) }
        case .rules:
            guard verdict(of: stage) != .notReached, let routes = settings.rules.routes,
                let finding = decision.finding
            else { return [] }
            routes.append(finding, to: &detail)
        case .sender:
            if verdict(of: stage) == .failed { detail.append(senderDetail.span) }
        default: break
        }
        return detail
    }

    private var tokenDetail: [UInt8] {
        var text: [UInt8] = []
        guard case .refuse(let refusal) = decision.outcome else { return text }
        switch refusal {
        case .tokenRepeated(let count):
            text.append(decimal: count)
            text.append(" values")
        case .tokenCharacter(let offset):
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

    private var claimDetail: [UInt8] {
        var text: [UInt8] = []
        guard case .refuse(.token(let error)) = decision.outcome else { return text }
        switch error {
        case .expired(let seconds):
            text.append(decimal: seconds)
            text.append(" seconds ago")
        case .notYetValid(let seconds), .issuedInFuture(let seconds):
            text.append("in ")
            text.append(decimal: seconds)
            text.append(" seconds")
        case .remainingTooShort(let seconds):
            text.append("at least ")
            text.append(decimal: seconds)
            text.append(" seconds")
        case .tooOld(let seconds), .lifetimeTooLong(let seconds):
            text.append("at most ")
            text.append(decimal: seconds)
            text.append(" seconds")
        // The signature held: who the issuer is may be told.
        case .issuerMismatch, .tenantMismatch:
            text.append("the token's iss is ")
            appendPrintable(&text, [UInt8]((decision.issuer ?? []).prefix(LambdaLimits.loggedValueByteCount)))
        default: break
        }
        return text
    }

    private var senderDetail: [UInt8] {
        var text: [UInt8] = []
        guard case .refuse(.sender(let fault)) = decision.outcome else { return text }
        switch fault {
        case .proofRepeated(let count):
            text.append(decimal: count)
            text.append(" values")
        case .proofTooOld(let seconds):
            text.append(decimal: seconds)
            text.append(" seconds ago")
        case .proofInFuture(let seconds):
            text.append("in ")
            text.append(decimal: seconds)
            text.append(" seconds")
        case .proof(let error): text.append(proofDetail(error))
        case .proofURI:
            text.append("taken here: ")
            for (index, uri) in uris.enumerated() {
                if index > 0 { text.append(", ") }
                appendPrintable(&text, [UInt8](uri.prefix(LambdaLimits.loggedValueByteCount)))
            }
        default: break
        }
        return text
    }

    /// What lies beneath a proof's refusal.
    private func proofDetail(_ error: DPoPError) -> StaticString {
        switch error {
        case .form(let error), .signature(let error): error.reasonCode
        case .key(let reason): reason.reasonCode
        case .claimMissing(let claim), .claimType(let claim): claim.name
        case .type, .algorithm, .keyMissing, .privateKey, .keyAlgorithmMismatch: ""
        }
    }

    private var callerSees: StaticString {
        switch decision.outcome {
        case .allow:
            switch decision.caller {
            case .appSync: "its answer"
            case .iotCore: "a connection that IOT_POLICY bounds and that ends with the token"
            case .httpAPI2 where settings.rules.answers.isSimpleHTTPAPI:
                "its answer; unless $context.routeKey is an identity source, the gateway's cache lets other routes through as well"
            default:
                decision.leftOutRoutes > 0
                    ? "what the policy names; routes that it cannot name are left out, so the gateway's cache must be off or keyed by route"
                    : settings.rules.routes == nil
                        ? "what the policy's RESOURCE lets it call" : "every route that the rules let it call"
            }
        case .refuse(let refusal):
            switch refusal.kind {
            case .unauthorized, .deny: refusalSeen(refusal)
            case .keysUnavailable: "500; nothing is cached, the next request tries again"
            case .eventError: "500"
            }
        }
    }

    private func refusalSeen(_ refusal: Refusal) -> StaticString {
        switch decision.caller {
        case .appSync: "401 Unauthorized"
        case .iotCore: "no connection"
        case .httpAPI1, .httpAPI2:
            refusal.kind == .unauthorized && settings.rules.gets401ByError(decision.caller)
                ? "401 (HTTP APIs do not document it)"
                : "403; the reason is in our log and in the gateway's context"
        default:
            refusal.kind == .unauthorized
                ? "401 Unauthorized" : "403, with the reason in the gateway's context"
        }
    }

    // MARK: For programs

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("allowed")
        writer.bool(isAllowed)
        writer.key("reason")
        writer.string(decision.reasonCode)
        writer.key("steps")
        writer.beginArray()
        for stage in Stage.allCases {
            writer.beginObject()
            writer.key("step")
            writer.string(stage.title)
            writer.key("result")
            switch verdict(of: stage) {
            case .passed: writer.string("passed")
            case .failed: writer.string("failed")
            case .notReached: writer.string("not reached")
            }
            let detail = self.detail(of: stage)
            if !detail.isEmpty {
                writer.key("detail")
                writer.string(detail.span)
            }
            writer.endObject()
        }
        writer.endArray()
        if let reason {
            writer.key("meaning")
            writer.string(reason.meaning.span)
            writer.key("advice")
            writer.string(reason.advice.span)
        }
        writer.key("hints")
        writer.beginArray()
        for hint in hints {
            writer.beginObject()
            writer.member("hint", hint[0])
            writer.member("text", hint[1])
            writer.endObject()
        }
        writer.endArray()
        writer.key("caller")
        writer.string(callerSees)
        if let shadow = decision.shadow {
            writer.key("shadow")
            writer.string(shadow.reasonCode)
        }
        writer.endObject()
        return writer.bytes + [0x0A]
    }
}

/// Colours, on a terminal and without NO_COLOR.
struct Paint {
    private let isOn = isTerminal(1) && (Environment.value("NO_COLOR") ?? []).isEmpty

    func good(_ text: StaticString) -> [UInt8] { painted(text, "\u{1B}[32m") }
    func bad(_ text: StaticString) -> [UInt8] { painted(text, "\u{1B}[31m") }

    private func painted(_ text: StaticString, _ colour: StaticString) -> [UInt8] {
        guard isOn else { return [UInt8](text) }
        var painted = [UInt8](colour)
        painted.append(text)
        painted.append("\u{1B}[0m")
        return painted
    }
}
