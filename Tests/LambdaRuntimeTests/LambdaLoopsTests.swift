import Platform
import Testing

@testable import LambdaRuntime

/// The number of loops, and the end of the process (AUDIT 26).
@Suite struct LambdaLoopsTests {
    @Test func loopCount() {
        for (text, count) in [
            ("1", 1), ("2", 2), ("16", 16), ("0016", 16), ("1600", 1600), ("1601", 1600),
            ("99999999999999999999999999", 1600),
            ("0", 1), ("", 1), ("-3", 1), ("+4", 1), ("16 ", 1), ("1e3", 1), ("many", 1),
        ] {
            #expect(LambdaLoops.count(Array(text.utf8)) == count, "\(text)")
        }
        #expect(LambdaLoops.count(nil) == 1)
    }

    /// A failed loop does not close the gate. The environment's end closes it.
    @Test func onlyAContainerErrorClosesTheGate() {
        let gate = LoopGate(running: 3)
        var left: [Int] = []
        gate.loopEnded(.requestID) { left.append($0) }
        #expect(gate.isOpen && gate.staysOpen(milliseconds: 1))
        gate.loopEnded(.containerError) { left.append($0) }
        #expect(!gate.isOpen && left == [2, 1])
        #expect(!gate.staysOpen(milliseconds: 60_000))
        // No loop is busy, so the wait ends at once.
        gate.waitForEnd(answersWithin: 60_000)
    }

    /// Without loops there is nothing to wait for.
    @Test func theLastLoopEndsTheProcess() {
        let gate = LoopGate(running: 1)
        gate.loopEnded(nil)
        #expect(gate.isOpen)
        gate.waitForEnd(answersWithin: 60_000)
    }

    /// The process waits for the current answers until they are sent or the time is over.
    @Test func theLastAnswersAreAwaited() throws {
        let gate = LoopGate(running: 2)
        gate.eventCame()
        gate.eventCame()
        gate.loopEnded(.containerError)
        let deadline = Deadline.after(milliseconds: 30)
        gate.waitForEnd(answersWithin: 30)
        #expect(deadline.remainingMilliseconds == 0)
        try WorkerThread.start(stackByteCount: 128 * 1024) {
            gate.eventIsDone()
            gate.eventIsDone()
        }
        gate.waitForEnd(answersWithin: 60_000)
    }
}
