// KeyFetcher.swift - brings the key set from where the settings say.
//
// Spec:    RFC 9110, RFC 9111; OpenID Connect Discovery 1.0; security-checklist 17 to 19, 21.
// Secret:  no.
// Reads:   KeyServerClient, DiscoveryDocument, KeyFetchError; HTTP, X509, Platform, JOSE, Authorizer (Settings).
//          Read by: KeySupply.

import Authorizer
import Bytes
import HTTP
import JOSE
import Platform
import TLS
import X509

/// A key set, and how long its server lets it be used.
public final class FetchedKeys: Sendable {
    public let keySet: KeySet
    public let maxAgeSeconds: Int64?
    /// The server said that the set of the last fetch is still its own (status 304).
    public let isUnchanged: Bool
    /// How the server was spoken to; nil for plain HTTP, files and settings.
    public let tls: TLSSummary?
    /// `new`, `resumed` (a new one that begins with an earlier one's TLS session) or `kept` (an earlier
    /// fetch's own); nil for files and settings.
    public let connection: StaticString?

    init(
        _ keySet: KeySet, maxAgeSeconds: Int64? = nil, isUnchanged: Bool = false, tls: TLSSummary? = nil,
        connection: StaticString? = nil
    ) {
        self.keySet = keySet
        self.maxAgeSeconds = maxAgeSeconds
        self.isUnchanged = isUnchanged
        self.tls = tls
        self.connection = connection
    }
}

/// Fetches one key set, whenever asked. One fetch at a time (SharedKeys): what is kept for the next one has no lock.
public final class KeyFetcher {
    private enum Source {
        case file([UInt8])
        case inline([UInt8])
        case http(URL)
        case discovery(IssuerAddress)
    }

    /// What an earlier fetch leaves for the next one.
    private final class Memory {
        /// The last set that came with an ETag.
        var tagged: TaggedSet?
        /// Where the issuer said that its keys are, and when.
        var discovered: (url: URL, atSeconds: Int64)?
    }

    private final class TaggedSet {
        let url: URL
        let entityTag: [UInt8]
        let keySet: KeySet
        let lifetimeSeconds: Int64?

        init(_ url: URL, _ entityTag: [UInt8], _ keySet: KeySet, _ lifetimeSeconds: Int64?) {
            self.url = url
            self.entityTag = entityTag
            self.keySet = keySet
            self.lifetimeSeconds = lifetimeSeconds
        }
    }

    private let source: Source
    /// Whether a URL has a slash and a key's ID behind it.
    private let isSingle: Bool
    private let client: KeyServerClient
    private let memory = Memory()
    private let fetchTimeoutMilliseconds: Int64
    /// The proxy on the way to the first address, `host:port`; nil when there is none.
    public let proxyName: [UInt8]?

