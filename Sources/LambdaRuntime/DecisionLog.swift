// DecisionLog.swift - the log lines and metrics of one loop's decisions.
//
// Spec:    README "Logs"; AUDIT 29.
// Secret:  no: a Decision holds only what may be logged, and of the invocation only IDs are read. A rule's text comes from
//          the settings.
// Reads:   LogLine, DecisionMetrics, RuntimeAPI (Invocation); Authorizer, Events, Keys, Platform, Routes, Settings. Read by:
//          LambdaLoop.
//
// Each loop has its own DecisionLog, so no lock is needed. CloudWatch adds the metrics of loops, as it adds those of
// environments.

import Authorizer
import Events
import Keys
import Platform
import Routes
import Settings

/// Log lines and metrics of decisions.
struct DecisionLog: Sendable {
    private let log: Log
    private let allowedSample: Int64
    /// The number of allowed decisions since the last line about one.
    private var allowedWithoutLine: Int64 = 0
    /// The number at which the next line is written. The first allowed decision has its own line.
    private var allowedForLine: Int64 = 1
    private var metrics: DecisionMetrics?
    /// The rules; a line about a call that a rule refuses quotes it.
    private let routes: RouteTable?

    init(_ settings: Settings, log: Log) {
        self.log = log
        let reports = settings.reports
        allowedSample = reports.allowedSample
        metrics = reports.writesMetrics ? DecisionMetrics(namespace: reports.metricsNamespace) : nil
        routes = settings.rules.routes
    }

    /// Counts an answered decision, and writes its line.
    mutating func note(
        _ decision: Decision, _ shadow: ShadowVerdict?, _ invocation: Invocation, durationMicroseconds: Int64
    ) {
        let verdict = Verdict(decision.outcome)
        metrics?.count(decision, verdict, shadow, durationMicroseconds: durationMicroseconds)
        let shadowDiffers = shadow?.differs(from: decision.outcome) ?? false
        let level = decision.staleKeys == nil ? verdict.level : max(verdict.level, .warn)
        guard level >= log.level else { return }
        var standsFor: Int64 = 1
        // Only ordinary allowed decisions are sampled.
        if verdict == .allow && level == .info && allowedSample > 1 && !shadowDiffers {
            allowedWithoutLine += 1
            guard allowedWithoutLine >= allowedForLine else { return }
            allowedForLine = allowedSample
            standsFor = allowedWithoutLine
            allowedWithoutLine = 0
        }
        var line = line(level, decision, verdict, shadow, invocation)
        if allowedSample > 1 && verdict == .allow { line.field("standsFor", standsFor) }
        line.field("durationMicroseconds", durationMicroseconds)
        log.write(line)
    }

    /// Writes the metrics if they are due; called when no request waits.
    mutating func flushMetrics(_ keys: KeyRing) {
        metrics?.flush(keys, to: log)
    }

    private func line(
        _ level: LogLevel, _ decision: Decision, _ verdict: Verdict, _ shadow: ShadowVerdict?,
        _ invocation: Invocation
    ) -> LogLine {
        let old = decision.staleKeys
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
        addRule(to: &line, decision)
        if let kid = decision.kid { line.field("kid", kid, cutAt: LambdaLimits.loggedKidByteCount) }
        if let issuer = decision.issuer {
            line.field("iss", issuer, cutAt: LambdaLimits.loggedValueByteCount)
        }
        if let old {
            line.field(old.isSnapshot ? "keysSnapshotSeconds" : "keysStaleSeconds", old.ageSeconds)
        }
        if case .allow(let grant) = decision.outcome, grant.omittedClaims > 0 {
            line.field("leftOutClaims", Int64(grant.omittedClaims))
        }
        if !decision.omittedRules.isEmpty {
            line.field(
                "omittedRules", ruleNames(decision.omittedRules), cutAt: LambdaLimits.loggedValueByteCount)
        }
        if let shadow {
            line.field("shadow", shadow.reasonCode)
            if shadow.differs(from: decision.outcome) { line.field("shadowDiffers", Int64(1)) }
        }
        if let trace = invocation.traceID {
            line.field("traceId", trace, cutAt: LambdaLimits.loggedValueByteCount)
        }
        return line
    }
}

extension DecisionLog {
    /// The rule that refused the call, and its unmet condition. Both are quoted from the configuration.
    private func addRule(to line: inout LogLine, _ decision: Decision) {
        guard case .refuse(.route) = decision.outcome, let routes, let finding = decision.finding else {
            return
        }
        let (rule, route) = (routes.place(of: finding), routes.route(of: finding))
        line.field("rule", rule, cutAt: LambdaLimits.loggedValueByteCount)
        line.field("route", route, cutAt: LambdaLimits.loggedValueByteCount)
        let unmet = routes.unmetRequirement(of: finding)
        if !unmet.isEmpty { line.field("unmet", unmet, cutAt: LambdaLimits.loggedValueByteCount) }
    }
}

/// A decision's name in logs and metrics.
enum Verdict: Sendable {
    case allow, unauthorized, deny, error
    /// A Deny because the written answer did not match the decision: a bug of this program.
    case inconsistent

    init(_ outcome: Outcome) {
        switch outcome {
        case .allow: self = .allow
        case .refuse(.answerInconsistent): self = .inconsistent
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
        case .deny, .inconsistent: "deny"
        case .error: "error"
        }
    }

    var level: LogLevel { self == .error || self == .inconsistent ? .error : .info }
}
