// RuntimeAPI.swift - a client of the Lambda Runtime API.
//
// Spec:    AWS Lambda runtime API 2018-06-01 (OpenAPI 1.0.3).
// Secret:  events and answers, which pass through.
// Reads:   HTTP, Platform, Bytes, URI. Read by: LambdaLoop; CommandLine.

import Bytes
import HTTP
import Platform
import URI

/// An error after which the process must exit.
public enum RuntimeAPIError: Error, Equatable, Sendable {
    /// AWS_LAMBDA_RUNTIME_API is not a host and port.
    case address(URLError)
    case http(HTTPError)
    /// An invocation without a usable Lambda-Runtime-Aws-Request-Id.
    case requestID
    /// Status 500 to a post: "the runtime should exit promptly".
    case containerError

    /// A stable code for logs.
    public var reasonCode: StaticString {
        switch self {
        case .address: "runtime_api_address"
        case .http(let error): error.reasonCode
        case .requestID: "runtime_api_request_id"
        case .containerError: "runtime_api_container_error"
        }
    }
}

/// One event to answer.
struct Invocation {
    let requestID: [UInt8]
    /// The event, or its beginning.
    let event: [UInt8]
    let eventByteCount: Int
    /// The invocation's deadline.
    let deadline: Deadline
    /// When a fetch must end, so that time for the answer remains (AUDIT 19).
    var fetchDeadline: Deadline { deadline.earlier(byMilliseconds: LambdaLimits.answerReserveMilliseconds) }
    let traceID: [UInt8]?
}

/// A client of the Runtime API that keeps one connection.
public struct RuntimeAPI {
    private let authority: [UInt8]
    private var connection: HTTPConnection

    /// - Parameter address: the value of AWS_LAMBDA_RUNTIME_API, `host:port`.
    public init(address: [UInt8]) throws(RuntimeAPIError) {
        var text = [UInt8]("http://")
        text.append(address.span)
        let url: URL
        do throws(URLError) { url = try URL(text.span) } catch { throw .address(error) }
        authority = address
        connection = HTTPConnection(to: url)
    }

    /// Waits for the next event, without a time limit.
    ///
    /// - Parameter eventLimit: the maximum number of bytes of the event to keep.
    mutating func next(eventLimit: Int) throws(RuntimeAPIError) -> Invocation {
        var request = HTTPRequest(
            method: "GET", target: [UInt8]("/2018-06-01/runtime/invocation/next").span,
            authority: authority.span)
        request.end()
        let response = try exchange(
            request, .drop(past: eventLimit, refusePast: LambdaLimits.invocationByteCount))
        guard response.head.status == 200 else { throw .http(.status(response.head.status)) }
        guard let requestID = response.head.field("lambda-runtime-aws-request-id"), Self.isUsable(requestID)
        else { throw .requestID }
        return Invocation(
            requestID: requestID, event: response.body, eventByteCount: response.bodyByteCount,
            deadline: response.head.field("lambda-runtime-deadline-ms")
                .flatMap { Decimal.value($0.span) }
                .map { .at(wallMilliseconds: $0) } ?? .never,
            traceID: response.head.field("lambda-runtime-trace-id"))
    }

    /// Posts an answer.
    ///
    /// - Returns: the status; 202 for success.
    mutating func respond(to requestID: [UInt8], body: [UInt8]) throws(RuntimeAPIError) -> Int {
        var request = post("/2018-06-01/runtime/invocation/", requestID, "/response")
        request.field("Content-Type", "application/json")
        return try send(&request, body)
    }

    /// Posts an invocation error.
    mutating func fail(_ requestID: [UInt8], type: StaticString, body: [UInt8]) throws(RuntimeAPIError) -> Int
    {
        var request = post("/2018-06-01/runtime/invocation/", requestID, "/error")
        request.field("Content-Type", "application/vnd.aws.lambda.error+json")
        request.field("Lambda-Runtime-Function-Error-Type", type)
        return try send(&request, body)
    }

    /// Posts an initialization error.
    mutating func failInit(type: StaticString, body: [UInt8]) throws(RuntimeAPIError) {
        var request = post("/2018-06-01/runtime/init/error", [], "")
        request.field("Content-Type", "application/vnd.aws.lambda.error+json")
        request.field("Lambda-Runtime-Function-Error-Type", type)
        _ = try send(&request, body)
    }

    // MARK: Implementation

    private func post(_ before: StaticString, _ requestID: [UInt8], _ after: StaticString) -> HTTPRequest {
        var target = [UInt8](before)
        target.append(requestID.span)
        target.append(after)
        return HTTPRequest(method: "POST", target: target.span, authority: authority.span)
    }

    private mutating func send(_ request: inout HTTPRequest, _ body: [UInt8]) throws(RuntimeAPIError) -> Int {
        request.end(body: body.span)
        let response = try exchange(
            request, .drop(past: 0, refusePast: LambdaLimits.postAnswerByteCount))
        if response.head.status == 500 { throw .containerError }
        return response.head.status
    }

    /// One exchange, without a time limit for the response: an event may not come for a long time, and Lambda ends an
    /// environment that hangs in a post at the invocation's deadline.
    private mutating func exchange(
        _ request: HTTPRequest, _ limit: BodyLimit
    ) throws(RuntimeAPIError) -> HTTPResponse {
        let times = ExchangeTimes(
            resolveMilliseconds: LambdaLimits.postMilliseconds,
            connectMilliseconds: LambdaLimits.postMilliseconds,
            handshakeMilliseconds: LambdaLimits.postMilliseconds,
            writeMilliseconds: LambdaLimits.postMilliseconds, silenceMilliseconds: nil, whole: nil)
        do throws(HTTPError) {
            return try connection.exchange(request, bodyLimit: limit, times: times)
        } catch { throw .http(error) }
    }

    /// The ID is part of a request line, so only letters, digits and hyphens are allowed, and a length like a UUID's.
    private static func isUsable(_ requestID: [UInt8]) -> Bool {
        guard !requestID.isEmpty, requestID.count <= 128 else { return false }
        for byte in requestID {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: continue
            default: return false
            }
        }
        return true
    }
}
