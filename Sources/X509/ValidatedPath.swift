// ValidatedPath.swift - a validated path, and the functions that search for one.
//
// Spec:    RFC 5280 §6; RFC 9525 §6.
// Secret:  no.
// Reads:   PathSearch, HostName, TrustAnchors, PathError; Bytes. Read by: PathSearch; TLS, Conformance, CommandLine.

import Bytes

/// The certificates from a server's to a trust anchor's, each verified with the next.
public struct ValidatedPath: Equatable, Sendable {
    /// The server's certificate first, the anchor last. There is only one certificate if the server's is the anchor.
    public let certificates: [Certificate]
    /// The server's key.
    public let leafPublicKey: PublicKey
}

/// Finds a path from a TLS server's certificate to a trust anchor, and checks the host name.
///
/// - Parameters:
///   - presented: the certificates that the server sent, in DER. The first is its own. The others may be in any order and may
///     be superfluous.
///   - anchors: the authorities to trust.
///   - hostName: a DNS name or an IP address, in the form of `HostName`.
///   - nowSeconds: the current time in seconds since 1970.
/// - Throws: the most specific failed check. The path is valid if the function returns.
/// - Source: RFC 5280 §6.1, RFC 9525 §6.
public func validatePath(
    presented: [[UInt8]], anchors: TrustAnchors, hostName: [UInt8], nowSeconds: Int64
) throws(PathError) -> ValidatedPath {
    let host: HostName
    do throws(X509Error) { host = try HostName(hostName.span) } catch { throw PathError(.hostNameForm, nil) }
    var search = PathSearch(anchors: anchors, purpose: .server, host: host, nowSeconds: nowSeconds)
    return try search.run(presented)
}

/// Finds a path from a certificate to a trust anchor, without checks of a purpose or a host name.
///
/// - Parameters: as for `validatePath`.
/// - Throws: the most specific failed check. The path is valid if the function returns.
/// - Source: RFC 5280 §6.1.
public func buildPath(
    presented: [[UInt8]], anchors: TrustAnchors, nowSeconds: Int64
) throws(PathError) -> ValidatedPath {
    var search = PathSearch(anchors: anchors, purpose: .any, host: nil, nowSeconds: nowSeconds)
    return try search.run(presented)
}

/// The result of a search for a server's path.
public struct PathReport: Sendable {
    /// The path, or nil.
    public let path: ValidatedPath?
    /// The most specific failure if there is no path.
    public let error: PathError?
    /// The paths that could not be continued, in the order of the search; at most `X509Limits.reportedAttemptCount`.
    public let attempts: [PathAttempt]
}

/// A path that could not be continued.
public struct PathAttempt: Sendable {
    /// From the server's certificate to the last one that was checked.
    public let certificates: [CertificateDescription]
    public let error: PathError
}

/// Searches like `validatePath`, and reports each path that was tried.
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
