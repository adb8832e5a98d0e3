// FetchLog.swift - the log lines of one fetch of an issuer's keys.
//
// Spec:    AUDIT 20, 29.
// Secret:  no: only configured issuers, counts, times and reason codes. Addresses and keys are not logged.
// Reads:   LogLine, FetchLogFields, Limits; Settings (LogLevel), KeyFetching, Keys, JOSE. Read by: SharedKeys.

import JOSE
import KeyFetching
import Keys
import Settings

/// Logs the result of one fetch.
struct FetchLog {
    let log: Log
    /// The issuer's name, if there are several issuers.
    let issuer: [UInt8]?
    /// Whether the issuer has several addresses.
    let namesAddress: Bool
    /// The invocation's ID; nil: no request waits for the fetch.
    let requestID: [UInt8]?
    let durationMicroseconds: Int64

    /// - Parameter keysAgeSeconds: the age of the keys that stay in use; nil: no keys have been fetched.
    func write(failure: FetchFailure, address: Int, keysAgeSeconds: Int64?) {
        var line = line(.warn, "key fetch failed", address)
        line.field(failure)
        line.field("durationMicroseconds", durationMicroseconds)
        if let keysAgeSeconds { line.field("keysAgeSeconds", keysAgeSeconds) }
        log.write(line)
    }

    func write(_ fetched: FetchedKeys, address: Int) {
        let keySet = fetched.keySet
        if log.level <= .info {
            var line = line(.info, "keys fetched", address)
            line.field("keys", Int64(keySet.keys.count))
            line.field("skipped", Int64(keySet.skipped.count))
            if fetched.isUnchanged { line.field("unchanged", true) }
            if let connection = fetched.connection { line.field("connection", connection) }
            line.field("durationMicroseconds", durationMicroseconds)
            log.write(line)
        }
        write(keySet.skipped, address)
    }

    /// Writes one line for all skipped keys of a set, and one for each key whose private part is published: its owner must
    /// replace it (AUDIT 20). Keys for another purpose than signatures do not cause a warning.
    private func write(_ skipped: [KeySet.SkippedKey], _ address: Int) {
        guard !skipped.isEmpty else { return }
        let isUsual = skipped.allSatisfy { $0.reason.isOtherPurpose }
        var line = line(isUsual ? .info : .warn, "keys skipped", address)
        line.field(skipped)
        log.write(line)
        for key in skipped {
            guard case .privateKey = key.reason else { continue }
            var line = self.line(.warn, "the key set publishes a private key", address)
            if let kid = key.kid { line.field("kid", kid, cutAt: LambdaLimits.loggedKidByteCount) }
            log.write(line)
        }
    }

    private func line(_ level: LogLevel, _ message: StaticString, _ address: Int) -> LogLine {
        var line = LogLine(level, message)
        if let requestID { line.field("requestId", requestID, cutAt: LambdaLimits.loggedValueByteCount) }
        if let issuer { line.field("issuer", issuer, cutAt: LambdaLimits.loggedValueByteCount) }
        if namesAddress { line.field("address", Int64(address)) }
        return line
    }
}
