// FetchLogFields.swift - the log fields of a failed fetch and of skipped keys.
//
// Spec:    README "Logs"; AUDIT 20, 29.
// Secret:  no: key IDs and reason codes.
// Reads:   LogLine, Limits; Keys (FetchFailure), JOSE, Bytes. Read by: FetchLog.

import Bytes
import JOSE
import Keys

extension LogLine {
    /// The fields of a failed fetch.
    mutating func field(_ failure: FetchFailure) {
        field("reason", failure.reason)
        field("stage", failure.stage)
        if let cause = failure.cause { field("cause", cause) }
        if let alert = failure.alert { field(alert.isServers ? "alertReceived" : "alertSent", alert.name) }
        if let certificate = failure.certificate {
            field("certificate", certificate.subject, cutAt: LambdaLimits.loggedValueByteCount)
        }
        if let status = failure.status { field("status", Int64(status)) }
        if let skipped = failure.skipped, !skipped.isEmpty { field(skipped) }
    }

    /// The number of skipped keys, and the ID and reason of each, up to the length limit.
    mutating func field(_ skipped: [KeySet.SkippedKey]) {
        var text: [UInt8] = []
        for key in skipped {
            let start = text.count
            if start > 0 { text.append(", ") }
            if let kid = key.kid {
                text.append(contentsOf: kid.prefix(LambdaLimits.loggedKidByteCount))
            } else {
                text.append("key ")
                text.append(decimal: key.index)
            }
            text.append(": ")
            text.append(key.reason.reasonCode)
            guard text.count <= LambdaLimits.loggedSkippedByteCount else {
                text.removeLast(text.count - start)
                break
            }
        }
        field("skipped", Int64(skipped.count))
        field("skippedKeys", text, cutAt: LambdaLimits.loggedSkippedByteCount)
    }
}
