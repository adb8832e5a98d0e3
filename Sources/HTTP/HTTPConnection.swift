// HTTPConnection.swift - sequential requests and responses over one connection.
//
// Spec:    RFC 9112 §9; RFC 9110 §9.3.6 (CONNECT).
// Secret:  no.
// Reads:   HTTPRequest, HTTPResponseParser, SecureSocket, ExchangeTimes, ExchangeSteps; Platform, TLS, Bytes, URI, X509.
//          Read by: LambdaRuntime (RuntimeAPI), KeyFetching (KeyFetcher).

import Bytes
import Platform
import TLS
import URI
import X509

/// A connection to one host. It is opened for the first request and kept while both sides allow it.
public struct HTTPConnection {
    private let url: URL
    private let proxy: Proxy?
    private let idleSeconds: Int64?
    private var stream: Stream?
    /// When the kept connection was last used, by the wall clock: the monotonic clock may stop while the environment is
    /// frozen, but the server's idle timeout does not.
    private var usedAtSeconds: Int64 = 0
    /// The session to resume in the next TLS connection to the same host.
    private var session: TLSSession?
    /// The parameters that the last TLS handshake negotiated.
    public private(set) var summary: TLSSummary?
    /// Whether the last exchange used a connection of an earlier exchange.
    public private(set) var wasKept = false
    /// The times of the steps of opening the connection.
    public private(set) var steps = ExchangeSteps()
    private var buffer: [UInt8] = []

    private enum Stream {
        case plain(Socket)
        case secure(SecureSocket)
    }

    /// - Parameters:
    ///   - url: a URL of the host; its path is ignored.
    ///   - proxy: a proxy for a tunnel to the host.
    ///   - idleSeconds: how long an unused connection is kept; nil: without a limit, and without a look at it before the next
    ///     request (the Runtime API's, of this machine).
    public init(to url: URL, proxy: Proxy? = nil, idleSeconds: Int64? = nil) {
        self.url = url
        self.proxy = proxy
        self.idleSeconds = idleSeconds
    }

    /// Whether this is a connection to the host of a URL.
    public func leads(to other: URL) -> Bool {
        url.scheme == other.scheme && url.port == other.port && bytesEqual(url.host.span, other.host.span)
    }

    /// Sends a request and reads its response. A server may close a kept connection between two requests. The request is
    /// then repeated once over a new connection.
    ///
    /// - Parameter anchors: returns the trust anchors; called only for a handshake. Default: no trust anchors, so every
    ///   server certificate is rejected.
    /// - Throws: the first error; the connection is then closed.
    public mutating func exchange(
        _ request: HTTPRequest, bodyLimit: BodyLimit, times: ExchangeTimes,
        anchors: () -> TrustAnchors = { TrustAnchors() }
    ) throws(HTTPError) -> HTTPResponse {
        if let kept = takeKeptConnection() {
            var parser = HTTPResponseParser(bodyLimit: bodyLimit)
            wasKept = true
            do throws(HTTPError) {
                return try exchange(request, over: kept, &parser, times)
            } catch {
                // No byte of a response was received, so the request was not processed.
                guard parser.received == 0, Self.isClosed(error) else { throw error }
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
        steps.begin(.http)
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
        // Bytes after the response do not belong to a request: the connection is not used again.
        if response.keepsAlive && !hasSurplus {
            self.stream = stream
            if idleSeconds != nil { usedAtSeconds = Clock.wallSeconds }
        }
        return response
    }

    /// Reads a response to its end; returns whether more bytes followed.
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
                // A server that does not respond must not block the client forever.
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

    /// The kept connection, unless it has been unused for too long. A frozen environment does not notice that a connection
    /// was closed, and would wait for the response to a request that is lost.
    private mutating func takeKeptConnection() -> Stream? {
        guard let stream else { return nil }
        self.stream = nil
        guard let idleSeconds else { return stream }
        let unused = Clock.wallSeconds - usedAtSeconds
        return unused >= 0 && unused < idleSeconds && Self.isIdle(stream) ? stream : nil
    }

    /// RFC 9112 §9.2: data that arrives when no request is outstanding is not a response, and the connection is closed.
    private static func isIdle(_ stream: Stream) -> Bool {
        switch stream {
        case .plain(let socket): !socket.hasInput
        case .secure(let socket): socket.isIdle()
        }
    }

    /// Whether an error indicates that the peer closed the connection between two requests.
    private static func isClosed(_ error: HTTPError) -> Bool {
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
        steps.begin(.tls)
        let secure = try SecureSocket.connect(
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
                resolveDeadline: times.deadline(times.resolveMilliseconds)
            ) {
                steps.mark(.name)
                steps.begin(.connect)
                return times.deadline(times.connectMilliseconds)
            }
        } catch { throw proxy == nil ? .platform(error) : .proxy(.connection(error)) }
        steps.mark(.connect)
        if let proxy {
            steps.begin(.proxy)
            try openTunnel(proxy, socket, times.deadline(times.handshakeMilliseconds))
            steps.mark(.proxy)
        }
        return socket
    }

    /// RFC 9110 §9.3.6: after a 2xx response the connection is a tunnel to the host.
    private mutating func openTunnel(
        _ proxy: Proxy, _ socket: Socket, _ deadline: Deadline
    ) throws(HTTPError) {
        var parser = HTTPResponseParser(answerToConnect: ())
        let request = HTTPRequest(through: proxy, to: url.hostAndPort)
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
        // A TLS server does not send before the client, so further bytes are an error of the proxy.
        guard !hasSurplus else { throw .proxy(.answer) }
    }
}
