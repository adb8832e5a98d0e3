// SelfTestReport.swift - the results of the known answers.
//
// Spec:    README "Commands", selftest.
// Secret:  no.
// Reads:   Report, Outline, SelfTest; Bytes. Read by: the selftest command.

import Bytes

/// Which known answers came out right, and how long they took.
package struct SelfTestReport: Report {
    let answers: [(name: StaticString, isRight: Bool)]
    let microseconds: Int64

    package init(_ answers: [(name: StaticString, isRight: Bool)], microseconds: Int64) {
        self.answers = answers
        self.microseconds = microseconds
    }

    package var passed: Bool { !answers.contains { !$0.isRight } }

    package func text(_ paint: Paint) -> [UInt8] {
        var text: [UInt8] = []
        for (name, isRight) in answers {
            text.append(name)
            text.append(isRight ? ": right\n" : ": WRONG\n")
        }
        text.append(passed ? "Passed in " : "FAILED in ")
        text.append(decimal: microseconds)
        text.append(" microseconds.\n")
        return text
    }

    package var outline: Outline {
        var outline = Outline()
        for (name, isRight) in answers { outline.add(name, isRight) }
        outline.add("microseconds", microseconds)
        return outline
    }
}
