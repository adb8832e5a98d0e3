import Foundation

/// A listening socket on loopback, at a port that the system chose.
public final class LoopbackListener: @unchecked Sendable {
    public let port: UInt16
    private let descriptor: Int32
    private let lock = NSLock()
    private var isOpen = true

    /// - Parameter backlog: how many connections may wait.
    public init(backlog: Int32 = 8) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, backlog)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        self.descriptor = descriptor
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit { stop() }

    /// The next connection's descriptor, which the caller must close.
    public func accept() -> Int32 { Glibc.accept(descriptor, nil, nil) }

    /// Closes the listener: later connections are refused.
    public func stop() {
        lock.withLock {
            if isOpen { close(descriptor) }
            isOpen = false
        }
    }
}
