import Foundation
import JOSE
import Keys
import TestSupport
import Testing
import URI

@testable import KeyFetching

/// Keys from a server that speaks TLS: sets, single keys, and files of trust anchors (AUDIT 17, 18).
@Suite(.serialized, .enabled(if: PythonPeers.areAvailable, "needs python3 with the package cryptography"))
struct ServedKeysTests {
    private let peer: HTTPSPeer

    init() throws { peer = try HTTPSPeer("1.3") }

    private func settings(_ bundle: String? = nil) -> FetchSettings {
        var settings = FetchSettings()
        settings.caBundle = Array((bundle ?? peer.authority).utf8)
        (settings.connectMilliseconds, settings.handshakeMilliseconds) = (10_000, 10_000)
        (settings.readMilliseconds, settings.fetchMilliseconds) = (10_000, 20_000)
        return settings
    }

    private func source(_ path: String) throws -> KeySource {
        .url(try URL(Array(peer.address(path).utf8).span))
    }

    private func failure(_ fetcher: KeyFetcher, kid: String? = nil) -> KeyFetchError? {
        do throws(KeyFetchError) {
            _ = try fetcher.fetch(until: .never, kid: kid.map { Array($0.utf8) })
        } catch {
            return error
        }
        return nil
    }

    @Test func aSetThatIsUnchangedIsNotSentAgain() throws {
        try peer.put("keys", TestIssuer.first.keySet)
        let supply = try KeySupply(IssuerKeys(sources: [source("/keys")]), settings())
        #expect(supply.addressCount == 1 && supply.proxyName == nil)
        for (isUnchanged, word) in [(false, "new"), (true, "kept")] {
            let fetched = try supply.fetch(address: 0)
            #expect(fetched.isUnchanged == isUnchanged && fetched.connection.map { "\($0)" } == word)
            #expect(fetched.keySet.keys.map { $0.kid } == [Array("key-1".utf8)])
            // A second may have passed since the server's Date.
            #expect((298...300).contains(fetched.maxAgeSeconds ?? 0) && fetched.tls?.version == .tls13)
            #expect(supply.lastExchange(address: 0).steps[.http] > 0)
            #expect(abs(supply.lastExchange(address: 0).clockAheadSeconds ?? 99) <= 2)
        }
        // Another length is another ETag.
        try peer.put("keys", Array("{\"keys\":[\(TestIssuer.second.jwk()),\(TestIssuer.first.jwk())]}".utf8))
        let fetched = try supply.fetch(address: 0)
        #expect(!fetched.isUnchanged && fetched.keySet.keys.count == 2)
        try peer.put("keys", nil)
        do throws(FetchFailure) {
            _ = try supply.fetch(address: 0)
            Issue.record("a set that is gone was fetched")
        } catch { #expect(error.status == 404) }
    }

    /// The time of a bundle comes before its server's, and a bundle without keys is one.
    @Test func aBundle() throws {
        let jwk = TestIssuer.first.jwk(#","use":"jwt-svid""#)
        let supply = try KeySupply(IssuerKeys(sources: [source("/keys")], isBundle: true), settings())
        for (text, count, seconds) in [
            (#"{"keys":[\#(jwk),\#(TestIssuer.second.jwk())],"spiffe_refresh_hint":77}"#, 1, 77),
            (#"{"keys":[\#(jwk)]}"#, 1, 300),
            (#"{"keys":[]}"#, 0, 300), (#"{"keys":null,"spiffe_refresh_hint":60}"#, 0, 60),
        ] as [(String, Int, Int64)] {
            try peer.put("keys", bytes(text))
            let fetched = try supply.fetch(address: 0)
            #expect(fetched.keySet.keys.count == count && fetched.maxAgeSeconds == seconds, "\(text)")
        }
        try peer.put("keys", bytes("{}"))
        do throws(FetchFailure) {
            _ = try supply.fetch(address: 0)
            Issue.record("no bundle")
        } catch { #expect(error.status == nil) }
    }

    private static let kid = "12345678-1234-1234-1234-123456789012"

    /// A point of P-256 as a public key (RFC 5480 §2): the generator (SP 800-186 §3.2.1.3), or one whose Y ends otherwise.
    private static func pem(lastByte: String = "f5") -> [UInt8] {
        let point =
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51" + lastByte
        let der = hexBytes("3059301306072a8648ce3d020106082a8648ce3d030107034200" + point)
        return bytes(
            "-----BEGIN PUBLIC KEY-----\n\(Data(der).base64EncodedString())\n-----END PUBLIC KEY-----\n")
    }

    /// A load balancer's key has an address of its own.
    @Test func aKeyByItsID() throws {
        try peer.put(Self.kid, Self.pem())
        let fetcher = KeyFetcher(try source("/"), settings(), isPerKey: true)
        let fetched = try fetcher.fetch(until: .never, kid: Array(Self.kid.utf8))
        #expect(fetched.keySet.keys.map { $0.kid } == [Array(Self.kid.utf8)])
        // Without a key ID: the host answers, and does not have that key.
        #expect(try fetcher.fetch(until: .never, kid: nil).keySet.keys.isEmpty)
        let absent = failure(fetcher, kid: "12345678-1234-1234-1234-123456789013")
        #expect(absent?.absenceStatus == 404)
        try peer.put(Self.kid, Array("<html>".utf8))
        guard case .publicKey? = failure(fetcher, kid: Self.kid) else {
            Issue.record("no PEM was taken for a key")
            return
        }
        try peer.put(Self.kid, Self.pem(lastByte: "f4"))
        // A fetcher without a memory: the server's ETag is the length, which is that of the good key. Which of the two readers
        // finds it does not matter: no key comes of it.
        switch failure(KeyFetcher(try source("/"), settings(), isPerKey: true), kid: Self.kid) {
        case .publicKey?, .noUsableKey?: break
        case let other: Issue.record("a point off the curve: \(String(describing: other))")
        }
    }

    /// CA_BUNDLE takes precedence; a fault of it is what is reported, not that the server is unknown.
    @Test func anInvalidFileOfAnchors() throws {
        try peer.put("keys", TestIssuer.first.keySet)
        try peer.put("empty.pem", [])
        try peer.put("other.pem", Array("no certificate".utf8))
        for name in ["absent.pem", "empty.pem", "other.pem"] {
            let fetcher = KeyFetcher(try source("/keys"), settings("\(peer.folder.path)/\(name)"))
            guard case .trust(let fault)? = failure(fetcher) else {
                Issue.record("\(name) was of use")
                continue
            }
            #expect("\(fault.reasonCode)" != "" && "\(FetchFailure(.trust(fault)).stage)" == "trust")
        }
        // Also where no server is reached at all.
        let nowhere = try URL(Array("https://127.0.0.1:1/keys".utf8).span)
        guard case .trust? = failure(KeyFetcher(.url(nowhere), settings("\(peer.folder.path)/absent.pem")))
        else {
            Issue.record("the network's fault hides the file's")
            return
        }
        guard case .http? = failure(KeyFetcher(.url(nowhere), settings())) else {
            Issue.record("a connection to nobody")
            return
        }
    }

    /// Without a setting the system's anchors are used, or none is found: never an empty set.
    @Test func theSystemsAnchors() {
        do throws(TrustStoreError) {
            let store = try TrustStore.open(bundle: nil)
            #expect(!store.path.isEmpty)
        } catch { #expect(error == .noneFound || "\(error)".contains("path")) }
    }

    @Test func aServersCertificateIsNamedInItsFailure() throws {
        try peer.put("keys", TestIssuer.first.keySet)
        let other = try HTTPSPeer("1.2")
        let fault = try #require(failure(KeyFetcher(try source("/keys"), settings(other.authority))))
        let report = FetchFailure(fault)
        #expect("\(report.stage)" == "certificate" && report.advice.utf8CodeUnitCount > 10)
        // In the log the alert is named, and a certificate where one is at fault.
        #expect("\(report.meaning)".contains("certificate"))
    }
}
