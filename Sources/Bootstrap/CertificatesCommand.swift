// CertificatesCommand.swift - what would we say to this server's certificates?
//
// Spec:    RFC 5280 §6, RFC 9525 §6; README "Commands".
// Secret:  no.
// Reads:   X509, LambdaRuntime (TrustStore), JSON. Read by: Bootstrap.

import Bytes
import JSON
import LambdaRuntime
import Platform
import X509

/// `authorizer certificates FILE --host NAME [--at TIME]`.
func runCertificates(_ options: Options) -> Int32 {
    guard let file = options.operand, let host = options.host else {
        return usageError("certificates needs a FILE and --host NAME")
    }
    var now = Clock.wallSeconds
    if let at = options.at {
        guard let seconds = instantSeconds(at.span) else {
            return usageError("--at wants seconds since 1970, or 2026-01-01T00:00:00Z")
        }
        now = seconds
    }
    let text: [UInt8]
    do throws(PlatformError) {
        let limit = X509Limits.anchorFileByteCount
        text =
            try bytesEqual(file.span, "-")
            ? StandardInput.readAll(limit: limit) : File.read(path: file, limit: limit)
    } catch { return fileError(file, error) }
    var presented: [[UInt8]] = []
    do throws(X509Error) {
        let blocks = try TrustAnchors(pem: text)
        for index in 0..<blocks.count { presented.append(try blocks.certificate(at: index).encoded) }
    } catch { return certificateError(file, error.reasonCode) }
    let store: TrustStore
    do throws(TrustStoreError) {
        store = try TrustStore.open(bundle: Environment.value("CA_BUNDLE"))
    } catch {
        switch error {
        case .file(let path, let reason): return fileError(path, reason)
        case .anchors(let path, let reason): return certificateError(path, reason.reasonCode)
        case .noneFound:
            return usageError("there is no file of trust anchors: set CA_BUNDLE or SSL_CERT_FILE")
        }
    }
    let report = examinePath(presented: presented, anchors: store.anchors, hostName: host, nowSeconds: now)
    let opinion = PathOpinion(report: report, host: host, nowSeconds: now, anchors: store)
    StandardOutput.write(options.json ? opinion.json : opinion.text)
    return report.path == nil ? ExitStatus.refused : ExitStatus.allowed
}

private func certificateError(_ path: [UInt8], _ reason: StaticString) -> Int32 {
    var text = [UInt8]("authorizer: ")
    text.append(path.span)
    text.append(": ")
    text.append(reason)
    text.append("\n")
    StandardError.write(text)
    return ExitStatus.usage
}

/// What is told about a search.
private struct PathOpinion {
    let report: PathReport
    let host: [UInt8]
    let nowSeconds: Int64
    let anchors: TrustStore

    var text: [UInt8] {
        var text: [UInt8] = []
        let paint = Paint()
        text.append("host     ")
        appendPrintable(&text, host)
        text.append("\nat       ")
        text.append(timestampText(nowSeconds * 1000).span)
        text.append("\nanchors  ")
        text.append(anchors.path.span)
        text.append("\n\n")
        if let path = report.path {
            let good = paint.good("A path was found:\n")
            text.append(good.span)
            for (index, certificate) in path.certificates.enumerated() {
                text.append(
                    index == 0
                        ? "  server  " : index + 1 == path.certificates.count ? "  anchor  " : "          ")
                appendPrintable(&text, certificate.subjectText)
                text.append(", serial ")
                text.append(certificate.serialText.span)
                text.append(", until ")
                text.append(timestampText(max(0, certificate.notAfterSeconds) * 1000).span)
                text.append("\n")
            }
            return text
        }
        for (index, attempt) in report.attempts.enumerated() {
            text.append("path ")
            text.append(decimal: index + 1)
            text.append(":\n")
            for certificate in attempt.certificates {
                text.append("  ")
                appendDescription(&text, certificate)
                text.append("\n")
            }
            text.append("  fails: ")
            appendFailure(&text, attempt.error)
        }
        if let error = report.error {
            let bad = paint.bad("No path: ")
            text.append(bad.span)
            appendFailure(&text, error)
            text.append("What to do: ")
            text.append(error.advice)
            text.append(".\n")
        }
        return text
    }

    private func appendFailure(_ text: inout [UInt8], _ error: PathError) {
        text.append(error.reasonCode)
        if let certificate = error.certificate {
            text.append(" (")
            appendDescription(&text, certificate)
            text.append(")")
        }
        text.append("\n")
    }

    private func appendDescription(_ text: inout [UInt8], _ certificate: CertificateDescription) {
        appendPrintable(&text, certificate.subject)
        text.append(", serial ")
        text.append(certificate.serial.span)
    }

    var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("good")
        writer.bool(report.path != nil)
        writer.key("host")
        writer.string(host.span)
        writer.key("at")
        let instant = timestampText(nowSeconds * 1000)
        writer.string(instant.span)
        writer.key("anchors")
        writer.string(anchors.path.span)
        if let path = report.path {
            writer.key("path")
            writer.beginArray()
            for certificate in path.certificates {
                writer.beginObject()
                writer.key("subject")
                let subject = certificate.subjectText
                writer.string(subject.span)
                writer.key("serial")
                let serial = certificate.serialText
                writer.string(serial.span)
                writer.key("notAfterSeconds")
                writer.integer(certificate.notAfterSeconds)
                writer.endObject()
            }
            writer.endArray()
        }
        if let error = report.error { write(error, to: &writer) }
        writer.key("attempts")
        writer.beginArray()
        for attempt in report.attempts {
            writer.beginObject()
            writer.key("certificates")
            writer.beginArray()
            for certificate in attempt.certificates { write(certificate, to: &writer) }
            writer.endArray()
            write(attempt.error, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes + [0x0A]
    }

    private func write(_ error: PathError, to writer: inout JSONWriter) {
        writer.key("reason")
        writer.string(error.reasonCode)
        writer.key("advice")
        writer.string(error.advice)
        if let certificate = error.certificate {
            writer.key("certificate")
            write(certificate, to: &writer)
        }
    }

    private func write(_ certificate: CertificateDescription, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("subject")
        writer.string(certificate.subject.span)
        writer.key("serial")
        writer.string(certificate.serial.span)
        writer.endObject()
    }
}

/// Seconds since 1970 of a decimal number, or of `YYYY-MM-DDTHH:MM:SSZ`; nil for anything else.
private func instantSeconds(_ text: Span<UInt8>) -> Int64? {
    func number(_ start: Int, _ count: Int) -> Int64? {
        var value: Int64 = 0
        for index in start..<(start + count) {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            value = value * 10 + Int64(text[index] - 0x30)
        }
        return value
    }
    if text.count > 0, text.count <= 12, let seconds = number(0, text.count) { return seconds }
    guard text.count == 20, text[4] == 0x2D, text[7] == 0x2D, text[10] == 0x54, text[13] == 0x3A,
        text[16] == 0x3A, text[19] == 0x5A,
        let year = number(0, 4), let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
        let minute = number(14, 2), let second = number(17, 2),
        year >= 1970, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
    else { return nil }
    // Days since 1970, years beginning on 1 March.
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    return days * 86_400 + hour * 3600 + minute * 60 + second
}
