// DiscoveryDocument.swift - where an issuer's document says that its keys are.
//
// Spec:    OpenID Connect Discovery 1.0 §4.3; RFC 8414 §3.3; AUDIT 17, 18.
// Secret:  no.
// Reads:   KeyFetchError, Limits; URI (IssuerAddress, URL), JSON. Read by: KeyFetcher.

import JSON
import URI

extension IssuerAddress {
    /// The address of the keys, out of the document.
    ///
    /// - Throws: the first fault.
    /// - Source: OpenID Connect Discovery 1.0 §4.3, RFC 8414 §3.3: the issuer within must be this one,
    ///   byte for byte.
    func keys(from document: [UInt8]) throws(DiscoveryError) -> URL {
        let parsed: JSONDocument
        do throws(JSONError) {
            parsed = try JSONDocument(parsing: document, limits: FetchLimits.discovery)
        } catch { throw .json(error) }
        guard parsed.root.kind == .object else { throw .notObject }
        guard let issuer = parsed.root.member("issuer"), issuer.kind == .string else { throw .issuerMissing }
        guard issuer.isString(text.span) else { throw .issuerMismatch }
        guard let address = parsed.root.member("jwks_uri")?.stringBytes else { throw .addressMissing }
        let keys: URL
        do throws(URLError) { keys = try URL(address.span) } catch { throw .address(error) }
        // AUDIT 17, 18: https; on this machine alone http, if the issuer's is so too.
        guard keys.scheme == .https || (url.scheme == .http && keys.isLoopback) else {
            throw .addressNotSecure
        }
        return keys
    }
}
