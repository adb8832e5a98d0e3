// LambdaLoop.swift - event in, answer out, until Lambda ends the environment.
//
// Spec:    AWS Lambda, "Building a custom runtime"; security-checklist 19, 26, 29, 31.
// Secret:  no token leaves Authorization; log lines hold what line 29 allows.
// Reads:   RuntimeAPI, Decider, DecisionLog, LogLine; Authorizer. Read by: Bootstrap.

import Authorizer
import Bytes
import HTTP
import JSON
import Platform

/// The loop of a Lambda environment.
public struct LambdaLoop {
    private var api: RuntimeAPI
    private var decider: Decider
    private let log: Log
    private var decisions: DecisionLog

    public init(api: RuntimeAPI, decider: Decider, log: Log) {
        self.api = api
        self.decider = decider
        self.log = log
        decisions = DecisionLog(decider.settings.reports, log: log)
    }

    /// Serves events. Returns when the conversation has come to an end: the process is to exit.
    public mutating func run() -> RuntimeAPIError {
        for warning in decider.settings.warnings {
            var line = LogLine(.warn, "settings")
            line.field("warning", warning.message)
            log.write(line)
        }
        decider.prefetch()
        while true {
            do throws(RuntimeAPIError) {
                try serveOne()
            } catch {
                var line = LogLine(.fatal, "the Runtime API cannot be talked to")
                line.field("reason", error.reasonCode)
                log.write(line)
                return error
            }
            // The caller has its answer; what is done now keeps nobody waiting.
            decider.refreshIfNeeded()
            decisions.flushMetrics(decider.keys)
        }
    }

    private mutating func serveOne() throws(RuntimeAPIError) {
        let invocation = try api.next(eventLimit: AuthorizerLimits.eventByteCount)
        let start = Clock.monotonicNanoseconds
        if let question = DirectInvoke(event: invocation.event) {
            return try answer(question, invocation)
        }
        let decision = decider.decide(
            event: invocation.event, wholeByteCount: invocation.eventByteCount,
            deadlineWallMilliseconds: invocation.deadlineWallMilliseconds, requestID: invocation.requestID)
        let status: Int
        switch decider.settings.rules.answer(to: decision) {
        case .response(let body): status = try api.respond(to: invocation.requestID, body: body)
        case .error(let type, let body):
            status = try api.fail(invocation.requestID, type: type, body: body)
        }
        let duration = (Clock.monotonicNanoseconds - start) / 1000
        decisions.note(decision, invocation, durationMicroseconds: duration)
        logRefusedPost(status, invocation)
    }

    /// Answers the operator. What was done is in the log already.
    private mutating func answer(
        _ question: DirectInvoke, _ invocation: Invocation
    ) throws(RuntimeAPIError) {
        let body: [UInt8]
        switch question {
        case .reloadKeys:
            body = decider.reloadKeys(
                deadlineWallMilliseconds: invocation.deadlineWallMilliseconds, requestID: invocation.requestID
            )
        }
        logRefusedPost(try api.respond(to: invocation.requestID, body: body), invocation)
    }

    private func logRefusedPost(_ status: Int, _ invocation: Invocation) {
        if status == 202 || status == 200 { return }
        var line = LogLine(.error, "the Runtime API refused the answer")
        line.field("requestId", invocation.requestID, cutAt: LambdaLimits.loggedValueByteCount)
        line.field("status", Int64(status))
        log.write(line)
    }
}

/// Tells Lambda and the log that the start failed; the process is to exit after it.
public func reportInitError(_ api: inout RuntimeAPI, type: StaticString, message: [UInt8], log: Log) {
    var line = LogLine(.fatal, "the start failed")
    line.field("error", message, cutAt: 4096)
    log.write(line)
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("errorMessage")
    writer.string(message.span)
    writer.key("errorType")
    writer.string(type)
    writer.endObject()
    do throws(RuntimeAPIError) {
        try api.failInit(type: type, body: writer.bytes)
    } catch {
        // The log has it already.
    }
}
