// HTTPConnection.swift - requests and responses over one connection, one after the other.
//
// Spec:    RFC 9112 §9; RFC 9110 §9.3.6 (CONNECT).
// Secret:  no.
// Reads:   HTTPRequest, HTTPResponseParser, SecureSocket, Proxy, ExchangeTimes, ExchangeSteps; Platform, TLS.
//          Read by: RuntimeAPI, KeyFetcher.

import Bytes
import Platform
import TLS
import X509

/// A connection to one host. It is opened when needed and kept while both sides want it.
public struct HTTPConnection {
    private let url: URL
    private let proxy: Proxy?
    private let idleSeconds: Int64?
    private var stream: Stream?
    /// When the kept connection was last used, by the wall: the monotonic clock may stand still
    /// while the environment is frozen, and the other side's does not.
    private var usedAtSeconds: Int64 = 0
    /// For the next TLS connection to the same host.
    private var session: TLSSession?
    /// What the last TLS handshake agreed on.
    public private(set) var summary: TLSSummary?
    /// Whether the last exchange was over a connection that was kept from an earlier one.
    public private(set) var wasKept = false
    /// When the steps of opening it were over.
    public private(set) var steps = ExchangeSteps()
    private var buffer: [UInt8] = []

    private enum Stream {
        case plain(Socket)
        case secure(SecureSocket)
    }

    /// - Parameters:
    ///   - url: of the host; its path means nothing here.
    ///   - proxy: that gives a tunnel to the host.
    ///   - idleSeconds: how long a connection is kept unused; nil: for ever.
    public init(to url: URL, proxy: Proxy? = nil, idleSeconds: Int64? = nil) {
        self.url = url
        self.proxy = proxy
        self.idleSeconds = idleSeconds
    }

    /// Whether it leads to the host of a URL.
    public func leads(to other: URL) -> Bool {
        url.scheme == other.scheme && url.port == other.port && bytesEqual(url.host.span, other.host.span)
    }

    /// Sends a request and reads its response. If the kept connection turns out to be closed, which
    /// happens between any two requests, a new one has one further try.
    ///
    /// - Parameter anchors: gives the authorities that are trusted, if there is a handshake. Nobody is, unless said.
    /// - Throws: the fault; the connection is closed then.
    public mutating func exchange(
        _ request: HTTPRequest, bodyLimit: BodyLimit, times: ExchangeTimes,
        anchors: () -> TrustAnchors = { TrustAnchors() }
    ) throws(HTTPError) -> HTTPResponse {
        if let kept = takeKept() {
            var parser = HTTPResponseParser(bodyLimit: bodyLimit)
            wasKept = true
            do throws(HTTPError) {
                return try exchange(request, over: kept, &parser, times)
            } catch {
                // Nothing of a response came, so the request was not answered.
                guard parser.received == 0, Self.meansClosed(error) else { throw error }
            }
        }
        wasKept = false
        let stream = try open(times, anchors)
        var parser = HTTPResponseParser(bodyLimit: bodyLimit)
        return try exchange(request, over: stream, &parser, times)
    }

    private mutating func exchange(
        _ request: HTTPRequest, over stream: Stream, _ parser: inout HTTPResponseParser,
        _ times: ExchangeTimes
    ) throws(HTTPError) -> HTTPResponse {
        let writeDeadline = times.deadline(times.writeMilliseconds)
        let hasSurplus: Bool
        switch stream {
        case .plain(let socket):
            do throws(PlatformError) {
                try socket.write(request.bytes.span, deadline: writeDeadline)
            } catch { throw .platform(error) }
            hasSurplus = try receive(&parser, from: socket, times)
        case .secure(let socket):
            try socket.write(request.bytes.span, deadline: writeDeadline)
            hasSurplus = try receive(&parser, from: socket, times)
            if let newest = socket.session { session = newest }
        }
        let response = parser.response()
        // Bytes behind the response belong to no request of ours: such a connection is done with.
        if response.keepsAlive && !hasSurplus {
            self.stream = stream
            if idleSeconds != nil { usedAtSeconds = Clock.wallSeconds }
        }
        return response
    }

