// KeyFetcher.swift - brings the key set from where the settings say.
//
// Spec:    RFC 9110; security-checklist 17 to 19, 21.
// Secret:  no.
// Reads:   HTTP, Platform, JOSE, Authorizer (Settings). Read by: Decider, the keys command.

import Authorizer
import Bytes
import HTTP
import JOSE
import Platform
import TLS

/// Why a key set could not be had.
public enum KeyFetchError: Error, Equatable, Sendable {
    case file(PlatformError)
    case http(HTTPError)
    /// There is nothing to hold the server's certificate against.
    case trust(TrustStoreError)
    case keySet(JOSEError)
    /// A well-formed set without a key that tokens can be verified with.
    case noUsableKey
    /// The invocation's deadline leaves no time for a fetch.
    case noTimeLeft

    /// A stable word for logs.
    public var reasonCode: StaticString {
        switch self {
        case .file(let error): error.reasonCode
        case .http(let error): error.reasonCode
        case .trust(let error): error.reasonCode
        case .keySet(let error): error.reasonCode
        case .noUsableKey: "keyset_without_keys"
        case .noTimeLeft: "fetch_no_time_left"
        }
    }
}

/// A key set, and how long its server lets it be used.
public struct FetchedKeys: Sendable {
    public let keySet: KeySet
    public let maxAgeSeconds: Int64?
    /// How the server was spoken to; nil for plain HTTP, files and settings.
    public let tls: TLSSummary?
}

/// The newest session with the key set's server.
private final class SessionStore {
    var session: TLSSession?
}

/// Fetches one key set, whenever asked.
public struct KeyFetcher {
    private enum Source {
        case file([UInt8])
        case inline([UInt8])
        case http(URL)
    }

    private let source: Source
    private let caBundle: [UInt8]?
    private let sessions = SessionStore()
    private let connectTimeoutMilliseconds: Int64
    private let fetchTimeoutMilliseconds: Int64

    /// - Throws: `uriForm`, `httpNotLoopback` for a URL that is not fetched from.
    public init(_ keySource: KeySource, _ settings: Settings) throws(SettingsError) {
        switch keySource {
        case .file(let path): source = .file(path)
        case .inline(let text): source = .inline(text)
        case .url(let text):
            let url: URL
            do throws(URLError) { url = try URL(text.span) } catch {
                throw SettingsError(.jwksURI, .uriForm)
            }
            guard url.scheme == .https || url.isLoopback else {
                throw SettingsError(.jwksURI, .httpNotLoopback)
            }
            source = .http(url)
        }
        caBundle = settings.caBundle
        connectTimeoutMilliseconds = settings.connectTimeoutMilliseconds
        fetchTimeoutMilliseconds = settings.fetchTimeoutMilliseconds
    }

    /// Fetches the set.
    ///
    /// - Parameter milliseconds: how long it may take at most; nil: what the settings say.
    public func fetch(within milliseconds: Int64? = nil) throws(KeyFetchError) -> FetchedKeys {
        let time = min(fetchTimeoutMilliseconds, milliseconds ?? fetchTimeoutMilliseconds)
        guard time > 0 else { throw .noTimeLeft }
        var maxAge: Int64?
        var summary: TLSSummary?
        let text: [UInt8]
        switch source {
        case .inline(let set): text = set
        case .file(let path):
            do throws(PlatformError) {
                text = try File.read(path: path, limit: JOSELimits.keySetByteCount)
            } catch { throw .file(error) }
        case .http(let url):
            let (response, tls) = try get(url, within: time)
            summary = tls
            maxAge = response.head.maxAgeSeconds
            text = response.body
        }
        let keySet: KeySet
        do throws(JOSEError) { keySet = try KeySet(parsing: text) } catch { throw .keySet(error) }
        guard !keySet.keys.isEmpty else { throw .noUsableKey }
        return FetchedKeys(keySet: keySet, maxAgeSeconds: maxAge, tls: summary)
    }

    private func get(
        _ url: URL, within milliseconds: Int64
    ) throws(KeyFetchError) -> (HTTPResponse, TLSSummary?) {
        let deadline = Deadline.after(milliseconds: milliseconds)
        let connectDeadline = Deadline.after(milliseconds: connectTimeoutMilliseconds).orEarlier(deadline)
        var request = HTTPRequest(get: url)
        var userAgent = [UInt8]("authorizer/")
        userAgent.append(productVersion)
        request.field("User-Agent", userAgent.span)
        request.field("Accept", "application/json, application/jwk-set+json")
        request.field("Connection", "close")
        request.end()
        // A connection a fetch: the next one is minutes away.
        var connection = HTTPConnection(host: url.host, port: url.port, parameters: try tlsParameters(url))
        let response: HTTPResponse
        do throws(HTTPError) {
            response = try connection.exchange(
                request, bodyLimit: .refuse(past: JOSELimits.keySetByteCount),
                connectDeadline: connectDeadline,
                writeDeadline: deadline, readDeadline: deadline)
        } catch { throw .http(error) }
        // Redirects are not followed: the address is the settings' affair (security-checklist 17).
        guard response.head.status == 200 else { throw .http(.status(response.head.status)) }
        if let session = connection.session { sessions.session = session }
        return (response, connection.summary)
    }

    /// The anchors are opened for each fetch: it is minutes until the next, and a bundle has its size.
    private func tlsParameters(_ url: URL) throws(KeyFetchError) -> TLSParameters? {
        guard url.scheme == .https else { return nil }
        let store: TrustStore
        do throws(TrustStoreError) { store = try TrustStore.open(bundle: caBundle) } catch {
            throw .trust(error)
        }
        return TLSParameters(anchors: store.anchors, session: sessions.session)
    }
}
