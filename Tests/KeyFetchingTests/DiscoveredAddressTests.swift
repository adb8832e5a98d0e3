import Foundation
import JOSE
import Keys
import TestSupport
import Testing
import URI

@testable import KeyFetching

/// A server on loopback whose answers are set by path; one request for each connection.
private final class PathServer: @unchecked Sendable {
    enum Answer {
        case status(Int, String)
        case silence
        case hangUp
    }

    private let listener = LoopbackListener()
    private let lock = NSLock()
    private var answers: [String: Answer] = [:]
    private var askedPaths: [String] = []
    private var held: [Int32] = []

    init() { Thread { [self] in serve() }.start() }

    deinit { for connection in held { close(connection) } }

    var address: String { "http://127.0.0.1:\(listener.port)" }

    subscript(path: String) -> Answer? {
        get { lock.withLock { answers[path] } }
        set { lock.withLock { answers[path] = newValue } }
    }

    /// The paths since the last time.
    func takeAsked() -> [String] {
        lock.withLock {
            defer { askedPaths = [] }
            return askedPaths
        }
    }

    private func serve() {
        while true {
            let connection = listener.accept()
            guard connection >= 0 else { return }
            var text: [UInt8] = []
            var byte: [UInt8] = [0]
            while !text.suffix(4).elementsEqual([13, 10, 13, 10]), recv(connection, &byte, 1, 0) == 1 {
                text += byte
            }
            let words = String(decoding: text, as: UTF8.self).split(separator: " ")
            guard words.count > 1 else {
                close(connection)
                continue
            }
            let path = String(words[1])
            lock.withLock { askedPaths.append(path) }
            switch self[path] ?? .status(404, "") {
            case .status(let status, let body):
                let answer =
                    "HTTP/1.1 \(status) x\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                close(connection)
            case .silence: lock.withLock { held.append(connection) }
            case .hangUp: close(connection)
            }
        }
    }
}

/// When the issuer's document is asked again, and which address comes first (AUDIT 18).
@Suite struct DiscoveredAddressTests {
    private let issuer = PathServer()
    private let place = "/.well-known/openid-configuration"
    private let first = String(decoding: TestIssuer.first.keySet, as: UTF8.self)
    private let second = String(decoding: TestIssuer.second.keySet, as: UTF8.self)

    private func document(_ address: String) -> PathServer.Answer {
        .status(200, #"{"issuer":"\#(issuer.address)","jwks_uri":"\#(address)"}"#)
    }

    private func fetcher() throws -> KeyFetcher {
        let address = try #require(IssuerAddress(Array(issuer.address.utf8)))
        return KeyFetcher(.discovery(address), FetchSettings())
    }

    /// The IDs of the keys that came, or why none did.
    private func fetch(_ fetcher: KeyFetcher, within milliseconds: Int64 = 3000) -> String {
        do throws(KeyFetchError) {
            let keys = try fetcher.fetch(until: .after(milliseconds: milliseconds), kid: nil).keySet.keys
            return keys.map { String(decoding: $0.kid ?? [], as: UTF8.self) }.joined(separator: ",")
        } catch { return "\(error.reasonCode)" }
    }

    /// Whatever the failure is: the same fetch finds where the keys are now.
    @Test func anyFailureLeadsToTheDocument() throws {
        for old in [
            .status(500, ""), .status(302, ""), .status(403, ""), .status(404, ""), .status(200, "<html>"),
            .status(200, #"{"keys":[]}"#), .hangUp,
        ] as [PathServer.Answer] {
            let host = PathServer()
            host["/keys"] = .status(200, first)
            issuer[place] = document(host.address + "/keys")
            issuer["/new"] = .status(200, second)
            let fetcher = try fetcher()
            #expect(fetch(fetcher) == "key-1")
            _ = issuer.takeAsked()
            #expect(fetch(fetcher) == "key-1" && issuer.takeAsked() == [])
            host["/keys"] = old
            issuer[place] = document(issuer.address + "/new")
            #expect(fetch(fetcher) == "key-2" && issuer.takeAsked() == [place, "/new"])
            // From then on it is the known one.
            #expect(fetch(fetcher) == "key-2" && issuer.takeAsked() == ["/new"])
        }
    }

    /// The failure of the known address is reported; it is not asked twice by one fetch, nor forgotten.
    @Test func aDocumentWithTheSameAddress() throws {
        issuer[place] = document(issuer.address + "/keys")
        issuer["/keys"] = .status(200, first)
        let fetcher = try fetcher()
        #expect(fetch(fetcher) == "key-1")
        issuer["/keys"] = .status(500, "")
        _ = issuer.takeAsked()
        #expect(fetch(fetcher) == "http_status" && issuer.takeAsked() == ["/keys", place])
        // In doubt the document comes first. Without it the known address is all there is.
        #expect(fetch(fetcher) == "http_status" && issuer.takeAsked() == [place, "/keys"])
        issuer[place] = .status(200, "{}")
        #expect(fetch(fetcher) == "http_status" && issuer.takeAsked() == [place, "/keys"])
        issuer["/keys"] = .status(200, first)
        #expect(fetch(fetcher) == "key-1" && issuer.takeAsked() == [place, "/keys"])
        #expect(fetch(fetcher) == "key-1" && issuer.takeAsked() == ["/keys"])
    }

    /// One that hangs leaves the other its time, if not in this fetch then in the next.
    @Test func aSilentServerLeavesTheOthersTheirTime() throws {
        issuer[place] = document(issuer.address + "/keys")
        issuer["/keys"] = .status(200, first)
        issuer["/new"] = .status(200, second)
        let fetcher = try fetcher()
        #expect(fetch(fetcher) == "key-1")
        issuer["/keys"] = .silence
        issuer[place] = document(issuer.address + "/new")
        #expect(fetch(fetcher, within: 300) == "read_timeout")
        #expect(fetch(fetcher) == "key-2")
        issuer["/new"] = .silence
        #expect(fetch(fetcher, within: 300) == "read_timeout")
        issuer[place] = .silence
        issuer["/new"] = .status(200, second)
        #expect(fetch(fetcher, within: 1000) == "key-2")
    }
}
