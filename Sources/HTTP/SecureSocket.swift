// SecureSocket.swift - a TLS client over a socket.
//
// Spec:    RFC 8446 §4, §6.1 (close_notify), §6.2; RFC 9110 §4.2.2.
// Secret:  the sent and received data; the session's secret stays within TLS.
// Reads:   TLS, X509; Platform, HTTPError, Bytes. Read by: HTTPConnection.

import Bytes
import Platform
import TLS
import X509

/// A TLS connection to an authenticated host.
final class SecureSocket {
    private let socket: Socket
    private let client: TLSClient
    private var buffer = [UInt8](repeating: 0, count: HTTPLimits.readByteCount)

    private init(_ socket: Socket, _ client: TLSClient) {
        self.socket = socket
        self.client = client
    }

    /// Performs the handshake.
    ///
    /// - Parameters:
    ///   - anchors: returns the trust anchors. It is called while the server prepares its response.
    ///   - session: the session of an earlier connection to the same host.
    /// - Throws: `platform`, `tls`, `handshakeTimedOut`; `closed` if the peer closes the connection during the handshake.
    static func connect(
        _ socket: Socket, host: [UInt8], anchors: () -> TrustAnchors, session: TLSSession?, deadline: Deadline
    ) throws(HTTPError) -> SecureSocket {
        let secure = SecureSocket(socket, try makeClient(host, session))
        do throws(HTTPError) {
            try secure.performHandshake(anchors, deadline)
            return secure
        } catch .platform(.readTimedOut), .platform(.writeTimedOut) { throw .handshakeTimedOut }
    }

    private func performHandshake(_ anchors: () -> TrustAnchors, _ deadline: Deadline) throws(HTTPError) {
        try flush(deadline)
        client.trust(anchors())
        // Our Finished is sent with the request, or before a read: one segment, not two.
        while !client.isEstablished {
            try flush(deadline)
            try receive(deadline)
        }
    }

    /// RFC 8446 §6.1: close_notify is sent before the connection is closed, whatever the reason. The result is not awaited.
    deinit {
        guard client.isEstablished else { return }
        client.close()
        do throws(HTTPError) { try flush(.after(milliseconds: 0)) } catch {
            // The connection ends anyway.
        }
    }

    /// The negotiated parameters.
    var summary: TLSSummary? { client.summary }

    /// The newest ticket for a later connection.
    var session: TLSSession? { client.session }

    func write(_ bytes: Span<UInt8>, deadline: Deadline) throws(HTTPError) {
        do throws(TLSError) { try client.send(bytes) } catch { throw .tls(error) }
        try flush(deadline)
    }

    /// Waits for data; empty after the peer's close_notify.
    ///
    /// - Throws: `closed` if the connection ends without close_notify, since an attacker may have truncated the data.
    func read(deadline: Deadline) throws(HTTPError) -> [UInt8] {
        while true {
            let data = client.takeApplicationData()
            if !data.isEmpty || client.peerHasClosed { return data }
            try flush(deadline)
            try receive(deadline)
        }
    }

    /// Whether the connection is open, and the peer has sent no data since the last read. Tickets and key updates that have
    /// arrived are processed; TLSLimits bounds their number.
    func isIdle() -> Bool {
        while socket.hasInput {
            do throws(HTTPError) { try receive(.after(milliseconds: 0)) } catch { return false }
        }
        return client.takeApplicationData().isEmpty && !client.peerHasClosed
    }

    // MARK: Implementation

    private static func makeClient(
        _ host: [UInt8], _ session: TLSSession?
    ) throws(HTTPError) -> TLSClient {
        // ChaCha20-Poly1305 first: without AES instructions AES-GCM is slower.
        let configuration = TLSConfiguration(
            hostName: host, nowSeconds: Clock.wallSeconds, prefersAES: false)
        do throws(TLSError) {
            return try TLSClient.begin(configuration, random: randomBytes(), session: session)
        } catch { throw .tls(error) }
    }

    private func receive(_ deadline: Deadline) throws(HTTPError) {
        let count: Int
        do throws(PlatformError) { count = try socket.read(into: &buffer, deadline: deadline) } catch {
            throw .platform(error)
        }
        guard count > 0 else { throw .closed(bytesReceived: 0) }
        let received = buffer
        var failure: TLSError?
        do throws(TLSError) {
            try client.receive(received.span.extracting(0..<count))
        } catch { failure = error }
        guard let failure else { return }
        // Sends the alert.
        do throws(HTTPError) { try flush(.after(milliseconds: HTTPLimits.closeMilliseconds)) } catch {
            // The TLS error is the one to report.
        }
        throw .tls(failure)
    }

    private func flush(_ deadline: Deadline) throws(HTTPError) {
        let output = client.takeOutput()
        guard !output.isEmpty else { return }
        do throws(PlatformError) { try socket.write(output.span, deadline: deadline) } catch {
            throw .platform(error)
        }
    }
}

/// Fresh random bytes for one connection.
private func randomBytes() throws(TLSError) -> SecretBytes {
    do throws(PlatformError) { return try Random.bytes(count: TLSClient.randomByteCount) } catch {
        throw .randomness
    }
}
