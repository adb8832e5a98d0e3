import Foundation
import JOSE
import Keys
import Settings
import TestSupport
import Testing
import URI

@testable import Authorizer
@testable import LambdaRuntime

/// A server that accepts connections and never responds.
final class SilentServer {
    private let listener = LoopbackListener()

    var port: UInt16 { listener.port }

    var address: String { "http://127.0.0.1:\(port)/keys" }
}

/// An issuer or an address that hangs does not use up the time of the others (AUDIT 19, 26).
@Suite struct DeciderTests {
    private let folder: TemporaryFolder
    private let silent = SilentServer()
    private let log = Log(level: .fatal)

    init() throws { folder = try TemporaryFolder() }

    /// - Parameter sources: an issuer's first address, and an optional fallback address.
    private func settings(_ sources: [(iss: String, addresses: [String])], _ further: (String, String)...)
        throws -> Settings
    {
        let issuers = sources.map { iss, addresses in
            let fallback = addresses.count > 1 ? #","fallback_jwks_uri":"\#(addresses[1])""# : ""
            return #"{"issuer":"\#(iss)","jwks_uri":"\#(addresses[0])"\#(fallback)}"#
        }
        let rules = #"{"issuers":[\#(issuers.joined(separator: ","))]}"#
        let pairs = [("RESOURCE", "*"), ("RULES", rules)] + further
        return try Settings(environment: variables(pairs))
    }

    private func event(_ issuer: TestIssuer, iss: String) -> [UInt8] {
        let token = issuer.token(#"{"iss":"\#(iss)","sub":"alice","exp":9000000000}"#)
        return Array(
            #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                .utf8)
    }

    /// One issuer's server hangs. With all of the time it would leave no time for the next issuer.
    @Test func aHangingIssuerDoesNotDelayOthers() throws {
        let good = try folder.write("good.json", TestIssuer.second.keySet)
        let settings = try settings(
            [("slow", [silent.address]), ("quick", [good]), ("quick too", [good])],
            ("KEYS_PREFETCH_TIMEOUT_MS", "300"), ("KEYS_FETCH_TIMEOUT_MS", "25000"))
        var decider = try Decider(settings, log: log)
        decider.keys.prefetch()
        #expect(
            decider.keys.ring[0].schedule.lastFetchFailed
                && decider.keys.ring[0].ageSeconds(nowSeconds: 0) == nil)
        for issuer in [1, 2] as [IssuerIndex] {
            let cache = decider.keys.ring[issuer]
            #expect(!cache.schedule.lastFetchFailed && cache.schedule.lastFetchSeconds != nil)
        }
        // A token of the second issuer is decided. A token of the first finds no keys and, during the back-off, causes no
        // fetch.
        #expect(
            decider.decide(event: event(.second, iss: "quick")).reasonCode.description == "allowed")
        #expect(
            decider.decide(event: event(.second, iss: "nobody")).reasonCode.description == "issuer_unknown")
    }

    /// An address that hangs uses only its share of the time.
    @Test func aHangingAddressDoesNotDelayTheNext() throws {
        let good = try folder.write("good.json", TestIssuer.first.keySet)
        let settings = try settings([("a", [silent.address, good])], ("KEYS_FETCH_TIMEOUT_MS", "300"))
        var decider = try Decider(settings, log: log)
        #expect(decider.decide(event: event(.first, iss: "a")).reasonCode.description == "allowed")
        #expect(decider.keys.ring[0].keySetAddress == 1 && !decider.keys.ring[0].schedule.lastFetchFailed)
    }

    /// Between two events there is one fetch, for the issuer that has waited longest.
    @Test func idleRefreshRenewsOneIssuer() throws {
        let good = try folder.write("good.json", TestIssuer.first.keySet)
        let settings = try settings(
            [("a", [good]), ("b", [good]), ("c", [good])], ("KEYS_PREFETCH_TIMEOUT_MS", "0"))
        let decider = try Decider(settings, log: log)
        decider.keys.prefetch()
        for round in 0...3 {
            let fetched = decider.keys.ring.indices.filter {
                decider.keys.ring[$0].schedule.lastFetchSeconds != nil
            }
            #expect(fetched.map(\.position) == Array(0..<round))
            decider.keys.refreshIfNeeded()
        }
    }

    @Test func aReloadReportsEachIssuer() throws {
        let good = try folder.write("good.json", TestIssuer.first.keySet)
        let bad = try folder.write("bad.json", Array("{}".utf8))
        let settings = try settings([("a", [bad, good]), ("b", [bad])])
        let decider = try Decider(settings, log: log)
        func reload() -> String {
            String(
                decoding: decider.keys.reloadKeys(until: .never, requestID: nil),
                as: UTF8.self)
        }
        #expect(
            reload()
                == #"{"authorizer":"reload-keys","issuers":[{"issuer":"a","result":"fetched","address":1,"keys":1,"skipped":0,"failures":[{"address":0,"reason":"keyset_form"}]},{"issuer":"b","result":"failed","failures":[{"address":0,"reason":"keyset_form"}]}]}"#
        )
        let again = reload()
        #expect(again.components(separatedBy: #""result":"too soon","retryAfterSeconds":"#).count == 3)
    }
}
