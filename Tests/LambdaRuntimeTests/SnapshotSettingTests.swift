import KeyFetching
import Keys
import Settings
import TestSupport
import Testing

@testable import LambdaRuntime

/// AUDIT 31: an unusable snapshot stops the start, and the error names JWKS_SNAPSHOT.
@Suite struct SnapshotSettingTests {
    @Test func theSettingIsNamed() throws {
        let folder = try TemporaryFolder()
        func problem(_ name: String, _ content: String? = nil) throws -> SettingsError? {
            if let content { try folder.write(name, bytes(content)) }
            let pairs = [("RESOURCE", "*"), ("JWKS_URI", "/k"), ("JWKS_SNAPSHOT", "\(folder.path)/\(name)")]
            let settings = try Settings(environment: variables(pairs))
            return thrown { () throws(SettingsError) in
                _ = try KeySupply(of: settings.issuers[0], settings.fetches)
            }
        }
        #expect(
            try problem("absent")
                == SettingsError(.jwksSnapshot, .fileNotRead(reason: Array("file_not_found".utf8))))
        #expect(
            try problem("") == SettingsError(.jwksSnapshot, .fileNotRead(reason: Array("not_a_file".utf8))))
        #expect(try problem("bad", "{}") == SettingsError(.jwksSnapshot, .keySetRefused(.keySetForm)))
        #expect(
            try problem("empty", #"{"keys":[]}"#)
                == SettingsError(.jwksSnapshot, .keySetWithoutKeys(skipped: [])))
        #expect(try problem("good", String(decoding: TestIssuer.first.keySet, as: UTF8.self)) == nil)
    }
}
