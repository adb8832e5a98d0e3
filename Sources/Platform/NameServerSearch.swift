// NameServerSearch.swift - queries several name servers in turn until one responds.
//
// Spec:    RFC 1035 §7.2 (choice of the server, and retransmission).
// Secret:  no.
// Reads:   CLinux, NameServerExchange, DNSMessage, SocketAddress, Clock. Read by: Resolver.
//
// Servers are queried one after the other, and each response is accepted until the deadline. So a silent server uses
// only a share of the time, and the response of a slow server is not lost.

import CLinux

/// Concurrent exchanges with several name servers.
struct NameServerSearch {
    /// How many times every server is queried within the available time.
    private static let rounds = 2
    /// The maximum delay between a query and the next one in the first rounds. It doubles with each further round.
    private static let longestPauseMilliseconds: Int64 = 1000
    /// The minimum delay, while time remains.
    private static let shortestPauseMilliseconds: Int64 = 300

    private let servers: [SocketAddress]
    private let questions: [DNSQuestion]
    private let deadline: Deadline
    /// One exchange for each server; nil before its first query and after a failure.
    private var exchanges: [NameServerExchange?]
    /// The number of turns so far. In a turn one server is queried once.
    private var turns = 0
    private var nextTurn = Deadline.after(milliseconds: 0)
    /// The error of the last server that failed.
    private var failure: PlatformError?
    private var buffer = [UInt8](repeating: 0, count: 4096)

    /// - Parameters:
    ///   - servers: at least one.
    ///   - questions: for A and then for AAAA.
    init(_ servers: [SocketAddress], _ questions: [DNSQuestion], _ deadline: Deadline) {
        self.servers = servers
        self.questions = questions
        self.deadline = deadline
        exchanges = [NameServerExchange?](repeating: nil, count: servers.count)
    }

    /// The addresses of 4 and 16 bytes, IPv4 first.
    ///
    /// - Throws: `nameNotFound`, `nameHasNoAddress`; `nameServerFailed` of the last server that failed;
    ///   `nameServerTimedOut` if no server has responded.
    mutating func run() throws(PlatformError) -> [[UInt8]] {
        while true {
            guard deadline.remainingMilliseconds > 0 else { throw failure ?? .nameServerTimedOut }
            let isAnyOpen = exchanges.contains { $0 != nil }
            if !isAnyOpen, turns >= Self.rounds * servers.count { throw failure ?? .nameServerTimedOut }
            if !isAnyOpen || nextTurn.remainingMilliseconds == 0 { takeTurn() }
            if let addresses = try receiveAnswer() { return addresses }
        }
    }

    /// Queries the next server.
    private mutating func takeTurn() {
        let index = turns % servers.count
        nextTurn = .after(milliseconds: pauseMilliseconds)
        turns += 1
        do throws(PlatformError) {
            if let exchange = exchanges[index] {
                try exchange.ask()
            } else {
                exchanges[index] = try NameServerExchange(servers[index], questions)
            }
        } catch { fail(index, .nameServerFailed(code: 0)) }
    }

    /// An equal share of the time for each turn of the first rounds, so that time for the next server remains after a
    /// silent one.
    private var pauseMilliseconds: Int64 {
        let left = deadline.remainingMilliseconds
        let turnsLeft = Self.rounds * servers.count - turns
        guard turnsLeft > 0 else {
            return Self.longestPauseMilliseconds << Int64(min(turns / servers.count - Self.rounds + 1, 16))
        }
        let share = max(
            deadline.share(of: turnsLeft).remainingMilliseconds, min(left, Self.shortestPauseMilliseconds))
        return min(Self.longestPauseMilliseconds, share)
    }

    /// Waits for responses until the next turn; returns the addresses if there are any.
    private mutating func receiveAnswer() throws(PlatformError) -> [[UInt8]]? {
        var entries: [pollfd] = []
        var open: [Int] = []
        var wait = nextTurn.orEarlier(deadline)
        for (index, exchange) in exchanges.enumerated() {
            guard let exchange else { continue }
            entries.append(exchange.pollEntry)
            open.append(index)
            if let wakes = exchange.wakes { wait = wait.orEarlier(wakes) }
        }
        guard !open.isEmpty else { return nil }
        let milliseconds = Int32(truncatingIfNeeded: min(wait.remainingMilliseconds, 1 << 30))
        let count = unsafe entries.withUnsafeMutableBufferPointer { memory in
            unsafe poll(memory.baseAddress, nfds_t(memory.count), milliseconds)
        }
        guard count >= 0 || lastErrorCode == SystemNumber.interrupted else {
            throw .readFailed(code: lastErrorCode)
        }
        // Datagrams are not read during an exchange over TCP, so it is limited to one server's share of the time.
        let tcpDeadline = deadline.share(of: servers.count)
        for (place, index) in open.enumerated() {
            if count > 0, entries[place].revents != 0 {
                do throws(PlatformError) {
                    try exchanges[index]?.receive(into: &buffer, deadline: deadline)
                } catch {
                    // No process listens on the port. The socket's error code would suggest that the key set's server failed.
                    fail(index, .nameServerFailed(code: 0))
                    continue
                }
            }
            switch exchanges[index]?.outcome(tcpDeadline: tcpDeadline) {
            case nil: continue
            case .addresses(let addresses): return addresses
            case .final(let error): throw error
            case .failed(let error): fail(index, error)
            }
        }
        return nil
    }

    /// Records a failure. The next turn starts without a delay.
    private mutating func fail(_ index: Int, _ error: PlatformError) {
        exchanges[index] = nil
        failure = error
        nextTurn = .after(milliseconds: 0)
    }
}
