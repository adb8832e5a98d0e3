// Socket.swift - a TCP connection with a deadline for each wait.
//
// Spec:    POSIX sockets, poll; RFC 9293.
// Secret:  no.
// Reads:   CLinux, SocketAddress, Resolver, ConnectRace, Clock, Bytes. Read by: HTTP.

import Bytes
import CLinux

/// A connected TCP socket. It is closed when its last reference is released.
public final class Socket {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Connects to the first of a host's addresses that accepts (`ConnectRace`).
    ///
    /// - Parameters:
    ///   - host: a name, or an IPv4 or IPv6 address without brackets.
    ///   - resolveDeadline: for name resolution.
    ///   - connectDeadline: called after name resolution; for all addresses together.
    /// - Throws: the errors of `Resolver`; `socketFailed`, `connectFailed`, `connectTimedOut`.
    public static func connect(
        host: Span<UInt8>, port: UInt16, resolveDeadline: Deadline, connectDeadline: () -> Deadline
    ) throws(PlatformError) -> Socket {
        let addresses = try Resolver.system().addresses(of: host, port: port, deadline: resolveDeadline)
        let deadline = connectDeadline()
        if addresses.count == 1 { return try connect(to: addresses[0], deadline: deadline) }
        var race = ConnectRace(addresses)
        return try race.run(until: deadline)
    }

    static func connect(to address: SocketAddress, deadline: Deadline) throws(PlatformError) -> Socket {
        let socket = try make(address, type: 0)
        let descriptor = socket.descriptor
        // The socket blocks, so that a read without a deadline is one call. connect(2) observes
        // SO_SNDTIMEO (socket(7)) and fails with EINPROGRESS after that time.
        let milliseconds = deadline.remainingMilliseconds
        guard milliseconds > 0 else { throw .connectTimedOut }
        var time = timeval()
        time.tv_sec = time_t(milliseconds / 1000)
        time.tv_usec = suseconds_t(milliseconds % 1000 * 1000)
        guard
            unsafe setsockopt(
                descriptor, SystemNumber.levelSocket, SystemNumber.sendTimeout, &time,
                socklen_t(MemoryLayout<timeval>.size)) == 0
        else { throw .socketFailed(code: lastErrorCode) }
        var failure = socket.connect(address)
        // A signal, or a stop of the process, ends the call but not the attempt (POSIX connect).
        if failure == SystemNumber.interrupted {
            let isOver = try waitForEvent(descriptor, SystemNumber.pollOut, until: deadline)
            failure = isOver ? socket.connectErrorCode : SystemNumber.inProgress
        }
        if failure == SystemNumber.inProgress { throw .connectTimedOut }
        guard failure == 0 else { throw .connectFailed(code: failure) }
        return socket
    }

    /// Starts to connect a non-blocking socket; also returns whether it is already connected.
    static func beginConnecting(to address: SocketAddress) throws(PlatformError) -> (Socket, Bool) {
        let socket = try make(address, type: SystemNumber.neverBlocks)
        let failure = socket.connect(address)
        guard failure == 0 || failure == SystemNumber.inProgress || failure == SystemNumber.interrupted else {
            throw .connectFailed(code: failure)
        }
        return (socket, failure == 0)
    }

    private static func make(_ address: SocketAddress, type: Int32) throws(PlatformError) -> Socket {
        let descriptor = CLinux.socket(
            address.family, SystemNumber.streamSocket | SystemNumber.closeOnExec | type, 0)
        guard descriptor >= 0 else { throw .socketFailed(code: lastErrorCode) }
        // Requests are written with one call, so a delay to collect more data would only cost time.
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor, SystemNumber.levelTCP, SystemNumber.noDelay, &on, socklen_t(MemoryLayout<Int32>.size))
        return Socket(descriptor: descriptor)
    }

    /// connect(2): 0 or errno.
    private func connect(_ address: SocketAddress) -> Int32 {
        unsafe address.withPointer { pointer, count in
            unsafe CLinux.connect(descriptor, pointer, count) == 0 ? 0 : lastErrorCode
        }
    }

    /// The entry for poll(2) to wait for the end of a connection attempt.
    var pollEntry: pollfd { pollfd(fd: descriptor, events: SystemNumber.pollOut, revents: 0) }

    /// The result of a connection attempt: 0 or errno.
    var connectErrorCode: Int32 {
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(
            descriptor, SystemNumber.levelSocket, SystemNumber.pendingError, &code, &count)
        return result == 0 ? code : lastErrorCode
    }

    /// Whether a read would return at once: there are bytes, or the connection has ended.
    public var hasInput: Bool {
        var entry = pollfd(fd: descriptor, events: SystemNumber.pollIn, revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }

    /// Reads available bytes into the beginning of a buffer, and waits for at least one byte.
    ///
    /// - Parameters:
    ///   - buffer: its length is the maximum number of bytes to read.
    ///   - deadline: nil waits without a limit.
    /// - Returns: the number of bytes; 0 if the peer has closed the connection.
    /// - Throws: `readTimedOut`, `readFailed`.
    public func read(into buffer: inout [UInt8], deadline: Deadline?) throws(PlatformError) -> Int {
        let flags = deadline == nil ? 0 : SystemNumber.dontWait
        while true {
            let count = receive(into: &buffer, flags: flags)
            if count >= 0 { return count }
            let failure = Int32(-count)
            if failure == SystemNumber.wouldBlock {
                guard try waitForEvent(descriptor, SystemNumber.pollIn, until: deadline) else {
                    throw .readTimedOut
                }
            } else if failure != SystemNumber.interrupted {
                throw .readFailed(code: failure)
            }
        }
    }

    /// One recv(2): the number of bytes, or errno negated.
    private func receive(into buffer: inout [UInt8], flags: Int32) -> Int {
        unsafe buffer.withUnsafeMutableBufferPointer { memory in
            let count = unsafe recv(descriptor, memory.baseAddress, memory.count, flags)
            return count < 0 ? -Int(lastErrorCode) : count
        }
    }

    /// Sends all bytes.
    ///
    /// - Throws: `writeTimedOut`, `writeFailed`.
    public func write(_ bytes: Span<UInt8>, deadline: Deadline) throws(PlatformError) {
        var offset = 0
        while offset < bytes.count {
            var count = 0
            var failure: Int32 = 0
            unsafe bytes.withUnsafeBufferPointer { memory in
                count = unsafe send(
                    descriptor, memory.baseAddress?.advanced(by: offset), memory.count - offset,
                    SystemNumber.dontWait | SystemNumber.noSignal)
                failure = count < 0 ? lastErrorCode : 0
            }
            if count >= 0 {
                offset += count
            } else if failure == SystemNumber.wouldBlock {
                guard try waitForEvent(descriptor, SystemNumber.pollOut, until: deadline) else {
                    throw .writeTimedOut
                }
            } else if failure != SystemNumber.interrupted {
                throw .writeFailed(code: failure)
            }
        }
    }
}
