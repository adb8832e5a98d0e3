// SecureSocket.swift - TLS over a socket: the client's bytes are carried, nothing else.
//
// Spec:    RFC 8446 §4, §6.1 (close_notify), §6.2; RFC 9110 §4.2.2.
// Secret:  what is sent and received; the session's secret stays within TLS.
// Reads:   TLS, X509; Platform, HTTPError. Read by: HTTPConnection.

import Bytes
import Platform
import TLS
import X509

/// A connection whose other side has proved that it is the host.
final class SecureSocket {
    private let socket: Socket
    private let client: TLSClient
    private var buffer = [UInt8](repeating: 0, count: HTTPLimits.readByteCount)

    /// Shakes hands.
    ///
    /// - Parameters:
    ///   - anchors: gives the authorities that are trusted. It is asked while the server makes its answer.
    ///   - session: of an earlier connection to the same host.
    /// - Throws: `platform`, `tls`, `handshakeTimedOut`; `closed` when the other side leaves in the middle.
    init(
        _ socket: Socket, host: [UInt8], anchors: () -> TrustAnchors, session: TLSSession?, deadline: Deadline
    ) throws(HTTPError) {
        self.socket = socket
        client = try Self.makeClient(host, session)
        do throws(HTTPError) {
            try flush(deadline)
            client.trust(anchors())
            // Our Finished waits for the request, or for the wait for an answer: one segment, not two.
            while !client.isEstablished {
                try flush(deadline)
                try receive(deadline)
            }
        } catch .platform(.readTimedOut), .platform(.writeTimedOut) { throw .handshakeTimedOut }
    }

    /// RFC 8446 §6.1: who gives a connection up says so, for whatever reason. Nobody waits for that.
    deinit {
        guard client.isEstablished else { return }
        client.close()
        do throws(HTTPError) { try flush(.after(milliseconds: 0)) } catch {
            // Nobody is left to tell.
        }
    }

    /// What was agreed on.
    var summary: TLSSummary? { client.summary }

    /// The newest ticket for a later connection.
    var session: TLSSession? { client.session }

    func write(_ bytes: Span<UInt8>, deadline: Deadline) throws(HTTPError) {
        do throws(TLSError) { try client.send(bytes) } catch { throw .tls(error) }
        try flush(deadline)
    }

    /// Waits for data; none when the other side has said that there is no more.
    ///
    /// - Throws: `closed` when the other side leaves without saying so: somebody may have cut the data.
    func read(deadline: Deadline) throws(HTTPError) -> [UInt8] {
        while true {
            let data = client.takeApplicationData()
            if !data.isEmpty || client.peerHasClosed { return data }
            try flush(deadline)
            try receive(deadline)
        }
    }

    // MARK: Inside

    private static func makeClient(
        _ host: [UInt8], _ session: TLSSession?
    ) throws(HTTPError) -> TLSClient {
        // ChaCha20-Poly1305 first: without instructions for it AES costs us more.
        let configuration = TLSConfiguration(
            hostName: host, nowSeconds: Clock.wallSeconds, prefersAES: false)
        do throws(TLSError) {
            return try TLSClient(configuration, random: randomBytes(), session: session)
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
        // The other side is told why, if it still listens.
        do throws(HTTPError) { try flush(.after(milliseconds: HTTPLimits.closeMilliseconds)) } catch {
            // The first error is the one that matters.
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

/// Fresh randomness for one connection.
private func randomBytes() throws(TLSError) -> SecretBytes {
    do throws(PlatformError) { return try Random.bytes(count: TLSClient.randomByteCount) } catch {
        throw .randomness
    }
}
