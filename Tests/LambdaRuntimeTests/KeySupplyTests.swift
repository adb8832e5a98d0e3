import Foundation
import JOSE
import TestSupport
import Testing

@testable import Authorizer
@testable import LambdaRuntime

/// Addresses that are files: they fail, come back, and hold what no key set is, without a network.
@Suite struct KeySupplyTests {
    private let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "key-supply-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    private func write(_ name: String, _ content: [UInt8]) throws -> String {
        let path = "\(folder)/\(name)"
        try Data(content).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func settings(_ further: (String, String)...) throws -> Settings {
        let all =
            [
                ("RESOURCE", "*"), ("JWKS_URI", "\(folder)/first.json"),
                ("JWKS_URI_FALLBACK", "\(folder)/second.json"),
            ] + further
        return try Settings(environment: all.map { (Array($0.0.utf8), Array($0.1.utf8)) })
    }

    private func supply(_ settings: Settings) throws(SettingsError) -> KeySupply {
        try KeySupply(settings.issuers[0], settings)
    }

    @Test func theNextAddressIsAskedWhenOneFails() throws {
        let supply = try supply(settings())
        let order = AddressOrder(count: 2)
        var result = supply.fetch(order, within: 1000, nowSeconds: 0)
        #expect(result.success == nil && result.failures.map(\.address) == [0, 1])
        _ = try write("second.json", TestIssuer.second.keySet)
        for (content, error) in [
            (Array("garbage".utf8), KeyFetchError.keySet(.keySetJSON(.unexpectedByte(offset: 0)))),
            (Array(#"{"keys":[]}"#.utf8), .noUsableKey), (Array("{}".utf8), .keySet(.keySetForm)),
        ] {
            _ = try write("first.json", content)
            result = supply.fetch(order, within: 1000, nowSeconds: 0)
            #expect(result.success?.address == 1 && result.success?.attempt == 1)
            #expect(result.failures.map(\.address) == [0] && result.failures.first?.error == error)
        }
        _ = try write("first.json", TestIssuer.first.keySet)
        result = supply.fetch(order, within: 1000, nowSeconds: 0)
        #expect(result.success?.address == 0 && result.failures.isEmpty)
        var other = order
        other.succeeded(1, attempt: 1, nowSeconds: 0)
        result = supply.fetch(other, within: 1000, nowSeconds: 0)
        #expect(result.success?.address == 1 && result.success?.attempt == 0)
        // Without time nothing is asked.
        result = supply.fetch(order, within: 0, nowSeconds: 0)
        #expect(result.success == nil && result.failures.map(\.error) == [.noTimeLeft, .noTimeLeft])
    }

    /// Security-checklist 31: a snapshot that could not help stops the start.
    @Test func aSnapshotMustBeAKeySet() throws {
        func problem(_ path: String) throws -> SettingsError? {
            let settings = try settings(("JWKS_SNAPSHOT", path))
            do throws(SettingsError) { _ = try supply(settings) } catch { return error }
            return nil
        }
        #expect(
            try problem("\(folder)/absent")
                == SettingsError(.jwksSnapshot, .fileNotRead(reason: Array("file_not_found".utf8))))
        #expect(
            try problem(folder)
                == SettingsError(.jwksSnapshot, .fileNotRead(reason: Array("not_a_file".utf8))))
        #expect(
            try problem(write("bad", Array("{}".utf8)))
                == SettingsError(.jwksSnapshot, .keySetRefused(.keySetForm)))
        #expect(
            try problem(write("empty", Array(#"{"keys":[]}"#.utf8)))
                == SettingsError(.jwksSnapshot, .keySetWithoutKeys))
        #expect(try problem(write("good", TestIssuer.first.keySet)) == nil)
    }

    @Test func anAddressThatIsNotFetchedFromIsNamed() throws {
        for (name, error) in [
            ("JWKS_URI", SettingsError(.jwksURI, .httpNotLoopback)),
            ("JWKS_URI_FALLBACK", SettingsError(.jwksURIFallback, .httpNotLoopback)),
        ] {
            let other = name == "JWKS_URI" ? "JWKS_URI_FALLBACK" : "JWKS_URI"
            let pairs = [(name, "http://idp.example.com/keys"), (other, "/keys.json"), ("RESOURCE", "*")]
            let settings = try Settings(environment: pairs.map { (Array($0.0.utf8), Array($0.1.utf8)) })
            #expect(throws: error) { _ = try supply(settings) }
        }
    }
}
