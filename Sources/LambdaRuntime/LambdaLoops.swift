// LambdaLoops.swift - as many events at a time as Lambda hands out.
//
// Spec:    AWS Lambda, "Building a custom runtime", Lambda Managed Instances: AWS_LAMBDA_MAX_CONCURRENCY.
// Secret:  no.
// Reads:   LambdaLoop, LoopGate, Decider, LogLine; Platform. Read by: Bootstrap.
//
// One loop runs in the only thread, and nothing is locked. Several run in a thread each. Not one
// poll loop over all connections: a decision is arithmetic, which such a loop would do on one
// core while the others stand idle, and a key fetch would hold up every event. A thread that waits
// for its event costs a stack and no time. One further thread renews keys ahead of their end, so
// that no loop is away from its events for it, also when none come: such an environment is not frozen.
//
// Each loop has its own connection, buffers and memory of verified tokens. What the loops share
// never changes (settings, key sets) or has a lock: the ring of keys, for as long as it takes to
// copy it out or to put a result in, never during a fetch or a verification; the log, for one
// line; the allocator. There is no process-wide trace ID: it is a field of the event's own lines.

import Authorizer
import Platform

/// All loops of a Lambda environment.
public struct LambdaLoops: Sendable {
    private let runtimeAPI: [UInt8]
    private let decider: Decider
    private let log: Log
    private let count: Int

    /// How many events Lambda hands out at a time.
    ///
    /// - Parameter text: AWS_LAMBDA_MAX_CONCURRENCY. Without it, or when it is no number, there is
    ///   one loop, as outside Managed Instances.
    public static func count(_ text: [UInt8]?) -> Int {
        var count = 0
        for byte in text ?? [] {
            guard byte >= 0x30, byte <= 0x39 else { return 1 }
            count = min(count * 10 + Int(byte - 0x30), LambdaLimits.loopCount)
        }
        return max(1, count)
    }

    /// - Parameters:
    ///   - runtimeAPI: the value of AWS_LAMBDA_RUNTIME_API.
    ///   - decider: made for so many loops.
    public init(runtimeAPI: [UInt8], decider: Decider, log: Log, count: Int) {
        self.runtimeAPI = runtimeAPI
        self.decider = decider
        self.log = log
        self.count = count
    }

    /// Serves events. Returns when the process is to exit.
    public func run() {
        for warning in decider.settings.warnings {
            var line = LogLine(.warn, "settings")
            line.field("warning", warning.message)
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
                // The loops that are there serve what they can.
                var line = LogLine(.error, "fewer loops than events at a time")
                line.field("reason", error.reasonCode)
                line.field("loops", Int64(started))
                log.write(line)
                for _ in started..<count { gate.loopEnded(nil) }
                return
            }
        }
    }

    /// Renews keys ahead of their end, so that no loop has to do it.
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

    /// One loop, until it ends.
    ///
    /// - Parameter gate: nil when it is the only one.
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

    /// A loop that has failed leaves the others running; without any the process ends.
    private func logEnd(_ failure: RuntimeAPIError?, left: Int?) {
        guard let failure else { return }
        let isLast = left ?? 0 == 0 || failure == .containerError
        var line = LogLine(isLast ? .fatal : .error, "the Runtime API cannot be talked to")
        line.field("reason", failure.reasonCode)
        if let left { line.field("loopsLeft", Int64(left)) }
        log.write(line)
    }
}
