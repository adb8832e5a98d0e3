// LoopGate.swift - which loops are at work, and when the process is to end.
//
// Spec:    AWS Lambda runtime API 2018-06-01 (a 500 to a post: exit promptly); Lambda Managed Instances.
// Secret:  no.
// Reads:   RuntimeAPI (its errors); Platform. Read by: LambdaLoop, LambdaLoops.

import Platform

/// What several loops of one process tell each other.
final class LoopGate: @unchecked Sendable {
    private let lock = Lock()
    private var running: Int
    private var busy = 0
    private var isClosed = false

    /// - Parameter running: how many loops there are.
    init(running: Int) {
        self.running = running
    }

    /// Whether a loop may ask for another event.
    var isOpen: Bool {
        lock.lock()
        defer { lock.unlock() }
        return !isClosed
    }

    /// Waits; whether the gate is still open then.
    func staysOpen(milliseconds: Int64) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        let deadline = Deadline.after(milliseconds: milliseconds)
        while !isClosed && lock.wait(until: deadline) {}
        return !isClosed
    }

    /// A loop has got an event.
    func eventCame() {
        lock.lock()
        defer { lock.unlock() }
        busy += 1
    }

    /// A loop has done with its event, answered or not.
    func eventIsDone() {
        lock.lock()
        defer { lock.unlock() }
        busy -= 1
        if isClosed { lock.wakeAll() }
    }

    /// A loop has ended, or was never started. The others go on, unless the environment itself is over.
    ///
    /// - Parameter tell: says so in the log, given how many are left; the process ends no sooner.
    func loopEnded(_ error: RuntimeAPIError?, tell: (_ left: Int) -> Void = { _ in }) {
        lock.lock()
        defer { lock.unlock() }
        running -= 1
        tell(running)
        if error == .containerError { isClosed = true }
        lock.wakeAll()
    }

    /// Waits until no loop is left, or until the environment is over and the events at hand are answered.
    ///
    /// - Parameter milliseconds: how long those events are waited for.
    func waitForEnd(answersWithin milliseconds: Int64) {
        lock.lock()
        defer { lock.unlock() }
        while running > 0 && !isClosed { _ = lock.wait(until: nil) }
        let deadline = Deadline.after(milliseconds: milliseconds)
        while busy > 0 && lock.wait(until: deadline) {}
    }
}
