// KeyFetcher.swift - fetches keys from one configured source.
//
// Spec:    RFC 9110, RFC 9111; AUDIT 17 to 19, 21.
// Secret:  no.
// Reads:   KeyServerClient, DiscoveredAddress, KeyFetchError, Limits; Keys (KeySource, FetchSettings), URI, HTTP, TLS, X509,
//          Platform, JOSE, Bytes. Read by: KeySupply; LambdaRuntime.

import Bytes
import HTTP
import JOSE
import Keys
import Platform
import TLS
import URI
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

    package init(
        _ keySet: KeySet, maxAgeSeconds: Int64? = nil, isUnchanged: Bool = false, tls: TLSSummary? = nil,
        connection: StaticString? = nil
    ) {
        self.keySet = keySet
        // A bundle's own time comes first.
        self.maxAgeSeconds = keySet.refreshSeconds ?? maxAgeSeconds
        self.isUnchanged = isUnchanged
        self.tls = tls
        self.connection = connection
    }
}

/// Fetches from one source. One fetch at a time (SharedKeys): the state kept for the next one has no lock.
package final class KeyFetcher {
    private struct TaggedSet {
        let url: URL
        let entityTag: [UInt8]
        let keySet: KeySet
        let lifetimeSeconds: Int64?
    }

    private let source: KeySource
    /// Whether a slash and a key's ID are appended to a URL.
    private let isPerKey: Bool
    /// Whether the sets are SPIFFE bundles.
    private let isBundle: Bool
    private let client: KeyServerClient
    /// The last set that came with an ETag.
    private var tagged: TaggedSet?
    private var discovered = DiscoveredAddress()
    private let fetchMilliseconds: Int64
    /// The proxy for the first address, `host:port`; nil if none is used.
    package let proxyName: [UInt8]?

    /// - Parameters:
    ///   - isPerKey: whether a URL is that of a host with an address for each key.
    ///   - isBundle: whether the sets are SPIFFE bundles.
    package init(
        _ source: KeySource, _ settings: FetchSettings, isPerKey: Bool = false, isBundle: Bool = false
    ) {
        self.isBundle = isBundle
        self.source = source
        self.isPerKey = isPerKey
        var first: URL?
        switch source {
        case .file, .inline: break
        case .url(let url): first = url
        case .discovery(let issuer): first = issuer.url
        }
        proxyName = first.flatMap { settings.proxies?.proxy(for: $0)?.name }
        client = KeyServerClient(settings)
        fetchMilliseconds = settings.fetchMilliseconds
    }

    /// How the last exchange with a server went.
    var lastExchange: LastExchange { client.last }

    /// Fetches the set.
    ///
    /// - Parameters:
    ///   - deadline: when to give up; the settings' time for a fetch may end earlier.
    ///   - kid: the key's ID, where each has an address of its own; nil: one that no key has, to see who answers.
    @inline(never)
    package func fetch(
        until deadline: Deadline, kid: [UInt8]?
    ) throws(KeyFetchError) -> FetchedKeys {
        let deadline = deadline.orEarlier(.after(milliseconds: fetchMilliseconds))
        guard !deadline.hasPassed else { throw .noTimeLeft }
        switch source {
        case .inline(let set): return FetchedKeys(try parse(set))
        case .file(let path):
            let text: [UInt8]
            do throws(PlatformError) {
                text = try File.read(path: path, limit: JOSELimits.keySetByteCount)
            } catch { throw .file(error) }
            return FetchedKeys(try parse(text))
        case .url(let url):
            return try isPerKey ? fetchKey(url, kid, deadline) : fetch(url, deadline)
        case .discovery(let issuer):
            return try discovered.fetch(of: issuer, client, deadline) { url, deadline throws(KeyFetchError) in
                try fetch(url, deadline)
            }
        }
    }

    private func parse(_ text: [UInt8]) throws(KeyFetchError) -> KeySet {
        let keySet: KeySet
        do throws(JOSEError) {
            keySet = isBundle ? try KeySet(parsingBundle: text) : try KeySet(parsing: text)
        } catch { throw .keySet(error) }
        guard isBundle || !keySet.keys.isEmpty else { throw .noUsableKey(skipped: keySet.skipped) }
        return keySet
    }

    // MARK: Over HTTP

    /// - Parameter kid: of the one key that is there; nil: it is a set.
    private func fetch(
        _ url: URL, _ deadline: Deadline, kid: [UInt8]? = nil
    ) throws(KeyFetchError) -> FetchedKeys {
        let tagged = tagged?.url == url ? tagged : nil
        let response = try client.get(
            url, entityTag: tagged?.entityTag,
            limit: kid == nil ? JOSELimits.keySetByteCount : FetchLimits.publicKeyByteCount,
            deadline: deadline)
        var freshness = response.head.freshness(nowSeconds: Clock.wallSeconds)
        let keySet: KeySet
        let isUnchanged = response.head.status == 304
        if isUnchanged, let tagged {
            // RFC 9111 §4.3.4: a 304 updates only the fields that it has.
            freshness = Freshness(
                lifetimeSeconds: freshness.lifetimeSeconds ?? tagged.lifetimeSeconds,
                ageSeconds: freshness.ageSeconds)
            keySet = tagged.keySet
        } else {
            keySet =
                if let kid { try Self.parse(response.body, kid: kid) } else { try parse(response.body) }
        }
        if let entityTag = response.head.entityTag ?? (isUnchanged ? tagged?.entityTag : nil) {
            self.tagged = TaggedSet(
                url: url, entityTag: entityTag, keySet: keySet, lifetimeSeconds: freshness.lifetimeSeconds)
        } else {
            self.tagged = nil
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
            throw .noUsableKey(skipped: [KeySet.SkippedKey(index: 0, kid: kid, reason: error)])
        }
    }
}
