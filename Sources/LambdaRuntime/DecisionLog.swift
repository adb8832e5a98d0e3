// DecisionLog.swift - what one loop tells about its decisions.
//
// Spec:    README "Logs"; security-checklist 29.
// Secret:  no: a Decision holds what may be told, and of the invocation only IDs are read.
// Reads:   LogLine, Metrics, RuntimeAPI (Invocation); Authorizer. Read by: LambdaLoop.
//
// Each loop has its own: nothing here is shared, so nothing is locked. CloudWatch adds the loops'
// metrics up, as it does those of environments.

import Authorizer
import Platform

/// Log lines and metrics of decisions.
struct DecisionLog: Sendable {
    private let log: Log
    private let allowedSample: Int64
    /// Allowed decisions since the last line about one.
    private var allowedWithoutLine: Int64 = 0
    /// How many there are when the next line is written. The first has its own.
    private var allowedForLine: Int64 = 1
    private var metrics: DecisionMetrics?

    init(_ settings: ReportSettings, log: Log) {
        self.log = log
        allowedSample = settings.allowedSample
        metrics = settings.writesMetrics ? DecisionMetrics(namespace: settings.metricsNamespace) : nil
    }

    /// Counts a decision that was answered, and writes its line.
    mutating func note(_ decision: Decision, _ invocation: Invocation, durationMicroseconds: Int64) {
        let verdict = Verdict(decision.outcome)
        metrics?.count(decision, verdict, durationMicroseconds: durationMicroseconds)
        let level = decision.oldKeys == nil ? verdict.level : max(verdict.level, .warn)
        guard level >= log.level else { return }
        var standsFor: Int64 = 1
        // What is out of the ordinary is never left out.
        if verdict == .allow && level == .info && allowedSample > 1 && !decision.shadowDiffers {
            allowedWithoutLine += 1
            guard allowedWithoutLine >= allowedForLine else { return }
            allowedForLine = allowedSample
            standsFor = allowedWithoutLine
            allowedWithoutLine = 0
        }
        var line = line(level, decision, verdict, invocation)
        if allowedSample > 1 && verdict == .allow { line.field("standsFor", standsFor) }
        line.field("durationMicroseconds", durationMicroseconds)
        log.write(line)
    }

    /// Writes the metrics if it is time; called when nobody waits.
    mutating func flushMetrics(_ keys: KeyRing) {
        metrics?.flush(keys, to: log)
    }

    private func line(
        _ level: LogLevel, _ decision: Decision, _ verdict: Verdict, _ invocation: Invocation
    ) -> LogLine {
        let old = decision.oldKeys
        let message: StaticString =
            switch old?.isSnapshot {
            case nil: "decision"
            case false?: "decision with stale keys"
            case true?: "decision with the snapshot's keys"
            }
        var line = LogLine(level, message)
        line.field("requestId", invocation.requestID, cutAt: LambdaLimits.loggedValueByteCount)
        if let caller = decision.caller { line.field("caller", caller.name) }
        if let id = decision.callerRequestID {
            line.field("callerRequestId", id, cutAt: LambdaLimits.loggedValueByteCount)
        }
        line.field("decision", verdict.name)
        line.field("reason", decision.reasonCode)
        if let kid = decision.kid { line.field("kid", kid, cutAt: LambdaLimits.loggedKidByteCount) }
        if let issuer = decision.issuer {
            line.field("iss", issuer, cutAt: LambdaLimits.loggedValueByteCount)
        }
        if let old {
            line.field(old.isSnapshot ? "keysSnapshotSeconds" : "keysStaleSeconds", old.ageSeconds)
        }
        if case .allow(let grant) = decision.outcome, grant.leftOutClaims > 0 {
            line.field("leftOutClaims", Int64(grant.leftOutClaims))
        }
        if let shadow = decision.shadow {
            line.field("shadow", shadow.reasonCode)
            if decision.shadowDiffers { line.field("shadowDiffers", Int64(1)) }
        }
        if let trace = invocation.traceID {
            line.field("traceId", trace, cutAt: LambdaLimits.loggedValueByteCount)
        }
        return line
    }
}

/// A decision in one word, as logs and metrics have it.
enum Verdict: Sendable {
    case allow, unauthorized, deny, error

    init(_ outcome: Outcome) {
        switch outcome {
        case .allow: self = .allow
        case .refuse(let refusal):
            switch refusal.kind {
            case .unauthorized: self = .unauthorized
            case .deny: self = .deny
            case .keysUnavailable, .eventError: self = .error
            }
        }
    }

    var name: StaticString {
        switch self {
        case .allow: "allow"
        case .unauthorized: "unauthorized"
        case .deny: "deny"
        case .error: "error"
        }
    }

    var level: LogLevel { self == .error ? .error : .info }
}
