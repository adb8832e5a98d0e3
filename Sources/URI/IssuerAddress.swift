// IssuerAddress.swift - an issuer's URL, and the URLs of its metadata document.
//
// Spec:    OpenID Connect Discovery 1.0 §4; RFC 8414 §3; AUDIT 17, 18.
// Secret:  no.
// Reads:   URL, URLError; Bytes. Read by: Keys (KeySource), Settings, KeyFetching (DiscoveryDocument),
//          Reports.

import Bytes

/// The two forms of the metadata document's URL.
package enum DiscoveryForm: CaseIterable {
    /// OpenID Connect Discovery 1.0 §4: the well-known path follows the issuer's path.
    case openID
    /// RFC 8414 §3: the well-known path precedes the issuer's path.
    case oauth
}

/// An issuer that is a URL.
public struct IssuerAddress: Equatable, Sendable {
    /// The issuer as it is in tokens (`iss`).
    public let text: [UInt8]
    package let url: URL

    /// - Parameter issuer: the issuer as it is in tokens (`iss`).
    /// - Returns: nil unless it is an https URL, or a loopback http one, without a query.
    public init?(_ issuer: [UInt8]) {
        do throws(URLError) { url = try URL(issuer.span) } catch { return nil }
        guard url.scheme == .https || url.isLoopback, !url.hasQuery else { return nil }
        text = issuer
    }

    /// The URL of the metadata document.
    ///
    /// - Throws: `tooLong`.
    package func document(_ form: DiscoveryForm) throws(URLError) -> URL {
        // Both forms omit a slash at the end of the path.
        var path = url.target
        if path.last == 0x2F { path.removeLast() }
        var address = [UInt8](url.scheme == .https ? "https://" : "http://")
        address.append(url.hostAndPort.span)
        switch form {
        case .openID:
            address.append(path.span)
            address.append("/.well-known/openid-configuration")
        case .oauth:
            address.append("/.well-known/oauth-authorization-server")
            address.append(path.span)
        }
        return try URL(address.span)
    }
}
