import Bytes
import Testing

@testable import HTTP

/// Feeds a response in parts of `pieces` bytes; returns the response or the error.
private func parse(
    _ text: String, _ limit: BodyLimit = .refuse(past: 1 << 20), pieces: Int = Int.max, ends: Bool = false
) -> Result<HTTPResponse, HTTPError> {
    let bytes = Array(text.utf8)
    var parser = HTTPResponseParser(bodyLimit: limit)
    do throws(HTTPError) {
        var offset = 0
        while offset < bytes.count {
            let end = min(bytes.count, offset + min(pieces, bytes.count))
            let taken = try parser.receive(bytes.span.extracting(offset..<end))
            if taken < end - offset { break }
            offset = end
        }
        if ends { try parser.receiveEnd() }
        guard parser.isComplete else { return .failure(.closed(bytesReceived: -1)) }
        return .success(parser.response())
    } catch { return .failure(error) }
}

private func body(_ result: Result<HTTPResponse, HTTPError>) -> String? {
    guard case .success(let response) = result else { return nil }
    return String(decoding: response.body, as: UTF8.self)
}

private func refusal(
    _ text: String, _ limit: BodyLimit = .refuse(past: 1 << 20), ends: Bool = false
) -> HTTPError? {
    guard case .failure(let error) = parse(text, limit, ends: ends) else { return nil }
    return error
}

private func head(_ fields: String) -> String { "HTTP/1.1 200 OK\r\n\(fields)\r\n" }

/// Responses are parsed strictly, in parts of any length, up to their limits (AUDIT 17, 32).
@Suite struct HTTPResponseParserTests {
    static let good = [
        (head("Content-Length: 5\r\n") + "hello", "hello"),
        (head("content-length:5\r\n") + "hello", "hello"),
        (head("Transfer-Encoding: chunked\r\n") + "2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n", "hello"),
        (head("Transfer-Encoding: Chunked\r\n") + "00005\r\nhello\r\n0\r\nTrailer: x\r\n\r\n", "hello"),
        (head("Content-Length: 0\r\n"), ""),
        ("HTTP/1.1 204\r\n\r\n", ""),
        ("HTTP/1.1 100 Continue\r\n\r\n" + head("Content-Length: 2\r\n") + "ok", "ok"),
    ]

    /// The result does not depend on how the bytes are split.
    @Test(arguments: good, [1, 2, 3, 7, 1000]) func splittingDoesNotMatter(
        example: (String, String), pieces: Int
    ) {
        #expect(body(parse(example.0, pieces: pieces)) == example.1)
    }

    @Test func withoutALengthTheBodyEndsWithTheConnection() throws {
        let response = try parse(head("") + "hello", ends: true).get()
        #expect(response.body == Array("hello".utf8) && !response.keepsAlive)
        #expect(refusal(head("Content-Length: 6\r\n") + "hello", ends: true) == .closed(bytesReceived: 43))
        #expect(refusal(head("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n", ends: true) != nil)
    }

    @Test func keepAliveFollowsVersionAndConnection() throws {
        func keeps(_ text: String) throws -> Bool { try parse(text).get().keepsAlive }
        #expect(try keeps(head("Content-Length: 0\r\n")))
        #expect(try !keeps(head("Content-Length: 0\r\nConnection: close\r\n")))
        #expect(try !keeps(head("Content-Length: 0\r\nConnection: x, Close\r\n")))
        #expect(try !keeps("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"))
        #expect(try keeps("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"))
    }

    @Test func fieldNamesAreCaseInsensitive() throws {
        let response = try parse(head("X-One:  a b \t\r\nContent-Length: 0\r\n")).get()
        #expect(response.head.field("x-oNE") == Array("a b".utf8))
        #expect(response.head.field("x-two") == nil)
    }