    /// Reads a response to its end; whether more came than that.
    private mutating func receive(
        _ parser: inout HTTPResponseParser, from socket: Socket, _ times: ExchangeTimes
    ) throws(HTTPError) -> Bool {
        var hasSurplus = false
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: HTTPLimits.readByteCount) }
        while !parser.isComplete {
            let count: Int
            do throws(PlatformError) {
                count = try socket.read(into: &buffer, deadline: times.readDeadline)
            } catch { throw .platform(error) }
            if count == 0 {
                try parser.receiveEnd()
            } else {
                hasSurplus = try parser.receive(buffer.span.extracting(0..<count)) < count
            }
        }
        return hasSurplus
    }

    private func receive(
        _ parser: inout HTTPResponseParser, from socket: SecureSocket, _ times: ExchangeTimes
    ) throws(HTTPError) -> Bool {
        var hasSurplus = false
        while !parser.isComplete {
            let data: [UInt8]
            do throws(HTTPError) {
                // A server that never says anything is not waited for for ever.
                data = try socket.read(
                    deadline: times.readDeadline ?? times.deadline(times.writeMilliseconds))
            } catch .closed { throw .closed(bytesReceived: parser.received) }
            if data.isEmpty {
                try parser.receiveEnd()
            } else {
                hasSurplus = try parser.receive(data.span) < data.count
            }
        }
        return hasSurplus
    }

    // MARK: The connection

    /// The kept connection, unless it has been unused for too long: a frozen environment hears nothing
    /// of a connection's end, and would wait for an answer to a request that nobody gets.
    private mutating func takeKept() -> Stream? {
        guard let stream else { return nil }
        self.stream = nil
        guard let idleSeconds else { return stream }
        let unused = Clock.wallSeconds - usedAtSeconds
        return unused >= 0 && unused < idleSeconds ? stream : nil
    }

    /// Whether an error is what a connection closed between two requests gives.
    private static func meansClosed(_ error: HTTPError) -> Bool {
        switch error {
        case .closed, .platform(.writeFailed), .platform(.readFailed): true
        default: false
        }
    }

    private mutating func open(
        _ times: ExchangeTimes, _ anchors: () -> TrustAnchors
    ) throws(HTTPError) -> Stream {
        steps = ExchangeSteps()
        let socket = try connect(times)
        guard url.scheme == .https else { return .plain(socket) }
        // Each ticket is used once (RFC 8446 appendix C.4).
        let offered = session
        session = nil
        let secure = try SecureSocket(
            socket, host: url.host, anchors: anchors, session: offered,
            deadline: times.deadline(times.handshakeMilliseconds))
        steps.mark(.tls)
        summary = secure.summary
        return .secure(secure)
    }

    private mutating func connect(_ times: ExchangeTimes) throws(HTTPError) -> Socket {
        let host = proxy?.host ?? url.host
        let socket: Socket
        do throws(PlatformError) {
            socket = try Socket.connect(
                host: host.span, port: proxy?.port ?? url.port,
                deadline: times.deadline(times.connectMilliseconds)
            ) { steps.mark(.name) }
        } catch { throw proxy == nil ? .platform(error) : .proxy(.connection(error)) }
        steps.mark(.connect)
        if let proxy {
            try openTunnel(proxy, socket, times.deadline(times.handshakeMilliseconds))
            steps.mark(.proxy)
        }
        return socket
    }

    /// RFC 9110 §9.3.6: after a 2xx the connection is the host's.
    private mutating func openTunnel(
        _ proxy: Proxy, _ socket: Socket, _ deadline: Deadline
    ) throws(HTTPError) {
        var parser = HTTPResponseParser(answerToConnect: ())
        let request = proxy.request(for: url.hostAndPort)
        let hasSurplus: Bool
        do throws(HTTPError) {
            do throws(PlatformError) {
                try socket.write(request.bytes.span, deadline: deadline)
            } catch { throw .platform(error) }
            hasSurplus = try receive(&parser, from: socket, ExchangeTimes(endingAt: deadline))
        } catch {
            switch error {
            case .platform(.readTimedOut), .platform(.writeTimedOut): throw .proxy(.timedOut)
            case .platform(let failure): throw .proxy(.connection(failure))
            default: throw .proxy(.answer)
            }
        }
        let status = parser.response().head.status
        guard status < 300 else { throw .proxy(.status(status)) }
        // A TLS server does not speak first.
        guard !hasSurplus else { throw .proxy(.answer) }
    }
}
