// LoopGate.swift - the shared state of the loops: which are busy, and when the process must end.
//
// Spec:    AWS Lambda runtime API 2018-06-01 (a 500 to a post: exit promptly); Lambda Managed Instances.
// Secret:  no.
// Reads:   RuntimeAPI (its errors); Platform. Read by: LambdaLoop, LambdaLoops.

import Platform

/// The state that several loops of one process share.
final class LoopGate: @unchecked Sendable {
    private let lock = Lock()
    private var running: Int
    private var busy = 0
    private var isClosed = false

    /// - Parameter running: the number of loops.
    init(running: Int) {
        self.running = running
    }

    /// Whether a loop may request another event.
    var isOpen: Bool {
        lock.lock()
        defer { lock.unlock() }
        return !isClosed
    }

    /// Waits for a time; returns whether the gate is still open.
    func staysOpen(milliseconds: Int64) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        let deadline = Deadline.after(milliseconds: milliseconds)
        while !isClosed && lock.wait(until: deadline) {}
        return !isClosed
    }

    /// Records that a loop has received an event.
    func eventCame() {
        lock.lock()
        defer { lock.unlock() }
        busy += 1
    }

    /// Records that a loop has finished its event, answered or not.
    func eventIsDone() {
        lock.lock()
        defer { lock.unlock() }
        busy -= 1
        if isClosed { lock.wakeAll() }
    }

    /// Records that a loop has ended or was never started. The others continue, unless the environment itself has ended.
    ///
    /// - Parameter report: logs the end, with the number of remaining loops. The process does not end before it returns.
    func loopEnded(_ error: RuntimeAPIError?, report: (_ left: Int) -> Void = { _ in }) {
        lock.lock()
        defer { lock.unlock() }
        running -= 1
        report(running)
        if error == .containerError { isClosed = true }
        lock.wakeAll()
    }

    /// Waits until no loop is left, or until the environment has ended and the current events are answered.
    ///
    /// - Parameter milliseconds: the maximum wait for those answers.
    func waitForEnd(answersWithin milliseconds: Int64) {
        lock.lock()
        defer { lock.unlock() }
        while running > 0 && !isClosed { _ = lock.wait(until: nil) }
        let deadline = Deadline.after(milliseconds: milliseconds)
        while busy > 0 && lock.wait(until: deadline) {}
    }
}
