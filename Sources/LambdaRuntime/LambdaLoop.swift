// LambdaLoop.swift - event in, answer out, until Lambda ends the environment.
//
// Spec:    AWS Lambda, "Building a custom runtime"; security-checklist 19, 26, 29, 31.
// Secret:  no token leaves Authorization; log lines hold what line 29 allows.
// Reads:   RuntimeAPI, Decider, DecisionLog, LoopGate, LogLine; Authorizer. Read by: LambdaLoops, Bootstrap (init errors).

import Authorizer
import Bytes
import HTTP
import Platform

/// One loop of a Lambda environment.
struct LambdaLoop {
    private var api: RuntimeAPI
    private var decider: Decider
    private let log: Log
    private var decisions: DecisionLog
    /// What it tells the other loops; nil when it is the only one.
    private let gate: LoopGate?

    init(api: RuntimeAPI, decider: Decider, log: Log, gate: LoopGate?) {
        self.api = api
        self.decider = decider
        self.log = log
        decisions = DecisionLog(decider.settings.reports, log: log)
        self.gate = gate
    }

    /// Serves events until the conversation has come to an end.
    ///
    /// - Returns: why; nil when another loop has ended it.
    mutating func run() -> RuntimeAPIError? {
        while gate?.isOpen ?? true {
            do throws(RuntimeAPIError) {
                let invocation = try api.next(eventLimit: AuthorizerLimits.eventByteCount)
                gate?.eventCame()
                defer { gate?.eventIsDone() }
                try serve(invocation)
            } catch { return error }
            // The caller has its answer; what is done now keeps nobody waiting. Where there are
            // several loops a thread of its own does this.
            if gate == nil { decider.keys.refreshIfNeeded() }
            decisions.flushMetrics(decider.keys.ring)
        }
        return nil
    }

    private mutating func serve(_ invocation: Invocation) throws(RuntimeAPIError) {
        let start = Clock.monotonicNanoseconds
        if gate != nil, let deadline = invocation.deadlineWallMilliseconds,
            deadline <= Clock.wallMilliseconds
        {
            return try refuseLate(invocation)
        }
        if let question = DirectInvoke(event: invocation.event) {
            return try answer(question, invocation)
        }
        let decision = decider.decide(
            event: invocation.event, wholeByteCount: invocation.eventByteCount,
            deadlineWallMilliseconds: invocation.deadlineWallMilliseconds, requestID: invocation.requestID)
        let status = try post(decider.settings.rules.answer(to: decision), invocation)
        let duration = (Clock.monotonicNanoseconds - start) / 1000
        decisions.note(decision, invocation, durationMicroseconds: duration)
        logRefusedPost(status, invocation)
    }

    /// Answers an event whose deadline has passed. With one event at a time Lambda ends the environment
    /// at the deadline; with several it does not, and whoever asked has gone away.
    private mutating func refuseLate(_ invocation: Invocation) throws(RuntimeAPIError) {
        var line = LogLine(.error, "decision")
        line.field("requestId", invocation.requestID, cutAt: LambdaLimits.loggedValueByteCount)
        line.field("decision", "error")
        line.field("reason", LateEvent.reasonCode)
        log.write(line)
        let answer = errorAnswer(
            LateEvent.errorType, [UInt8]("The deadline had passed when the event came."))
        logRefusedPost(try post(answer, invocation), invocation)
    }

    /// - Returns: the status; 202 when all is well.
    private mutating func post(_ answer: Answer, _ invocation: Invocation) throws(RuntimeAPIError) -> Int {
        switch answer {
        case .response(let body): try api.respond(to: invocation.requestID, body: body)
        case .error(let type, let body): try api.fail(invocation.requestID, type: type, body: body)
        }
    }

    /// Answers the operator. What was done is in the log already.
    private mutating func answer(
        _ question: DirectInvoke, _ invocation: Invocation
    ) throws(RuntimeAPIError) {
        let body: [UInt8]
        switch question {
        case .doctor:
            body = Examination.answer(
                decider.settings, within: decider.keys.timeLeft(until: invocation.deadlineWallMilliseconds))
        case .reloadKeys:
            body = decider.keys.reloadKeys(
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

private enum LateEvent {
    static let errorType: StaticString = "DeadlinePassed"
    static var reasonCode: StaticString { "deadline_passed" }
}

/// Tells Lambda and the log that the start failed; the process is to exit after it.
public func reportInitError(_ api: inout RuntimeAPI, type: StaticString, message: [UInt8], log: Log) {
    var line = LogLine(.fatal, "the start failed")
    line.field("error", message, cutAt: 4096)
    log.write(line)
    guard case .error(_, let body) = errorAnswer(type, message) else { return }
    do throws(RuntimeAPIError) {
        try api.failInit(type: type, body: body)
    } catch {
        // The log has it already.
    }
}
