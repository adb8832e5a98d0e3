// RequestURI.swift - the method and the URI that the client used.
//
// Spec:    RFC 3986 §3, §6.2.2, §6.2.3; RFC 9449 §4.3 (htm, htu); API Gateway Developer Guide, "Choose how your
//          API works with custom domain names".
// Secret:  no.
// Reads:   Event; Bytes, JSON, URI. Read by: Authorizer (SenderCheck, SenderPolicy), the commands.
//
// An event contains no URI. It contains the host name that the client called, and a path, whose beginning
// depends on how the API is reached:
//
// - REST API: `requestContext.path` is the path as sent by the client. It starts with the stage on the API's own
//   host name and with the base path on a custom domain. `path` does not contain the stage.
// - HTTP API: `requestContext.path` (1.0) and `requestContext.http.path` (2.0) contain the stage on the API's
//   own host name. With an API mapping, reports differ: the stage, the mapping's key, or neither. The stage is
//   removed, unless the ARN's path contains it.
// - With CloudFront or another proxy, the host name is the gateway's, not the one that the client called.
//
// If this differs from the client's URI, DPOP_ORIGINS sets the prefixes of the route's path, which is the path
// without stage and base path.

import Bytes
import JSON
import URI

extension Event {
    /// The method as sent by the client; nil if the event does not contain it.
    public var method: [UInt8]? {
        switch caller {
        case .restRequest, .httpAPI1: root.member("httpMethod")?.stringBytes
        case .httpAPI2: root.member("requestContext")?.member("http")?.member("method")?.stringBytes
        case .restToken, .webSocket, .appSync, .iotCore: nil
        }
    }

    /// The normal forms of the URIs that the client may have used, without query; empty if the event does not contain them.
    ///
    /// - Parameter origins: normal forms of the URIs that precede the route's path; empty: the called host.
    public func requestURIs(behind origins: [[UInt8]]) -> [[UInt8]] {
        if origins.isEmpty {
            guard let host = domainName, let authority = normalAuthority(host.span), let path = pathAsWritten,
                path.first == 0x2F
            else { return [] }
            return normalURI(of: ([UInt8]("https://") + authority + escapedPath(path)).span).map { [$0] }
                ?? []
        }
        guard let path = routePath, path.isEmpty || path.first == 0x2F else { return [] }
        var uris: [[UInt8]] = []
        for origin in origins {
            if let uri = normalURI(of: (origin + escapedPath(path)).span) { uris.append(uri) }
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

    /// The path without stage and base path. For REST APIs this is the path that the gateway compares with a policy.
    private var routePath: [UInt8]? {
        switch caller {
        case .restRequest, .httpAPI1: return arn.map { [UInt8]($0.path) }
        case .httpAPI2:
            guard let path = pathAsWritten, let arn else { return nil }
            // On the API's own host name the path starts with the stage; on custom domains reports differ. In the ARN the
            // stage is a separate part. So a path that equals the ARN's path does not start with the stage.
            guard let rest = withoutStage(path.span, arn.stage) else { return path }
            if isPath(rest.span, ofARN: arn.path) { return rest }
            return isPath(path.span, ofARN: arn.path) ? path : rest
        case .restToken, .webSocket, .appSync, .iotCore: return nil
        }
    }
}

/// The path after a first segment that equals the stage; nil if the path does not start with the stage.
private func withoutStage(_ path: Span<UInt8>, _ stage: Span<UInt8>) -> [UInt8]? {
    let end = stage.count + 1
    guard path.count >= end, path[0] == 0x2F, bytesEqual(path.extracting(1..<end), stage),
        path.count == end || path[end] == 0x2F
    else { return nil }
    return [UInt8](path.extracting(end..<path.count))
}

/// Whether a path equals that of an ARN, percent-decoded or not. If the ARN contains the route's key, a segment
/// `{name}` matches any segment, and `{name+}` the rest of the path.
private func isPath(_ path: Span<UInt8>, ofARN pattern: Span<UInt8>) -> Bool {
    // An escaped slash may be decoded in only one of the two.
    if bytesEqual(percentDecoded(path).span, percentDecoded(pattern).span) { return true }
    var start = 0
    var patternStart = 0
    while patternStart < pattern.count {
        guard start < path.count else { return pattern.count == 1 && path.count == 0 }
        let end = path.firstIndex(of: 0x2F, from: start + 1)
        let patternEnd = pattern.firstIndex(of: 0x2F, from: patternStart + 1)
        let expected = pattern.extracting(patternStart..<patternEnd)
        let isVariable = expected.count > 2 && expected[1] == 0x7B && expected[expected.count - 1] == 0x7D
        if isVariable && expected[expected.count - 2] == 0x2B { return true }
        if !isVariable {
            let segment = percentDecoded(path.extracting(start..<end))
            guard bytesEqual(segment.span, percentDecoded(expected).span) else { return false }
        }
        start = end
        patternStart = patternEnd
    }
    return start == path.count || (pattern.count == 0 && path.count == 1)
}
