import Platform
import Testing

/// The shared state of the threads in these tests.
private final class Counter: @unchecked Sendable {
    let lock = Lock()
    var value = 0
    var finished = 0
}

/// Mutual exclusion, waits with deadlines, and threads that cannot start (AUDIT 19).
@Suite struct LockTests {
    /// No increment of eight threads is lost.
    @Test func oneAtATime() throws {
        let counter = Counter()
        for _ in 0..<8 {
            try WorkerThread.start(stackByteCount: 128 * 1024) {
                for _ in 0..<10_000 {
                    counter.lock.lock()
                    counter.value += 1
                    counter.lock.unlock()
                }
                counter.lock.lock()
                counter.finished += 1
                counter.lock.wakeAll()
                counter.lock.unlock()
            }
        }
        counter.lock.lock()
        while counter.finished < 8 { _ = counter.lock.wait(until: nil) }
        #expect(counter.value == 80_000)
        counter.lock.unlock()
    }

    /// A wait without a wake-up ends at the deadline, and the lock is held again.
    @Test func aWaitEndsAtTheDeadline() throws {
        let counter = Counter()
        counter.lock.lock()
        let deadline = Deadline.after(milliseconds: 20)
        while counter.lock.wait(until: deadline) {}
        #expect(deadline.remainingMilliseconds == 0)
        // Another thread cannot take the lock yet: it is released only here.
        try WorkerThread.start(stackByteCount: 128 * 1024) {
            counter.lock.lock()
            counter.finished = counter.value
            counter.lock.wakeAll()
            counter.lock.unlock()
        }
        counter.value = 7
        while counter.finished == 0 { _ = counter.lock.wait(until: .after(milliseconds: 10_000)) }
        #expect(counter.finished == 7)
        counter.lock.unlock()
    }

    /// A thread releases its closure at its end.
    @Test func aThreadReleasesItsClosure() throws {
        weak var held: Counter?
        let done = Counter()
        do {
            let counter = Counter()
            held = counter
            try WorkerThread.start(stackByteCount: 128 * 1024) {
                counter.value += 1
                done.lock.lock()
                done.finished += 1
                done.lock.wakeAll()
                done.lock.unlock()
            }
        }
        done.lock.lock()
        while done.finished < 1 { _ = done.lock.wait(until: nil) }
        done.lock.unlock()
        // The thread releases its closure after it has signalled.
        let deadline = Deadline.after(milliseconds: 10_000)
        while held != nil && deadline.remainingMilliseconds > 0 {}
        #expect(held == nil)
    }

    @Test func anImpossibleStackSizeIsRefused() {
        #expect(throws: PlatformError.threadFailed(code: 22)) {
            try WorkerThread.start(stackByteCount: 1) {}
        }
    }
}
