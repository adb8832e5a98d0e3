import Bytes
import Testing

@testable import HTTP

/// Feeds a response in pieces of so many bytes; the response, or the error.
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

    /// However the bytes are cut, the response is the same.
    @Test(arguments: good, [1, 2, 3, 7, 1000]) func piecesMakeNoDifference(
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

    @Test func fieldsAreFoundInWhateverCase() throws {
        let response = try parse(head("X-One:  a b \t\r\nContent-Length: 0\r\n")).get()
        #expect(response.head.field("x-oNE") == Array("a b".utf8))
        #expect(response.head.field("x-two") == nil)
    }

    /// Two readers could differ: refused.
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

    @Test func whatFollowsAResponseIsLeft() throws {
        let bytes = Array((head("Content-Length: 2\r\n") + "okHTTP/1.1 500").utf8)
        var parser = HTTPResponseParser(bodyLimit: .refuse(past: 10))
        let taken = try parser.receive(bytes.span)
        #expect(taken == bytes.count - 12 && parser.isComplete)
    }
}
