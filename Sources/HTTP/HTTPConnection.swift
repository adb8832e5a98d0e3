// HTTPConnection.swift - requests and responses over one connection, one after the other.
//
// Spec:    RFC 9112 §9.
// Secret:  no.
// Reads:   HTTPRequest, HTTPResponseParser, SecureSocket; Platform, TLS. Read by: RuntimeAPI, KeyFetcher.

import Bytes
import Platform
import TLS

/// A connection to one host. It is opened when needed and kept while both sides want it.
public struct HTTPConnection {
    private let host: [UInt8]
    private let port: UInt16
    private let parameters: TLSParameters?
    private var stream: Stream?
    private var buffer: [UInt8] = []
    /// What the last TLS handshake agreed on.
    public private(set) var summary: TLSSummary?
    /// For a later connection to the same host.
    public private(set) var session: TLSSession?

    private enum Stream {
        case plain(Socket)
        case secure(SecureSocket)
    }

    /// - Parameter parameters: for TLS; nil for plain HTTP.
    public init(host: [UInt8], port: UInt16, parameters: TLSParameters? = nil) {
        self.host = host
        self.port = port
        self.parameters = parameters
    }

    /// Whether a connection of an earlier exchange is still there. The other side may have
    /// closed it all the same.
    public var isOpen: Bool { stream != nil }

    /// Sends a request and reads its response.
    ///
    /// - Parameters:
    ///   - connectDeadline: by when a new connection must stand.
    ///   - writeDeadline: by when the request must be sent.
    ///   - readDeadline: by when the response must be whole; nil waits for ever.
    /// - Throws: the fault; the connection is closed then.
    public mutating func exchange(
        _ request: HTTPRequest, bodyLimit: BodyLimit, connectDeadline: Deadline, writeDeadline: Deadline,
        readDeadline: Deadline?
    ) throws(HTTPError) -> HTTPResponse {
        let stream = try takeStream(connectDeadline, handshakeDeadline: writeDeadline)
        var parser = HTTPResponseParser(bodyLimit: bodyLimit)
        let hasSurplus: Bool
        switch stream {
        case .plain(let socket):
            do throws(PlatformError) {
                try socket.write(request.bytes.span, deadline: writeDeadline)
            } catch { throw .platform(error) }
            hasSurplus = try receive(&parser, from: socket, readDeadline)
        case .secure(let socket):
            try socket.write(request.bytes.span, deadline: writeDeadline)
            hasSurplus = try receive(&parser, from: socket, readDeadline ?? writeDeadline)
            session = socket.session
        }
        let response = parser.response()
        // Bytes behind the response belong to no request of ours: such a connection is done with.
        if response.keepsAlive && !hasSurplus {
            self.stream = stream
        } else if case .secure(let socket) = stream {
            socket.close()
        }
        return response
    }

    /// Reads a response to its end; whether more came than that.
    private mutating func receive(
        _ parser: inout HTTPResponseParser, from socket: Socket, _ deadline: Deadline?
    ) throws(HTTPError) -> Bool {
        var hasSurplus = false
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: HTTPLimits.readByteCount) }
        while !parser.isComplete {
            let count: Int
            do throws(PlatformError) {
                count = try socket.read(into: &buffer, deadline: deadline)
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
        _ parser: inout HTTPResponseParser, from socket: SecureSocket, _ deadline: Deadline
    ) throws(HTTPError) -> Bool {
        var hasSurplus = false
        while !parser.isComplete {
            let data = try socket.read(deadline: deadline)
            if data.isEmpty {
                try parser.receiveEnd()
            } else {
                hasSurplus = try parser.receive(data.span) < data.count
            }
        }
        return hasSurplus
    }

    /// The kept connection, or a new one. It is given back after a good exchange only.
    private mutating func takeStream(
        _ connectDeadline: Deadline, handshakeDeadline: Deadline
    ) throws(HTTPError) -> Stream {
        if let stream {
            self.stream = nil
            return stream
        }
        let socket: Socket
        do throws(PlatformError) {
            socket = try Socket.connect(host: host.span, port: port, deadline: connectDeadline)
        } catch { throw .platform(error) }
        guard let parameters else { return .plain(socket) }
        let secure = try SecureSocket(socket, host: host, parameters: parameters, deadline: handshakeDeadline)
        summary = secure.summary
        return .secure(secure)
    }
}
