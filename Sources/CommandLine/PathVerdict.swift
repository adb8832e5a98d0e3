// PathVerdict.swift - the verdict of a connection on presented certificates: the path, or each path tried with its error.
//
// Spec:    RFC 5280 §6, RFC 9525 §6; RFC 8446 §4.4.2 for the message's length.
// Secret:  no.
// Reads:   X509 (examinePath), TLS (limits), Reports (Report, Outline), JSON (appendPrintable), Bytes. Read by:
//          CertificatesCommand.

import Bytes
import JSON
import Reports
import TLS
import X509

/// The report on a search.
struct PathVerdict {
    let report: PathReport
    /// Takes precedence over the search: a connection ends before it.
    let messageError: TLSError?
    /// Blocks whose contents are not a certificate that can be read, counted from 1.
    let unreadable: [(block: Int, reason: StaticString)]
    let host: [UInt8]
    /// The instant of the search, as text.
    let instant: [UInt8]
    let anchorsPath: [UInt8]

    var isValid: Bool { messageError == nil && report.path != nil }

    /// - Parameters:
    ///   - presented: the certificates that a server would send, its own first.
    ///   - anchorsPath: the file of the anchors.
    init(
        _ presented: [[UInt8]], _ anchors: TrustAnchors, of anchorsPath: [UInt8], host: [UInt8],
        nowSeconds: Int64
    ) {
        report = examinePath(presented: presented, anchors: anchors, hostName: host, nowSeconds: nowSeconds)
        messageError = Self.messageError(presented)
        unreadable = Self.unreadableBlocks(presented)
        self.host = host
        instant = timestampText(nowSeconds * 1000)
        self.anchorsPath = anchorsPath
    }

    /// Whether the handshake's message would be longer than is read, whatever is in it.
    private static func messageError(_ presented: [[UInt8]]) -> TLSError? {
        // RFC 8446 §4.4.2: the context, the list's length; of each certificate its length and its extensions'.
        var byteCount = 4
        for encoded in presented { byteCount += 3 + encoded.count + 2 }
        let limit = TLSLimits.certificateMessageByteCount
        guard byteCount > limit else { return nil }
        return .messageTooLong(message: 11, limit: limit, actual: byteCount)
    }

    private static func unreadableBlocks(_ presented: [[UInt8]]) -> [(block: Int, reason: StaticString)] {
        var unreadable: [(block: Int, reason: StaticString)] = []
        guard presented.count <= X509Limits.presentedCertificateCount else { return unreadable }
        for (index, encoded) in presented.enumerated() {
            do throws(X509Error) { _ = try Certificate(encoded: encoded) } catch {
                unreadable.append((index + 1, error.reasonCode))
            }
        }
        return unreadable
    }

    fileprivate static let messageAdvice: StaticString =
        "let the server present only its own certificate and its intermediates"
}

extension PathVerdict: Report {
    func text(_ paint: Paint) -> [UInt8] {
        var text = [UInt8]("host     ")
        appendPrintable(&text, host)
        text.append("\nat       ")
        text.append(instant.span)
        text.append("\nanchors  ")
        text.append(anchorsPath.span)
        text.append("\n")
        for (block, reason) in unreadable {
            text.append("block ")
            text.append(decimal: block)
            text.append("  ")
            text.append(reason)
            text.append("\n")
        }
        text.append("\n")
        if let messageError {
            text += paint.bad("No path: ")
            text.append(messageError.reasonCode)
            text.append("\n")
            appendAdvice(Self.messageAdvice, to: &text)
        } else if let path = report.path {
            text += paint.good("A path was found:\n")
            append(path, to: &text)
        } else {
            appendAttempts(to: &text)
            if let error = report.error {
                text += paint.bad("No path: ")
                append(error, to: &text)
                appendAdvice(error.advice, to: &text)
            }
        }
        return text
    }

    private func append(_ path: ValidatedPath, to text: inout [UInt8]) {
        let last = path.certificates.count - 1
        for (index, certificate) in path.certificates.enumerated() {
            switch index {
            case 0 where last == 0: text.append("  server and anchor  ")
            case 0: text.append("  server  ")
            case last: text.append("  anchor  ")
            default: text.append("          ")
            }
            appendPrintable(&text, certificate.subjectText)
            text.append(", serial ")
            text.append(certificate.serialText.span)
            text.append(", until ")
            text.append(timestampText(max(0, certificate.notAfterSeconds) * 1000).span)
            text.append("\n")
        }
    }

    private func appendAttempts(to text: inout [UInt8]) {
        // An attempt without certificates is a block that could not be read: named above.
        for (index, attempt) in report.attempts.filter({ !$0.certificates.isEmpty }).enumerated() {
            text.append("path ")
            text.append(decimal: index + 1)
            text.append(":\n")
            for certificate in attempt.certificates {
                text.append("  ")
                append(certificate, to: &text)
                text.append("\n")
            }
            text.append("  fails: ")
            append(attempt.error, to: &text)
        }
    }

    private func append(_ error: PathError, to text: inout [UInt8]) {
        text.append(error.reasonCode)
        if let certificate = error.certificate {
            text.append(" (")
            append(certificate, to: &text)
            text.append(")")
        }
        text.append("\n")
    }

    private func append(_ certificate: CertificateDescription, to text: inout [UInt8]) {
        appendPrintable(&text, certificate.subject)
        text.append(", serial ")
        text.append(certificate.serial.span)
    }

    private func appendAdvice(_ advice: StaticString, to text: inout [UInt8]) {
        text.append("Advice: ")
        text.append(advice)
        text.append(".\n")
    }

    var outline: Outline {
        var outline = Outline()
        outline.add("valid", isValid)
        outline.add("host", host)
        outline.add("at", instant)
        outline.add("anchors", anchorsPath)
        if let messageError {
            outline.add("reason", messageError.reasonCode)
            outline.add("advice", Self.messageAdvice)
        } else {
            if let path = report.path { outline.add("path", path.certificates.map { $0.outline }) }
            if let error = report.error { outline.add(error) }
        }
        outline.add(
            "unreadable",
            unreadable.map { block, reason in
                var entry = Outline()
                entry.add("block", block)
                entry.add("reason", reason)
                return entry
            })
        outline.add(
            "attempts",
            report.attempts.map { attempt in
                var entry = Outline()
                entry.add("certificates", attempt.certificates.map { $0.outline })
                entry.add(attempt.error)
                return entry
            })
        return outline
    }
}

extension Certificate {
    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("subject", subjectText)
        outline.add("serialNumber", serialText)
        outline.add("notAfterSeconds", notAfterSeconds)
        return outline
    }
}

extension CertificateDescription {
    fileprivate var outline: Outline {
        var outline = Outline()
        outline.add("subject", subject)
        outline.add("serialNumber", serial)
        return outline
    }
}

extension Outline {
    fileprivate mutating func add(_ error: PathError) {
        add("reason", error.reasonCode)
        add("advice", error.advice)
        if let certificate = error.certificate { add("certificate", certificate.outline) }
    }
}