    /// RFC 9110 §8.4, §5.6.1: identity, empty list elements and an empty field do not count as a content coding.
    @Test(arguments: [
        "Content-Encoding: \r\n", "Content-Encoding:\r\n", "Content-Encoding: identity\r\n",
        "Content-Encoding: Identity, identity\r\n", "Content-Encoding: , identity ,\t,\r\n",
        "Content-Encoding: identity\r\nContent-Encoding:\r\n",
    ]) func identityIsAccepted(fields: String) {
        #expect(body(parse(head(fields + "Content-Length: 5\r\n") + "hello")) == "hello")
    }

    /// A coding at any position in any of the fields.
    @Test(arguments: [
        "Content-Encoding: gzip\r\n", "Content-Encoding: identity, gzip\r\n",
        "Content-Encoding: identity\r\nContent-Encoding: br\r\n", "Content-Encoding: identity gzip\r\n",
        "Content-Encoding: identityx\r\n", "Content-Encoding: \"identity\"\r\n",
    ]) func contentCodingsAreRefused(fields: String) {
        #expect(
            refusal(head(fields + "Content-Length: 5\r\n") + "hello") == .contentEncodingNotSupported)
    }

    /// The body of an error response is not read, so its coding does not matter.
    @Test(arguments: [301, 304, 404, 500]) func codingsOfErrorResponsesAreIgnored(status: Int) throws {
        let text =
            "HTTP/1.1 \(status) x\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n"
            + (status == 304 ? "" : "ok")
        #expect(try parse(text).get().head.status == status)
    }

    /// RFC 9110 §6.5.1, RFC 9112 §7.1.2: trailer fields are checked and discarded, not merged with the header's.
    @Test func trailersAreDiscarded() throws {
        func chunked(_ fields: String, _ trailers: String) -> String {
            head("Transfer-Encoding: chunked\r\n" + fields) + "2\r\nok\r\n0\r\n\(trailers)\r\n"
        }
        let trailers = "Connection: close\r\nETag: \"t\"\r\nCache-Control: max-age=86400\r\nX-Other: y\r\n"
        for pieces in [1, 5, Int.max] {
            let response = try parse(chunked("", trailers), pieces: pieces).get()
            #expect(response.body == Array("ok".utf8) && response.keepsAlive)
            #expect(response.head.entityTag == nil && response.head.field("x-other") == nil)
            #expect(response.head.freshness(nowSeconds: 0).lifetimeSeconds == nil)
        }
        let own = try parse(chunked("Cache-Control: max-age=60\r\n", trailers)).get()
        #expect(own.head.freshness(nowSeconds: 0).lifetimeSeconds == 60)
        for bad in ["X : y\r\n", ": y\r\n", "X\r\n", " folded\r\n"] {
            #expect(refusal(chunked("", bad)) == .fieldSyntax, "\(bad)")
        }
        // Header and trailer fields share one limit; Transfer-Encoding is the first field.
        func counted(_ count: Int) -> String {
            chunked("", String(repeating: "A: b\r\n", count: count - 1))
        }
        #expect(refusal(counted(HTTPLimits.fieldCount)) == nil)
        #expect(refusal(counted(HTTPLimits.fieldCount + 1)) == .tooManyFields(limit: HTTPLimits.fieldCount))
    }

    /// Responses that two recipients could read differently are refused.
    @Test(arguments: [
        (head("Content-Length: 5\r\nContent-Length: 5\r\n"), HTTPError.ambiguousLength),
        (head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), .ambiguousLength),
        (head("Transfer-Encoding: gzip, chunked\r\n"), .transferEncodingNotSupported),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .transferEncodingNotSupported),
        (head("Content-Encoding: gzip\r\nContent-Length: 1\r\n"), .contentEncodingNotSupported),
        (head("Content-Length: +5\r\n"), .contentLength),
        (head("Content-Length: 5, 5\r\n"), .contentLength),
        (head("Content-Length: \r\n"), .contentLength),
        (head("Content-Length: 9999999999999999\r\n"), .contentLength),
        (head("X : y\r\n"), .fieldSyntax),
        (head(": y\r\n"), .fieldSyntax),
        (head("X\r\n"), .fieldSyntax),
        (head("X: y\r\n folded\r\n"), .fieldSyntax),
        ("HTTP/1.1 200 OK\nX: y\n\n", .lineEnding),
        (head("X: a\rb\r\n"), .lineEnding),
        (head("X: a\u{0}b\r\n"), .lineEnding),
        ("HTTP/2 200 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 20 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 2000 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 099 OK\r\n\r\n", .statusLine),
        ("HTTP/1.1 600 OK\r\n\r\n", .statusLine),
        ("SSH-2.0-OpenSSH_9.2\r\n", .statusLine),
        (head("Transfer-Encoding: chunked\r\n") + "\r\n", .chunkSyntax),
        (head("Transfer-Encoding: chunked\r\n") + "x\r\n", .chunkSyntax),
        (head("Transfer-Encoding: chunked\r\n") + "5 x\r\n", .chunkSyntax),
        (head("Transfer-Encoding: chunked\r\n") + "123456789\r\n", .chunkSyntax),
        (head("Transfer-Encoding: chunked\r\n") + "2\r\nhex\r\n", .chunkSyntax),
    ]) func refusalsAreExact(text: String, error: HTTPError) {
        #expect(refusal(text) == error)
    }

    @Test func bodiesEndAtTheirLimit() throws {
        #expect(body(parse(head("Content-Length: 5\r\n") + "hello", .refuse(past: 5))) == "hello")
        #expect(refusal(head("Content-Length: 6\r\n"), .refuse(past: 5)) == .bodyTooLong(limit: 5))
        #expect(
            refusal(head("Transfer-Encoding: chunked\r\n") + "6\r\nhello!", .refuse(past: 5))
                == .bodyTooLong(limit: 5))
        #expect(refusal(head("") + "hello!", .refuse(past: 5), ends: true) == .bodyTooLong(limit: 5))
        let dropped = try parse(head("Content-Length: 6\r\n") + "hello!", .drop(past: 2, refusePast: 6)).get()
        #expect(dropped.body == Array("he".utf8) && dropped.bodyByteCount == 6 && dropped.keepsAlive)
        #expect(
            refusal(head("Content-Length: 7\r\n"), .drop(past: 2, refusePast: 6)) == .bodyTooLong(limit: 6))
    }

    @Test func headsEndAtTheirLimits() {
        func fields(_ count: Int) -> String {
            head(String(repeating: "A: b\r\n", count: count - 1) + "Content-Length: 0\r\n")
        }
        #expect(refusal(fields(HTTPLimits.fieldCount)) == nil)
        #expect(refusal(fields(HTTPLimits.fieldCount + 1)) == .tooManyFields(limit: HTTPLimits.fieldCount))

        func line(_ count: Int) -> String {
            head("A: " + String(repeating: "b", count: count - 3) + "\r\nContent-Length: 0\r\n")
        }
        #expect(refusal(line(HTTPLimits.lineByteCount)) == nil)
        #expect(refusal(line(HTTPLimits.lineByteCount + 1)) == .lineTooLong(limit: HTTPLimits.lineByteCount))

        let interim = "HTTP/1.1 103 Early\r\n\r\n"
        let final = head("Content-Length: 0\r\n")
        #expect(refusal(String(repeating: interim, count: HTTPLimits.interimCount) + final) == nil)
        #expect(
            refusal(String(repeating: interim, count: HTTPLimits.interimCount + 1) + final)
                == .tooManyInterimResponses(limit: HTTPLimits.interimCount))

        let long = "A: " + String(repeating: "b", count: 8189) + "\r\n"
        #expect(
            refusal(head(String(repeating: long, count: 9))) == .headTooLong(limit: HTTPLimits.headByteCount))
    }

    @Test func bytesAfterAResponseAreNotRead() throws {
        let bytes = Array((head("Content-Length: 2\r\n") + "okHTTP/1.1 500").utf8)
        var parser = HTTPResponseParser(bodyLimit: .refuse(past: 10))
        let taken = try parser.receive(bytes.span)
        #expect(taken == bytes.count - 12 && parser.isComplete)
    }
}
