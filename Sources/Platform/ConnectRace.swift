// ConnectRace.swift - the first of several addresses that takes a connection.
//
// Spec:    RFC 8305 §4 (families in turn), §5 (one attempt after the other, each until the end).
// Secret:  no.
// Reads:   CLinux, Socket, SocketAddress, SystemCalls, Clock. Read by: Socket.
//
// An address that swallows packets costs the others a quarter of a second, and not their turn; one that is
// merely slow keeps its chance while the next ones are tried.

import CLinux

/// Attempts to connect that run side by side.
struct ConnectRace {
    /// §5: how long an attempt is alone before the next one begins.
    private static let delayMilliseconds: Int64 = 250

    private let addresses: [SocketAddress]
    private var next = 0
    private var running: [Socket] = []
    /// Of the first address that failed: the likeliest one to be meant.
    private var failure: PlatformError?

    /// - Parameter addresses: at least one.
    init(_ addresses: [SocketAddress]) {
        self.addresses = Self.familiesInTurn(addresses)
    }

    /// - Throws: `connectTimedOut`; when all have failed, the first one's `socketFailed` or `connectFailed`.
    mutating func run(until deadline: Deadline) throws(PlatformError) -> Socket {
        var nextStart = Deadline.after(milliseconds: 0)
        while true {
            if next < addresses.count, running.isEmpty || nextStart.remainingMilliseconds == 0 {
                if let connected = start(addresses[next]) { return connected }
                next += 1
                nextStart = .after(milliseconds: Self.delayMilliseconds)
            }
            if running.isEmpty {
                guard next < addresses.count else { throw failure ?? .nameHasNoAddress }
                continue
            }
            guard deadline.remainingMilliseconds > 0 else { throw .connectTimedOut }
            let count = running.count
            let wait = next < addresses.count ? nextStart.orEarlier(deadline) : deadline
            if let connected = try firstConnected(until: wait) { return connected }
            // One that has failed need not be waited for.
            if running.count < count { nextStart = .after(milliseconds: 0) }
        }
    }

    /// §4: IPv4 and IPv6 in turn, beginning with what comes first.
    static func familiesInTurn(_ addresses: [SocketAddress]) -> [SocketAddress] {
        guard let first = addresses.first else { return [] }
        let one = addresses.filter { $0.family == first.family }
        let other = addresses.filter { $0.family != first.family }
        var mixed: [SocketAddress] = []
        for index in 0..<max(one.count, other.count) {
            if index < one.count { mixed.append(one[index]) }
            if index < other.count { mixed.append(other[index]) }
        }
        return mixed
    }

    /// Begins an attempt; gives the socket if it is connected already.
    private mutating func start(_ address: SocketAddress) -> Socket? {
        do throws(PlatformError) {
            let (socket, isConnected) = try Socket.beginConnecting(to: address)
            if isConnected { return socket }
            running.append(socket)
        } catch { failure = failure ?? error }
        return nil
    }

    /// Waits for news; gives the first that is connected, and drops those that have failed.
    private mutating func firstConnected(until deadline: Deadline) throws(PlatformError) -> Socket? {
        var entries: [pollfd] = []
        for socket in running { entries.append(socket.pollEntry) }
        let milliseconds = Int32(truncatingIfNeeded: min(deadline.remainingMilliseconds, 1 << 30))
        let count = unsafe entries.withUnsafeMutableBufferPointer { memory in
            unsafe poll(memory.baseAddress, nfds_t(memory.count), milliseconds)
        }
        guard count >= 0 || lastErrorCode == SystemNumber.interrupted else {
            throw .connectFailed(code: lastErrorCode)
        }
        guard count > 0 else { return nil }
        var left: [Socket] = []
        for (index, socket) in running.enumerated() {
            if entries[index].revents == 0 {
                left.append(socket)
                continue
            }
            let code = socket.connectErrorCode
            if code == 0 { return socket }
            failure = failure ?? .connectFailed(code: code)
        }
        running = left
        return nil
    }
}
