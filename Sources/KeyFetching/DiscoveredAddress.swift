// DiscoveredAddress.swift - the address of an issuer's keys, as the issuer's own document gives it.
//
// Spec:    OpenID Connect Discovery 1.0 §4; RFC 8414 §3, §5; AUDIT 18.
// Secret:  no.
// Reads:   DiscoveryDocument, KeyServerClient, KeyFetchError, Limits; URI, HTTP, Platform. Read by: KeyFetcher.

import HTTP
import Platform
import URI

/// Where an issuer said that its keys are. The document is read once a day, and whenever the keys cannot be fetched at the known
/// address: whatever the failure is, the keys may have moved. The back-off after failures bounds how often that happens.
///
/// The known address comes first until it fails; then the document comes first until keys have been fetched. So
/// neither a silent address nor a silent document uses up the time of the other in every fetch.
struct DiscoveredAddress {
    private var last: (url: URL, atSeconds: Int64)?
    /// Whether the last fetch there failed.
    private var isUnconfirmed = false

    /// Fetches an issuer's keys, and its document first or afterwards if that is needed.
    ///
    /// - Parameters:
    ///   - client: reads the document.
    ///   - fetchKeys: fetches the keys from an address.
    /// - Throws: `noTimeLeft`, `discovery`; what `client` and `fetchKeys` throw.
    mutating func fetch(
        of issuer: IssuerAddress, _ client: KeyServerClient, _ deadline: Deadline,
        fetchKeys: (URL, Deadline) throws(KeyFetchError) -> FetchedKeys
    ) throws(KeyFetchError) -> FetchedKeys {
        let url: URL
        if let known, isUnconfirmed {
            do throws(KeyFetchError) { url = try Self.discover(issuer, client, deadline.share(of: 2)) } catch
            {
                // Without the document the known address is the only one.
                return try settle { () throws(KeyFetchError) in try fetchKeys(known, deadline) }
            }
        } else if let known {
            let failure: KeyFetchError
            do throws(KeyFetchError) { return try fetchKeys(known, deadline) } catch { failure = error }
            isUnconfirmed = true
            // The failure at the known address is the one to report.
            do throws(KeyFetchError) { url = try Self.discover(issuer, client, deadline) } catch {
                throw failure
            }
            if url == known {
                last = (url, Clock.wallSeconds)
                throw failure
            }
        } else {
            url = try Self.discover(issuer, client, deadline)
        }
        last = (url, Clock.wallSeconds)
        return try settle { () throws(KeyFetchError) in try fetchKeys(url, deadline) }
    }

    /// The address of the last document, for a day.
    private var known: URL? {
        guard let last else { return nil }
        let age = Clock.wallSeconds - last.atSeconds
        return age >= 0 && age < FetchLimits.discoverySeconds ? last.url : nil
    }

    /// The address is in doubt unless the fetch succeeds.
    private mutating func settle(
        _ fetch: () throws(KeyFetchError) -> FetchedKeys
    ) throws(KeyFetchError) -> FetchedKeys {
        isUnconfirmed = true
        let fetched = try fetch()
        isUnconfirmed = false
        return fetched
    }

    private static func discover(
        _ issuer: IssuerAddress, _ client: KeyServerClient, _ deadline: Deadline
    ) throws(KeyFetchError) -> URL {
        var failure = KeyFetchError.noTimeLeft
        for form in DiscoveryForm.allCases {
            let response: HTTPResponse
            do throws(KeyFetchError) {
                let url: URL
                do throws(URLError) { url = try issuer.document(form) } catch {
                    throw .discovery(.address(error))
                }
                response = try client.get(
                    url, limit: FetchLimits.discoveryByteCount, deadline: deadline)
            } catch {
                guard case .http(let reason) = error else { throw error }
                failure = .discovery(.http(reason))
                // RFC 8414 §5: an issuer without an OpenID document may have the other one.
                guard reason == .status(404) else { throw failure }
                continue
            }
            do throws(DiscoveryError) { return try issuer.keys(from: response.body) } catch {
                throw .discovery(error)
            }
        }
        throw failure
    }
}
