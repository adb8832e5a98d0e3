// HTTPRequest.swift - the bytes of a request.
//
// Spec:    RFC 9112 §3, §5; RFC 9110 §7.2, §12.5.3 (Accept-Encoding).
// Secret:  no.
// Reads:   Bytes, URI (URL). Read by: HTTPConnection; LambdaRuntime (RuntimeAPI), KeyFetching (KeyFetcher).

import Bytes
import URI

/// A request, written from front to back.
///
/// - Requires: names and values without CR and LF. Callers take them from literals, URLs and parsed fields.
public struct HTTPRequest: Sendable {
    private(set) var bytes: [UInt8] = []

    /// `GET target` of a host.
    public init(get url: URL) {
        self.init(method: "GET", target: url.target.span, authority: url.authority.span)
        // RFC 9110 §12.5.3: without the field any content coding is acceptable. This client decodes none.
        field("Accept-Encoding", "identity")
    }

    /// The request line and the Host field.
    public init(method: StaticString, target: Span<UInt8>, authority: Span<UInt8>) {
        bytes.reserveCapacity(512)
        bytes.append(method)
        bytes.append(0x20)
        bytes.append(target)
        bytes.append(" HTTP/1.1\r\nHost: ")
        bytes.append(authority)
        bytes.append("\r\n")
    }

    public mutating func field(_ name: StaticString, _ value: StaticString) {
        bytes.append(name)
        bytes.append(": ")
        bytes.append(value)
        bytes.append("\r\n")
    }

    public mutating func field(_ name: StaticString, _ value: Span<UInt8>) {
        bytes.append(name)
        bytes.append(": ")
        bytes.append(value)
        bytes.append("\r\n")
    }

    /// Ends the head of a request without a body.
    public mutating func end() {
        bytes.append("\r\n")
    }

    /// Ends the head and adds the body.
    public mutating func end(body: Span<UInt8>) {
        bytes.append("Content-Length: ")
        bytes.append(decimal: body.count)
        bytes.append("\r\n\r\n")
        bytes.append(body)
    }
}
