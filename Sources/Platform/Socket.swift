// Socket.swift - a TCP connection whose every wait has an end.
//
// Spec:    POSIX sockets, poll; RFC 9293.
// Secret:  no.
// Reads:   CLinux, SocketAddress, Resolver, ConnectRace, Clock. Read by: HTTP.

import Bytes
import CLinux

/// A connected TCP socket; closed when the last reference to it goes.
public final class Socket {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Connects to the first of a host's addresses that answers (`ConnectRace`).
    ///
    /// - Parameters:
    ///   - host: a name, or an IPv4 or IPv6 address without brackets.
    ///   - deadline: for looking the name up and for all addresses together.
    ///   - resolved: called when the name has been looked up.
    /// - Throws: what `Resolver` throws; `socketFailed`, `connectFailed`, `connectTimedOut`.
    public static func connect(
        host: Span<UInt8>, port: UInt16, deadline: Deadline, resolved: () -> Void = {}
    ) throws(PlatformError) -> Socket {
        let addresses = try Resolver.system().addresses(of: host, port: port, deadline: deadline)
        resolved()
        if addresses.count == 1 { return try connect(to: addresses[0], deadline: deadline) }
        var race = ConnectRace(addresses)
        return try race.run(until: deadline)
    }

    static func connect(to address: SocketAddress, deadline: Deadline) throws(PlatformError) -> Socket {
        let socket = try make(address, type: 0)
        let descriptor = socket.descriptor
        // The socket blocks, so that a read without a deadline is one call. connect(2) keeps to
        // SO_SNDTIMEO (socket(7)) and says EINPROGRESS when it has passed.
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
        let failure = socket.connect(address)
        if failure == SystemNumber.inProgress { throw .connectTimedOut }
        guard failure == 0 else { throw .connectFailed(code: failure) }
        return socket
    }

    /// Begins to connect with a socket that never blocks; whether it is connected already.
    static func beginConnecting(to address: SocketAddress) throws(PlatformError) -> (Socket, Bool) {
        let socket = try make(address, type: SystemNumber.neverBlocks)
        let failure = socket.connect(address)
        guard failure == 0 || failure == SystemNumber.inProgress else {
            throw .connectFailed(code: failure)
        }
        return (socket, failure == 0)
    }

    private static func make(_ address: SocketAddress, type: Int32) throws(PlatformError) -> Socket {
        let descriptor = CLinux.socket(
            address.family, SystemNumber.streamSocket | SystemNumber.closeOnExec | type, 0)
        guard descriptor >= 0 else { throw .socketFailed(code: lastErrorCode) }
        // Requests are written whole: waiting for more to send only costs time.
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

    /// To wait for the end of an attempt to connect.
    var pollEntry: pollfd { pollfd(fd: descriptor, events: SystemNumber.pollOut, revents: 0) }

    /// How such an attempt ended: 0 or errno.
    var connectErrorCode: Int32 {
        var code: Int32 = 0
        var count = socklen_t(MemoryLayout<Int32>.size)
        let result = unsafe getsockopt(
            descriptor, SystemNumber.levelSocket, SystemNumber.pendingError, &code, &count)
        return result == 0 ? code : lastErrorCode
    }

    /// Puts what has come at a buffer's beginning, waiting for at least one byte.
    ///
    /// - Parameters:
    ///   - buffer: as long as the most that is taken.
    ///   - deadline: nil waits for ever.
    /// - Returns: how many bytes came; 0 when the other side has closed.
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

    /// One recv(2): how many bytes came, or errno below zero.
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
