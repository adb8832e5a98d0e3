// KeysFailure.swift - a failed fetch for people, and for programs.
//
// Spec:    DESIGN 2.
// Secret:  no; KeyFetchReport sees to that.
// Reads:   LambdaRuntime (KeyFetchReport), X509, JSON. Read by: KeysCommand.

import Bytes
import JSON
import LambdaRuntime
import X509

/// Which step failed, and what to do.
func text(_ report: KeyFetchReport, ofFallback isFallback: Bool) -> [UInt8] {
    var text = [UInt8]("authorizer: the key set could not be fetched")
    text.append(isFallback ? " from JWKS_URI_FALLBACK either: " : ": ")
    text.append(report.reason)
    if let status = report.status {
        text.append(" ")
        text.append(decimal: status)
    }
    text.append("\n")
    text.append(report.meaning)
    if let alert = report.alert {
        text.append(alert.isServers ? " (the server's alert: " : " (the alert that was sent: ")
        text.append(alert.name)
        text.append(")")
    }
    if let cause = report.cause {
        text.append(" (")
        text.append(cause)
        text.append(")")
    }
    if let certificate = report.certificate {
        text.append(": ")
        appendPrintable(&text, certificate.subject)
        text.append(", serial number ")
        text.append(certificate.serial.span)
    }
    text.append(".\nWhat to do: ")
    text.append(report.advice)
    text.append(".\n")
    return text
}

/// One entry for each address, in the order in which they were tried.
func json(_ reports: [KeyFetchReport]) -> [UInt8] {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("errors")
    writer.beginArray()
    for report in reports { write(report, &writer) }
    writer.endArray()
    writer.endObject()
    return writer.bytes + [0x0A]
}

private func write(_ report: KeyFetchReport, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("reason")
    writer.string(report.reason)
    writer.key("stage")
    writer.string(report.stage)
    writer.key("meaning")
    writer.string(report.meaning)
    writer.key("advice")
    writer.string(report.advice)
    if let cause = report.cause {
        writer.key("cause")
        writer.string(cause)
    }
    if let alert = report.alert {
        writer.key(alert.isServers ? "alertReceived" : "alertSent")
        writer.string(alert.name)
    }
    if let certificate = report.certificate {
        writer.key("certificate")
        writer.string(certificate.subject.span)
        writer.key("serialNumber")
        writer.string(certificate.serial.span)
    }
    if let status = report.status {
        writer.key("status")
        writer.integer(status)
    }
    writer.endObject()
}
