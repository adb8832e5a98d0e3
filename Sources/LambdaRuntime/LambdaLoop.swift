// LambdaLoop.swift - receives and answers events until Lambda ends the environment.
//
// Spec:    AWS Lambda, "Building a custom runtime"; AUDIT 19, 26, 29, 31.
// Secret:  tokens stay within Authorization. Log lines hold only what AUDIT 29 allows.
// Reads:   RuntimeAPI, Decider, DecisionLog, LoopGate, LogLine; Authorizer, Bytes, Events, HTTP, Platform, Settings. Read by:
//          LambdaLoops.

import Authorizer
import Bytes
import Events
import HTTP
import Platform
import Settings

/// One loop of a Lambda environment.
struct LambdaLoop {
    private var api: RuntimeAPI
    private var decider: Decider
    private let log: Log
    private var decisions: DecisionLog
    /// The state shared with the other loops; nil for a single loop.
    private let gate: LoopGate?

    init(api: RuntimeAPI, decider: Decider, log: Log, gate: LoopGate?) {
        self.api = api
        self.decider = decider
        self.log = log
        decisions = DecisionLog(decider.settings, log: log)
        self.gate = gate
    }

    /// Serves events until the Runtime API fails or another loop ends the process.
    ///
    /// - Returns: the error; nil if another loop has ended the process.
    mutating func run() -> RuntimeAPIError? {
        while gate?.isOpen ?? true {
            do throws(RuntimeAPIError) {
                let invocation = try api.next(eventLimit: EventLimits.eventByteCount)
                gate?.eventCame()
                defer { gate?.eventIsDone() }
                try serve(invocation)
            } catch { return error }
            // The answer has been sent, so this does not delay a request. With several loops a separate thread renews
            // the keys.
            if gate == nil { decider.keys.refreshIfNeeded() }
            decisions.flushMetrics(decider.keys.ring)
        }
        return nil
    }

    private mutating func serve(_ invocation: Invocation) throws(RuntimeAPIError) {
        let start = Clock.monotonicNanoseconds
        if gate != nil && invocation.deadline.hasPassed { return try refuseLate(invocation) }
        if let request = OperatorRequest(event: invocation.event) {
            return try answer(request, invocation)
        }
        let decided = decider.decide(
            event: invocation.event, wholeByteCount: invocation.eventByteCount,
            fetchDeadline: invocation.fetchDeadline, requestID: invocation.requestID)
        let (decision, answer) = decider.settings.rules.answered(decided)
        let status = try post(answer, invocation)
        let duration = (Clock.monotonicNanoseconds - start) / 1000
        // The answer has been sent. Work that does not affect it follows.
        let shadow = decider.settings.shadow?.verdict(on: decided)
        decisions.note(decision, shadow, invocation, durationMicroseconds: duration)
        logRefusedPost(status, invocation)
    }

    /// Answers an event whose deadline has passed. With one event at a time Lambda ends the environment at the deadline.
    /// With several it does not, but the client no longer waits.
    private mutating func refuseLate(_ invocation: Invocation) throws(RuntimeAPIError) {
        var line = LogLine(.error, "decision")
        line.field("requestId", invocation.requestID, cutAt: LambdaLimits.loggedValueByteCount)
        line.field("decision", "error")
        line.field("reason", ExpiredEvent.reasonCode)
        log.write(line)
        let answer = errorAnswer(
            ExpiredEvent.errorType, [UInt8]("The deadline had passed when the event arrived."))
        logRefusedPost(try post(answer, invocation), invocation)
    }

    /// - Returns: the status; 202 for success.
    private mutating func post(_ answer: Answer, _ invocation: Invocation) throws(RuntimeAPIError) -> Int {
        switch answer {
        case .response(let body): try api.respond(to: invocation.requestID, body: body)
        case .error(let type, let body): try api.fail(invocation.requestID, type: type, body: body)
        }
    }

    /// Answers an operator's request, which is already logged.
    private mutating func answer(
        _ request: OperatorRequest, _ invocation: Invocation
    ) throws(RuntimeAPIError) {
        let body: [UInt8]
        switch request {
        case .doctor:
            body = Doctor.answer(decider.settings, until: invocation.fetchDeadline)
        case .reloadKeys:
            body = decider.keys.reloadKeys(
                until: invocation.fetchDeadline, requestID: invocation.requestID)
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

private enum ExpiredEvent {
    static let errorType: StaticString = "DeadlinePassed"
    static var reasonCode: StaticString { "deadline_passed" }
}

/// Reports to Lambda and to the log that the start failed. The process must exit afterwards.
public func reportInitError(_ api: inout RuntimeAPI, type: StaticString, message: [UInt8], log: Log) {
    var line = LogLine(.fatal, "the start failed")
    line.field("error", message, cutAt: 4096)
    log.write(line)
    guard case .error(_, let body) = errorAnswer(type, message) else { return }
    do throws(RuntimeAPIError) {
        try api.failInit(type: type, body: body)
    } catch {
        // The error is already logged.
    }
}
