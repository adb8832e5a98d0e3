// DatagramSocket.swift - a UDP socket for one remote address.
//
// Spec:    POSIX sockets; RFC 768.
// Secret:  no.
// Reads:   CLinux, SocketAddress, SystemCalls, Bytes. Read by: NameServerExchange.

import Bytes
import CLinux

/// A UDP socket that receives only from one address. The kernel chooses a random port.
final class DatagramSocket {
    private let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// - Throws: `socketFailed`, `connectFailed`.
    static func connect(to address: SocketAddress) throws(PlatformError) -> DatagramSocket {
        let type = SystemNumber.datagramSocket | SystemNumber.closeOnExec
        let descriptor = CLinux.socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .socketFailed(code: lastErrorCode) }
        // The object's deinit closes the descriptor.
        let socket = DatagramSocket(descriptor)
        let failure = unsafe address.withPointer { pointer, count in
            unsafe CLinux.connect(descriptor, pointer, count) == 0 ? 0 : lastErrorCode
        }
        guard failure == 0 else { throw .connectFailed(code: failure) }
        return socket
    }

    deinit { _ = close(descriptor) }

    /// Sends one datagram.
    ///
    /// - Throws: `writeFailed`.
    func send(_ bytes: Span<UInt8>) throws(PlatformError) {
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBufferPointer { memory in
            let count = unsafe CLinux.send(
                descriptor, memory.baseAddress, memory.count, SystemNumber.noSignal)
            failure = count < 0 ? lastErrorCode : 0
        }
        guard failure == 0 else { throw .writeFailed(code: failure) }
    }

    /// The entry for poll(2) to wait for a datagram.
    var pollEntry: pollfd { pollfd(fd: descriptor, events: SystemNumber.pollIn, revents: 0) }

    /// Receives one datagram without waiting. Bytes that do not fit into the buffer are lost.
    ///
    /// - Returns: the datagram's length; nil if no datagram is available.
    /// - Throws: `readFailed`.
    func receive(into buffer: inout [UInt8]) throws(PlatformError) -> Int? {
        let count = unsafe buffer.withUnsafeMutableBufferPointer { memory in
            let count = unsafe recv(descriptor, memory.baseAddress, memory.count, SystemNumber.dontWait)
            return count < 0 ? -Int(lastErrorCode) : count
        }
        if count >= 0 { return count }
        let failure = Int32(-count)
        guard failure == SystemNumber.wouldBlock || failure == SystemNumber.interrupted else {
            throw .readFailed(code: failure)
        }
        return nil
    }
}
