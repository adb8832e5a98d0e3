// Explanation.swift - a decision, step by step.
//
// Spec:    README "Commands", explain. AUDIT 29: the token is never shown, nor a claim but iss, and aud where it
//          is refused.
// Secret:  the token, which stays inside.
// Reads:   DecidedEvent, StepDetails, CallerView, Reasons, Hints, HintFinder, SkippedKeyExplanation; Settings, Authorizer,
//          Routes, JOSE, Bytes. Read by: ExplanationText, ExplanationOutline; the explain command.

import Authorizer
import Bytes
import JOSE
import Routes
import Settings

/// An explained decision.
package struct Explanation {
    /// What became of a step.
    enum Verdict { case passed, failed, notReached }

    struct Step {
        let stage: Stage
        let verdict: Verdict
        /// The relevant value, if it may be shown; else empty.
        let detail: [UInt8]
    }

    /// The verdict of SHADOW_RULES.
    struct Shadow {
        let reasonCode: StaticString
        /// Which rule decided, and what it asks for; nil without routes.
        let finding: [UInt8]?
    }

    let isAllowed: Bool
    let reasonCode: StaticString
    /// In their order.
    let steps: [Step]
    /// The meaning of the code; nil for a code of another kind.
    let reason: Reason?
    let hints: [HintText]
    /// The answer, from the caller's side.
    let callerResponse: StaticString
    let shadow: Shadow?
    let warnings: [StaticString]

    /// - Parameters:
    ///   - bytes: the event.
    ///   - skippedKeys: of the sets that were fetched, with their issuers' places in the settings.
    ///   - nowSeconds: the instant of the decision.
    ///   - cacheSeconds: how long the gateway keeps an answer.
    package init(
        of decision: Decision, event bytes: [UInt8], _ settings: Settings,
        skippedKeys: [(issuer: Int, key: KeySet.SkippedKey)], nowSeconds: Int64, cacheSeconds: Int64
    ) {
        let decided = DecidedEvent(decision, bytes, settings)
        let skipped = SkippedKeyExplanation(decision, skippedKeys, settings)
        let reason = skipped.reason ?? Reason(decision.reasonCode)
        isAllowed = decided.isAllowed
        reasonCode = decision.reasonCode
        self.reason = reason
        steps = Stage.allCases.map { stage in
            let verdict = Self.verdict(of: stage, decided.isAllowed, reason)
            return Step(stage: stage, verdict: verdict, detail: decided.detail(of: stage, verdict))
        }
        hints =
            HintFinder(decided, nowSeconds: nowSeconds, cacheSeconds: cacheSeconds).hints.texts
            + skipped.hints
        callerResponse = decided.callerResponse
        shadow = settings.shadow?.verdict(on: decision).map { verdict in
            var finding: [UInt8]?
            if let routes = settings.shadow?.routes, let found = verdict.finding {
                var text: [UInt8] = []
                routes.append(found, to: &text)
                finding = text
            }
            return Shadow(reasonCode: verdict.reasonCode, finding: finding)
        }
        warnings = settings.warnings.map { $0.message }
    }

    /// - Parameter reason: nil: which step failed is not known.
    private static func verdict(of stage: Stage, _ isAllowed: Bool, _ reason: Reason?) -> Verdict {
        guard !isAllowed else { return .passed }
        guard let reason else { return .notReached }
        if stage.rawValue < reason.stage.rawValue { return .passed }
        return stage == reason.stage ? .failed : .notReached
    }
}
