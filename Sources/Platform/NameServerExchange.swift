// NameServerExchange.swift - the queries for A and AAAA to one name server, and their responses.
//
// Spec:    RFC 1035 §4.2; RFC 4074 §4 (wrong responses to AAAA queries); RFC 8305 §3 (resolution delay).
// Secret:  no.
// Reads:   DNSMessage, DatagramSocket, Socket, SocketAddress, Clock; Bytes, CLinux. Read by: Resolver.
//
// Some name servers have no addresses of one type, and answer a query for it with "no such name", with a failure, or not
// at all (RFC 4074 §4.1 to §4.3). So the response for one type never hides addresses of the other type.

import Bytes
import CLinux

/// The exchange with one name server. It stays open for a late response.
struct NameServerExchange {
    /// The result of the exchange.
    enum Outcome {
        case addresses([[UInt8]])
        /// A valid negative response: further name servers are not queried.
        case final(PlatformError)
        /// No usable response: the next name server is queried.
        case failed(PlatformError)
    }

    /// RFC 8305 §3: how long the exchange waits for the AAAA response after an A response with addresses.
    private static let resolutionDelayMilliseconds: Int64 = 50
    /// The maximum size of a response over TCP.
    private static let answerByteCount = 16 * 1024

    private let server: SocketAddress
    /// A, then AAAA.
    private let questions: [DNSQuestion]
    private let socket: DatagramSocket
    private var answers: [DNSAnswer?] = [nil, nil]
    /// When the exchange ends even if a response is missing; nil while the responses are not sufficient.
    private var end: Deadline?

    /// - Throws: `socketFailed`, `connectFailed`, `writeFailed`.
    init(_ server: SocketAddress, _ questions: [DNSQuestion]) throws(PlatformError) {
        self.server = server
        self.questions = questions
        socket = try DatagramSocket.connect(to: server)
        try ask()
    }

    /// Sends the unanswered queries, or repeats them with the same ID: several IDs for one question would be
    /// easier to guess (RFC 5452 §5).
    ///
    /// - Throws: `writeFailed`.
    func ask() throws(PlatformError) {
        for (index, question) in questions.enumerated() where answers[index] == nil {
            try socket.send(question.message.span)
        }
    }

    var pollEntry: pollfd { socket.pollEntry }

    /// When to read `outcome` even if no datagram has come; nil: only after a datagram.
    var wakes: Deadline? { end }

    /// Reads one datagram if one is available.
    ///
    /// - Parameter deadline: the end of the whole name resolution.
    /// - Throws: `readFailed`.
    mutating func receive(into buffer: inout [UInt8], deadline: Deadline) throws(PlatformError) {
        guard let count = try socket.receive(into: &buffer) else { return }
        for (index, question) in questions.enumerated() where answers[index] == nil {
            guard let answer = readDNSAnswer(buffer.span.extracting(0..<count), to: question) else {
                continue
            }
            answers[index] = answer
            guard end == nil, answer == .nameNotFound && index == 0 || Self.hasAddresses(answer) else {
                continue
            }
            // Most Lambda functions have no IPv6: if only AAAA addresses have come, they are used after half of the time.
            let left = deadline.remainingMilliseconds
            end = .after(
                milliseconds: index == 0 ? min(left, Self.resolutionDelayMilliseconds) : left / 2)
        }
    }

    /// The result; nil while a response is outstanding.
    ///
    /// - Parameter tcpDeadline: for the query over TCP after a truncated response.
    mutating func outcome(tcpDeadline: Deadline) -> Outcome? {
        let isOver = end.map { $0.remainingMilliseconds == 0 } ?? false
        guard isOver || (answers[0] != nil && answers[1] != nil) else { return nil }
        askAgainOverTCP(tcpDeadline)
        var addresses: [[UInt8]] = []
        for case .addresses(let list)? in answers { addresses += list }
        if !addresses.isEmpty { return .addresses(addresses) }
        // RFC 4074 §4.2: for a name without addresses the A response decides.
        if answers[0] == .nameNotFound { return .final(.nameNotFound) }
        for case .failure(let code)? in answers { return .failed(.nameServerFailed(code: code)) }
        if answers.contains(.truncated) { return .failed(.nameServerTimedOut) }
        return .final(.nameHasNoAddress)
    }

    /// RFC 1035 §4.2.2: repeats truncated queries over TCP, unless there are addresses of the other type. Once one response
    /// over TCP has addresses, the wait for the other one is at most the resolution delay.
    private mutating func askAgainOverTCP(_ deadline: Deadline) {
        guard !answers.contains(where: Self.hasAddresses) else { return }
        for index in questions.indices where answers[index] == .truncated {
            let limit =
                answers.contains(where: Self.hasAddresses)
                ? deadline.orEarlier(.after(milliseconds: Self.resolutionDelayMilliseconds)) : deadline
            do throws(PlatformError) { answers[index] = try askOverTCP(questions[index], limit) } catch {
                // The response stays truncated.
            }
        }
    }

    private static func hasAddresses(_ answer: DNSAnswer?) -> Bool {
        guard case .addresses(let list)? = answer else { return false }
        return !list.isEmpty
    }

    /// §4.2.2: over TCP a message follows its length in two bytes.
    private func askOverTCP(_ question: DNSQuestion, _ deadline: Deadline) throws(PlatformError) -> DNSAnswer
    {
        let socket = try Socket.connect(to: server, deadline: deadline)
        var message: [UInt8] = []
        message.append(bigEndian: UInt64(question.message.count), byteCount: 2)
        message += question.message
        try socket.write(message.span, deadline: deadline)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try socket.read(into: &buffer, deadline: deadline)
            guard count > 0 else { throw .nameServerFailed(code: 0) }
            received.append(buffer.span.extracting(0..<count))
            guard received.count >= 2 else { continue }
            let length = Int(received[0]) << 8 | Int(received[1])
            guard length <= Self.answerByteCount else { throw .nameServerFailed(code: 0) }
            guard received.count >= 2 + length else { continue }
            guard let answer = readDNSAnswer(received.span.extracting(2..<(2 + length)), to: question) else {
                throw .nameServerFailed(code: 0)
            }
            return answer
        }
    }
}
