// KeyServerClient.swift - GET from a key set's server and from its issuer's, over connections that are kept.
//
// Spec:    RFC 9110 §9.3.1, §13.1.2 (If-None-Match); RFC 9112 §9; security-checklist 17, 19.
// Secret:  no.
// Reads:   TrustStore, KeyFetchError, Limits; HTTP, Platform. Read by: KeyFetcher.

import Authorizer
import Bytes
import HTTP
import JOSE
import Platform
import TLS
import X509

/// What an examination wants to know of an exchange.
struct LastExchange {
    var steps = ExchangeSteps()
    /// This machine's clock less the server's, by its Date header.
    var clockAheadSeconds: Int64?
}

/// Fetches from at most two hosts: the issuer's and the key set's. One fetch at a time.
final class KeyServerClient {
    private let proxies: ProxyRules?
    private let caBundle: [UInt8]?
    private let connectMilliseconds: Int64
    private let handshakeMilliseconds: Int64
    private let readMilliseconds: Int64
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

    init(_ settings: Settings, proxies: ProxyRules?) {
        self.proxies = proxies
        caBundle = settings.caBundle
        connectMilliseconds = settings.connectTimeoutMilliseconds
        handshakeMilliseconds = settings.handshakeTimeoutMilliseconds
        readMilliseconds = settings.readTimeoutMilliseconds
    }

    /// One GET. Redirects are not followed: the address is the settings' affair (security-checklist 17).
    ///
    /// - Parameters:
    ///   - entityTag: of the response at hand; the server may answer 304 then.
    ///   - limit: the most bytes of the body.
    /// - Returns: a response with status 200; with 304 only if `entityTag` was given.
    /// - Throws: `http`, `trust`.
    func get(
        _ url: URL, entityTag: [UInt8]? = nil, limit: Int, deadline: Deadline
    ) throws(KeyFetchError) -> HTTPResponse {
        last = LastExchange()
        var connection = take(to: url)
        let times = ExchangeTimes(
            connectMilliseconds: connectMilliseconds, handshakeMilliseconds: handshakeMilliseconds,
            writeMilliseconds: readMilliseconds, silenceMilliseconds: readMilliseconds, whole: deadline)
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
            // A file that is not there is told even if the network failed before it was needed.
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
    /// - Returns: with a fault nobody, who vouches for no server.
    private func openAnchors(_ fault: inout TrustStoreError?) -> TrustAnchors {
        do throws(TrustStoreError) { return try TrustStore.open(bundle: caBundle).anchors } catch {
            fault = error
            return TrustAnchors()
        }
    }

    /// The connection to a URL's host, taken out of those that are kept; the oldest one goes for a third host.
    private func take(to url: URL) -> HTTPConnection {
        for index in connections.indices where connections[index].leads(to: url) {
            return connections.remove(at: index)
        }
        if connections.count >= LambdaLimits.keptConnectionCount { connections.removeFirst() }
        return HTTPConnection(
            to: url, proxy: proxies?.proxy(for: url), idleSeconds: LambdaLimits.idleSeconds)
    }
}
