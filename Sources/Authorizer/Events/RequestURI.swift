// RequestURI.swift - which method and which URI did the client use?
//
// Spec:    RFC 3986 §3, §6.2.2, §6.2.3; RFC 9449 §4.3 (htm, htu); API Gateway Developer Guide, "Choose how your
//          API works with custom domain names".
// Secret:  no.
// Reads:   Event; Bytes, JSON. Read by: SenderConstraint, SenderPolicy, the commands.
//
// An event holds no URI. It holds the host name that the client called, and a path, whose beginning
// depends on how the API is reached:
//
// - REST API: `requestContext.path` is the path as the client wrote it, with the stage on the API's own
//   name and with the base path on a custom domain; `path` lacks the stage.
// - HTTP API: `requestContext.path` (1.0) and `requestContext.http.path` (2.0) hold the stage on the API's
//   own name. What they hold behind an API mapping is told differently by different people.
// - Behind CloudFront or another proxy the host name is the gateway's, not the client's.
//
// Where that is not what the client wrote, DPOP_ORIGINS says what to put before the path of the
// route, which is the path without stage and base path.

import Bytes
import JSON

extension Event {
    /// The method, as the client wrote it; nil where the caller does not say.
    public var method: [UInt8]? {
        switch caller {
        case .restRequest, .httpAPI1: root.member("httpMethod")?.stringBytes
        case .httpAPI2: root.member("requestContext")?.member("http")?.member("method")?.stringBytes
        case .restToken, .webSocket, .appSync, .iotCore: nil
        }
    }

    /// The normal forms of the URIs that the client may have used, without query; none where the caller does not say.
    ///
    /// - Parameter origins: normal forms of URIs to put before the route's path; none: the host that was called.
    public func requestURIs(behind origins: [[UInt8]]) -> [[UInt8]] {
        if origins.isEmpty {
            guard let host = domainName, let authority = normalAuthority(host.span), let path = pathAsWritten,
                path.first == 0x2F
            else { return [] }
            return normalURI(of: ([UInt8]("https://") + authority + escaped(path)).span).map { [$0] } ?? []
        }
        guard let path = routePath, path.isEmpty || path.first == 0x2F else { return [] }
        var uris: [[UInt8]] = []
        for origin in origins {
            if let uri = normalURI(of: (origin + escaped(path)).span) { uris.append(uri) }
        }
        return uris
    }

    private var pathAsWritten: [UInt8]? {
        let context = root.member("requestContext")
        switch caller {
        case .restRequest, .httpAPI1: return context?.member("path")?.stringBytes
        case .httpAPI2: return context?.member("http")?.member("path")?.stringBytes
        case .restToken, .webSocket, .appSync, .iotCore: return nil
        }
    }

    /// The path without stage and base path: for REST what the gateway compares with a policy.
    private var routePath: [UInt8]? {
        switch caller {
        case .restRequest, .httpAPI1: return arn.map { [UInt8]($0.path) }
        case .httpAPI2:
            guard let path = pathAsWritten, let arn else { return nil }
            let stage = arn.stage.count
            guard path.count > stage, path[0] == 0x2F, bytesEqual(path.span.extracting(1...stage), arn.stage),
                path.count == stage + 1 || path[stage + 1] == 0x2F
            else { return path }
            return [UInt8](path.span.extracting((stage + 1)..<path.count))
        case .restToken, .webSocket, .appSync, .iotCore: return nil
        }
    }
}

