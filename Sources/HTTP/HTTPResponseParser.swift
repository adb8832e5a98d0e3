// HTTPResponseParser.swift - an incremental parser for a response.
//
// Spec:    RFC 9112 §2 to §7; RFC 9110 §6.5.1 (trailers), §8.4 (codings), §15.2 (interim responses).
// Secret:  no.
// Reads:   HTTPHead, HTTPError, Limits; Bytes. Read by: HTTPConnection; KeyFetching, LambdaRuntime.
//
// Sans-I/O: bytes in, a response out. Input that two recipients could read differently is refused: lines must end in
// CR LF, only one length is allowed, and neither folding nor codings other than chunked.

import Bytes

/// A complete response.
public struct HTTPResponse: Sendable {
    public let head: HTTPHead
    /// The body, or its beginning up to the limit.
    public let body: [UInt8]
    /// The body's whole length in bytes; larger than `body.count` if bytes were dropped.
    public let bodyByteCount: Int
    /// Whether the connection may carry another request (RFC 9112 §9.3).
    public let keepsAlive: Bool
}

/// Reads one response.
public struct HTTPResponseParser: Sendable {
    private enum State: Sendable {
        case statusLine, fields
        case body(remaining: Int)
        case bodyUntilClose
        case chunkHead
        case chunk(remaining: Int)
        case chunkEnd, trailers
        case complete
    }

    private let limit: BodyLimit
    private let isAnswerToConnect: Bool
    private var state = State.statusLine
    /// The current line so far, without its end.
    private var line: [UInt8] = []
    private var lineHasCarriageReturn = false
    private var headByteCount = 0
    private var interimCount = 0
    private var head: HTTPHead?
    private var body: [UInt8] = []
    private var bodyByteCount = 0
    /// The number of received bytes.
    private(set) var received = 0
    private var endsWithConnection = false

    public init(bodyLimit: BodyLimit) {
        limit = bodyLimit
        isAnswerToConnect = false
    }

    /// For a proxy's response to CONNECT: only the head is read (RFC 9112 §6.3 rule 2). Bytes after it belong to the tunnel,
    /// or are ignored after a refusal.
    init(answerToConnect: Void) {
        limit = .refuse(past: 0)
        isAnswerToConnect = true
    }

    /// Whether the response is complete.
    public var isComplete: Bool {
        if case .complete = state { return true }
        return false
    }

    /// Receives the next bytes.
    ///
    /// - Returns: the number of bytes that belong to this response.
    /// - Throws: the first error.
    public mutating func receive(_ bytes: Span<UInt8>) throws(HTTPError) -> Int {
        received += bytes.count
        var offset = 0
        while offset < bytes.count {
            switch state {
            case .complete: return offset
            case .statusLine, .fields, .chunkHead, .chunkEnd, .trailers:
                if try readLine(bytes, &offset) { try takeLine() }
            case .body(let remaining):
                let count = min(remaining, bytes.count - offset)
                try takeBody(bytes.extracting(offset..<(offset + count)))
                offset += count
                state = remaining == count ? .complete : .body(remaining: remaining - count)
            case .chunk(let remaining):
                let count = min(remaining, bytes.count - offset)
                try takeBody(bytes.extracting(offset..<(offset + count)))
                offset += count
                state = remaining == count ? .chunkEnd : .chunk(remaining: remaining - count)
            case .bodyUntilClose:
                try takeBody(bytes.extracting(offset..<bytes.count))
                offset = bytes.count
            }
        }
        return offset
    }

    /// Receives the end of the connection.
    ///
    /// - Throws: `closed`, unless the end of the connection ends this response (RFC 9112 §6.3 rule 8).
    public mutating func receiveEnd() throws(HTTPError) {
        switch state {
        case .complete: return
        case .bodyUntilClose: state = .complete
        default: throw .closed(bytesReceived: received)
        }
    }

    /// The response.
    ///
    /// - Requires: `isComplete`.
    public consuming func response() -> HTTPResponse {
        guard isComplete, let head else { preconditionFailure("the response is not complete") }
        let keepsAlive =
            !endsWithConnection
            && (head.minorVersion == 0
                ? head.field("connection", hasMember: "keep-alive")
                : !head.field("connection", hasMember: "close"))
        return HTTPResponse(head: head, body: body, bodyByteCount: bodyByteCount, keepsAlive: keepsAlive)
    }

    // MARK: Lines (RFC 9112 §2.2)