    /// - Parameter isSingle: whether a URL is that of a host with an address for each key.
    /// - Throws: `uriForm`, `httpNotLoopback`, `issuerForm` for a URL that is not fetched from; `proxyForm`.
    public init(_ keySource: KeySource, _ settings: Settings, isSingle: Bool = false) throws(SettingsError) {
        self.isSingle = isSingle
        var first: URL?
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
            guard !isSingle || !url.target.contains(0x3F) else { throw SettingsError(.jwksURI, .uriForm) }
            source = .http(url)
            first = url
        case .discovery(let issuer):
            guard let address = IssuerAddress(issuer) else { throw SettingsError(.issuer, .issuerForm) }
            do throws(URLError) { first = try address.document(.openID) } catch {
                throw SettingsError(.issuer, .issuerForm)
            }
            source = .discovery(address)
        }
        var proxies: ProxyRules?
        if let first, first.scheme == .https, let proxy = settings.httpsProxy {
            do throws(URLError) {
                proxies = try ProxyRules(proxy: proxy, exceptions: settings.noProxy)
            } catch { throw SettingsError(.httpsProxy, .proxyForm) }
        }
        proxyName = first.flatMap { proxies?.proxy(for: $0)?.name }
        client = KeyServerClient(settings, proxies: proxies)
        fetchTimeoutMilliseconds = settings.fetchTimeoutMilliseconds
    }

    /// How the last exchange with a server went.
    var lastExchange: LastExchange { client.last }

    /// Fetches the set.
    ///
    /// - Parameters:
    ///   - milliseconds: how long it may take at most; nil: what the settings say.
    ///   - kid: the key's ID, where each has an address of its own; nil: one that no key has, to see who answers.
    @inline(never)
    public func fetch(
        within milliseconds: Int64?, kid: [UInt8]?
    ) throws(KeyFetchError) -> FetchedKeys {
        let time = min(fetchTimeoutMilliseconds, milliseconds ?? fetchTimeoutMilliseconds)
        guard time > 0 else { throw .noTimeLeft }
        let deadline = Deadline.after(milliseconds: time)
        switch source {
        case .inline(let set): return FetchedKeys(try Self.parse(set))
        case .file(let path):
            let text: [UInt8]
            do throws(PlatformError) {
                text = try File.read(path: path, limit: JOSELimits.keySetByteCount)
            } catch { throw .file(error) }
            return FetchedKeys(try Self.parse(text))
        case .http(let url):
            return try isSingle ? fetchKey(url, kid, deadline) : fetch(url, deadline)
        case .discovery(let issuer): return try discoverAndFetch(issuer, deadline)
        }
    }

    private static func parse(_ text: [UInt8]) throws(KeyFetchError) -> KeySet {
        let keySet: KeySet
        do throws(JOSEError) { keySet = try KeySet(parsing: text) } catch { throw .keySet(error) }
        guard !keySet.keys.isEmpty else { throw .noUsableKey }
        return keySet
    }

    // MARK: Over HTTP

    /// - Parameter kid: of the one key that is there; nil: it is a set.
    private func fetch(
        _ url: URL, _ deadline: Deadline, kid: [UInt8]? = nil
    ) throws(KeyFetchError) -> FetchedKeys {
        var tagged = memory.tagged
        if let known = tagged, known.url != url { tagged = nil }
        let response = try client.get(
            url, entityTag: tagged?.entityTag,
            limit: kid == nil ? JOSELimits.keySetByteCount : LambdaLimits.publicKeyByteCount,
            deadline: deadline)
        var freshness = response.head.freshness(nowSeconds: Clock.wallSeconds)
        let keySet: KeySet
        let isUnchanged = response.head.status == 304
        if isUnchanged, let tagged {
            // RFC 9111 §4.3.4: what a 304 does not say holds as it was said before.
            freshness = Freshness(
                lifetimeSeconds: freshness.lifetimeSeconds ?? tagged.lifetimeSeconds,
                ageSeconds: freshness.ageSeconds)
            keySet = tagged.keySet
        } else {
            keySet =
                if let kid { try Self.parse(response.body, kid: kid) } else { try Self.parse(response.body) }
        }
        if let entityTag = response.head.entityTag ?? (isUnchanged ? tagged?.entityTag : nil) {
            memory.tagged = TaggedSet(url, entityTag, keySet, freshness.lifetimeSeconds)
        } else {
            memory.tagged = nil
        }
        return FetchedKeys(
            keySet, maxAgeSeconds: freshness.remainingSeconds, isUnchanged: isUnchanged,
            tls: client.summary, connection: client.connectionWord)
    }

    /// One key. Its ID is a UUID (ClaimRules.checkLoadBalancer): nothing that could lead elsewhere.
    private func fetchKey(
        _ base: URL, _ kid: [UInt8]?, _ deadline: Deadline
    ) throws(KeyFetchError) -> FetchedKeys {
        let name = kid ?? [UInt8]("00000000-0000-0000-0000-000000000000")
        do throws(KeyFetchError) { return try fetch(URL(base, name), deadline, kid: name) } catch {
            // That the host has no such key is what was to be seen.
            guard kid == nil, error.absenceStatus != nil else { throw error }
            return FetchedKeys(KeySet([]))
        }
    }

    private static func parse(_ text: [UInt8], kid: [UInt8]) throws(KeyFetchError) -> KeySet {
        let coordinates: [UInt8]
        do throws(X509Error) { coordinates = try p256Coordinates(pem: text.span) } catch {
            throw .publicKey(error)
        }
        do throws(SkipReason) { return KeySet([try JSONWebKey(kid: kid, p256: coordinates.span)]) } catch {
            throw .noUsableKey
        }
    }

    // MARK: Discovery

    /// The issuer is asked for the address once a day, and when there are no keys at the old one any more.
    private func discoverAndFetch(
        _ issuer: IssuerAddress, _ deadline: Deadline
    ) throws(KeyFetchError) -> FetchedKeys {
        if let known = memory.discovered {
            let age = Clock.wallSeconds - known.atSeconds
            if age >= 0 && age < LambdaLimits.discoverySeconds {
                do throws(KeyFetchError) {
                    return try fetch(known.url, deadline)
                } catch .http(.status(404)), .http(.status(410)) {
                    memory.discovered = nil
                }
            }
        }
        let url = try discover(issuer, deadline)
        memory.discovered = (url, Clock.wallSeconds)
        return try fetch(url, deadline)
    }

    private func discover(_ issuer: IssuerAddress, _ deadline: Deadline) throws(KeyFetchError) -> URL {
        var failure = KeyFetchError.noTimeLeft
        for form in DiscoveryForm.allCases {
            let response: HTTPResponse
            do throws(KeyFetchError) {
                let url: URL
                do throws(URLError) { url = try issuer.document(form) } catch {
                    throw .discovery(.address(error))
                }
                response = try client.get(
                    url, limit: LambdaLimits.discoveryByteCount, deadline: deadline)
            } catch {
                guard case .http(let reason) = error else { throw error }
                failure = .discovery(.http(reason))
                // RFC 8414 §5: who has no OpenID document may still have the other one.
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
