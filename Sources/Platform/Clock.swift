// Clock.swift - the system's clocks, and deadlines.
//
// Spec:    POSIX clock_gettime.
// Secret:  no.
// Reads:   CLinux. Read by: ConnectRace, Lock, NameServerExchange, NameServerSearch, Resolver, Socket, SystemCalls; HTTP,
//          KeyFetching, LambdaRuntime, CommandLine.

import CLinux

/// The system's clocks.
public enum Clock {
    /// The wall clock, in milliseconds since 1970.
    public static var wallMilliseconds: Int64 {
        let time = now(SystemNumber.clockRealtime)
        return (time.seconds + offsetSeconds) * 1000 + time.nanoseconds / 1_000_000
    }

    /// The wall clock, in seconds since 1970.
    public static var wallSeconds: Int64 { now(SystemNumber.clockRealtime).seconds + offsetSeconds }

    /// The monotonic clock, in nanoseconds since an arbitrary instant. It may stop while the environment is frozen.
    public static var monotonicNanoseconds: Int64 {
        let time = now(SystemNumber.clockMonotonic)
        return time.seconds * 1_000_000_000 + time.nanoseconds
    }

    /// Waits until the deadline. A signal ends the wait early.
    public static func sleep(until deadline: Deadline) {
        _ = unsafe poll(nil, 0, Int32(truncatingIfNeeded: min(deadline.remainingMilliseconds, 1 << 30)))
    }

    private static func now(_ clock: Int32) -> (seconds: Int64, nanoseconds: Int64) {
        var time = timespec()
        // Cannot fail: both clocks exist, and the pointer is valid.
        _ = unsafe clock_gettime(clockid_t(clock), &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec))
    }
}

/// An instant of the monotonic clock at which an operation must be complete.
public struct Deadline: Sendable {
    private let nanoseconds: Int64

    /// The instant `milliseconds` from now.
    public static func after(milliseconds: Int64) -> Deadline {
        let distance = max(0, min(milliseconds, 1 << 40)) * 1_000_000
        return Deadline(nanoseconds: Clock.monotonicNanoseconds + distance)
    }

    /// An instant that is not reached.
    public static var never: Deadline { after(milliseconds: .max) }

    /// The instant `wallMilliseconds` since 1970 of the wall clock; now if it has passed.
    public static func at(wallMilliseconds: Int64) -> Deadline {
        after(milliseconds: max(0, wallMilliseconds) - Clock.wallMilliseconds)
    }

    /// The instant `milliseconds` before this one.
    public func earlier(byMilliseconds milliseconds: Int64) -> Deadline {
        Deadline(nanoseconds: nanoseconds - milliseconds * 1_000_000)
    }

    /// The end of the first of `count` equal shares of the remaining time. Time that one share does not use is divided
    /// among the later ones.
    ///
    /// - Parameter count: at least 1.
    public func share(of count: Int) -> Deadline {
        let now = Clock.monotonicNanoseconds
        return Deadline(nanoseconds: now + max(0, nanoseconds - now) / Int64(count))
    }

    /// The earlier of two deadlines.
    public func orEarlier(_ other: Deadline) -> Deadline {
        Deadline(nanoseconds: min(nanoseconds, other.nanoseconds))
    }

    public var hasPassed: Bool { nanoseconds <= Clock.monotonicNanoseconds }

    /// The remaining milliseconds, rounded up; 0 if the deadline has passed.
    public var remainingMilliseconds: Int64 {
        max(0, (nanoseconds - Clock.monotonicNanoseconds + 999_999) / 1_000_000)
    }

    /// The instant in the form of the system calls.
    var timespec: CLinux.timespec {
        var time = CLinux.timespec()
        time.tv_sec = time_t(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return time
    }
}
