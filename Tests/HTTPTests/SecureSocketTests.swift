import Foundation
import Platform
import TLS
import TestSupport
import Testing
import URI
import X509

@testable import HTTP

/// HTTP over TLS with OpenSSL's server as the peer, and with servers without TLS. Only an authenticated host's connection is
/// used, and truncated data is not accepted as complete (AUDIT 17).
@Suite(.serialized, .enabled(if: PythonPeers.areAvailable, "needs python3 with the package cryptography"))
struct SecureSocketTests {
    private func times(_ milliseconds: Int64 = 10_000) -> ExchangeTimes {
        ExchangeTimes(
            resolveMilliseconds: 5000, connectMilliseconds: 10_000, handshakeMilliseconds: milliseconds,
            writeMilliseconds: 10_000,
            silenceMilliseconds: milliseconds, whole: nil)
    }

    private func get(
        _ connection: inout HTTPConnection, _ address: String, trusting authority: String?,
        _ milliseconds: Int64 = 10_000
    ) throws -> Result<String, HTTPError> {
        var request = HTTPRequest(get: try URL(Array(address.utf8).span))
        request.end()
        let anchors = try authority.map {
            try TrustAnchors(pem: Array(Data(contentsOf: Foundation.URL(fileURLWithPath: $0))))
        }
        do throws(HTTPError) {
            let response = try connection.exchange(
                request, bodyLimit: .refuse(past: 100), times: times(milliseconds),
                anchors: { anchors ?? TrustAnchors() })
            return .success(String(decoding: response.body, as: UTF8.self))
        } catch { return .failure(error) }
    }

    private func connection(_ address: String, idleSeconds: Int64 = 1000) throws -> HTTPConnection {
        HTTPConnection(to: try URL(Array(address.utf8).span), idleSeconds: idleSeconds)
    }

    @Test(arguments: [("1.3", TLSVersion.tls13, "TLS 1.3"), ("1.2", .tls12, "TLS 1.2")])
    func aConnectionIsKept(version: String, expected: TLSVersion, name: String) throws {
        let peer = try HTTPSPeer(version)
        try peer.put("keys", Array("some keys".utf8))
        let address = peer.address("/keys")
        var connection = try connection(address)
        for isKept in [false, true] {
            #expect(try get(&connection, address, trusting: peer.authority) == .success("some keys"))
            #expect(connection.wasKept == isKept)
        }
        let summary = try #require(connection.summary)
        #expect(summary.version == expected && !summary.resumed && summary.extendedMasterSecret)
        #expect("\(summary.version.name)" == name && "\(summary.group.name)" == "X25519")
        #expect("\(summary.suite.name)".contains("CHACHA20_POLY1305"))
        // Each step ended after the previous one.
        let steps = [ExchangeStep.name, .connect, .tls].map { connection.steps[$0] }
        #expect(steps == steps.sorted() && steps.allSatisfy { $0 > 0 } && connection.steps[.proxy] == 0)
        #expect(ExchangeStep.allCases.map { "\($0.word)" } == ["name", "connect", "proxy", "tls", "http"])
    }

    /// A further connection to the same host resumes with the first one's ticket. This client does not resume TLS 1.2.
    @Test(arguments: [("1.3", true), ("1.2", false)])
    func aFurtherConnectionResumes(version: String, resumes: Bool) throws {
        let peer = try HTTPSPeer(version)
        try peer.put("keys", Array("ok".utf8))
        let address = peer.address("/keys")
        var connection = try connection(address, idleSeconds: 0)
        for isResumed in [false, resumes] {
            #expect(try get(&connection, address, trusting: peer.authority) == .success("ok"))
            #expect(connection.summary?.resumed == isResumed && !connection.wasKept)
        }
        // Without tickets there is nothing to resume.
        let other = try HTTPSPeer("1.3", ["--tickets", "0"])
        try other.put("keys", Array("ok".utf8))
        var plain = try self.connection(other.address("/keys"), idleSeconds: 0)
        for _ in 0..<2 {
            #expect(try get(&plain, other.address("/keys"), trusting: other.authority) == .success("ok"))
            #expect(plain.summary?.resumed == false)
        }
    }

    @Test func untrustedAuthoritiesAreRejected() throws {
        let peer = try HTTPSPeer("1.3")
        try peer.put("keys", Array("ok".utf8))
        let other = try HTTPSPeer("1.3")
        for authority in [nil, other.authority] {
            var connection = try connection(peer.address("/keys"))
            guard
                case .failure(.tls(.certificate)) = try get(
                    &connection, peer.address("/keys"), trusting: authority)
            else {
                Issue.record("\(authority ?? "no authority") was enough")
                continue
            }
            #expect(connection.summary == nil)
        }
    }

    /// The same certificate, with a host name that it has and one that it lacks.
    @Test func theHostNameIsChecked() throws {
        let peer = try HTTPSPeer("1.3")
        try peer.put("keys", Array("ok".utf8))
        for (host, isRight) in [("localhost", true), ("127.0.0.2", false)] {
            let address = "https://\(host):\(peer.port)/keys"
            var connection = try connection(address)
            let result = try get(&connection, address, trusting: peer.authority)
            #expect((result == .success("ok")) == isRight, "\(host): \(result)")
        }
    }

    /// An attacker who cuts the connection below TLS may have truncated the data. Content-Length shows that it is complete.
    @Test func truncatedDataIsNotComplete() throws {
        let peer = try HTTPSPeer("1.3")
        try peer.put("keys", Array("ok".utf8))
        var cut = try connection(peer.address("/cut/keys"))
        guard
            case .failure(.closed(let received)) = try get(
                &cut, peer.address("/cut/keys"), trusting: peer.authority)
        else {
            Issue.record("a cut response was taken")
            return
        }
        #expect(received > 0)
        // A body without a length ends with close_notify.
        var whole = try connection(peer.address("/bye"))
        #expect(try get(&whole, peer.address("/bye"), trusting: peer.authority) == .success("ok"))
    }

    @Test func aSilentServerEndsAtTheDeadline() throws {
        let silent = ScriptedServer([[.hold], [.hold]])
        var connection = try connection("https://127.0.0.1:\(silent.port)/")
        #expect(
            try get(&connection, "https://127.0.0.1:\(silent.port)/", trusting: nil, 100)
                == .failure(.handshakeTimedOut))
        let peer = try HTTPSPeer("1.3")
        var waiting = try self.connection(peer.address("/silent"))
        #expect(
            try get(&waiting, peer.address("/silent"), trusting: peer.authority, 2000)
                == .failure(.platform(.readTimedOut)))
    }

    @Test func aServerWithoutTLS() throws {
        let server = ScriptedServer([[.say("HTTP/1.1 400 Bad Request\r\n\r\n"), .hold], []])
        let address = "https://127.0.0.1:\(server.port)/"
        var connection = try connection(address)
        guard case .failure(.tls) = try get(&connection, address, trusting: nil) else {
            Issue.record("plain text was taken for TLS")
            return
        }
        // The next connection is closed at once, perhaps before all of our first message is read, which causes a reset.
        let closed = try get(&connection, address, trusting: nil)
        #expect(
            [.closed(bytesReceived: 0), .platform(.readFailed(code: 104)), .platform(.writeFailed(code: 32))]
                .contains { closed == .failure($0) })
    }
}
