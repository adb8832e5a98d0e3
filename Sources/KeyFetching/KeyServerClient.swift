// KeyServerClient.swift - GET from a key set's server and from its issuer's, over connections that are kept.
//
// Spec:    RFC 9110 §9.3.1, §13.1.2 (If-None-Match); RFC 9112 §9; AUDIT 17, 19.
// Secret:  no.
// Reads:   TrustStore, KeyFetchError, Limits; Keys (FetchSettings, Version), URI, HTTP, TLS, X509, Platform, Bytes, JOSE.
//          Read by: KeyFetcher.

import Bytes
import HTTP
import JOSE
import Keys
import Platform
import TLS
import URI
import X509

/// Facts about an exchange that `doctor` reports.
public struct LastExchange {
    public var steps = ExchangeSteps()
    /// This machine's clock less the server's, by its Date header.
    public var clockAheadSeconds: Int64?
}

/// Fetches from at most two hosts: the issuer's and the key set's. One fetch at a time.
final class KeyServerClient {
    private let settings: FetchSettings
    private var connections: [HTTPConnection] = []
    /// How the last response came.
    private(set) var summary: TLSSummary?
    private var wasKept = false
    /// When the steps of the last exchange were over, as far as it came.
    private(set) var last = LastExchange()

    /// What connection the last response came over.
    var connectionWord: StaticString {
        if wasKept { return "kept" }
        return summary?.resumed == true ? "resumed" : "new"
    }

    init(_ settings: FetchSettings) {
        self.settings = settings
    }

    /// One GET. Redirects are not followed: the address comes from the settings alone (AUDIT 17).
    ///
    /// - Parameters:
    ///   - entityTag: of the cached response; the server may answer 304 then.
    ///   - limit: the most bytes of the body.
    /// - Returns: a response with status 200; with 304 only if `entityTag` was given.
    /// - Throws: `http`, `trust`.
    func get(
        _ url: URL, entityTag: [UInt8]? = nil, limit: Int, deadline: Deadline
    ) throws(KeyFetchError) -> HTTPResponse {
        last = LastExchange()
        var connection = take(to: url)
        let times = ExchangeTimes(
            resolveMilliseconds: settings.resolveMilliseconds,
            connectMilliseconds: settings.connectMilliseconds,
            handshakeMilliseconds: settings.handshakeMilliseconds,
            writeMilliseconds: settings.readMilliseconds, silenceMilliseconds: settings.readMilliseconds,
            whole: deadline)
        let response: HTTPResponse
        var trustFault: TrustStoreError?
        do throws(HTTPError) {
            // A connection that failed is not kept, but what it has of a session is.
            defer {
                last.steps = connection.steps
                connections.append(connection)
            }
            response = try connection.exchange(
                request(url, entityTag), bodyLimit: .refuse(past: limit), times: times,
                anchors: { openAnchors(&trustFault) })
        } catch {
            // A missing file is reported even if the network failed before it was needed.
            if url.scheme == .https { _ = openAnchors(&trustFault) }
            throw trustFault.map { .trust($0) } ?? .http(error)
        }
        if let trustFault { throw .trust(trustFault) }
        last.steps.mark(.http)
        if let seconds = response.head.serverSeconds { last.clockAheadSeconds = Clock.wallSeconds - seconds }
        summary = connection.summary
        wasKept = connection.wasKept
        let status = response.head.status
        guard status == 200 || (status == 304 && entityTag != nil) else { throw .http(.status(status)) }
        return response
    }

    private func request(_ url: URL, _ entityTag: [UInt8]?) -> HTTPRequest {
        var request = HTTPRequest(get: url)
        var userAgent = [UInt8]("authorizer/")
        userAgent.append(productVersion)
        request.field("User-Agent", userAgent.span)
        request.field("Accept", "application/json, application/jwk-set+json, */*;q=0.1")
        if let entityTag { request.field("If-None-Match", entityTag.span) }
        request.end()
        return request
    }

    /// The anchors are opened for each handshake: it is minutes until the next, and a bundle has its size.
    ///
    /// - Returns: with a fault an empty set, which validates no server.
    private func openAnchors(_ fault: inout TrustStoreError?) -> TrustAnchors {
        do throws(TrustStoreError) { return try TrustStore.open(bundle: settings.caBundle).anchors } catch {
            fault = error
            return TrustAnchors()
        }
    }

    /// The connection to a URL's host, taken out of those that are kept; the oldest one goes for a third host.
    private func take(to url: URL) -> HTTPConnection {
        for index in connections.indices where connections[index].leads(to: url) {
            return connections.remove(at: index)
        }
        if connections.count >= FetchLimits.keptConnectionCount { connections.removeFirst() }
        return HTTPConnection(
            to: url, proxy: settings.proxies?.proxy(for: url), idleSeconds: FetchLimits.idleSeconds)
    }
}
