import Foundation
import JOSE
import Keys
import TestSupport
import Testing
import URI

@testable import KeyFetching

/// Addresses that are files: they fail, come back, and hold what no key set is, without a network
/// (AUDIT 18, 21, 31).
@Suite struct KeySupplyTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func supply(snapshot: String? = nil) throws(SnapshotError) -> KeySupply {
        let sources = ["first.json", "second.json"].map { KeySource.file(Array("\(folder.path)/\($0)".utf8)) }
        let keys = IssuerKeys(sources: sources, snapshot: snapshot.map { Array($0.utf8) })
        return try KeySupply(keys, FetchSettings())
    }

    @Test func theNextAddressIsAskedWhenOneFails() throws {
        let supply = try supply()
        let order = FailoverOrder(count: 2)
        var result = supply.fetch(order, until: .after(milliseconds: 1000), nowSeconds: 0)
        #expect(result.success == nil && result.failures.map(\.address) == [0, 1])
        try folder.write("second.json", TestIssuer.second.keySet)
        for (content, reason) in [
            ("garbage", "keyset_json"), (#"{"keys":[]}"#, "keyset_without_keys"), ("{}", "keyset_form"),
        ] {
            try folder.write("first.json", Array(content.utf8))
            result = supply.fetch(order, until: .after(milliseconds: 1000), nowSeconds: 0)
            #expect(result.success?.address == 1 && result.success?.attempt == 1)
            #expect(result.failures.map(\.address) == [0])
            #expect(result.failures.first?.failure.reason.description == reason)
        }
        try folder.write("first.json", TestIssuer.first.keySet)
        result = supply.fetch(order, until: .after(milliseconds: 1000), nowSeconds: 0)
        #expect(result.success?.address == 0 && result.failures.isEmpty)
        var other = order
        other.succeeded(1, attempt: 1, nowSeconds: 0)
        result = supply.fetch(other, until: .after(milliseconds: 1000), nowSeconds: 0)
        #expect(result.success?.address == 1 && result.success?.attempt == 0)
        // Without time nothing is asked.
        result = supply.fetch(order, until: .after(milliseconds: 0), nowSeconds: 0)
        #expect(result.success == nil && result.failures.count == 2)
        #expect(result.failures.allSatisfy { $0.failure.stage.description == "time" })
    }

    /// AUDIT 31: a snapshot that could not help stops the start.
    @Test func aSnapshotMustBeAKeySet() throws {
        func problem(_ path: String) throws -> SnapshotError? {
            do throws(SnapshotError) { _ = try supply(snapshot: path) } catch { return error }
            return nil
        }
        #expect(try problem("\(folder.path)/absent").map { "\($0)".hasPrefix("file(") } == true)
        #expect(try problem(folder.path) == .file(.notAFile))
        #expect(try problem(folder.write("bad", Array("{}".utf8))) == .keySet(.keySetForm))
        #expect(try problem(folder.write("empty", Array(#"{"keys":[]}"#.utf8))) == .noUsableKey(skipped: []))
        #expect(try problem(folder.write("good", TestIssuer.first.keySet)) == nil)
    }
}
