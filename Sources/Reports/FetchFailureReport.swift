// FetchFailureReport.swift - why a key set could not be fetched.
//
// Spec:    README "Commands", keys.
// Secret:  no; FetchFailure sees to that.
// Reads:   Outline, SkippedKeys; Keys (FetchFailure), JSON (appendPrintable), Bytes. Read by: the keys command.

import Bytes
import JSON
import Keys

extension FetchFailure {
    /// The failed step and the advice, for people.
    package func text(ofFallback isFallback: Bool) -> [UInt8] {
        var text = [UInt8]("authorizer: the key set could not be fetched")
        text.append(isFallback ? " from JWKS_URI_FALLBACK either: " : ": ")
        text.append(reason)
        if let status {
            text.append(" ")
            text.append(decimal: status)
        }
        text.append("\n")
        text.append(meaning)
        if let alert {
            text.append(alert.isServers ? " (the server's alert: " : " (the alert that was sent: ")
            text.append(alert.name)
            text.append(")")
        }
        if let cause {
            text.append(" (")
            text.append(cause)
            text.append(")")
        }
        if let certificate {
            text.append(": ")
            appendPrintable(&text, certificate.subject)
            text.append(", serial number ")
            text.append(certificate.serial.span)
        }
        text.append(".\n")
        append(skipped ?? [], to: &text)
        text.append("Advice: ")
        text.append(advice)
        text.append(".\n")
        return text
    }

    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("reason", reason)
        outline.add("stage", stage)
        outline.add("meaning", meaning)
        outline.add("advice", advice)
        if let cause { outline.add("cause", cause) }
        if let alert { outline.add(alert.isServers ? "alertReceived" : "alertSent", alert.name) }
        if let certificate {
            outline.add("certificate", certificate.subject)
            outline.add("serialNumber", certificate.serial)
        }
        if let status { outline.add("status", status) }
        if let skipped, !skipped.isEmpty { outline.add("skippedKeys", skipped) }
        return outline
    }
}

extension Outline {
    /// For programs: one entry for each address, in the order in which they were tried.
    package init(_ failures: [FetchFailure]) {
        self.init()
        add("errors", failures.map { $0.outline })
    }
}
