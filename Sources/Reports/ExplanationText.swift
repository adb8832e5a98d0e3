// ExplanationText.swift - an explanation for people.
//
// Spec:    README "Commands", explain.
// Secret:  no: all of an explanation may be shown.
// Reads:   Explanation, Report, Paint; Bytes. Read by: the explain command.

import Bytes

extension Explanation: Report {
    /// A line for each step, then the verdict and what follows from it.
    package func text(_ paint: Paint) -> [UInt8] {
        var text: [UInt8] = []
        for step in steps { append(step, to: &text, paint) }
        text.append(0x0A)
        appendVerdict(to: &text, paint)
        for hint in hints { append("Hint: ", hint.text, to: &text) }
        append("Response to the caller: ", [UInt8](callerResponse), to: &text)
        if let shadow {
            text.append("Result of SHADOW_RULES: ")
            text.append(shadow.reasonCode)
            if let finding = shadow.finding {
                text.append(" (")
                text.append(finding.span)
                text.append(")")
            }
            text.append(0x0A)
        }
        for warning in warnings {
            text.append("Note: ")
            text.append(warning)
            text.append(".\n")
        }
        return text
    }

    private func append(_ step: Step, to text: inout [UInt8], _ paint: Paint) {
        switch step.verdict {
        case .passed: text += paint.good("  ok      ")
        case .failed: text += paint.bad("  FAILED  ")
        case .notReached: text.append("  -       ")
        }
        text.append(step.stage.title)
        if !step.detail.isEmpty {
            text.append(" (")
            text.append(step.detail.span)
            text.append(")")
        }
        text.append(0x0A)
    }

    private func appendVerdict(to text: inout [UInt8], _ paint: Paint) {
        text += isAllowed ? paint.good("Allowed") : paint.bad("Refused")
        text.append(": ")
        text.append(reasonCode)
        append(". ", reason?.meaning ?? [], to: &text)
        if let reason, !reason.advice.isEmpty { append("Advice: ", reason.advice, to: &text) }
    }

    private func append(_ label: StaticString, _ line: [UInt8], to text: inout [UInt8]) {
        text.append(label)
        text.append(line.span)
        text.append(0x0A)
    }
}
