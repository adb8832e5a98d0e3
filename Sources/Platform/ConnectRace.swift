// ConnectRace.swift - connects to the first of several addresses that accepts.
//
// Spec:    RFC 8305 §4 (alternating families), §5 (staggered attempts, which continue while later ones start).
// Secret:  no.
// Reads:   CLinux, Socket, SocketAddress, SystemCalls, Clock. Read by: Socket.
//
// An address that drops packets delays the next one by a quarter of a second only. A slow address can still connect
// while the next ones are tried.

import CLinux

/// Connection attempts that run concurrently.
struct ConnectRace {
    /// §5: the delay between the start of an attempt and of the next one.
    private static let delayMilliseconds: Int64 = 250

    private let addresses: [SocketAddress]
    private var next = 0
    private var running: [Socket] = []
    /// The error of the first address that failed, which is the preferred address.
    private var failure: PlatformError?

    /// - Parameter addresses: at least one.
    init(_ addresses: [SocketAddress]) {
        self.addresses = Self.familiesInTurn(addresses)
    }

    /// - Throws: `connectTimedOut`; if all addresses have failed, the `socketFailed` or `connectFailed` of the first one.
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
            // After a failure the next attempt starts without the delay.
            if running.count < count { nextStart = .after(milliseconds: 0) }
        }
    }

    /// §4: alternates IPv4 and IPv6, starting with the family of the first address.
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

    /// Starts an attempt; returns the socket if it is already connected.
    private mutating func start(_ address: SocketAddress) -> Socket? {
        do throws(PlatformError) {
            let (socket, isConnected) = try Socket.beginConnecting(to: address)
            if isConnected { return socket }
            running.append(socket)
        } catch { failure = failure ?? error }
        return nil
    }

    /// Waits for an event; returns the first connected socket, and removes attempts that failed.
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
