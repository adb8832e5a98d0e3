// HTTPError.swift - why a URL, a connection or a response is of no use.
//
// Spec:    RFC 3986; RFC 9110; RFC 9112.
// Secret:  no: counts and status codes alone.
// Reads:   Platform, TLS. Read by: every file of HTTP, LambdaRuntime, Bootstrap.

import Platform
import TLS

/// Why a text is not a URL that we fetch from.
public enum URLError: Error, Equatable, Sendable {
    case tooLong(limit: Int, actual: Int)
    /// A byte that a URL cannot hold: white space, control characters, anything but ASCII.
    case invalidByte(offset: Int)
    /// Neither `http://` nor `https://`.
    case schemeNotSupported
    /// `user:password@`: a secret that would end up in logs.
    case userInformation
    case fragment
    case hostMissing
    case hostInvalid
    case portInvalid

    /// A stable word for logs. Out of line: the tables below it would be copied to whoever asks.
    @inline(never)
    public var reasonCode: StaticString {
        switch self {
        case .tooLong: "url_too_long"
        case .invalidByte: "url_byte"
        case .schemeNotSupported: "url_scheme"
        case .userInformation: "url_user_information"
        case .fragment: "url_fragment"
        case .hostMissing: "url_host_missing"
        case .hostInvalid: "url_host"
        case .portInvalid: "url_port"
        }
    }
}

/// Why an exchange failed.
public enum HTTPError: Error, Equatable, Sendable {
    /// The connection could not be made or broke.
    case platform(PlatformError)
    /// The handshake failed, or what came over it is not what the host sent.
    case tls(TLSError)
    /// The handshake did not end in its time.
    case handshakeTimedOut
    /// The proxy on the way gave no tunnel.
    case proxy(ProxyError)
    /// The other side closed before the response was complete.
    case closed(bytesReceived: Int)
    /// The first line is no status line of HTTP/1.0 or 1.1.
    case statusLine
    case tooManyInterimResponses(limit: Int)
    case lineTooLong(limit: Int)
    case headTooLong(limit: Int)
    case tooManyFields(limit: Int)
    /// A line that does not end in CR LF, or holds a CR or a NUL within.
    case lineEnding
    /// A line without a colon or with a name that is no token; also a folded line.
    case fieldSyntax
    case contentLength
    /// Content-Length beside Transfer-Encoding, or two of one kind: two readers could differ.
    case ambiguousLength
    case transferEncodingNotSupported
    /// A content coding; none was asked for.
    case contentEncodingNotSupported
    case chunkSyntax
    case bodyTooLong(limit: Int)
    /// A status other than the wanted one.
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

/// Why a proxy gave no tunnel.
public enum ProxyError: Error, Equatable, Sendable {
    /// It cannot be reached.
    case connection(PlatformError)
    /// It took too long to answer.
    case timedOut
    /// It closed the connection, or its answer is not that of an HTTP proxy.
    case answer
    /// It refused: 407 wants other credentials, 403 does not let this host through.
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