/// The normal form of an https URI without its query and fragment; nil for what is none.
///
/// - Source: RFC 3986 §6.2.2 (case, escapes, dot segments) and §6.2.3 (default port, empty path).
func normalURI(of text: Span<UInt8>) -> [UInt8]? {
    let scheme: StaticString = "https://"
    let start = scheme.utf8ByteCount
    guard text.count > start, bytesEqualIgnoringASCIICase(text.extracting(0..<start), scheme) else {
        return nil
    }
    // §3.2: the authority ends at the next slash, question mark or number sign.
    var end = start
    while end < text.count, text[end] != 0x2F, text[end] != 0x3F, text[end] != 0x23 { end += 1 }
    guard let authority = normalAuthority(text.extracting(start..<end)) else { return nil }
    var pathEnd = end
    while pathEnd < text.count, text[pathEnd] != 0x3F, text[pathEnd] != 0x23 { pathEnd += 1 }
    guard let path = normalPath(text.extracting(end..<pathEnd)) else { return nil }
    return [UInt8](scheme) + authority + path
}

/// A host name in small letters, and a port other than 443. No user information, no IP literal.
private func normalAuthority(_ text: Span<UInt8>) -> [UInt8]? {
    var authority: [UInt8] = []
    var index = 0
    while index < text.count, text[index] != 0x3A {
        switch text[index] {
        case 0x30...0x39, 0x61...0x7A, 0x41...0x5A, 0x2D, 0x2E, 0x5F:
            authority.append(asciiLowercased(text[index]))
        default: return nil
        }
        index += 1
    }
    guard !authority.isEmpty else { return nil }
    let port = text.extracting(index..<text.count)
    for place in port.indices where place > 0 {
        guard port[place] >= 0x30, port[place] <= 0x39 else { return nil }
    }
    // §6.2.3: an empty port and the scheme's own are no port.
    if port.count > 1, !bytesEqual(port, ":443") { authority.append(port) }
    return authority
}

/// The path with its escapes in normal form and without dot segments; `/` if it is empty.
private func normalPath(_ text: Span<UInt8>) -> [UInt8]? {
    var path: [UInt8] = []
    path.reserveCapacity(text.count + 1)
    var index = 0
    while index < text.count {
        let byte = text[index]
        if byte != 0x25 {
            guard isPathByte(byte) else { return nil }
            path.append(byte)
            index += 1
            continue
        }
        guard index + 2 < text.count, let high = Hex.value(text[index + 1]),
            let low = Hex.value(text[index + 2])
        else { return nil }
        let value = high << 4 | low
        // §6.2.2.2: an unreserved character needs no escape; §6.2.2.1: the others in capital letters.
        if isUnreserved(value) { path.append(value) } else { appendEscape(of: value, to: &path) }
        index += 3
    }
    return withoutDotSegments(path.span)
}

/// §5.2.4, for a path that begins with a slash or is empty.
private func withoutDotSegments(_ path: Span<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(path.count + 1)
    var start = 0
    while start < path.count {
        // A slash and the segment behind it.
        var end = start + 1
        while end < path.count, path[end] != 0x2F { end += 1 }
        let segment = path.extracting((start + 1)..<end)
        let isDot = bytesEqual(segment, ".")
        let isDoubleDot = bytesEqual(segment, "..")
        if isDoubleDot {
            while let last = result.popLast(), last != 0x2F {}
        }
        if !isDot && !isDoubleDot {
            result.append(path.extracting(start..<end))
        } else if end == path.count {
            result.append(0x2F)
        }
        start = end
    }
    return result.isEmpty ? [0x2F] : result
}

/// A path out of an event with the bytes escaped that no URI holds: the gateway may have decoded it.
private func escaped(_ path: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(path.count)
    for byte in path {
        if byte == 0x25 || isPathByte(byte) { text.append(byte) } else { appendEscape(of: byte, to: &text) }
    }
    return text
}

private func appendEscape(of byte: UInt8, to text: inout [UInt8]) {
    text.append(0x25)
    for digit in [byte >> 4, byte & 0x0F] { text.append(digit < 10 ? 0x30 + digit : 0x41 + digit - 10) }
}

/// RFC 3986 §3.3: pchar but for escapes, and the slash.
private func isPathByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x21, 0x24, 0x26...0x2C, 0x2F, 0x3A, 0x3B, 0x3D, 0x40: true
    default: isUnreserved(byte)
    }
}
