// DiscoveryDocument.swift - where an issuer says that its keys are.
//
// Spec:    OpenID Connect Discovery 1.0 §4; RFC 8414 §3; security-checklist 18.
// Secret:  no.
// Reads:   HTTP (URL), JSON, KeyFetchError, Limits. Read by: KeyFetcher.

import Bytes
import HTTP
import JSON

/// The two places where an issuer's document may be.
enum DiscoveryForm: CaseIterable {
    /// OpenID Connect Discovery 1.0 §4: behind the issuer's path.
    case openID
    /// RFC 8414 §3: before the issuer's path.
    case oauth
}

/// An issuer as a URL.
struct IssuerAddress {
    private let text: [UInt8]
    private let url: URL

    /// - Parameter issuer: as its tokens have it.
    /// - Returns: nil unless it is an https URL, or a loopback http one, without a query.
    init?(_ issuer: [UInt8]) {
        do throws(URLError) { url = try URL(issuer.span) } catch { return nil }
        guard url.scheme == .https || url.isLoopback, !url.target.contains(0x3F) else { return nil }
        text = issuer
    }

    /// Where the document is looked for.
    ///
    /// - Throws: `tooLong`.
    func document(_ form: DiscoveryForm) throws(URLError) -> URL {
        // Both: a slash that ends the path is left out.
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

    /// The address of the keys, out of the document.
    ///
    /// - Throws: the first fault.
    /// - Source: OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3: the issuer within must be this one,
    ///   byte for byte.
    func keys(from document: [UInt8]) throws(DiscoveryError) -> URL {
        let parsed: JSONDocument
        do throws(JSONError) {
            parsed = try JSONDocument(parsing: document, limits: LambdaLimits.discovery)
        } catch { throw .json(error) }
        guard parsed.root.kind == .object else { throw .notObject }
        guard let issuer = parsed.root.member("issuer"), issuer.kind == .string else { throw .issuerMissing }
        guard issuer.isString(text.span) else { throw .issuerMismatch }
        guard let address = parsed.root.member("jwks_uri")?.stringBytes else { throw .addressMissing }
        let keys: URL
        do throws(URLError) { keys = try URL(address.span) } catch { throw .address(error) }
        // Security-checklist 17, 18: https; on this machine alone http, if the issuer's is so too.
        guard keys.scheme == .https || (url.scheme == .http && keys.isLoopback) else {
            throw .addressNotSecure
        }
        return keys
    }
}
