// DatagramSocket.swift - UDP to one address.
//
// Spec:    POSIX sockets; RFC 768.
// Secret:  no.
// Reads:   CLinux, SocketAddress, SystemCalls. Read by: Resolver.

import Bytes
import CLinux

/// A UDP socket that hears from one address alone. The kernel chooses a random port.
final class DatagramSocket {
    private let descriptor: Int32

    /// - Throws: `socketFailed`, `connectFailed`.
    init(to address: SocketAddress) throws(PlatformError) {
        let type = SystemNumber.datagramSocket | SystemNumber.closeOnExec
        descriptor = CLinux.socket(address.family, type, 0)
        guard descriptor >= 0 else { throw .socketFailed(code: lastErrorCode) }
        let descriptor = descriptor
        let failure = unsafe address.withPointer { pointer, count in
            unsafe CLinux.connect(descriptor, pointer, count) == 0 ? 0 : lastErrorCode
        }
        guard failure == 0 else { throw .connectFailed(code: failure) }
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

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

    /// Receives one datagram; what does not fit into the buffer is lost.
    ///
    /// - Throws: `readTimedOut`, `readFailed`.
    func receive(into buffer: inout [UInt8], deadline: Deadline) throws(PlatformError) -> Int {
        while true {
            guard try waitForEvent(descriptor, SystemNumber.pollIn, until: deadline) else {
                throw .readTimedOut
            }
            let count = unsafe buffer.withUnsafeMutableBufferPointer { memory in
                let count = unsafe recv(descriptor, memory.baseAddress, memory.count, SystemNumber.dontWait)
                return count < 0 ? -Int(lastErrorCode) : count
            }
            if count >= 0 { return count }
            let failure = Int32(-count)
            guard failure == SystemNumber.wouldBlock || failure == SystemNumber.interrupted else {
                throw .readFailed(code: failure)
            }
        }
    }
}
