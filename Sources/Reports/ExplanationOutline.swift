// ExplanationOutline.swift - an explanation for programs.
//
// Spec:    README "Commands", explain --json.
// Secret:  no: all of an explanation may be shown.
// Reads:   Explanation, Outline; Bytes. Read by: the explain command.

import Bytes

extension Explanation {
    package var outline: Outline {
        var outline = Outline()
        outline.add("allowed", isAllowed)
        outline.add("reason", reasonCode)
        outline.add("steps", steps.map { $0.outline })
        if let reason {
            outline.add("meaning", reason.meaning)
            outline.add("advice", reason.advice)
        }
        outline.add("hints", hints.map { $0.outline })
        outline.add("response", callerResponse)
        if let shadow { outline.add("shadow", shadow.reasonCode) }
        return outline
    }
}

extension Explanation.Step {
    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("step", stage.title)
        outline.add("result", verdict.word)
        if !detail.isEmpty { outline.add("detail", detail) }
        return outline
    }
}

extension Explanation.Verdict {
    fileprivate var word: StaticString {
        switch self {
        case .passed: "passed"
        case .failed: "failed"
        case .notReached: "not reached"
        }
    }
}

extension HintText {
    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("hint", code)
        outline.add("text", text)
        return outline
    }
}
