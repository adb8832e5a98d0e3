// PolicyReportText.swift - which routes policies do not name, for people and for programs.
//
// Spec:    RULES.md "The policy".
// Secret:  no: settings.
// Reads:   Outline; Routes (PolicyReport), Events, Bytes. Read by: SettingsReport, DoctorReport.

import Bytes
import Events
import Routes

extension PolicyReport {
    /// Appends a line.
    func append(to text: inout [UInt8]) {
        text.append("warning: ")
        text.append(caller.isHTTPAPI ? "HTTP APIs" : "REST APIs")
        text.append(": the policy of a token that meets every rule has ")
        text.append(decimal: byteCount)
        text.append(" bytes of at most ")
        text.append(decimal: byteLimit)
        text.append("; it does not name ")
        text += ruleNames(omittedForLength + notExpressible)
        text.append(": ")
        text.append(advice)
        text.append(0x0A)
    }

    var outline: Outline {
        var outline = Outline()
        outline.add("caller", caller.name)
        outline.add("bytes", byteCount)
        outline.add("limit", byteLimit)
        outline.add("omittedForLength", ruleNames(omittedForLength))
        outline.add("notExpressible", ruleNames(notExpressible))
        outline.add("advice", advice)
        return outline
    }
}
