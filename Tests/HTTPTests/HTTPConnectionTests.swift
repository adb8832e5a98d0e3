import Bytes
import Foundation
import Platform
import Testing
import URI

@testable import HTTP

private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

private func url(_ port: UInt16, _ scheme: String = "http") throws -> URI.URL {
    try URI.URL(Array("\(scheme)://127.0.0.1:\(port)/keys".utf8).span)
}

private func times(_ silence: Int64 = 5000) -> ExchangeTimes {
    ExchangeTimes(
        resolveMilliseconds: 5000, connectMilliseconds: 5000, handshakeMilliseconds: silence,
        writeMilliseconds: 5000,
        silenceMilliseconds: silence, whole: nil)
}

/// Sends one GET; returns the body or the error.
private func get(
    _ connection: inout HTTPConnection, _ port: UInt16, _ silence: Int64 = 5000
) throws -> Result<HTTPResponse, HTTPError> {
    var request = HTTPRequest(get: try url(port))
    request.end()
    do throws(HTTPError) {
        return .success(
            try connection.exchange(request, bodyLimit: .refuse(past: 100), times: times(silence)))
    } catch { return .failure(error) }
}

private func body(_ result: Result<HTTPResponse, HTTPError>) -> String? {
    (try? result.get()).map { String(decoding: $0.body, as: UTF8.self) }
}

private func error(_ result: Result<HTTPResponse, HTTPError>) -> HTTPError? {
    if case .failure(let error) = result { error } else { nil }
}