    /// Reads up to the end of a line; false if the end has not been received yet.
    private mutating func readLine(_ bytes: Span<UInt8>, _ offset: inout Int) throws(HTTPError) -> Bool {
        while offset < bytes.count {
            if lineHasCarriageReturn {
                guard bytes[offset] == 0x0A else { throw .lineEnding }
                offset += 1
                lineHasCarriageReturn = false
                return true
            }
            let end = bytes.lineEnd(from: offset)
            headByteCount += end - offset
            guard line.count + end - offset <= HTTPLimits.lineByteCount else {
                throw .lineTooLong(limit: HTTPLimits.lineByteCount)
            }
            guard headByteCount <= HTTPLimits.headByteCount else {
                throw .headTooLong(limit: HTTPLimits.headByteCount)
            }
            line.append(bytes.extracting(offset..<end))
            offset = end
            guard offset < bytes.count else { return false }
            guard bytes[offset] == 0x0D else { throw .lineEnding }
            lineHasCarriageReturn = true
            headByteCount += 2
            offset += 1
        }
        return false
    }

    private mutating func takeLine() throws(HTTPError) {
        // The line's memory is released here: the line is read while the head is written.
        var line: [UInt8] = []
        swap(&line, &self.line)
        defer {
            line.removeAll(keepingCapacity: true)
            swap(&line, &self.line)
        }
        switch state {
        case .statusLine:
            head = try HTTPHead(statusLine: line.span)
            state = .fields
        case .fields:
            if line.isEmpty { try takeHead() } else { try head?.append(fieldLine: line.span) }
        case .chunkHead:
            let size = try chunkSize(line.span)
            state = size == 0 ? .trailers : .chunk(remaining: size)
        case .chunkEnd:
            guard line.isEmpty else { throw .chunkSyntax }
            state = .chunkHead
        case .trailers:
            // §7.1.2: a recipient may discard trailer fields; RFC 9110 §6.5.1: they are not merged with the header's.
            if line.isEmpty { state = .complete } else { try head?.discard(trailerLine: line.span) }
        default: break
        }
    }

    // MARK: Length of the body (RFC 9112 §6.3)

    private mutating func takeHead() throws(HTTPError) {
        guard let head else { return }
        // RFC 9110 §15.2: interim responses may precede the final one.
        if head.status < 200 {
            interimCount += 1
            guard interimCount <= HTTPLimits.interimCount else {
                throw .tooManyInterimResponses(limit: HTTPLimits.interimCount)
            }
            self.head = nil
            state = .statusLine
            return
        }
        if isAnswerToConnect {
            state = .complete
            return
        }
        // Only the status of an error or a redirect is used, so the coding of its body does not matter.
        if head.status < 300 && head.hasContentCoding { throw .contentEncodingNotSupported }
        let codings = head.count(of: "transfer-encoding")
        let lengths = head.count(of: "content-length")
        guard codings + lengths <= 1 else { throw .ambiguousLength }
        // Rule 1: responses with 204 and 304 do not have a body, whatever the fields declare.
        if head.status == 204 || head.status == 304 {
            state = .complete
        } else if let coding = head.field("transfer-encoding") {
            // Rules 3 and 4.
            guard head.minorVersion > 0, bytesEqualIgnoringASCIICase(coding.span, "chunked") else {
                throw .transferEncodingNotSupported
            }
            state = .chunkHead
        } else if let length = head.field("content-length") {
            // Rules 5 and 6.
            let count = try decimal(length.span)
            try checkLength(count)
            state = count == 0 ? .complete : .body(remaining: count)
            body.reserveCapacity(min(count, keptByteCount))
        } else {
            // Rule 8.
            endsWithConnection = true
            state = .bodyUntilClose
        }
    }

    private func decimal(_ text: Span<UInt8>) throws(HTTPError) -> Int {
        guard text.count <= 15, let value = Decimal.value(text) else { throw .contentLength }
        return Int(value)
    }

    /// §7.1: `chunk-size [ chunk-ext ]`. Extensions are ignored.
    private func chunkSize(_ line: Span<UInt8>) throws(HTTPError) -> Int {
        var value = 0
        var digits = 0
        while digits < line.count, let digit = Hex.value(line[digits]) {
            guard digits < 8 else { throw .chunkSyntax }
            value = value << 4 | Int(digit)
            digits += 1
        }
        guard digits > 0 else { throw .chunkSyntax }
        let rest = trimmed(line.extracting(digits..<line.count))
        guard rest.count == 0 || rest[0] == 0x3B else { throw .chunkSyntax }
        return value
    }

    // MARK: The body

    private var keptByteCount: Int {
        switch limit {
        case .refuse(let past): past
        case .drop(let past, _): past
        }
    }

    private func checkLength(_ count: Int) throws(HTTPError) {
        switch limit {
        case .refuse(let past): guard count <= past else { throw .bodyTooLong(limit: past) }
        case .drop(_, let past): guard count <= past else { throw .bodyTooLong(limit: past) }
        }
    }

    private mutating func takeBody(_ bytes: Span<UInt8>) throws(HTTPError) {
        bodyByteCount += bytes.count
        try checkLength(bodyByteCount)
        let room = keptByteCount - body.count
        if room > 0 { body.append(bytes.extracting(0..<min(room, bytes.count))) }
    }
}
