import Foundation
import JOSE
import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

/// A server that takes connections and never says a word.
final class SilentServer {
    private let listener = LoopbackListener()

    var port: UInt16 { listener.port }

    var address: String { "http://127.0.0.1:\(port)/keys" }
}

@Suite struct DeciderTests {
    private let folder: String
    private let silent = SilentServer()
    private let log = Log(level: .fatal)

    init() throws {
        folder = NSTemporaryDirectory() + "decider-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func file(_ name: String, _ content: [UInt8]) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(content).write(to: URL(fileURLWithPath: path))
        return path
    }

    /// - Parameter sources: an issuer's first address, and perhaps the one to turn to.
    private func settings(_ sources: [(iss: String, addresses: [String])], _ further: (String, String)...)
        throws -> Settings
    {
        let issuers = sources.map { iss, addresses in
            let fallback = addresses.count > 1 ? #","fallback_jwks_uri":"\#(addresses[1])""# : ""
            return #"{"issuer":"\#(iss)","jwks_uri":"\#(addresses[0])"\#(fallback)}"#
        }
        let rules = #"{"issuers":[\#(issuers.joined(separator: ","))]}"#
        let pairs = [("RESOURCE", "*"), ("RULES", rules)] + further
        return try Settings(environment: pairs.map { (Array($0.0.utf8), Array($0.1.utf8)) })
    }

    private func event(_ issuer: TestIssuer, iss: String) -> [UInt8] {
        let token = issuer.token(#"{"iss":"\#(iss)","sub":"alice","exp":9000000000}"#)
        return Array(
            #"{"type":"TOKEN","authorizationToken":"Bearer \#(token)","methodArn":"arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/prod/GET/x"}"#
                .utf8)
    }

    /// One issuer's server hangs: with all of the time for itself it would leave the next one none.
    @Test func aSlowIssuerDoesNotHoldTheOthers() throws {
        let good = try file("good.json", TestIssuer.second.keySet)
        let settings = try settings(
            [("slow", [silent.address]), ("quick", [good]), ("quick too", [good])],
            ("KEYS_PREFETCH_TIMEOUT_MS", "300"), ("KEYS_FETCH_TIMEOUT_MS", "25000"))
        var decider = try Decider(settings, log: log)
        decider.keys.prefetch()
        #expect(decider.keys.ring[0].lastFetchFailed && decider.keys.ring[0].ageSeconds(nowSeconds: 0) == nil)
        for issuer in 1...2 {
            let cache = decider.keys.ring[issuer]
            #expect(!cache.lastFetchFailed && cache.lastFetchSeconds != nil)
        }
        // A token of the second is decided; one of the first finds no keys, and asks nobody in its cool-down.
        #expect(
            decider.decide(event: event(.second, iss: "quick")).reasonCode.description == "allowed")
        #expect(
            decider.decide(event: event(.second, iss: "nobody")).reasonCode.description == "issuer_unknown")
    }

    /// An address that hangs leaves the next one its share.
    @Test func aSlowAddressDoesNotHoldTheNext() throws {
        let good = try file("good.json", TestIssuer.first.keySet)
        let settings = try settings([("a", [silent.address, good])], ("KEYS_FETCH_TIMEOUT_MS", "300"))
        var decider = try Decider(settings, log: log)
        #expect(decider.decide(event: event(.first, iss: "a")).reasonCode.description == "allowed")
        #expect(decider.keys.ring[0].keySetAddress == 1 && !decider.keys.ring[0].lastFetchFailed)
    }

    /// One fetch in a pause, of the issuer that waited longest.
    @Test func aPauseRenewsOneIssuer() throws {
        let good = try file("good.json", TestIssuer.first.keySet)
        let settings = try settings(
            [("a", [good]), ("b", [good]), ("c", [good])], ("KEYS_PREFETCH_TIMEOUT_MS", "0"))
        let decider = try Decider(settings, log: log)
        decider.keys.prefetch()
        for round in 0...3 {
            let fetched = (0..<3).filter { decider.keys.ring[$0].lastFetchSeconds != nil }
            #expect(fetched == Array(0..<round))
            decider.keys.refreshIfNeeded()
        }
    }

    @Test func aReloadTellsOfEachIssuer() throws {
        let good = try file("good.json", TestIssuer.first.keySet)
        let bad = try file("bad.json", Array("{}".utf8))
        let settings = try settings([("a", [bad, good]), ("b", [bad])])
        let decider = try Decider(settings, log: log)
        func reload() -> String {
            String(
                decoding: decider.keys.reloadKeys(deadlineWallMilliseconds: nil, requestID: nil),
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
