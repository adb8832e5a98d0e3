// Lock.swift - a mutex with a condition variable.
//
// Spec:    POSIX pthread_mutex_lock, pthread_cond_timedwait.
// Secret:  no.
// Reads:   CLinux, Clock. Read by: LambdaRuntime.
//
// No function throws: with these arguments the calls fail only because of a bug in this program.

import CLinux

/// A mutex with a condition.
@safe public final class Lock: @unchecked Sendable {
    // On the heap, because both need a fixed address.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    public init() {
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe must(pthread_mutex_init(mutex, nil))
        unsafe condition.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe must(pthread_condattr_init(&attributes))
        // Waits use the monotonic clock, which cannot be set.
        unsafe must(pthread_condattr_setclock(&attributes, clockid_t(SystemNumber.clockMonotonic)))
        unsafe must(pthread_cond_init(condition, &attributes))
    }

    deinit {
        _ = unsafe pthread_cond_destroy(condition)
        _ = unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    public func lock() { unsafe must(pthread_mutex_lock(mutex)) }

    public func unlock() { unsafe must(pthread_mutex_unlock(mutex)) }

    /// Releases the lock until `wakeAll` is called, and then takes it again. It may also return without a call of `wakeAll`,
    /// so the caller checks its condition in a loop.
    ///
    /// - Parameter deadline: nil waits without a limit.
    /// - Returns: false if the deadline has passed.
    /// - Requires: the caller holds the lock.
    public func wait(until deadline: Deadline?) -> Bool {
        guard let deadline else {
            unsafe must(pthread_cond_wait(condition, mutex))
            return true
        }
        var time = deadline.timespec
        let result = unsafe pthread_cond_timedwait(condition, mutex, &time)
        guard result != SystemNumber.timedOut else { return false }
        must(result)
        return true
    }

    /// Wakes all waiting threads.
    public func wakeAll() { unsafe must(pthread_cond_broadcast(condition)) }
}

private func must(_ result: Int32) { precondition(result == 0, "a lock is used wrongly") }
