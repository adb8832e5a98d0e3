// ValidatedPath.swift - a path that holds, and how to ask for one.
//
// Spec:    RFC 5280 §6; RFC 9525 §6.
// Secret:  no.
// Reads:   PathSearch, HostName, TrustAnchors, PathError. Read by: TLS, Bootstrap, Conformance.

import Bytes

/// Certificates from a server's to a trust anchor's, each checked against the next.
public struct ValidatedPath: Equatable, Sendable {
    /// The server's first, the anchor last.
    public let certificates: [Certificate]
    /// The server's key.
    public let leafPublicKey: PublicKey
}

/// Finds a path from a TLS server's certificate to a trust anchor, and checks the host's name.
///
/// - Parameters:
///   - presented: what the server sent, in DER; its own certificate is the first, the others may
///     stand in any order and be superfluous.
///   - anchors: the authorities to trust.
///   - hostName: a DNS name or an IP address, as `HostName` takes it.
///   - nowSeconds: since 1970.
/// - Throws: the most telling failed check. Returning at all means "valid".
/// - Source: RFC 5280 §6.1, RFC 9525 §6.
public func validatePath(
    presented: [[UInt8]], anchors: TrustAnchors, hostName: [UInt8], nowSeconds: Int64
) throws(PathError) -> ValidatedPath {
    let host: HostName
    do throws(X509Error) { host = try HostName(hostName.span) } catch { throw PathError(.hostNameForm, nil) }
    var search = PathSearch(anchors: anchors, purpose: .server, host: host, nowSeconds: nowSeconds)
    return try search.run(presented)
}

/// Finds a path from a certificate to a trust anchor, for no purpose and no host in particular.
///
/// - Parameters: as for `validatePath`.
/// - Throws: the most telling failed check. Returning at all means "valid".
/// - Source: RFC 5280 §6.1.
public func buildPath(
    presented: [[UInt8]], anchors: TrustAnchors, nowSeconds: Int64
) throws(PathError) -> ValidatedPath {
    var search = PathSearch(anchors: anchors, purpose: .any, host: nil, nowSeconds: nowSeconds)
    return try search.run(presented)
}

/// What a search for a server's path came upon.
public struct PathReport: Sendable {
    /// The path, or nil.
    public let path: ValidatedPath?
    /// The most telling failure when there is no path.
    public let error: PathError?
    /// Each dead end, in the order they were met; at most `X509Limits.reportedAttemptCount`.
    public let attempts: [PathAttempt]
}

/// A path that could not be continued.
public struct PathAttempt: Sendable {
    /// From the server's certificate to the last one that was looked at.
    public let certificates: [CertificateDescription]
    public let error: PathError
}

/// Searches as `validatePath` does, and tells of each path tried.
///
/// - Parameters: as for `validatePath`.
public func examinePath(
    presented: [[UInt8]], anchors: TrustAnchors, hostName: [UInt8], nowSeconds: Int64
) -> PathReport {
    let host: HostName
    do throws(X509Error) { host = try HostName(hostName.span) } catch {
        return PathReport(path: nil, error: PathError(.hostNameForm, nil), attempts: [])
    }
    var search = PathSearch(anchors: anchors, purpose: .server, host: host, nowSeconds: nowSeconds)
    search.keepsAttempts = true
    do throws(PathError) {
        return PathReport(path: try search.run(presented), error: nil, attempts: search.attempts)
    } catch { return PathReport(path: nil, error: error, attempts: search.attempts) }
}
