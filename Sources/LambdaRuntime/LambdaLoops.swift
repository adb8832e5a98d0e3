// LambdaLoops.swift - runs as many loops as Lambda delivers concurrent events.
//
// Spec:    AWS Lambda, "Building a custom runtime", Lambda Managed Instances: AWS_LAMBDA_MAX_CONCURRENCY.
// Secret:  no.
// Reads:   LambdaLoop, LoopGate, Decider, LogLine; Platform, Authorizer, Bytes, Events, Routes, Settings. Read by:
//          CommandLine.
//
// A single loop runs in the only thread, without locks. Several loops run in one thread each. One poll loop over all
// connections would use only one core for the computations of decisions, and each key fetch would delay all events. A
// thread that waits for its event costs only its stack. One more thread renews keys before they expire. So no loop has
// to interrupt its events for that, and renewal does not depend on events: such an environment is not frozen.
//
// Each loop has its own connection, buffers and memory of verified tokens. Data that the loops share is immutable
// (settings, key sets) or has a lock. The key ring is locked while it is copied or a result is stored, but not during
// a fetch or a verification. The log is locked for one line. The allocator has a lock. There is no process-wide trace
// ID: it is a field of the event's own lines.

import Authorizer
import Bytes
import Events
import Platform
import Routes
import Settings

/// All loops of a Lambda environment.
public struct LambdaLoops: Sendable {
    private let runtimeAPI: [UInt8]
    private let decider: Decider
    private let log: Log
    private let count: Int

    /// The number of events that Lambda delivers concurrently.
    ///
    /// - Parameter text: AWS_LAMBDA_MAX_CONCURRENCY. Without it, or if it is not a number, there is one loop, as outside
    ///   Managed Instances.
    public static func count(_ text: [UInt8]?) -> Int {
        let text = text ?? []
        guard let count = Decimal.clamped(text.span, to: Int64(LambdaLimits.loopCount)) else { return 1 }
        return max(1, Int(count))
    }

    /// - Parameters:
    ///   - runtimeAPI: the value of AWS_LAMBDA_RUNTIME_API.
    ///   - decider: made for `count` loops.
    public init(runtimeAPI: [UInt8], decider: Decider, log: Log, count: Int) {
        self.runtimeAPI = runtimeAPI
        self.decider = decider
        self.log = log
        self.count = count
    }

    /// Serves events. Returns when the process must exit.
    public func run() {
        for warning in decider.settings.warnings {
            var line = LogLine(.warn, "settings")
            line.field("warning", warning.message)
            log.write(line)
        }
        for report in decider.settings.rules.policyReports {
            var line = LogLine(.warn, "policies do not name every route")
            line.field("caller", report.caller.name)
            line.field("policyBytes", Int64(report.byteCount))
            line.field("policyMaxBytes", Int64(report.byteLimit))
            line.field(
                "omittedRules", ruleNames(report.omittedForLength + report.notExpressible),
                cutAt: LambdaLimits.loggedValueByteCount)
            line.field("advice", report.advice)
            log.write(line)
        }
        decider.keys.prefetch()
        guard count > 1 else {
            serve(nil)
            return
        }
        let gate = LoopGate(running: count)
        startLoops(gate)
        startRenewal(gate)
        gate.waitForEnd(answersWithin: LambdaLimits.lastAnswersMilliseconds)
    }

    private func startLoops(_ gate: LoopGate) {
        for started in 0..<count {
            do throws(PlatformError) {
                try WorkerThread.start(stackByteCount: LambdaLimits.stackByteCount) { serve(gate) }
            } catch {
                // The loops that were started continue.
                var line = LogLine(.error, "fewer loops than events at a time")
                line.field("reason", error.reasonCode)
                line.field("loops", Int64(started))
                log.write(line)
                for _ in started..<count { gate.loopEnded(nil) }
                return
            }
        }
    }

    /// Renews keys before they expire, so that the loops do not have to.
    private func startRenewal(_ gate: LoopGate) {
        do throws(PlatformError) {
            try WorkerThread.start(stackByteCount: LambdaLimits.stackByteCount) {
                while gate.staysOpen(milliseconds: LambdaLimits.renewalMilliseconds) {
                    decider.keys.refreshIfNeeded()
                }
            }
        } catch {
            var line = LogLine(.error, "keys are renewed only when an event needs it")
            line.field("reason", error.reasonCode)
            log.write(line)
        }
    }

    /// Runs one loop until it ends.
    ///
    /// - Parameter gate: nil for a single loop.
    private func serve(_ gate: LoopGate?) {
        let failure: RuntimeAPIError?
        do throws(RuntimeAPIError) {
            var loop = LambdaLoop(
                api: try RuntimeAPI(address: runtimeAPI), decider: decider, log: log, gate: gate)
            failure = loop.run()
        } catch { failure = error }
        guard let gate else {
            logEnd(failure, left: nil)
            return
        }
        gate.loopEnded(failure) { left in logEnd(failure, left: left) }
    }

    /// Logs the end of a loop. After a failure the other loops continue; without any loop the process ends.
    private func logEnd(_ failure: RuntimeAPIError?, left: Int?) {
        guard let failure else { return }
        let isLast = left ?? 0 == 0 || failure == .containerError
        var line = LogLine(isLast ? .fatal : .error, "the Runtime API cannot be reached")
        line.field("reason", failure.reasonCode)
        if let left { line.field("loopsLeft", Int64(left)) }
        log.write(line)
    }
}
