// SystemCalls.swift - errno, and the constants of the Linux interface that this module uses.
//
// Spec:    the Linux system call interface, equal on x86_64 and arm64.
// Secret:  no.
// Reads:   CLinux. Read by: the rest of Platform.
//
// Why they are defined here: glibc declares some of these as enumerations and musl as macros,
// so that their Swift types differ between the two builds. The values are the kernel's and do not differ.

import CLinux

enum SystemNumber {
    static let interrupted: Int32 = 4  // EINTR
    static let inputOutputError: Int32 = 5  // EIO
    static let wouldBlock: Int32 = 11  // EAGAIN
    static let inProgress: Int32 = 115  // EINPROGRESS
    static let timedOut: Int32 = 110  // ETIMEDOUT
    static let streamSocket: Int32 = 1  // SOCK_STREAM
    static let datagramSocket: Int32 = 2  // SOCK_DGRAM
    static let closeOnExec: Int32 = 0o2000000  // SOCK_CLOEXEC, O_CLOEXEC
    static let neverBlocks: Int32 = 0o4000  // SOCK_NONBLOCK
    static let dontWait: Int32 = 0x40  // MSG_DONTWAIT
    static let noSignal: Int32 = 0x4000  // MSG_NOSIGNAL
    static let familyIPv4: Int32 = 2  // AF_INET
    static let familyIPv6: Int32 = 10  // AF_INET6
    static let levelTCP: Int32 = 6  // IPPROTO_TCP
    static let noDelay: Int32 = 1  // TCP_NODELAY
    static let levelSocket: Int32 = 1  // SOL_SOCKET
    static let sendTimeout: Int32 = 21  // SO_SNDTIMEO
    static let pendingError: Int32 = 4  // SO_ERROR
    static let pollIn: Int16 = 0x001
    static let pollOut: Int16 = 0x004
    static let protectReadWrite: Int32 = 1 | 2  // PROT_READ | PROT_WRITE
    static let mapPrivateAnonymous: Int32 = 0x02 | 0x20  // MAP_PRIVATE | MAP_ANONYMOUS
    static let brokenPipe: Int32 = 13  // SIGPIPE
    static let blockSignals: Int32 = 0  // SIG_BLOCK
    static let clockRealtime: Int32 = 0
    static let clockMonotonic: Int32 = 1
    static let detached: Int32 = 1  // PTHREAD_CREATE_DETACHED
    static let fileTypeMask: UInt32 = 0o170000
    static let regularFile: UInt32 = 0o100000
}

/// errno of the last failed call.
var lastErrorCode: Int32 { unsafe __errno_location().pointee }

/// Waits for an event on a descriptor; false if the deadline passes first. Nil waits without a limit.
func waitForEvent(_ descriptor: Int32, _ events: Int16, until deadline: Deadline?) throws(PlatformError)
    -> Bool
{
    while true {
        var entry = pollfd(fd: descriptor, events: events, revents: 0)
        let timeout = deadline.map { Int32(truncatingIfNeeded: min($0.remainingMilliseconds, 1 << 30)) } ?? -1
        let count = unsafe poll(&entry, 1, timeout)
        if count > 0 { return true }
        if count == 0 { return false }
        let failure = lastErrorCode
        guard failure == SystemNumber.interrupted else { throw .readFailed(code: failure) }
    }
}
