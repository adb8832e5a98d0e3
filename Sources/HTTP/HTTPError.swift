// HTTPError.swift - errors of a connection or of a response.
//
// Spec:    RFC 9110; RFC 9112.
// Secret:  no: only counts and status codes.
// Reads:   Platform, TLS. Read by: every file of HTTP; LambdaRuntime, KeyFetching.

import Platform
import TLS

/// Why an exchange failed.
public enum HTTPError: Error, Equatable, Sendable {
    /// The connection could not be made, or it failed.
    case platform(PlatformError)
    /// The handshake failed, or a received record is invalid.
    case tls(TLSError)
    /// The handshake did not end within its time limit.
    case handshakeTimedOut
    /// The proxy did not provide a tunnel.
    case proxy(ProxyError)
    /// The peer closed the connection before the response was complete.
    case closed(bytesReceived: Int)
    /// The first line is not a status line of HTTP/1.0 or 1.1.
    case statusLine
    case tooManyInterimResponses(limit: Int)
    case lineTooLong(limit: Int)
    case headTooLong(limit: Int)
    case tooManyFields(limit: Int)
    /// A line does not end in CR LF, or contains a CR or a NUL.
    case lineEnding
    /// A field line has no colon, its name is not a token, or it is folded.
    case fieldSyntax
    case contentLength
    /// Both Content-Length and Transfer-Encoding, or two of one kind: two recipients could read different lengths.
    case ambiguousLength
    case transferEncodingNotSupported
    /// The body has a content coding, which was not requested.
    case contentEncodingNotSupported
    case chunkSyntax
    case bodyTooLong(limit: Int)
    /// A status other than the expected one.
    case status(Int)

    /// A stable word for logs.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .platform(let error): error.reasonCode
        case .tls(let error): error.reasonCode
        case .handshakeTimedOut: "tls_handshake_timeout"
        case .proxy(let error): error.reasonCode
        case .closed: "http_closed"
        case .statusLine: "http_status_line"
        case .tooManyInterimResponses: "http_interim_responses"
        case .lineTooLong: "http_line_too_long"
        case .headTooLong: "http_head_too_long"
        case .tooManyFields: "http_fields"
        case .lineEnding: "http_line_ending"
        case .fieldSyntax: "http_field_syntax"
        case .contentLength: "http_content_length"
        case .ambiguousLength: "http_ambiguous_length"
        case .transferEncodingNotSupported: "http_transfer_encoding"
        case .contentEncodingNotSupported: "http_content_encoding"
        case .chunkSyntax: "http_chunk"
        case .bodyTooLong: "http_body_too_long"
        case .status: "http_status"
        }
    }
}

/// The reason why a proxy did not provide a tunnel.
public enum ProxyError: Error, Equatable, Sendable {
    /// The connection to the proxy failed.
    case connection(PlatformError)
    /// The proxy did not respond within the time limit.
    case timedOut
    /// The proxy closed the connection, or its response is not that of an HTTP proxy.
    case answer
    /// The proxy refused: 407 requires other credentials, 403 does not allow this host.
    case status(Int)

    /// A stable word for logs.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .connection: "proxy_connection"
        case .timedOut: "proxy_timeout"
        case .answer: "proxy_answer"
        case .status: "proxy_status"
        }
    }
}
