// Clock.swift - what time it is.
//
// Spec:    POSIX clock_gettime.
// Secret:  no.
// Reads:   CLinux. Read by: HTTP, LambdaRuntime, Bootstrap.

import CLinux

/// The system's clocks.
public enum Clock {
    /// Milliseconds since 1970 by the wall.
    public static var wallMilliseconds: Int64 {
        let time = now(SystemNumber.clockRealtime)
        return time.seconds * 1000 + time.nanoseconds / 1_000_000
    }

    /// Seconds since 1970 by the wall.
    public static var wallSeconds: Int64 { now(SystemNumber.clockRealtime).seconds }

    /// Nanoseconds since some instant; never backwards. May stand still while the
    /// environment is frozen.
    public static var monotonicNanoseconds: Int64 {
        let time = now(SystemNumber.clockMonotonic)
        return time.seconds * 1_000_000_000 + time.nanoseconds
    }

    private static func now(_ clock: Int32) -> (seconds: Int64, nanoseconds: Int64) {
        var time = timespec()
        // Cannot fail: both clocks exist and the pointer is good.
        _ = unsafe clock_gettime(clockid_t(clock), &time)
        return (Int64(time.tv_sec), Int64(time.tv_nsec))
    }
}

/// An instant of the monotonic clock by which something must be done.
public struct Deadline: Sendable {
    private let nanoseconds: Int64

    /// So many milliseconds from now.
    public static func after(milliseconds: Int64) -> Deadline {
        let distance = max(0, min(milliseconds, 1 << 40)) * 1_000_000
        return Deadline(nanoseconds: Clock.monotonicNanoseconds + distance)
    }

    /// The earlier of two.
    public func orEarlier(_ other: Deadline) -> Deadline {
        Deadline(nanoseconds: min(nanoseconds, other.nanoseconds))
    }

    /// Milliseconds left, rounded up; 0 when it has passed.
    public var remainingMilliseconds: Int64 {
        max(0, (nanoseconds - Clock.monotonicNanoseconds + 999_999) / 1_000_000)
    }

    /// The instant as the system takes it.
    var timespec: CLinux.timespec {
        var time = CLinux.timespec()
        time.tv_sec = time_t(nanoseconds / 1_000_000_000)
        time.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return time
    }
}
