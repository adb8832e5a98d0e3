// HTTPConnection.swift - requests and responses over one connection, one after the other.
//
// Spec:    RFC 9112 §9.
// Secret:  no.
// Reads:   HTTPRequest, HTTPResponseParser; Platform. Read by: RuntimeAPI, KeyFetcher.

import Bytes
import Platform

/// A connection to one host. It is opened when needed and kept while both sides want it.
public struct HTTPConnection {
    private let host: [UInt8]
    private let port: UInt16
    private var socket: Socket?
    private var buffer: [UInt8] = []

    public init(host: [UInt8], port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Whether a connection of an earlier exchange is still there. The other side may have
    /// closed it all the same.
    public var isOpen: Bool { socket != nil }

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
        let socket = try takeSocket(connectDeadline)
        var parser = HTTPResponseParser(bodyLimit: bodyLimit)
        var hasSurplus = false
        do throws(PlatformError) {
            try socket.write(request.bytes.span, deadline: writeDeadline)
        } catch { throw .platform(error) }
        if buffer.isEmpty { buffer = [UInt8](repeating: 0, count: HTTPLimits.readByteCount) }
        while !parser.isComplete {
            let count: Int
            do throws(PlatformError) {
                count = try socket.read(into: &buffer, deadline: readDeadline)
            } catch { throw .platform(error) }
            if count == 0 {
                try parser.receiveEnd()
            } else {
                hasSurplus = try parser.receive(buffer.span.extracting(0..<count)) < count
            }
        }
        let response = parser.response()
        // Bytes behind the response belong to no request of ours: such a connection is done with.
        if response.keepsAlive && !hasSurplus { self.socket = socket }
        return response
    }

    /// The kept connection, or a new one. It is given back after a good exchange only.
    private mutating func takeSocket(_ deadline: Deadline) throws(HTTPError) -> Socket {
        if let socket {
            self.socket = nil
            return socket
        }
        do throws(PlatformError) {
            return try Socket.connect(host: host.span, port: port, deadline: deadline)
        } catch { throw .platform(error) }
    }
}