/// Kept connections, retries, and tunnels through proxies (AUDIT 17).
@Suite struct HTTPConnectionTests {
    @Test func aConnectionIsKept() throws {
        let notModified = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 5\r\n\r\n"
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: y\r\n\r\n"
        let empty = "HTTP/1.1 204 No Content\r\n\r\n"
        let server = ScriptedServer([
            [
                .hear, .say(ok), .hear, .say(notModified), .hear, .say(chunked), .hear, .say(empty), .hear,
                .say(ok),
            ]
        ])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        for expected in ["ok", "", "ok", "", "ok"] {
            #expect(body(try get(&connection, server.port)) == expected)
        }
        #expect(server.connectionCount == 1 && connection.wasKept)
        #expect(server.heard.count == 5)
        #expect(
            server.heard.allSatisfy {
                $0
                    == "GET /keys HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nAccept-Encoding: identity\r\n\r\n"
            })
    }

    @Test func aClosedConnectionIsRetriedOnce() throws {
        let server = ScriptedServer([[.hear, .say(ok)], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(server.connectionCount == 2 && !connection.wasKept)
    }

    /// The first connection is closed after the second request, and so is the one of the retry. A third connection is not opened.
    @Test func onlyOneRetryIsMade() throws {
        let server = ScriptedServer([[.hear, .say(ok), .hear], [.hear], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(error(try get(&connection, server.port)) == .closed(bytesReceived: 0))
        #expect(server.connectionCount == 2)
    }

    /// A request with a partial response is not retried.
    @Test func aPartialResponseIsNotRetried() throws {
        let part = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart"
        let server = ScriptedServer([[.hear, .say(ok), .hear, .say(part)], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(error(try get(&connection, server.port)) == .closed(bytesReceived: part.utf8.count))
        #expect(server.connectionCount == 1)
    }

    @Test func silenceOnAKeptConnectionIsNotRetried() throws {
        let server = ScriptedServer([[.hear, .say(ok), .hear, .hold], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(error(try get(&connection, server.port, 50)) == .platform(.readTimedOut))
        #expect(server.connectionCount == 1)
    }

    /// RFC 9112 §9.2: a response that arrives before the request is not its response.
    @Test func anUnsolicitedResponseIsNotUsed() throws {
        let stray = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"
        let server = ScriptedServer([[.hear, .say(ok), .wait, .say(stray), .hold], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        server.goOn()
        while server.saidCount < 2 { usleep(1000) }
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(server.connectionCount == 2 && !connection.wasKept)
    }

    @Test func unusedConnectionsExpire() throws {
        let server = ScriptedServer([[.hear, .say(ok), .hold], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 0)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(server.connectionCount == 2)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        // Bytes after the response.
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
    ]) func finishedConnectionsAreNotKept(answer: String) throws {
        let server = ScriptedServer([[.hear, .say(answer), .hold], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port), idleSeconds: 1000)
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(server.connectionCount == 2)
    }

    @Test func aBodyWithoutLengthEndsWithTheConnection() throws {
        let server = ScriptedServer([[.hear, .say("HTTP/1.1 200 OK\r\n\r\nok")], [.hear, .say(ok)]])
        var connection = HTTPConnection(to: try url(server.port))
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(body(try get(&connection, server.port)) == "ok")
        #expect(server.connectionCount == 2)
    }

    @Test func errorsAreReported() throws {
        let server = ScriptedServer([
            [.hear, .say("SSH-2.0-OpenSSH\r\n")],
            [.hear, .say("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n")], [.hear],
        ])
        var connection = HTTPConnection(to: try url(server.port))
        for expected in [HTTPError.statusLine, .bodyTooLong(limit: 100), .closed(bytesReceived: 0)] {
            #expect(error(try get(&connection, server.port)) == expected)
            #expect(!connection.wasKept)
        }
    }

    /// A slow response without pauses also ends at the deadline of the whole exchange.
    @Test func theWholeExchangeHasADeadline() throws {
        let server = ScriptedServer([[.hear, .say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), .hold]])
        var connection = HTTPConnection(to: try url(server.port))
        var request = HTTPRequest(get: try url(server.port))
        request.end()
        var failure: HTTPError?
        do throws(HTTPError) {
            _ = try connection.exchange(
                request, bodyLimit: .refuse(past: 100),
                times: ExchangeTimes(
                    resolveMilliseconds: 5000, connectMilliseconds: 5000, handshakeMilliseconds: 5000,
                    writeMilliseconds: 5000,
                    silenceMilliseconds: 60_000, whole: .after(milliseconds: 50)))
        } catch { failure = error }
        #expect(failure == .platform(.readTimedOut))
    }

    // MARK: Proxies

    private func tunnel(_ script: [ScriptedServer.Step]) throws -> (HTTPError?, [String]) {
        let server = ScriptedServer([script])
        let proxy = try Proxy(Array("http://user:secret@127.0.0.1:\(server.port)".utf8).span)
        var connection = HTTPConnection(
            to: try URL(Array("http://idp.example/keys".utf8).span), proxy: proxy)
        return (error(try get(&connection, 80, 100)), server.heard)
    }

    @Test func aTunnelIsOpenedFirst() throws {
        let (failure, heard) = try tunnel([
            .hear, .say("HTTP/1.1 200 Connection established\r\n\r\n"), .hear, .say(ok),
        ])
        #expect(failure == nil)
        #expect(heard.count == 2)
        #expect(
            heard.first
                == "CONNECT idp.example:80 HTTP/1.1\r\nHost: idp.example:80\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
        )
        // The credentials are not sent to the host.
        #expect(heard.last?.contains("Authorization") == false)
    }

    @Test func proxyRefusalsAreReported() throws {
        func failure(_ script: ScriptedServer.Step...) throws -> HTTPError? { try tunnel([.hear] + script).0 }
        let unauthorized = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 9999\r\n\r\n"
        #expect(try failure(.say(unauthorized)) == .proxy(.status(407)))
        #expect(try failure(.say("HTTP/1.1 301 Moved\r\nLocation: x\r\n\r\n")) == .proxy(.status(301)))
        #expect(try failure(.say("SOCKS\r\n")) == .proxy(.answer))
        #expect(try failure() == .proxy(.answer))
        #expect(try failure(.say("HTTP/1.1 200 OK\r\n\r\nsurplus")) == .proxy(.answer))
        #expect(try failure(.hold) == .proxy(.timedOut))
        #expect(
            try failure(.say("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"), .hear, .say(ok)) == nil)
        // The length of such a response is ignored (RFC 9110 §9.3.6).
        #expect(try failure(.say("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"), .hear, .say(ok)) == nil)
    }

    @Test func aMissingProxyIsReported() throws {
        let proxy = try Proxy(Array("127.0.0.1:1".utf8).span)
        var connection = HTTPConnection(to: try url(80), proxy: proxy)
        #expect(error(try get(&connection, 80)) == .proxy(.connection(.connectFailed(code: 111))))
    }
}
