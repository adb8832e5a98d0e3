// Socket.swift - a TCP connection whose every wait has an end.
//
// Spec:    POSIX sockets, poll; RFC 9293.
// Secret:  no.
// Reads:   CLinux, SocketAddress, Clock. Read by: HTTP.

import Bytes
import CLinux

/// A connected TCP socket; closed when the last reference to it goes.
public final class Socket {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { _ = close(descriptor) }

    /// Connects to the first of a host's addresses that answers.
    ///
    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address without brackets, or `localhost`.
    ///   - deadline: for all addresses together.
    /// - Throws: `hostNotSupported`, `socketFailed`, `connectFailed`, `connectTimedOut`.
    public static func connect(
        host: Span<UInt8>, port: UInt16, deadline: Deadline
    ) throws(PlatformError) -> Socket {
        var failure = PlatformError.hostNotSupported
        for address in try SocketAddress.resolve(host, port: port) {
            do {
                return try connect(to: address, deadline: deadline)
            } catch { failure = error }
        }
        throw failure
    }

    private static func connect(to address: SocketAddress, deadline: Deadline) throws(PlatformError) -> Socket
    {
        let type = SystemNumber.streamSocket | SystemNumber.closeOnExec | SystemNumber.nonBlocking
        let descriptor = CLinux.socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .socketFailed(code: lastErrorCode) }
        let socket = Socket(descriptor: descriptor)
        var failure = unsafe address.withPointer { pointer, count in
            unsafe CLinux.connect(descriptor, pointer, count) == 0 ? 0 : lastErrorCode
        }
        if failure == SystemNumber.inProgress {
            guard try socket.wait(for: SystemNumber.pollOut, until: deadline) else { throw .connectTimedOut }
            var count = socklen_t(MemoryLayout<Int32>.size)
            guard
                unsafe getsockopt(
                    descriptor, SystemNumber.levelSocket, SystemNumber.socketError, &failure, &count)
                    == 0
            else { throw .socketFailed(code: lastErrorCode) }
        }
        guard failure == 0 else { throw .connectFailed(code: failure) }
        // Requests are written whole: waiting for more to send only costs time.
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor, SystemNumber.levelTCP, SystemNumber.noDelay, &on, socklen_t(MemoryLayout<Int32>.size))
        return socket
    }

    /// Appends what has come, waiting for at least one byte.
    ///
    /// - Parameter deadline: nil waits for ever.
    /// - Returns: how many bytes came; 0 when the other side has closed.
    /// - Throws: `readTimedOut`, `readFailed`.
    public func read(into buffer: inout [UInt8], atMost limit: Int, deadline: Deadline?) throws(PlatformError)
        -> Int
    {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: limit))
        var count = receive(into: &buffer, from: start)
        while count < 0 {
            let failure = -count
            var isReady = true
            if failure == Int(SystemNumber.wouldBlock) {
                do {
                    isReady = try wait(for: SystemNumber.pollIn, until: deadline)
                } catch {
                    buffer.removeLast(limit)
                    throw error
                }
            }
            guard isReady, failure == Int(SystemNumber.wouldBlock) || failure == Int(SystemNumber.interrupted)
            else {
                buffer.removeLast(limit)
                throw isReady ? .readFailed(code: Int32(failure)) : .readTimedOut
            }
            count = receive(into: &buffer, from: start)
        }
        buffer.removeLast(limit - count)
        return count
    }

    /// One recv(2) into the end of a buffer: how many bytes came, or errno below zero.
    private func receive(into buffer: inout [UInt8], from start: Int) -> Int {
        unsafe buffer.withUnsafeMutableBufferPointer { memory in
            let count = unsafe recv(
                descriptor, memory.baseAddress?.advanced(by: start), memory.count - start,
                SystemNumber.dontWait)
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
                guard try wait(for: SystemNumber.pollOut, until: deadline) else { throw .writeTimedOut }
            } else if failure != SystemNumber.interrupted {
                throw .writeFailed(code: failure)
            }
        }
    }

    /// Waits for an event; false when the deadline passes first.
    private func wait(for events: Int16, until deadline: Deadline?) throws(PlatformError) -> Bool {
        while true {
            var entry = pollfd(fd: descriptor, events: events, revents: 0)
            let timeout =
                deadline.map { Int32(truncatingIfNeeded: min($0.remainingMilliseconds, 1 << 30)) } ?? -1
            let count = unsafe poll(&entry, 1, timeout)
            if count > 0 { return true }
            if count == 0 { return false }
            let failure = lastErrorCode
            guard failure == SystemNumber.interrupted else { throw .readFailed(code: failure) }
        }
    }
}
